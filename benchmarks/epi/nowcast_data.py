"""Development sets for nowcasts: German hospitalisations by age, New York's counts by borough."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from salus.epi.arrays import FloatArray, IntArray

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SALUS_SHARED", ROOT.parent / "shared")) / "data"
GERMAN = SHARED / "hubs" / "nowcast_de" / "triangle_DE_to_2021-11-21.parquet"
NEW_YORK = SHARED / "nyc" / "daily_vintages.parquet"
BOROUGHS = ("BK", "BX", "MN", "QN", "SI")


@dataclass(frozen=True, slots=True)
class Rows:
    """Totals known so far: day, day on which known, total, series."""

    day: IntArray
    known: IntArray
    total: FloatArray
    series: np.ndarray

    def until(self, now: int) -> Rows:
        """Return what was known on a day."""
        keep = self.known <= now
        return Rows(self.day[keep], self.known[keep], self.total[keep], self.series[keep])

    def of(self, *series: str) -> Rows:
        """Return some series only."""
        keep = np.isin(self.series, series)
        return Rows(self.day[keep], self.known[keep], self.total[keep], self.series[keep])


def _ordinals(dates: pl.Series) -> IntArray:
    return (dates.cast(pl.Date).cast(pl.Int64) + date(1970, 1, 1).toordinal()).to_numpy()


def german_counts() -> pl.DataFrame:
    """Return new reports by date, age group and delay."""
    table = pl.read_parquet(GERMAN).with_columns(
        pl.col("age_group").cast(pl.String),
        pl.col("reference_date").cast(pl.String).str.to_date(),
        pl.col("delay").cast(pl.Int64),
    )
    return table.sort("age_group", "reference_date", "delay")


def german() -> Rows:
    """Return totals by age group; ``00+`` is everyone."""
    table = german_counts().with_columns(
        pl.col("count").cum_sum().over("age_group", "reference_date").cast(pl.Float64).alias("total")
    )
    day = _ordinals(table["reference_date"])
    return Rows(day, day + table["delay"].to_numpy(), table["total"].to_numpy(), table["age_group"].to_numpy())


def new_york(metric: str, areas: tuple[str, ...]) -> Rows:
    """Return totals by area from December 2020, when cases were counted anew, to the end of daily reports.

    -1 in the file is a count that was withdrawn.
    """
    table = pl.read_parquet(NEW_YORK).with_columns(
        pl.col("as_of", "date").cast(pl.String).str.to_date(), pl.col("area", "metric").cast(pl.String)
    )
    table = table.filter(
        (pl.col("metric") == metric)
        & pl.col("area").is_in(areas)
        & pl.col("date").is_between(date(2020, 12, 8), date(2023, 4, 1))
    )
    value = table["value"].to_numpy().astype(float)
    value[value < 0] = np.nan
    return Rows(_ordinals(table["date"]), _ordinals(table["as_of"]), value, table["area"].to_numpy())
