"""The launcher and what it installs: what changed is done again, and nothing else."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from salus.config.tools import bench, check
from salus.config.tools import test as test_tool

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "salus"


def load(path: Path, name: str) -> ModuleType:
    """Load a module that lies in no package."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The installer, looking at a tree in which everything is installed."""
    module = load(ROOT / "requirements" / "environment.py", "environment_under_test")
    for name in (*module.PROJECT, "requirements/lock.txt", "requirements/dev.txt", "assets/map.js"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    bin_folder = tmp_path / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").symlink_to(sys.executable)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version = 3.11.7\n")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", bin_folder / "python")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "salus-stamp.json")
    monkeypatch.setattr(module, "UNFINISHED", tmp_path / ".venv" / "salus-unfinished")
    monkeypatch.setattr(module, "MANIFEST", tmp_path / "manifest.json")
    (tmp_path / "manifest.json").write_text("{}")
    locks = {name: module.digest([tmp_path / "requirements" / name]) for name in ("lock.txt", "dev.txt")}
    module.write_stamp(**module.identity(), **locks, project=module.digest(module.project_files()))
    return module


def test_nothing_changed_nothing_done(installed: ModuleType) -> None:
    assert installed.missing("runtime") == []
    assert installed.missing("dev") == []
    assert installed.main(["dev"]) == 0


@pytest.mark.parametrize(
    ("changed", "done"),
    [
        ("requirements/lock.txt", ["lock.txt"]),
        ("requirements/dev.txt", ["dev.txt"]),
        ("pyproject.toml", ["project"]),
        ("package-lock.json", ["project"]),
        ("hatch_build.py", ["project"]),
        ("assets/map.js", ["project"]),
    ],
)
def test_what_changed_is_done_again(installed: ModuleType, changed: str, done: list[str]) -> None:
    (installed.ROOT / changed).write_text("new")
    assert installed.missing("dev") == done


def test_the_product_needs_no_test_tools(installed: ModuleType) -> None:
    (installed.ROOT / "requirements/dev.txt").write_text("new")
    assert installed.missing("runtime") == []


def test_lost_assets_are_built_again(installed: ModuleType) -> None:
    installed.MANIFEST.unlink()
    assert installed.missing("runtime") == ["project"]


EVERYTHING = ["environment", "lock.txt", "project"]


def test_an_interrupted_installation_is_continued(installed: ModuleType) -> None:
    installed.UNFINISHED.touch()
    assert installed.missing("runtime") == EVERYTHING


def test_a_moved_environment_is_made_anew(installed: ModuleType) -> None:
    stamp = json.loads(installed.STAMP.read_text())
    installed.STAMP.write_text(json.dumps({**stamp, "place": "elsewhere"}))
    assert installed.missing("runtime") == EVERYTHING


def test_another_python_makes_it_anew(installed: ModuleType) -> None:
    (installed.VENV / "pyvenv.cfg").write_text("version = 3.12.1\n")
    assert installed.missing("runtime") == EVERYTHING


def test_a_python_that_has_gone_makes_it_anew(installed: ModuleType) -> None:
    installed.PYTHON.unlink()
    installed.PYTHON.symlink_to("gone")
    assert installed.missing("runtime") == EVERYTHING


def test_a_torn_stamp_is_no_stamp(installed: ModuleType) -> None:
    installed.STAMP.write_text('{"place": ')
    assert installed.missing("runtime") == EVERYTHING


def test_half_a_package_is_found(installed: ModuleType, tmp_path: Path) -> None:
    info = tmp_path / "some-1.dist-info"
    info.mkdir()
    assert not installed.is_complete(info)
    (info / "RECORD").write_text('some.py,sha256=x,1\n"a,b.py",,\nx.pyc,,\n')
    assert not installed.is_complete(info)
    (tmp_path / "some.py").touch()
    (tmp_path / "a,b.py").touch()
    assert installed.is_complete(info)


def launch(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher with sh, as on any machine."""
    command = ["/bin/sh", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_help_installs_nothing(tmp_path: Path) -> None:
    shutil.copy(LAUNCHER, tmp_path / "salus")
    result = launch(str(tmp_path / "salus"), PATH=os.environ["PATH"])
    assert result.returncode == 0
    assert "demo" in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["salus"]


def test_without_python_it_says_what_to_do(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("dirname", "readlink"):
        (tools / name).symlink_to(str(shutil.which(name)))
    shutil.copy(LAUNCHER, tmp_path / "salus")
    result = launch(str(tmp_path / "salus"), "up", PATH=str(tools))
    assert result.returncode == 1
    assert "Python 3.11 or newer is needed" in result.stderr


def test_a_run_in_which_nothing_passed_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pretend(command: list[str], **_: str) -> int:
        report = next(word for word in command if word.startswith("--junit-xml=")).partition("=")[2]
        counts = 'tests="3" errors="0" failures="0" skipped="3"'
        Path(report).write_text(f"<testsuites><testsuite {counts}/></testsuites>")
        return 0

    monkeypatch.setattr(test_tool, "REPORTS", tmp_path)
    monkeypatch.setattr(test_tool, "run", pretend)
    assert test_tool.pytest("first", [], []) == test_tool.NOTHING_RAN
    assert test_tool.main([]) == test_tool.NOTHING_RAN


@pytest.mark.parametrize("codes", [(1, 0), (0, 1), (0, 5), (5, 0)])
def test_either_part_can_fail_the_whole(monkeypatch: pytest.MonkeyPatch, codes: tuple[int, int]) -> None:
    results = iter(codes)
    monkeypatch.setattr(test_tool, "pytest", lambda *_: next(results))
    assert test_tool.main([]) != 0


def test_a_failing_step_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = {"good": [sys.executable, "-c", ""], "bad": [sys.executable, "-c", "1/0"]}
    monkeypatch.setattr(check, "STEPS", steps)
    assert check.main(["good"]) == 0
    assert check.main([]) == 1


def test_a_measurement_is_run_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "benchmarks"
    (folder / "trial").mkdir(parents=True)
    (folder / "trial" / "speed.py").write_text('"""How fast."""\nimport sys\nprint(sys.argv[1:])\n')
    (folder / "trial" / "_shared.py").write_text("1/0")
    monkeypatch.setattr(bench, "FOLDER", folder)
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results")
    assert bench.main(["trial.speed", "--", "--large"]) == 0
    assert "['--large']" in (tmp_path / "results" / "trial.speed.txt").read_text()
    (folder / "trial" / "wrong.py").write_text('"""Breaks."""\n1/0\n')
    assert bench.main([]) == 1
