"""Zone totals on each day of publication, and the daily counts that follow from them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from salus.gather.sources.chunks import MISSING, OBSERVED, FactsChunk
from salus.gather.sources.facts import as_facts, changes_only, daily_from_cumulative, moment_on
from salus.gather.sources.files import read_parquet
from salus.gather.sources.nyc.daily import PUBLISHED, TIME_ZONE, day, published

NAME = "zone_cumulative_vintages.parquet"
TOTALS = {
    "cum_confirmed": "nyc.zone_cases_cumulative",
    "cum_cases_all": "nyc.zone_cases_all_cumulative",
    "cum_deaths": "nyc.zone_deaths_cumulative",
    "cum_tests": "nyc.zone_tests_cumulative",
}
REPORTED = "nyc.zone_cases_reported"
CORRECTIONS = "nyc.zone_cases_corrections"
# On this day every address was placed anew: differences between zones are not new cases.
BREAKS = [date(2020, 12, 7)]


def read_zone_totals(folder: Path, zones: list[str]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the file's rows of known zones, and a word on those left out."""
    raw = read_parquet(folder, NAME, ["as_of", "modzcta", *TOTALS])
    table = raw.with_columns(pl.col("modzcta").cast(pl.String).alias("zone"))
    strange = table.filter(~pl.col("zone").is_in(zones))
    notes = (
        (
            f"{NAME}: {strange.height} rows of {', '.join(sorted(set(strange['zone'])))} lie in no zone and were left out.",
        )
        if strange.height
        else ()
    )
    return table.filter(pl.col("zone").is_in(zones)), notes


def read_cumulative(folder: Path, zones: list[str]) -> FactsChunk:
    """Return each zone's totals on each day of publication."""
    table, notes = read_zone_totals(folder, zones)
    shaped = table.select("zone", day("as_of").alias("valid_on"), published("as_of").alias("known_at"), *TOTALS)
    parts = [
        as_facts(shaped.filter(pl.col(column).is_not_null()).rename({column: "value"}), series=series)
        for column, series in TOTALS.items()
    ]
    return FactsChunk("zone totals", changes_only(pl.concat(parts)), (folder / NAME,), notes=notes)


def read_zone_cases(folder: Path, zones: list[str]) -> FactsChunk:
    """Return new cases per zone and day, each known when the later of the two totals was published."""
    table, _ = read_zone_totals(folder, zones)
    totals = table.select("zone", day("as_of").alias("published_on"), pl.col("cum_confirmed").alias("total"))
    days = daily_from_cumulative(totals).with_columns(
        moment_on(pl.col("published_on"), PUBLISHED, TIME_ZONE).alias("known_at"),
        pl.col("published_on").is_in(BREAKS).alias("broken"),
    )
    counts = days.select(
        "zone",
        "valid_on",
        "known_at",
        pl.col("added").alias("value"),
        pl.when("broken").then(MISSING).otherwise(OBSERVED).alias("status"),
    )
    # On a break the whole difference, gains too, is a correction.
    taken = days.select(
        "zone",
        "valid_on",
        "known_at",
        pl.when("broken").then(pl.col("added") + pl.col("correction")).otherwise("correction").alias("value"),
    ).filter(pl.col("value") != 0)
    clipped = days.filter((pl.col("correction") < 0) & ~pl.col("broken")).height
    note = f"{NAME}: {clipped} times a zone's total fell; those days count zero and {CORRECTIONS} holds what was taken away."
    frame = changes_only(pl.concat([as_facts(counts, series=REPORTED), as_facts(taken, series=CORRECTIONS)]))
    return FactsChunk("zone cases by day of report", frame, (folder / NAME,), notes=(note,))
