"""From a piece of text columns to facts, and to the defects of the rows that cannot be taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from salus.base import clock
from salus.gather.imports.dates import dates, moments
from salus.gather.imports.lookups import Lookups
from salus.gather.imports.numbers import LARGEST, numbers
from salus.gather.imports.readers.pieces import LINE
from salus.gather.schemas import Defect, MappingSpec, Status

# What the spool holds: the store's columns, `known_at` empty where the import's own moment counts.
SPOOL: dict[str, pl.DataType] = {
    "series": pl.Int32(),
    "valid_at": pl.Int64(),
    "zone": pl.Int32(),
    "stratum": pl.Int32(),
    "known_at": pl.Int64(),
    "value": pl.Float64(),
    "status": pl.Int8(),
    "line": pl.Int64(),
}
_DAY = 86_400
_MICRO = 1_000_000
_PERIOD_DAYS = {"hour": 1, "day": 1, "week": 7, "month": 1}


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that decides how text becomes facts."""

    mapping: MappingSpec
    lookups: Lookups
    date_order: str
    decimal: str
    today: date
    now_micros: int
    # For `value` texts that mean no value.
    missing: tuple[str, ...] = ()
    suppressed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Converted:
    """Facts and the defects of the other rows."""

    facts: pl.DataFrame
    defects: list[Defect]


def convert(frame: pl.DataFrame, reading: Reading) -> Converted:
    """Return the facts of a piece, and one defect for the first thing wrong in each bad cell."""
    cells = _cells(frame, reading.mapping).with_row_index("cell")
    if not len(cells):
        return Converted(pl.DataFrame(schema=SPOOL), [])
    cells = _numbered(_valued(_dated(cells, reading), reading), reading)
    judged = cells.with_columns(_first_fault(reading).alias("fault"))
    good = judged.filter(pl.col("fault").is_null())
    facts = good.select(pl.col(name).cast(kind) for name, kind in SPOOL.items())
    bad = judged.filter(pl.col("fault").is_not_null())
    return Converted(facts, [_defect(row, reading) for row in bad.iter_rows(named=True)])


def _cells(frame: pl.DataFrame, mapping: MappingSpec) -> pl.DataFrame:
    """Return one row for each value: text columns of one name each, whatever the layout."""
    shared = [
        pl.col(LINE).alias("line"),
        _text(mapping.valid_column).alias("valid_text"),
        _or_fixed(mapping.zone_column, mapping.zone_fixed).alias("zone_text"),
        _or_fixed(mapping.stratum_column, mapping.stratum_fixed).alias("stratum_text"),
        (_text(mapping.known_column) if mapping.known_column else pl.lit("")).alias("known_text"),
    ]
    if not mapping.values:
        series = _or_fixed(mapping.series_column, mapping.series_fixed).alias("series_text")
        column = pl.lit(mapping.value_column).alias("value_column")
        return frame.select(*shared, series, _text(mapping.value_column).alias("value_text"), column)
    parts = [
        frame.select(
            *shared,
            pl.lit(code).alias("series_text"),
            _text(column).alias("value_text"),
            pl.lit(column).alias("value_column"),
        )
        for column, code in mapping.values.items()
    ]
    return pl.concat(parts)


