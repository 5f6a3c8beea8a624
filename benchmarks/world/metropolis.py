"""Measures the exercise's city of ten million people: built, and run for some days."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.epi.claims import claim
from benchmarks.world.city import BUILD
from benchmarks.world.claims import apart, copied, keep, size_of

RUN = """
from datetime import date
from pathlib import Path
from salus.world.truth.run import Run
from salus.world.world import World
world = World(Run.begin(Path(sys.argv[2]), pack=Path(sys.argv[1]), emergency="respiratory", start=date(2026, 3, 2), seed=1))
world.advance(1, orders=list)
begun = time.perf_counter()
world.advance(int(sys.argv[3]), orders=list)
print(len(world.run.place.zones))
print((time.perf_counter() - begun) / int(sys.argv[3]))
"""
MOST = 20_000


def main() -> None:
    """Build it and let days happen, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000_000)
    parser.add_argument("--days", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        built = apart(BUILD, str(city), str(options.people))
        size, limit = size_of(city), copied(city, Path(folder) / "copy")
        ran = apart(RUN, str(city), str(Path(folder) / "run"), str(options.days))
    what = f"a city of {options.people:,} people built, {size:,.0f} MB"
    days = f"a day in it with all feeds, {ran.said.strip()} zones"
    beside = f"writing the same files, {limit:.1f} s"
    keep(
        "metropolis",
        [
            claim(what, f"{built.seconds:.0f} s", beside, f"{built.seconds / limit:.0f}", "it is built", True),
            claim(
                f"{what}: memory", f"{built.megabytes:,.0f} MB", "", "", f"under {MOST:,} MB", built.megabytes < MOST
            ),
            claim(days, f"{ran.seconds:.1f} s", "", "", "it runs", True),
            claim(f"{days}: memory", f"{ran.megabytes:,.0f} MB", "", "", f"under {MOST:,} MB", ran.megabytes < MOST),
        ],
    )


if __name__ == "__main__":
    main()
