"""A load that is killed leaves nothing half-visible, and the next one goes on."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]


def _run(data: Path, kill_at: str = "") -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "SALUS_DATA_DIR": str(data),
        "SALUS_DATABASE_URL": f"sqlite://{data / 'salus.sqlite3'}",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    environment.setdefault("DJANGO_SETTINGS_MODULE", "salus.config.settings")
    data.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.spec.sources.killed", kill_at]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def _rows(data: Path) -> tuple[int, int]:
    with sqlite3.connect(data / "salus.sqlite3") as connection:
        facts = connection.execute("SELECT COUNT(*) FROM gather_observation").fetchone()[0]
        return facts, connection.execute("SELECT COUNT(*) FROM gather_import").fetchone()[0]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "data"
    made = _run(folder, "never begun")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def facts(template: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    folder = Path(shutil.copytree(template, tmp_path_factory.mktemp("whole") / "data"))
    whole = _run(folder)
    assert whole.returncode == 0, whole.stderr
    return int(whole.stdout.split()[0])


# The words with a colon come when a file's facts are written and its transaction is not yet ended.
@pytest.mark.parametrize(("kill_at", "files"), [("cases", 0), ("cases: ", 0), ("emergency visits: ", 3)])
def test_a_killed_load_is_continued(template: Path, facts: int, tmp_path: Path, kill_at: str, files: int) -> None:
    folder = Path(shutil.copytree(template, tmp_path / "data"))
    killed = _run(folder, kill_at)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    seen, imports = _rows(folder)
    assert imports == files
    assert (seen > 0) == (files > 0)
    again = _run(folder)
    assert again.returncode == 0, again.stderr
    assert [int(word) for word in again.stdout.split()] == [facts, 4 - files, files]
    assert _rows(folder) == (facts, 4)
