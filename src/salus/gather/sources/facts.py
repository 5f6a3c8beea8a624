"""From a source's tables to facts with both their times: pure functions on frames."""

from __future__ import annotations

from datetime import time
from typing import Any

import polars as pl

from salus.gather.sources.chunks import FACTS, KEY, MISSING, OBSERVED, SUPPRESSED

WHOLE = "all"


def moment_on(day: pl.Expr, at: time, time_zone: str) -> pl.Expr:
    """Return the moment at a time of day in a city, as UTC."""
    local = day.cast(pl.Datetime("us")) + pl.duration(hours=at.hour, minutes=at.minute)
    return local.dt.replace_time_zone(time_zone).dt.convert_time_zone("UTC")


def as_facts(frame: pl.DataFrame, *, series: str | None = None, **constants: Any) -> pl.DataFrame:
    """Return the frame with the columns of facts, filling in what is the same on every row."""
    given: dict[str, Any] = {"stratum": WHOLE, "status": OBSERVED, **constants}
    if series is not None:
        given["series"] = series
    extra = [pl.lit(value).alias(name) for name, value in given.items() if name not in frame.columns]
    filled = frame.with_columns(extra).select(pl.col(name).cast(kind) for name, kind in FACTS.items())
    return filled.with_columns(pl.when(pl.col("status") == OBSERVED).then("value").alias("value"))


def changes_only(facts: pl.DataFrame) -> pl.DataFrame:
    """Return the facts in order, without those that repeat what was known before."""
    if facts.is_empty():
        return facts
    ordered = facts.with_columns(_cell(facts)).sort("cell", "known_at", maintain_order=True)
    repeats = pl.all_horizontal(
        pl.col("cell") == pl.col("cell").shift(1),
        pl.col("value").eq_missing(pl.col("value").shift(1)),
        pl.col("status") == pl.col("status").shift(1),
    )
    return ordered.filter(~repeats.fill_null(value=False)).drop("cell")


def _cell(facts: pl.DataFrame) -> pl.Expr:
    """Return one number a cell that sorts as the key does: numbers sort many times faster than texts."""
    cell = pl.lit(0, dtype=pl.Int64)
    for name in KEY[:-1]:
        codes = facts[name].unique().sort().to_list()
        places = dict(zip(codes, range(len(codes)), strict=True))
        cell = cell * len(codes) + pl.col(name).replace_strict(places, return_dtype=pl.Int64)
    day = pl.col("valid_on").cast(pl.Int32).cast(pl.Int64)
    return (cell * 2**20 + day).alias("cell")


def null_means(frame: pl.DataFrame, column: str, status: int) -> pl.DataFrame:
    """Return the frame with `value` and `status` from a column in which null has one meaning."""
    return frame.with_columns(
        pl.col(column).cast(pl.Float64).alias("value"),
        pl.when(pl.col(column).is_null()).then(status).otherwise(OBSERVED).cast(pl.Int8).alias("status"),
    )


def suppressed_where_null(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the frame in which an empty cell was held back by the source."""
    return null_means(frame, column, SUPPRESSED)


def missing_where_null(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the frame in which an empty cell is known to be missing."""
    return null_means(frame, column, MISSING)


def daily_from_cumulative(cumulative: pl.DataFrame) -> pl.DataFrame:
    """Return what was added per zone and day, from totals per zone and day of publication.

    Takes `zone`, `published_on`, `total`. A difference over several days is shared among them in whole
    numbers whose sum is kept. Where a total fell, the days get zero and `correction` on the day of
    publication carries what was taken away, so that additions and corrections add up to the totals.
    Columns: zone, valid_on, published_on, added, correction.
    """
    steps = (
        cumulative.sort("zone", "published_on")
        .with_columns(
            pl.col("total").diff().over("zone").cast(pl.Int64).alias("step"),
            pl.col("published_on").diff().dt.total_days().over("zone").alias("gap"),
        )
        .filter(pl.col("step").is_not_null())
    )
    days = steps.with_columns(pl.int_ranges(1, pl.col("gap") + 1).alias("k")).explode("k")
    gain = pl.col("step").clip(lower_bound=0)
    return days.select(
        "zone",
        (pl.col("published_on") - pl.duration(days=pl.col("gap") - pl.col("k"))).alias("valid_on"),
        "published_on",
        (gain * pl.col("k") // pl.col("gap") - gain * (pl.col("k") - 1) // pl.col("gap")).alias("added"),
        pl.when((pl.col("step") < 0) & (pl.col("k") == pl.col("gap"))).then("step").otherwise(0).alias("correction"),
    )
