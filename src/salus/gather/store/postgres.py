"""The store on PostgreSQL: binary COPY both ways, rows laid out by numpy."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from django.db import connection

from salus.gather.store.tables import TABLE

HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
TRAILER = struct.pack(">h", -1)
# The table's columns in its own order, and their binary types.
WIDTHS = {
    "series": ">i4",
    "zone": ">i4",
    "valid_at": ">i8",
    "known_at": ">i8",
    "value": ">f8",
    "batch": ">i8",
    "stratum": ">i4",
    "status": ">i2",
}
_ROW = np.dtype(
    [("fields", ">i2")] + [entry for name, kind in WIDTHS.items() for entry in ((f"{name}_size", ">i4"), (name, kind))]
)
_BLOCK = 1 << 20


def write(payload: memoryview) -> None:
    """Copy encoded rows in the running transaction; a key that is there already refuses them all."""
    connection.ensure_connection()
    columns = ", ".join(WIDTHS)
    with (
        connection.wrap_database_errors,
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {TABLE} ({columns}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(HEADER)
        for start in range(0, len(payload), _BLOCK):
            copy.write(payload[start : start + _BLOCK])
        copy.write(TRAILER)


def encode(part: pl.DataFrame, batch: int) -> memoryview:
    """Return rows as PostgreSQL's binary COPY wants them, without its header and trailer."""
    rows = np.frombuffer(bytearray(_template(batch)) * len(part), dtype=_ROW)
    for name in WIDTHS:
        if name != "batch":
            rows[name] = part[name].to_numpy()
    absent = part["value"].is_null().to_numpy()
    return memoryview(_without_values(rows, absent) if absent.any() else rows.view(np.uint8))  # type: ignore[arg-type]


def _template(batch: int) -> bytes:
    """Return one row with everything that is the same on all of them: a repetition is faster than filling in."""
    row = np.zeros(1, dtype=_ROW)
    row["fields"], row["batch"] = len(WIDTHS), batch
    for name, kind in WIDTHS.items():
        row[f"{name}_size"] = np.dtype(kind).itemsize
    return row.tobytes()


def _without_values(rows: npt.NDArray[Any], absent: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Return the rows' bytes; where there is no value its size says so and its eight bytes fall away."""
    rows["value_size"][absent] = -1
    raw = rows.view(np.uint8).reshape(len(rows), _ROW.itemsize)
    keep = np.ones(raw.shape, dtype=bool)
    start = _ROW.fields["value"][1]  # type: ignore[index]
    keep[absent, start : start + 8] = False
    return raw[keep]


def read(sql: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return the rows of a query as a frame; every column but `value` must be filled."""
    connection.ensure_connection()
    chunks: list[bytes] = []
    with (
        connection.wrap_database_errors,
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT BINARY)") as copy,
    ):
        chunks.extend(bytes(chunk) for chunk in copy)
    return decode(b"".join(chunks), schema)


def decode(payload: bytes, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return a frame from binary COPY rows; a value that is not a number stands for none."""
    entries: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in schema.items():
        entries += [(f"{name}_size", ">i4"), (name, _binary(kind))]
    body = memoryview(payload)[len(HEADER) : len(payload) - len(TRAILER)]
    rows = np.frombuffer(body, dtype=np.dtype(entries))
    columns = [pl.Series(name, _native(rows[name]), dtype=kind) for name, kind in schema.items()]
    frame = pl.DataFrame(columns)
    return frame.with_columns(pl.col("value").fill_nan(None)) if "value" in schema else frame


def _binary(kind: pl.DataType) -> str:
    sizes: dict[pl.DataType, str] = {pl.Int8(): ">i2", pl.Int32(): ">i4", pl.Int64(): ">i8", pl.Float64(): ">f8"}
    return sizes[kind]


def _native(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return values.astype(values.dtype.newbyteorder("="))
