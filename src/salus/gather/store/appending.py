"""Appending facts: in the order of the key, in slices, each written whole or looked at row by row.

The fast way assumes that no key of a slice is there yet; the database's own key says when that is
wrong, and then only that slice goes the slow way. Nothing here commits: the caller's transaction
makes everything visible at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from django.db import IntegrityError, connection, transaction

from salus.gather.schemas import AppendResult
from salus.gather.store import postgres, sqlite
from salus.gather.store.columns import checked
from salus.gather.store.merging import merged
from salus.gather.store.ordering import key_order

SLICE = 262_144
# Rows of a spool that are sorted in memory at a time.
BUCKET = 2_000_000


def append(frame: pl.DataFrame, *, batch: int, progress: Any = None) -> AppendResult:
    """Append facts; the same fact twice is one fact, and another one under the same key is known a microsecond later."""
    facts = checked(frame)
    order = key_order(facts)
    result = AppendResult()
    with transaction.atomic():
        for start in range(0, len(facts), SLICE):
            part = facts[start : start + SLICE] if order is None else facts[order[start : start + SLICE]]
            result += _append_slice(part, batch)
            if progress is not None:
                progress(len(part))
    return result


def append_files(files: Sequence[Path], *, batch: int, progress: Any = None) -> AppendResult:
    """Append the facts of Parquet files in the order of the key over all of them, in bounded memory."""
    result = AppendResult()
    with transaction.atomic():
        for bucket in buckets(files):
            result += append(bucket, batch=batch, progress=progress)
    return result


def _append_slice(part: pl.DataFrame, batch: int) -> AppendResult:
    try:
        with transaction.atomic():
            _write(part, batch)
    except IntegrityError:
        return _append_slowly(part, batch)
    return AppendResult(written=len(part))


def _append_slowly(part: pl.DataFrame, batch: int) -> AppendResult:
    result, rows = merged(part)
    if len(rows):
        with transaction.atomic():
            _write(rows, batch)
    return result


def _write(part: pl.DataFrame, batch: int) -> None:
    if connection.vendor == "postgresql":
        postgres.write(part, batch)
    else:
        sqlite.write(part, batch)


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
