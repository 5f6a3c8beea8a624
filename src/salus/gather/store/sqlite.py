"""The store on SQLite: many rows a statement, columns that do not vary written into the statement."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from typing import Any

import polars as pl
from django.db import connection

from salus.gather.store.columns import COLUMNS
from salus.gather.store.tables import TABLE

_PASS_OVER = " ON CONFLICT DO NOTHING"  # noqa: S105 - a clause, not a password
# One statement for many rows opens the table once: a third to a half faster than a row each.
_ROWS = 64
_FETCH = 2000


def write_new(part: pl.DataFrame, batch: int) -> int:
    """Insert the rows whose key is not there yet, in the running transaction, and return how many those were."""
    if not len(part):
        return 0
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    fixed = {name: _literal(part[name]) for name in COLUMNS}
    varying = [name for name, literal in fixed.items() if literal is None]
    one = ",".join(literal if literal is not None else "?" for literal in fixed.values())
    row = f"({one},{int(batch)})"
    together = _rows_together()
    whole = len(part) // together * together if varying else 0
    head = f"INSERT INTO {TABLE} ({','.join(COLUMNS)},batch) VALUES "  # noqa: S608 - literals are numbers
    before = raw.total_changes
    with connection.wrap_database_errors:
        if whole:
            raw.executemany(head + ",".join([row] * together) + _PASS_OVER, _grouped(part[:whole], varying, together))
        raw.executemany(head + row + _PASS_OVER, _rows(part[whole:], varying))
    return raw.total_changes - before


def _rows_together() -> int:
    """Return how many rows go into a statement: one inside a savepoint, where a statement of many is slow."""
    return 1 if any(connection.savepoint_ids) else _ROWS


def _literal(column: pl.Series) -> str | None:
    """Return the SQL of a column that is the same on every row."""
    if column.name == "value":
        return "NULL" if column.null_count() == len(column) else None
    least, most = column.min(), column.max()
    return str(int(least)) if least == most else None  # type: ignore[arg-type]


def _grouped(part: pl.DataFrame, varying: list[str], together: int) -> Iterator[tuple[Any, ...]]:
    flat = itertools.chain.from_iterable(zip(*(part[name].to_list() for name in varying), strict=True))
    return zip(*[flat] * (together * len(varying)), strict=True)


def _rows(part: pl.DataFrame, varying: list[str]) -> Iterator[tuple[Any, ...]]:
    if not varying:
        return iter([()] * len(part))
    return zip(*(part[name].to_list() for name in varying), strict=True)


def read(sql: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return the rows of a query as a frame."""
    connection.ensure_connection()
    columns: list[list[Any]] = [[] for _name in schema]
    with connection.wrap_database_errors:
        cursor = connection.connection.execute(sql)
        # A few rows at a time: their tuples die young, which costs a third less than all of them at once.
        while rows := cursor.fetchmany(_FETCH):
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                column.extend(values)
    return pl.DataFrame(
        [pl.Series(name, values, dtype=kind) for (name, kind), values in zip(schema.items(), columns, strict=True)]
    )
