"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

from salus.config.tools.messages import compile_all

pytest_plugins = [
    "tests.fixtures.browser",
    "tests.fixtures.postgres",
    "tests.fixtures.releases",
    "tests.fixtures.store",
    "tests.fixtures.town",
]

# The same examples on every run of CI: a red run can be repeated at a desk. At a
# desk they vary, and `--hypothesis-profile=deep` looks for longer.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", deadline=None, max_examples=2000)
settings.load_profile("ci" if os.environ.get("CI") else "desk")

# Pages speak French and Arabic only where these were made; an installation makes them at its start.
compile_all()
