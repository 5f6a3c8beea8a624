"""Observations that a file states twice: the same is one, different ones wait for a person."""

from __future__ import annotations

from typing import Any

import polars as pl

from salus.gather.imports.lookups import Lookups
from salus.gather.schemas import Defect, MappingSpec, Status

_KEY = ["series", "valid_at", "zone", "stratum", "known_at"]


def contradictions(facts: pl.DataFrame) -> pl.DataFrame:
    """Return the facts of a file that contradict another one of it."""
    contents = facts.select(*_KEY, "value", "status").unique()
    keys = contents.group_by(_KEY).len().filter(pl.col("len") > 1)
    if not len(keys):
        return facts.head(0)
    return facts.join(keys, on=_KEY, how="semi", nulls_equal=True).sort(*_KEY, "line")


def as_parked(doubles: pl.DataFrame, mapping: MappingSpec, look: Lookups) -> list[dict[str, Any]]:
    """Return contradicting facts as rows for the queue, each naming the others."""
    parked = []
    codes = {series.number: code for code, series in look.series.items()}
    for _key, rows in doubles.group_by(_KEY, maintain_order=True):
        lines = ", ".join(str(line) for line in rows["line"])
        values = ", ".join(_said(row, mapping) for row in rows.iter_rows(named=True))
        for row in rows.iter_rows(named=True):
            raw = _raw(row, mapping, look, codes)
            column = _value_column(mapping, codes[row["series"]])
            defect = Defect(row["line"], column, raw[column], "duplicate", {"lines": lines, "values": values})
            parked.append({"line": row["line"], "raw": raw, "defects": [defect.as_json()]})
    return sorted(parked, key=lambda row: int(row["line"]))


def _said(row: dict[str, Any], mapping: MappingSpec) -> str:
    if row["status"] == Status.SUPPRESSED:
        return mapping.suppressed[0]
    if row["status"] == Status.MISSING:
        return mapping.missing[0] or "-"
    value = float(row["value"])
    text = str(int(value)) if value.is_integer() else repr(value)
    return text.replace(".", ",") if mapping.decimal == "," else text


def _value_column(mapping: MappingSpec, code: str) -> str:
    if not mapping.values:
        return mapping.value_column
    return next(column for column, series in mapping.values.items() if series == code)


def _raw(row: dict[str, Any], mapping: MappingSpec, look: Lookups, codes: dict[int, str]) -> dict[str, str]:
    """Return the fact as a row of the file's own columns, its date written year first."""
    from datetime import UTC, datetime, timedelta

    start = datetime.fromtimestamp(row["valid_at"], UTC)
    code = codes[row["series"]]
    if mapping.valid_is == "end" and look.series[code].period == "week":
        start += timedelta(days=6)
    stated = start.strftime("%Y-%m-%dT%H:%M") if look.series[code].period == "hour" else start.strftime("%Y-%m-%d")
    raw = {mapping.valid_column: stated, _value_column(mapping, code): _said(row, mapping)}
    if mapping.zone_column:
        raw[mapping.zone_column] = look.zone_code(row["zone"])
    if mapping.series_column:
        raw[mapping.series_column] = code
    if mapping.stratum_column:
        raw[mapping.stratum_column] = next(name for name, found in look.strata.items() if found == row["stratum"])
    if mapping.known_column:
        from salus.base import clock

        raw[mapping.known_column] = clock.from_micros(row["known_at"]).isoformat()
    return raw
