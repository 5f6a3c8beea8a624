"""Reading the store: what was known at a moment, in one range scan on either database."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from django.db import connection

from salus.gather.store import postgres, sqlite
from salus.gather.store.columns import SCHEMA, WITHDRAWN
from salus.gather.store.tables import TABLE

_WITH_BATCH: dict[str, pl.DataType] = {**SCHEMA, "batch": pl.Int64()}
# More zones than this are filtered after reading: a long list costs the database more than it saves.
_LONG_LIST = 500


def as_of(
    *,
    series: int | Sequence[int],
    known_at: int,
    valid_from: int | None = None,
    valid_to: int | None = None,
    zones: Sequence[int] | None = None,
    strata: Sequence[int] | None = None,
    include_withdrawn: bool = False,
) -> pl.DataFrame:
    """Return the newest version of each observation known at a moment; withdrawn ones only if asked for."""
    frames = [
        _one_series(number, _where(known_at, valid_from, valid_to, zones, strata), include_withdrawn)
        for number in _numbers(series)
    ]
    return _joined(frames, zones, strata, SCHEMA)


def versions(
    *,
    series: int | Sequence[int],
    known_at: int,
    valid_from: int | None = None,
    valid_to: int | None = None,
    zones: Sequence[int] | None = None,
    strata: Sequence[int] | None = None,
) -> pl.DataFrame:
    """Return every version known up to a moment, oldest first, with the batch that brought it."""
    where = _where(known_at, valid_from, valid_to, zones, strata)
    frames = [_every_version(number, where) for number in _numbers(series)]
    return _joined(frames, zones, strata, _WITH_BATCH)


def latest_known(series: int | Sequence[int], known_at: int) -> int | None:
    """Return the newest moment up to `known_at` at which something became known of the series."""
    return _scalar("MAX(known_at)", series, known_at)


def latest_valid(series: int | Sequence[int], known_at: int) -> int | None:
    """Return the newest period of which something was known at a moment."""
    # The newest period may be known only later: ask by the clustered key from its end.
    newest = None
    for number in _numbers(series):
        sql = (
            f"SELECT valid_at FROM {TABLE} WHERE series = {number} AND known_at <= {int(known_at)} "  # noqa: S608
            "ORDER BY valid_at DESC LIMIT 1"
        )
        found = _first(sql)
        newest = found if newest is None or (found is not None and found > newest) else newest
    return newest


def counts(*, known_at: int | None = None) -> dict[int, int]:
    """Return the number of facts of each series known up to a moment."""
    where = "" if known_at is None else f" WHERE known_at <= {int(known_at)}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT series, COUNT(*) FROM {TABLE}{where} GROUP BY series")  # noqa: S608
        return {int(series): int(rows) for series, rows in cursor.fetchall()}


def stored_between(part: pl.DataFrame, *, slack: int) -> pl.DataFrame:
    """Return what is stored in the ranges of a slice's keys, up to `slack` microseconds past its moments."""
    frames = []
    for (number,), rows in part.group_by("series", maintain_order=True):
        bounds = rows.select(
            pl.col("valid_at").min().alias("valid_from"),
            pl.col("valid_at").max().alias("valid_to"),
            pl.col("known_at").min().alias("known_from"),
            pl.col("known_at").max().alias("known_to"),
        ).row(0, named=True)
        where = (
            f" AND valid_at BETWEEN {bounds['valid_from']} AND {bounds['valid_to']}"
            f" AND known_at BETWEEN {bounds['known_from']} AND {bounds['known_to'] + slack}"
        )
        frames.append(_every_version(int(str(number)), where))
    return _joined(frames, None, None, _WITH_BATCH)


def _numbers(series: int | Sequence[int]) -> list[int]:
    return [int(series)] if isinstance(series, int) else sorted({int(number) for number in series})


def _where(
    known_at: int,
    valid_from: int | None,
    valid_to: int | None,
    zones: Sequence[int] | None,
    strata: Sequence[int] | None,
) -> str:
    # Numbers only, each through int(): the text cannot carry anything else.
    parts = [f" AND known_at <= {int(known_at)}"]
    if valid_from is not None:
        parts.append(f" AND valid_at >= {int(valid_from)}")
    if valid_to is not None:
        parts.append(f" AND valid_at <= {int(valid_to)}")
    for column, chosen in (("zone", zones), ("stratum", strata)):
        if chosen is not None and 0 < len(chosen) <= _LONG_LIST:
            parts.append(f" AND {column} IN ({','.join(str(int(number)) for number in chosen)})")
    return "".join(parts)


def _one_series(number: int, where: str, include_withdrawn: bool) -> pl.DataFrame:
    """Return the newest version of each cell of one series."""
    schema = {name: kind for name, kind in SCHEMA.items() if name != "series"}
    if connection.vendor == "postgresql":
        # Against the grain of the key: its index is walked backwards and nothing is sorted.
        newest = (
            "SELECT DISTINCT ON (valid_at, zone, stratum) valid_at, zone, stratum, known_at, "  # noqa: S608
            f"COALESCE(value, 'NaN'::float8) AS value, status FROM {TABLE} WHERE series = {number}{where} "
            "ORDER BY valid_at DESC, zone DESC, stratum DESC, known_at DESC"
        )
        kept = "" if include_withdrawn else f" WHERE status <> {WITHDRAWN}"
        frame = postgres.read(f"SELECT * FROM ({newest}) newest{kept}", schema).reverse()  # noqa: S608
    else:
        # SQLite promises that the other columns come from the row that holds the maximum.
        kept = "" if include_withdrawn else f" HAVING status <> {WITHDRAWN}"
        sql = (
            f"SELECT valid_at, zone, stratum, MAX(known_at), value, status FROM {TABLE} "  # noqa: S608
            f"WHERE series = {number}{where} GROUP BY valid_at, zone, stratum{kept}"
        )
        frame = sqlite.read(sql, schema)
    return _named(frame, number)


def _every_version(number: int, where: str) -> pl.DataFrame:
    schema = {name: kind for name, kind in _WITH_BATCH.items() if name != "series"}
    is_postgres = connection.vendor == "postgresql"
    value = "COALESCE(value, 'NaN'::float8)" if is_postgres else "value"
    sql = (
        f"SELECT valid_at, zone, stratum, known_at, {value}, status, batch FROM {TABLE} "  # noqa: S608
        f"WHERE series = {number}{where} ORDER BY valid_at, zone, stratum, known_at"
    )
    return _named(postgres.read(sql, schema) if is_postgres else sqlite.read(sql, schema), number)


def _named(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    return frame.insert_column(0, pl.repeat(number, len(frame), dtype=pl.Int32, eager=True).alias("series"))


def _joined(
    frames: list[pl.DataFrame],
    zones: Sequence[int] | None,
    strata: Sequence[int] | None,
    schema: dict[str, pl.DataType],
) -> pl.DataFrame:
    if len(frames) == 1:
        frame = frames[0]
    else:
        frame = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    for column, chosen in (("zone", zones), ("stratum", strata)):
        if chosen is not None and not 0 < len(chosen) <= _LONG_LIST:
            frame = frame.filter(pl.col(column).is_in(list(chosen)))
    return frame


def _scalar(what: str, series: int | Sequence[int], known_at: int) -> int | None:
    chosen = ",".join(str(number) for number in _numbers(series))
    if not chosen:
        return None
    return _first(
        f"SELECT {what} FROM {TABLE} WHERE series IN ({chosen}) AND known_at <= {int(known_at)}"  # noqa: S608
    )


def _first(sql: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
        return None if row is None or row[0] is None else int(row[0])
