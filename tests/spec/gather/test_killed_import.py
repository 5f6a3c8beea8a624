"""Durability: an import that is killed at any step leaves nothing half-visible, and goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.spec.gather.support import ZONES, large

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]
MODULE = "tests.spec.gather.crash"


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation of its own, on the kind of database under test."""
    own = {**os.environ, "SALUS_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": os.pathsep.join(sys.path)}
    own.setdefault("DJANGO_SETTINGS_MODULE", "salus.config.settings")
    url = os.environ.get("SALUS_DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield {name: value for name, value in own.items() if name != "SALUS_DATABASE_URL"}
        return
    name = f"killed_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield {**own, "SALUS_DATABASE_URL": f"{url.rsplit('/', 1)[0]}/{name}"}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    """Run the process to its end; return what it says last."""
    done = subprocess.run(
        [sys.executable, "-m", MODULE, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


def kill_when(environment: dict[str, str], message: str, times: int, *arguments: str) -> int:
    """Run the process and kill it the n-th time that it tells of a step; return how far it was."""
    process = subprocess.Popen(
        [sys.executable, "-m", MODULE, *arguments], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    far = 0
    for line in process.stdout:
        said = json.loads(line)
        assert isinstance(said, list), "it ended before it was killed"
        if message in said[2]:
            far, times = said[0], times - 1
            if not times:
                break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    return far


def test_killed_while_reading_and_while_committing(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    observations = large(path, 2)
    assert observations == 7000 * len(ZONES)
    expected = sum((day * 7 + place) % 11 for day in range(7000) for place in range(len(ZONES)))
    run(environment, "prepare")

    read = kill_when(environment, "rows read", 2, "import", str(path))
    assert run(environment, "facts") == {"status": "reading", "facts": 0, "sum": 0.0}

    read_again = kill_when(environment, "rows read", 1, "resume")
    assert read_again > read, "it began from the start"

    kill_when(environment, "making visible", 4, "resume")
    assert run(environment, "facts") == {"status": "committing", "facts": 0, "sum": 0.0}

    assert run(environment, "resume") == {"status": "committed", "facts": observations, "sum": float(expected)}
    # Once more: nothing is written twice.
    again = run(environment, "import", str(path))
    assert again == {"status": "unchanged", "facts": observations, "sum": float(expected)}
