"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.browser", "tests.fixtures.postgres", "tests.fixtures.releases"]

# The same examples on every run of CI: a red run can be repeated at a desk. At a
# desk they vary, and `--hypothesis-profile=deep` looks for longer.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", deadline=None, max_examples=2000)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
