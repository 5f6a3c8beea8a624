"""Loads New York with every published version, side by side with the disk's own limit.

    python -m benchmarks.load.nyc [--from PATH] [--rounds 3]

The limit is the bare reading of the same Parquet files and the bare `executemany` of the same rows, in the
order of the key, into the same table of a new SQLite file. Both run in processes of their own, in turn.
Writes benchmarks/results/load-nyc.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "benchmarks" / "results" / "load-nyc.json"
DATA = ROOT.parent / "shared" / "data" / "nyc"
GOAL_SECONDS = 60.0
# Rows of the bare writing that are Python tuples at a time.
SLICE = 262_144


class Stopwatch:
    """Adds up wall and CPU seconds of the parts that it is held over."""

    def __init__(self) -> None:
        self.seconds = self.cpu_seconds = 0.0

    def __enter__(self) -> None:
        self._begun, self._used = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._begun
        self.cpu_seconds += time.process_time() - self._used


def measure_load(source: Path, folder: Path) -> dict[str, Any]:
    """Load the city into a new installation, as `./salus load` does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salus.config.settings")
    os.environ["SALUS_DATA_DIR"] = str(folder)
    folder.mkdir(parents=True)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from salus.base import clock
    from salus.gather.sources.loading import load
    from salus.trust.selectors import system_viewer

    first, again = Stopwatch(), Stopwatch()
    with clock.fixed_at(datetime(2021, 11, 15, 12, tzinfo=UTC)):
        with first:
            report = load(slug="nyc", path=source, by=system_viewer("bench"))
        with again:
            load(slug="nyc", path=source, by=system_viewer("bench"))
    return {
        "seconds": first.seconds,
        "cpu_seconds": first.cpu_seconds,
        "again_seconds": again.seconds,
        "facts": report.written,
        "zones": report.zones,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "database_mb": (folder / "salus.sqlite3").stat().st_size / 2**20,
    }


COLUMNS = "series, valid_at, zone, stratum, known_at, value, status, batch"


def empty_copy(kept: sqlite3.Connection, target: Path) -> sqlite3.Connection:
    """Return a new database with the same table and the same promises of durability."""
    table = str(kept.execute("SELECT sql FROM sqlite_master WHERE name = 'gather_observation'").fetchone()[0])
    bare = sqlite3.connect(target, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
        bare.execute(f"PRAGMA {setting}")
    bare.execute(table)
    return bare


def measure_limit(source: Path, loaded: Path, target: Path) -> dict[str, Any]:
    """Read the same files and write the same rows, with nothing in between."""
    import polars as pl

    reading, writing, count = Stopwatch(), Stopwatch(), 0
    with reading:
        for path in sorted(source.glob("*vintages.parquet")) + sorted(source.glob("ed_*.parquet")):
            pl.read_parquet(path)
    kept = sqlite3.connect(f"file:{loaded}?mode=ro", uri=True)
    bare = empty_copy(kept, target)
    order = "ORDER BY series, valid_at, zone, stratum, known_at"
    rows = kept.execute(f"SELECT {COLUMNS} FROM gather_observation {order}")
    bare.execute("BEGIN IMMEDIATE")
    while part := rows.fetchmany(SLICE):
        with writing:
            bare.executemany(f"INSERT INTO gather_observation ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?)", part)
        count += len(part)
    with writing:
        bare.execute("COMMIT")
    return {
        "seconds": reading.seconds + writing.seconds,
        "cpu_seconds": reading.cpu_seconds + writing.cpu_seconds,
        "reading": reading.seconds,
        "writing": writing.seconds,
        "facts": count,
    }


def in_a_process(*arguments: str) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.load.nyc", *arguments]
    paths = os.pathsep.join(filter(None, [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def one_round(source: Path) -> dict[str, Any]:
    """Measure both, one after the other."""
    with tempfile.TemporaryDirectory(prefix="salus-bench-") as name:
        folder = Path(name)
        load = in_a_process("--part", "load", "--from", str(source), "--folder", str(folder / "data"))
        limit = in_a_process("--part", "limit", "--from", str(source), "--folder", str(folder))
    ratio = limit["seconds"] / load["seconds"]
    cpu_ratio = limit["cpu_seconds"] / load["cpu_seconds"]
    print(
        f"load {load['seconds']:.1f} s, limit {limit['seconds']:.1f} s, ratio {ratio:.2f}, of CPU {cpu_ratio:.2f}",
        flush=True,
    )
    return {"load": load, "limit": limit, "ratio": ratio, "cpu_ratio": cpu_ratio}


def compare(source: Path, rounds: int) -> dict[str, Any]:
    """Measure both in turn and return what the middle round says."""
    pairs = [one_round(source) for _ in range(rounds)]

    def middle(part: str, name: str) -> float:
        return statistics.median(pair[part][name] for pair in pairs)

    facts = pairs[0]["load"]["facts"]
    return {
        "what": "New York with every published version into a new SQLite installation",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "goal_seconds": GOAL_SECONDS,
        "seconds": middle("load", "seconds"),
        "cpu_seconds": middle("load", "cpu_seconds"),
        "again_seconds": middle("load", "again_seconds"),
        "facts": facts,
        "facts_per_second": facts / middle("load", "seconds"),
        "limit_seconds": middle("limit", "seconds"),
        "ratio": statistics.median(pair["ratio"] for pair in pairs),
        "cpu_ratio": statistics.median(pair["cpu_ratio"] for pair in pairs),
        "peak_mb": max(pair["load"]["peak_mb"] for pair in pairs),
        "database_mb": pairs[0]["load"]["database_mb"],
        "rounds": pairs,
    }


def main() -> int:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, default=DATA)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", choices=["load", "limit"])
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.part == "load":
        print(json.dumps(measure_load(options.source, options.folder)))
        return 0
    if options.part == "limit":
        loaded = options.folder / "data" / "salus.sqlite3"
        print(json.dumps(measure_limit(options.source, loaded, options.folder / "bare.sqlite3")))
        return 0
    if not options.source.is_dir():
        print("New York's data are not here: give their folder with --from.")
        return 1
    found = compare(options.source, options.rounds)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n")
    print(
        f"{found['seconds']:.1f} s for {found['facts']:,} facts ({found['facts_per_second']:,.0f} a second), "
        f"{found['ratio']:.2f} of the limit, goal {GOAL_SECONDS:.0f} s"
    )
    return 0 if found["seconds"] < GOAL_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
