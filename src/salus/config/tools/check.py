"""`./salus check`: everything that is known without running the product."""

import argparse
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from salus.config.tools.tree import ROOT, environment, python, run, say

IMPORTS = "from importlinter.cli import lint_imports_command as c; c()"
STEPS = {
    "lint": python("-m", "ruff", "check", "--no-fix", "."),
    "format": python("-m", "ruff", "format", "--check", "."),
    "imports": python("-c", IMPORTS, "--config", "pyproject.toml", "--cache-dir", "build/imports"),
    "house": python("-m", "pytest", "tests/house", "-q", "--color=no", "-m", "not slow"),
    "types": python("-m", "mypy"),
}
# What a step says when it succeeds is of interest to nobody.
FIX = (python("-m", "ruff", "check", "--fix", "."), python("-m", "ruff", "format", "."))


def perform(name: str) -> bool:
    """Run one step, and show what it said if it failed."""
    begun = time.monotonic()
    done = subprocess.run(
        STEPS[name],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    text = f"{name:<8} {verdict} ({time.monotonic() - begun:.1f} s)"
    say(text if done.returncode == 0 else f"{text}\n{done.stdout}")
    return done.returncode == 0


def main(argv: list[str]) -> int:
    """Run the named steps, or all of them, on both cores."""
    parser = argparse.ArgumentParser(prog="./salus check", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"one of {', '.join(STEPS)}; all if none is named")
    parser.add_argument("--fix", action="store_true", help="first mend what can be mended without a person")
    chosen = parser.parse_args(argv)
    if unknown := set(chosen.steps) - set(STEPS):
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    if chosen.fix:
        for command in FIX:
            run(command)
    names = sorted(chosen.steps or STEPS, key=lambda name: name != "types")
    with ThreadPoolExecutor(max_workers=2) as pool:
        return 0 if all(list(pool.map(perform, names))) else 1
