"""What the web imports of assess brings in no numerics."""

import subprocess
import sys

import pytest

LIGHT = [
    "services",
    "selectors",
    "schemas",
    "jobs",
    "receivers",
    "events",
    "permissions",
    "chain",
    "selectors.performance",
    "methods.registry",
    "shaping.previews",
]


@pytest.mark.parametrize("room", ["all at once"])
def test_rooms_are_light(room: str) -> None:
    code = (
        "import sys, django; from django.conf import settings; django.setup()\n"
        f"import importlib; [importlib.import_module('salus.assess.' + name) for name in {LIGHT!r}]\n"
        "heavy = [name for name in ('salus.epi', 'scipy', 'numba', 'salus.assess.run') if name in sys.modules]\n"
        "print(','.join(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
