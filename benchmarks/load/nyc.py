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

    with clock.fixed_at(datetime(2021, 11, 15, 12, tzinfo=UTC)):
        begun = time.perf_counter()
        report = load(slug="nyc", path=source, by=system_viewer("bench"))
        first = time.perf_counter() - begun
        begun = time.perf_counter()
        load(slug="nyc", path=source, by=system_viewer("bench"))
        again = time.perf_counter() - begun
    return {
        "seconds": first,
        "again_seconds": again,
        "facts": report.written,
        "zones": report.zones,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "database_mb": (folder / "salus.sqlite3").stat().st_size / 2**20,
    }


def measure_limit(source: Path, loaded: Path, target: Path) -> dict[str, Any]:
    """Read the same files and write the same rows, with nothing in between."""
    import polars as pl

    begun = time.perf_counter()
    for path in sorted(source.glob("*vintages.parquet")) + sorted(source.glob("ed_*.parquet")):
        pl.read_parquet(path)
    reading = time.perf_counter() - begun
    kept = sqlite3.connect(f"file:{loaded}?mode=ro", uri=True)
    table = str(kept.execute("SELECT sql FROM sqlite_master WHERE name = 'gather_observation'").fetchone()[0])
    columns = "series, valid_at, zone, stratum, known_at, value, status, batch"
    rows = kept.execute(f"SELECT {columns} FROM gather_observation ORDER BY series, valid_at, zone, stratum, known_at")
    bare = sqlite3.connect(target, isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("PRAGMA cache_size=-65536")
    bare.execute(table)
    writing, count = 0.0, 0
    bare.execute("BEGIN IMMEDIATE")
    while part := rows.fetchmany(SLICE):
        begun = time.perf_counter()
        bare.executemany(f"INSERT INTO gather_observation ({columns}) VALUES (?,?,?,?,?,?,?,?)", part)
        writing += time.perf_counter() - begun
        count += len(part)
    begun = time.perf_counter()
    bare.execute("COMMIT")
    writing += time.perf_counter() - begun
    return {"seconds": reading + writing, "reading": reading, "writing": writing, "facts": count}


def in_a_process(*arguments: str) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.load.nyc", *arguments]
    paths = os.pathsep.join(filter(None, [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def compare(source: Path, rounds: int) -> dict[str, Any]:
    """Measure both in turn and return what the middle round says."""
    pairs = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory(prefix="salus-bench-") as name:
            folder = Path(name)
            load = in_a_process("--part", "load", "--from", str(source), "--folder", str(folder / "data"))
            limit = in_a_process("--part", "limit", "--from", str(source), "--folder", str(folder))
            pairs.append({"load": load, "limit": limit, "ratio": limit["seconds"] / load["seconds"]})
            print(
                f"round {number + 1}: load {load['seconds']:.1f} s, limit {limit['seconds']:.1f} s, "
                f"ratio {pairs[-1]['ratio']:.2f}",
                flush=True,
            )
    seconds = statistics.median(pair["load"]["seconds"] for pair in pairs)
    return {
        "what": "New York with every published version into a new SQLite installation",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "seconds": seconds,
        "again_seconds": statistics.median(pair["load"]["again_seconds"] for pair in pairs),
        "goal_seconds": GOAL_SECONDS,
        "facts": pairs[0]["load"]["facts"],
        "facts_per_second": pairs[0]["load"]["facts"] / seconds,
        "limit_seconds": statistics.median(pair["limit"]["seconds"] for pair in pairs),
        "ratio": statistics.median(pair["ratio"] for pair in pairs),
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
