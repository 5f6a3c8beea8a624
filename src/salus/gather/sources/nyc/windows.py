"""Figures over the last days, as published each day: 7-day tests and rates, 28-day admissions and deaths."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from salus.gather.sources.chunks import FactsChunk
from salus.gather.sources.facts import as_facts, changes_only, missing_where_null, suppressed_where_null
from salus.gather.sources.files import read_parquet
from salus.gather.sources.nyc.daily import area, day, published

LAST_7 = "zone_last7days_vintages.parquet"
LAST_28 = "zone_last28days_hosp_death_vintages.parquet"
RATES = "uhf42_7day_rate_vintages.parquet"
TESTS = {
    "percentpositivity_7day": "nyc.zone_percent_positive_7d",
    "people_tested": "nyc.zone_people_tested_7d",
    "people_positive": "nyc.zone_people_positive_7d",
}
OUTCOMES = {
    "hospitalization_count_28day": "nyc.zone_hospital_admissions_28d",
    "death_count_28day": "nyc.zone_deaths_28d",
}


def window_end(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the last day of each window written as 'December 9-January 5', the year taken from `as_of`."""
    pairs = frame.select("as_of", "daterange").unique()
    words = pl.col("daterange").cast(pl.String).str.split("-").list.last().str.strip_chars()
    published_on = day("as_of")
    guess = (words + " " + published_on.dt.year().cast(pl.String)).str.to_date("%B %d %Y")
    end = pl.when(guess > published_on).then(guess.dt.offset_by("-1y")).otherwise(guess)
    return frame.join(pairs.with_columns(end.alias("valid_on")), on=["as_of", "daterange"])


def _windows(folder: Path, name: str, series: dict[str, str], *, suppressed: bool) -> pl.DataFrame:
    raw = read_parquet(folder, name, ["as_of", "modzcta", "daterange", *series])
    table = window_end(raw).with_columns(
        pl.col("modzcta").cast(pl.String).alias("zone"), published("as_of").alias("known_at")
    )
    read = suppressed_where_null if suppressed else missing_where_null
    columns = ["zone", "valid_on", "known_at", "value", "status"]
    parts = [as_facts(read(table, column).select(columns), series=code) for column, code in series.items()]
    return changes_only(pl.concat(parts))


def read_last_7_days(folder: Path) -> FactsChunk:
    """Return tests of the last seven days, on the last day of the window."""
    return FactsChunk("zone tests of 7 days", _windows(folder, LAST_7, TESTS, suppressed=False), (folder / LAST_7,))


def read_last_28_days(folder: Path) -> FactsChunk:
    """Return admissions and deaths of 28 days; the source holds back deaths from one to four."""
    frame = _windows(folder, LAST_28, OUTCOMES, suppressed=True)
    return FactsChunk("zone admissions and deaths of 28 days", frame, (folder / LAST_28,))


def read_rates(folder: Path) -> FactsChunk:
    """Return the 7-day case rates of 42 neighbourhoods, the boroughs and the city, on the last day."""
    raw = read_parquet(folder, RATES, ["as_of", "area", "week_end_date", "rate7"])
    frame = raw.select(
        area("area").alias("zone"),
        day("week_end_date").alias("valid_on"),
        published("as_of").alias("known_at"),
        pl.col("rate7").cast(pl.Float64).round(2).alias("value"),
    )
    facts = changes_only(as_facts(frame, series="nyc.case_rate_7d"))
    return FactsChunk("case rates of 7 days", facts, (folder / RATES,))
