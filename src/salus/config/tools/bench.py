"""`./salus bench`: measurements, each a script in benchmarks/ with a sentence on top."""

import argparse
import ast
import os
import platform
import subprocess
import time
from pathlib import Path

from salus.config.tools.tree import ROOT, environment, python, say

FOLDER = ROOT / "benchmarks"
RESULTS = ROOT / "build" / "bench"


SHARED = ("common", "claims")
# What a measurement is made of beside itself: `scan_picture.py` belongs to `scan.py`.
PARTS = ("peer", "picture", "data", "rows", "cases", "exact", "truth", "city", "worlds")


def scripts() -> dict[str, Path]:
    """Return the measurements by name, such as `store.append`; shared code and parts are left out."""
    found = sorted(FOLDER.glob("*/[!_]*.py"))
    return {f"{path.parent.name}.{path.stem}": path for path in found if is_measurement(path)}


def is_measurement(path: Path) -> bool:
    """Tell a measurement from what it is made of."""
    whole, _, part = path.stem.rpartition("_")
    belongs = part in PARTS and path.with_name(f"{whole}.py").exists()
    return path.stem not in SHARED and not belongs


def purpose(path: Path) -> str:
    """Return the first line of what a script says about itself."""
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    return text.partition("\n")[0]


def machine() -> str:
    """Say what the numbers were measured on, without which they mean little."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def measure(name: str, path: Path, options: list[str]) -> bool:
    """Run one measurement in a process of its own and keep what it printed."""
    begun = time.monotonic()
    say(f"{name}: {purpose(path)}")
    result = RESULTS / f"{name}.txt"
    RESULTS.mkdir(parents=True, exist_ok=True)
    with result.open("w") as kept:
        kept.write(f"{name}: {purpose(path)}\n{machine()}\n\n")
        process = subprocess.Popen(
            python("-m", f"benchmarks.{name}", *options),
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            kept.write(line)
    code = process.wait()
    say(f"{name}: {'done' if code == 0 else 'FAILED'} in {time.monotonic() - begun:.1f} s; kept in {result}")
    return code == 0


def main(argv: list[str]) -> int:
    """Run the named measurements, or all of them."""
    parser = argparse.ArgumentParser(
        prog="./salus bench", description=__doc__, epilog="What follows -- goes to the scripts."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all if none is named")
    parser.add_argument("--list", action="store_true", help="name them and stop")
    split = argv.index("--") if "--" in argv else len(argv)
    chosen = parser.parse_args(argv[:split])
    known = scripts()
    if unknown := set(chosen.names) - set(known):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    if chosen.list:
        for name, path in known.items():
            print(f"{name:<24} {purpose(path)}")
        return 0
    say(machine())
    wanted = {name: known[name] for name in chosen.names} or known
    verdicts = [measure(name, path, argv[split + 1 :]) for name, path in wanted.items()]
    return 0 if verdicts and all(verdicts) else 1
