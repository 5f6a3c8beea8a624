"""Bulk append, beside bare pre-sorted `executemany` or bare COPY into the same table.

    python -m benchmarks.store.append --rows 10000000 --database sqlite

The peer gets its rows sorted, as tuples or as ready bytes, and only its statement and commit are
timed. Ours gets them as they were published and sorts, checks and converts inside the time.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from pathlib import Path

import polars as pl

from benchmarks.store.common import child, database, fresh_table, observations, peak_mb, report, use

GOAL = 0.7
_BLOCK = 100_000


def ours(path: Path) -> float:
    """Append the frame as it came."""
    from django.db import transaction

    from salus.gather.store import append

    frame = pl.read_parquet(path)
    start = time.perf_counter()
    with transaction.atomic():
        done = append(frame, batch=1)
    seconds = time.perf_counter() - start
    assert done.written == len(frame)
    return seconds


def bare(path: Path) -> float:
    """Write sorted rows with nothing in between."""
    from django.db import connection, transaction

    whole = pl.scan_parquet(path)
    rows = int(whole.select(pl.len()).collect().item())
    with transaction.atomic():
        connection.ensure_connection()
        write = _copy if connection.vendor == "postgresql" else _executemany
        spent = sum(write(whole.slice(start, _BLOCK).collect()) for start in range(0, rows, _BLOCK))
        start = time.perf_counter()
    return spent + time.perf_counter() - start


def _executemany(block: pl.DataFrame) -> float:
    from django.db import connection

    rows = list(zip(*(block[name].to_list() for name in block.columns), itertools.repeat(1), strict=False))
    columns = ", ".join(block.columns)
    statement = f"INSERT INTO gather_observation ({columns}, batch) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    start = time.perf_counter()
    connection.connection.executemany(statement, rows)
    return time.perf_counter() - start


def _copy(block: pl.DataFrame) -> float:
    from django.db import connection

    from salus.gather.store import postgres

    payload = postgres.HEADER + bytes(postgres.encode(block, 1)) + postgres.TRAILER
    columns = ", ".join(postgres.WIDTHS)
    start = time.perf_counter()
    with connection.connection.cursor() as cursor:
        with cursor.copy(f"COPY gather_observation ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(payload)
    return time.perf_counter() - start


def one(who: str, data: Path, url: str, path: Path) -> None:
    """Measure one of the two and print it."""
    use(data, url)
    fresh_table()
    seconds = ours(path) if who == "ours" else bare(path)
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb()}))


def measure(kind: str, rows: int, rounds: int) -> dict[str, float]:
    """Measure both in turn."""
    with database(kind) as (folder, url):
        published, ordered = folder / "published.parquet", folder / "ordered.parquet"
        frame = observations(rows)
        frame.write_parquet(published)
        frame.sort("series", "valid_at", "zone", "stratum", "known_at").write_parquet(ordered)
        del frame
        runs: dict[str, list[dict[str, float]]] = {"bare": [], "ours": []}
        for _round in range(rounds):
            pair = [("bare", ordered), ("ours", published)]
            for who, path in pair if _round % 2 == 0 else reversed(pair):
                data = folder / f"{who}-{_round}"
                at = url if kind == "postgres" else f"sqlite://{data / 'bench.sqlite3'}"
                data.mkdir()
                runs[who].append(child("benchmarks.store.append", "--one", who, str(data), at, str(path)))
                for left in data.glob("bench.sqlite3*"):
                    left.unlink()
    best = {who: min(run["seconds"] for run in found) for who, found in runs.items()}
    return {
        "ours_rows_per_s": rows / best["ours"],
        "bare_rows_per_s": rows / best["bare"],
        "ratio": best["bare"] / best["ours"],
        "peak_mb": max(run["peak_mb"] for run in runs["ours"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--one", nargs=4, metavar=("WHO", "DATA", "URL", "FILE"))
    options = parser.parse_args()
    if options.one:
        who, data, url, path = options.one
        one(who, Path(data), url, Path(path))
        return
    found = measure(options.database, options.rows, options.rounds)
    line = (
        f"{options.rows:,} rows, {options.database}",
        f"{found['ours_rows_per_s']:,.0f} rows/s",
        f"{found['bare_rows_per_s']:,.0f} rows/s",
        f"{found['ratio']:.2f}",
        f">= {GOAL}",
        f"{found['peak_mb']:,.0f} MB",
    )
    name = f"store-append-{options.database}"
    result = {"rows": options.rows, "database": options.database, "goal": GOAL, **found}
    report(name, "Bulk append", [line], result)


if __name__ == "__main__":
    main()
