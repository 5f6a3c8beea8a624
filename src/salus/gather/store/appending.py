"""Appending facts: in the order of the key, in slices, each written whole or looked at row by row.

The fast way assumes that no key of a slice is there yet; the database's own key says when that is
wrong, and then only that slice is looked at more closely. Nothing here commits: the caller's
transaction makes everything visible at once.

No savepoint is opened around the whole: on SQLite every page that leaves the cache inside one is kept
in a list that each later statement walks, and ten million rows take twenty times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from django.db import IntegrityError, connection, transaction

from salus.gather.schemas import AppendResult
from salus.gather.store import postgres, sqlite
from salus.gather.store.ahead import one_ahead
from salus.gather.store.columns import checked
from salus.gather.store.merging import fresh_and_retimed, retimed
from salus.gather.store.ordering import key_order

SLICE = 262_144
# Rows of a spool that are sorted in memory at a time.
BUCKET = 1_000_000


def append(frame: pl.DataFrame, *, batch: int, progress: Any = None) -> AppendResult:
    """Append facts; the same fact twice is one fact, and another one under the same key is known a microsecond later."""
    facts = checked(frame)
    result = AppendResult()
    with transaction.atomic(savepoint=False):
        for part, written in _slices(facts, batch):
            result += written
            if progress is not None:
                progress(part)
    return result


def _slices(facts: pl.DataFrame, batch: int) -> Iterator[tuple[int, AppendResult]]:
    """Write the facts slice by slice in the order of the key; yield the rows of each and what became of them."""
    order = key_order(facts)

    def part(start: int) -> pl.DataFrame:
        return facts[start : start + SLICE] if order is None else facts[order[start : start + SLICE]]

    starts = range(0, len(facts), SLICE)
    if connection.vendor == "postgresql":
        # While the server takes in one slice, the next one is made ready beside it.
        for rows, payload in one_ahead((part(start) for start in starts), lambda rows: postgres.encode(rows, batch)):
            yield len(rows), _copied(rows, payload, batch)
    else:
        for rows in map(part, starts):
            yield len(rows), _inserted(rows, batch)


def append_files(files: Sequence[Path], *, batch: int, progress: Any = None) -> AppendResult:
    """Append the facts of Parquet files in the order of the key over all of them, in bounded memory."""
    result = AppendResult()
    with transaction.atomic(savepoint=False):
        for bucket in buckets(files):
            result += append(bucket, batch=batch, progress=progress)
    return result


def _inserted(part: pl.DataFrame, batch: int) -> AppendResult:
    written = sqlite.write_new(part, batch)
    if written == len(part):
        return AppendResult(written=written)
    # What was there already, or stands twice in the slice, was passed over: see what of it says something else.
    late = retimed(part)
    sqlite.write_new(late, batch)
    return AppendResult(written + len(late), len(part) - written - len(late), len(late))


def _copied(part: pl.DataFrame, payload: memoryview, batch: int) -> AppendResult:
    """Copy a slice; COPY knows no passing over, so a key that is there refuses the slice and it is sorted out."""
    try:
        with transaction.atomic():
            postgres.write(payload)
    except IntegrityError:
        fresh, late = fresh_and_retimed(part)
        rows = pl.concat([fresh, late])
        postgres.write(postgres.encode(rows, batch))
        return AppendResult(len(rows), len(part) - len(rows), len(late))
    return AppendResult(written=len(part))


def buckets(files: Sequence[Path]) -> Iterator[pl.DataFrame]:
    """Yield the files' facts in ranges of the key that fit in memory, lowest first."""
    if not files:
        return
    whole = pl.scan_parquet(list(files))
    cells = whole.group_by("series", "valid_at").len().collect(engine="streaming").sort("series", "valid_at")
    bucket = ((cells["len"].cum_sum() - 1) // BUCKET).alias("bucket")
    ranges = cells.with_columns(bucket).group_by("bucket", maintain_order=True)
    for _, rows in ranges:
        first, last = rows.row(0, named=True), rows.row(-1, named=True)
        yield whole.filter(_from(first) & _up_to(last)).collect()


def _from(cell: dict[str, Any]) -> pl.Expr:
    series, valid_at = pl.col("series"), pl.col("valid_at")
    return (series > cell["series"]) | ((series == cell["series"]) & (valid_at >= cell["valid_at"]))


def _up_to(cell: dict[str, Any]) -> pl.Expr:
    series, valid_at = pl.col("series"), pl.col("valid_at")
    return (series < cell["series"]) | ((series == cell["series"]) & (valid_at <= cell["valid_at"]))
