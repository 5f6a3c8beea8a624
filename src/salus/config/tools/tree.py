"""The source tree: where it is, and how to run things in it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
REPORTS = ROOT / "build" / "reports"


def say(text: str) -> None:
    """Tell the person, in order with what the programs print."""
    print(f"salus: {text}", flush=True)


def python(*arguments: str) -> list[str]:
    """Return a command for the Python of this environment."""
    return [sys.executable, *arguments]


def environment(**extra: str) -> dict[str, str]:
    """Return the environment in which every tool runs the same."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1", **extra}


def run(command: list[str], **extra: str) -> int:
    """Run a command in the tree, its output going where ours goes."""
    return subprocess.run(command, cwd=ROOT, env=environment(**extra), check=False).returncode
