"""Measures the building of the exercise's city of 400,000 people: time, memory, and the files it writes."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.epi.claims import claim
from benchmarks.world.claims import apart, copied, keep, size_of

BUILD = """
from pathlib import Path
from salus.world.city.pack import build
begun = time.perf_counter()
build(Path(sys.argv[1]), seed=7, people=int(sys.argv[2]))
print(time.perf_counter() - begun)
"""


def main() -> None:
    """Build it thrice, each time in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=400_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        took = [apart(BUILD, str(home / f"city{turn}"), str(options.people)) for turn in range(3)]
        limit, size = copied(home / "city0", home / "copy"), size_of(home / "city0")
        first, second = ((home / name / "datapackage.json").read_bytes() for name in ("city0", "city1"))
    seconds, peak = sorted(row.seconds for row in took)[1], max(row.megabytes for row in took)
    what = f"a city of {options.people:,} people built, {size:,.0f} MB"
    beside = f"writing the same files, {limit:.2f} s"
    keep(
        "city",
        [
            claim(what, f"{seconds:.1f} s", beside, f"{seconds / limit:.0f}", "under 60 s", seconds < 60),
            claim(f"{what}: memory", f"{peak:,.0f} MB", "", "", "under 4,000 MB", peak < 4_000),
            claim(
                f"{what}: twice from one seed",
                "the same bytes" if first == second else "other bytes",
                "",
                "",
                "the same bytes",
                first == second,
            ),
        ],
    )


if __name__ == "__main__":
    main()
