"""As-of of one series over all zones and 120 days with 23 versions each, beside the bare SQL.

    python -m benchmarks.store.as_of --database sqlite

The peer is the best plain statement for the question on that database, with its rows fetched.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.store.common import DAYS, VERSIONS, ZONES, child, database, fresh_table, observations, report, use

GOAL = 1.3
SERIES = 3
BARE = {
    "sqlite": (
        "SELECT valid_at, zone, stratum, MAX(known_at), value, status FROM gather_observation "
        "WHERE series = %s AND known_at <= %s GROUP BY valid_at, zone, stratum"
    ),
    "postgresql": (
        "SELECT DISTINCT ON (valid_at, zone, stratum) valid_at, zone, stratum, known_at, value, status "
        "FROM gather_observation WHERE series = %s AND known_at <= %s "
        "ORDER BY valid_at, zone, stratum, known_at DESC"
    ),
}


def one(data: Path, url: str, rows: int, rounds: int) -> None:
    """Fill a store, then ask both in turn."""
    use(data, url)
    fresh_table()
    from django.db import connection, transaction

    from salus.gather.store import append, as_of

    frame = observations(rows)
    with transaction.atomic():
        append(frame, batch=1)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE gather_observation")
    moments = frame["known_at"].unique().sort().to_list()
    known_at = moments[-1]
    statement = BARE[connection.vendor]

    def bare() -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, [SERIES, known_at])
            return len(cursor.fetchall())

    def ours() -> int:
        return len(as_of(series=SERIES, known_at=known_at))

    pairs = [(_seconds(bare), _seconds(ours)) for _round in range(rounds + 1)][1:]
    cells = len(frame.filter(pl.col("series") == SERIES).select("valid_at", "zone", "stratum").unique())
    assert bare() == ours() == cells
    bare_best, ours_best = (min(times) for times in zip(*pairs, strict=True))
    # Neighbours in time share the machine's mood: the median of their ratios is steadier than any time.
    ratio = statistics.median(of_ours / of_bare for of_bare, of_ours in pairs)
    print(json.dumps({"bare": bare_best, "ours": ours_best, "ratio": ratio, "cells": cells}))


def _seconds(asked: Callable[[], int]) -> float:
    start = time.perf_counter()
    asked()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ZONES * DAYS * VERSIONS * 6)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--one", nargs=2, metavar=("DATA", "URL"))
    options = parser.parse_args()
    if options.one:
        one(Path(options.one[0]), options.one[1], options.rows, options.rounds)
        return
    with database(options.database) as (folder, url):
        arguments = ["--rows", str(options.rows), "--rounds", str(options.rounds)]
        found = child("benchmarks.store.as_of", "--one", str(folder), url, *arguments)
    ratio = found["ratio"]
    line = (
        f"{found['cells']:,} cells of {VERSIONS} versions, {options.database}",
        f"{found['ours'] * 1000:.1f} ms",
        f"{found['bare'] * 1000:.1f} ms",
        f"{ratio:.2f}",
        f"<= {GOAL}",
        "",
    )
    result = {
        "database": options.database,
        "goal": GOAL,
        "ours_ms": found["ours"] * 1000,
        "bare_ms": found["bare"] * 1000,
        "ratio": ratio,
        "rows": options.rows,
    }
    report(f"store-as-of-{options.database}", "As known at a moment", [line], result)


if __name__ == "__main__":
    main()
