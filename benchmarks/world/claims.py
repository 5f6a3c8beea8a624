"""Rows of the world's measurements, and what a piece of work takes in a process of its own. Measures nothing itself."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.epi.claims import RESULTS, Row


class Took(NamedTuple):
    """What a piece of work took: seconds by the clock, and megabytes at its peak."""

    seconds: float
    megabytes: float
    said: str


def apart(code: str, *arguments: str) -> Took:
    """Run some code in a process of its own; what it prints last but one and last are its seconds and its peak."""
    whole = f"import sys, time, resource\n{code}\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    done = subprocess.run([sys.executable, "-c", whole, *arguments], check=True, capture_output=True, text=True)
    *said, seconds, peak = done.stdout.strip().splitlines()
    return Took(float(seconds), float(peak), "\n".join(said))


def copied(folder: Path, to: Path) -> float:
    """Return the seconds that it takes to write the same files: the limit of any builder."""
    begun = time.perf_counter()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            target = to / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return time.perf_counter() - begun


def size_of(folder: Path) -> float:
    """Return the megabytes of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def peak() -> float:
    """Return the megabytes that this process has had at its peak."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def keep(topic: str, rows: list[Row]) -> None:
    """Print the claims and write them to the results."""
    for line in rows:
        mark = "held " if line["held"] else "SHORT"
        print(f"{mark}  {line['what']}: {line['ours']} | beside: {line['beside']} | {line['ratio']} | {line['goal']}")
    (RESULTS / f"world-{topic}.json").write_text(
        json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
