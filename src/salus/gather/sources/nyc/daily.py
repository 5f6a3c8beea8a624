"""City and borough counts by the day of the event, with every published version."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import polars as pl

from salus.gather.sources.chunks import OBSERVED, WITHDRAWN, FactsChunk
from salus.gather.sources.facts import as_facts, changes_only, moment_on
from salus.gather.sources.files import read_parquet
from salus.gather.sources.nyc.places import ROOT

# The files know only the day of publication; before this moment of that day nobody is shown it.
PUBLISHED = time(18, 0)
TIME_ZONE = "America/New_York"
SERIES = {
    "case": "nyc.cases",
    "case_prob": "nyc.cases_probable",
    "hosp": "nyc.hospital_admissions",
    "death": "nyc.deaths",
    "death_prob": "nyc.deaths_probable",
}


def day(name: str) -> pl.Expr:
    """Return a column of written dates as dates."""
    return pl.col(name).cast(pl.String).str.to_date("%Y-%m-%d")


def published(name: str) -> pl.Expr:
    """Return the moment from which something published on a day may be shown."""
    return moment_on(day(name), PUBLISHED, TIME_ZONE)


def area(name: str) -> pl.Expr:
    """Return zone codes; the source calls the whole city CITY."""
    return pl.col(name).cast(pl.String).replace("CITY", ROOT)


def read_daily(folder: Path) -> FactsChunk:
    """Return the versions of the daily counts; -1 says that a value was withdrawn."""
    name = "daily_vintages.parquet"
    raw = read_parquet(folder, name, ["as_of", "area", "metric", "date", "value"])
    metric = pl.col("metric").cast(pl.String)
    frame = raw.filter(metric.is_in(list(SERIES))).select(
        metric.replace_strict(SERIES, return_dtype=pl.String).alias("series"),
        area("area").alias("zone"),
        day("date").alias("valid_on"),
        published("as_of").alias("known_at"),
        pl.col("value").cast(pl.Float64),
        pl.when(pl.col("value") < 0).then(WITHDRAWN).otherwise(OBSERVED).alias("status"),
    )
    return FactsChunk("daily counts of city and boroughs", changes_only(as_facts(frame)), (folder / name,))