def _text(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").str.strip_chars()


def _or_fixed(column: str, fixed: str) -> pl.Expr:
    return _text(column) if column else pl.lit(fixed)


def _dated(cells: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Add the day and the start of the period, and the moment of knowledge where the file states one."""
    periods = {code: facts.period for code, facts in reading.lookups.series.items()}
    unique = cells["valid_text"].unique(maintain_order=True)
    known = pl.DataFrame({"valid_text": unique}).hstack(dates(unique, reading.date_order))
    cells = cells.join(known, on="valid_text", how="left", maintain_order="left")
    period = pl.col("series_text").replace_strict(periods, default="day", return_dtype=pl.String)
    cells = cells.with_columns(period.alias("period"))
    if reading.mapping.valid_is == "end":
        back = pl.when(pl.col("period") == "week").then(6).otherwise(0)
        cells = cells.with_columns((pl.col("day") - pl.duration(days=back)).alias("day"))
    month_start = pl.when(pl.col("period") == "month").then(pl.col("day").dt.month_start()).otherwise("day")
    hour = pl.when(pl.col("period") == "hour").then(pl.col("second") // 3600 * 3600).otherwise(0)
    started = month_start.cast(pl.Int32).cast(pl.Int64) * _DAY + hour
    return _with_known(cells.with_columns(started.alias("valid_at")), reading)


def _with_known(cells: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    if not reading.mapping.known_column:
        return cells.with_columns(pl.lit(None, dtype=pl.Int64).alias("known_at"))
    unique = cells["known_text"].unique(maintain_order=True)
    stated = moments(unique, reading.date_order, str(clock.city_zone()))
    known = pl.DataFrame({"known_text": unique, "known_at": stated})
    cells = cells.join(known, on="known_text", how="left", maintain_order="left")
    # The day that runs now has no end yet: what was published on it is known now.
    same_day = (pl.col("known_at") > reading.now_micros) & (pl.col("known_at") < reading.now_micros + _DAY * _MICRO)
    day_alone = ~pl.col("known_text").str.contains(":")
    return cells.with_columns(
        pl.when(same_day & day_alone).then(reading.now_micros).otherwise("known_at").alias("known_at")
    )


def _valued(cells: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    text = pl.col("value_text")
    lower = text.str.to_lowercase()
    missing = lower.is_in([word.lower() for word in reading.missing])
    suppressed = lower.is_in([word.lower() for word in reading.suppressed])
    status = pl.when(suppressed).then(int(Status.SUPPRESSED)).when(missing).then(int(Status.MISSING)).otherwise(0)
    cells = cells.with_columns(status.cast(pl.Int8).alias("status"))
    plain = pl.when((pl.col("status") == 0) & text.str.contains(r"^-?\d{1,15}$")).then(text)
    cells = cells.with_columns(plain.cast(pl.Float64, strict=False).alias("value"))
    return _with_written_otherwise(cells, reading)


def _with_written_otherwise(cells: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Fill in the numbers that are not plain digits; most files have few of these, so they cost their number only."""
    others = cells.filter((pl.col("status") == 0) & pl.col("value").is_null())["value_text"].unique()
    if not len(others):
        return cells
    read = pl.DataFrame({"value_text": others}).with_columns(
        numbers(pl.col("value_text"), reading.decimal).alias("read")
    )
    cells = cells.join(read, on="value_text", how="left", maintain_order="left")
    value = pl.when(pl.col("status") == 0).then(pl.coalesce("value", "read"))
    return cells.with_columns(value.alias("value")).drop("read")


def _numbered(cells: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    look = reading.lookups
    series = {code: facts.number for code, facts in look.series.items()}
    kinds = {code: facts.kind for code, facts in look.series.items()}
    return cells.with_columns(
        _looked_up("series_text", series).alias("series"),
        _looked_up("zone_text", dict(look.zones)).alias("zone"),
        _looked_up("stratum_text", dict(look.strata)).alias("stratum"),
        pl.col("series_text").replace_strict(kinds, default="", return_dtype=pl.String).alias("kind"),
    )


def _looked_up(column: str, numbers_by_code: dict[str, int]) -> pl.Expr:
    if not numbers_by_code:
        return pl.lit(None, dtype=pl.Int32)
    return pl.col(column).replace_strict(numbers_by_code, default=None, return_dtype=pl.Int32)


def _first_fault(reading: Reading) -> pl.Expr:
    """Return the code of the first thing that is wrong with each cell, null where all is well."""
    today = (reading.today - date(1970, 1, 1)).days * _DAY
    observed = pl.col("status") == 0
    has_known = pl.lit(value=bool(reading.mapping.known_column))
    value, known = pl.col("value"), pl.col("known_at")
    faults = [
        ("empty_zone", pl.col("zone_text") == ""),
        ("unknown_series", pl.col("series").is_null()),
        ("unknown_zone", pl.col("zone").is_null()),
        ("unknown_stratum", pl.col("stratum").is_null()),
        ("empty_date", pl.col("valid_text") == ""),
        ("bad_date", pl.col("valid_at").is_null()),
        ("future_date", pl.col("valid_at") >= today + _DAY),
        ("bad_known", has_known & known.is_null()),
        ("future_known", has_known & (known > reading.now_micros)),
        # A day's grace: a day may begin elsewhere before it begins here.
        ("known_before_valid", has_known & (known < (pl.col("valid_at") - _DAY) * _MICRO)),
        ("bad_number", observed & value.is_null()),
        ("huge_number", observed & (value.abs() > LARGEST)),
        ("negative", observed & (value < 0)),
        ("fraction", observed & (pl.col("kind") == "count") & (value != value.round())),
    ]
    code = pl.lit(None, dtype=pl.String)
    for name, wrong in reversed(faults):
        code = pl.when(wrong.fill_null(value=False)).then(pl.lit(name)).otherwise(code)
    return code


def _defect(row: dict[str, object], reading: Reading) -> Defect:
    code = str(row["fault"])
    column, text, params = _named(code, row, reading)
    if code in {"empty_zone", "empty_date"}:
        code = "empty"
    return Defect(int(str(row["line"])), column, text, code, params)


def _named(code: str, row: dict[str, object], reading: Reading) -> tuple[str, str, dict[str, str]]:
    """Return the column and the text that a defect is about, and what its words need."""
    mapping = reading.mapping
    where = {
        "series": (mapping.series_column or str(row["value_column"]), str(row["series_text"])),
        "zone": (mapping.zone_column, str(row["zone_text"])),
        "stratum": (mapping.stratum_column, str(row["stratum_text"])),
        "date": (mapping.valid_column, str(row["valid_text"])),
        "known": (mapping.known_column, str(row["known_text"])),
        "valid": (mapping.known_column, str(row["known_text"])),
    }
    params = {
        "bad_date": {"order": reading.date_order},
        "future_date": {"today": reading.today.isoformat()},
        "known_before_valid": {"valid": str(row["valid_text"])},
        "negative": {"kind": str(row["kind"])},
    }
    column, text = where.get(code.rsplit("_", 1)[-1], (str(row["value_column"]), str(row["value_text"])))
    return column, text, params.get(code, {})


def by_line(defects: list[Defect]) -> Iterator[tuple[int, list[Defect]]]:
    """Yield the defects of each line together, in order."""
    lines: dict[int, list[Defect]] = {}
    for defect in defects:
        lines.setdefault(defect.line, []).append(defect)
    yield from sorted(lines.items())
