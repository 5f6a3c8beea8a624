"""New York's whole published history: any past day is shown as it was known then."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salus.city import selectors as city
from salus.gather.selectors import observations_as_of, series_list
from salus.gather.sources import registry
from salus.gather.sources.loading import LoadReport
from salus.gather.sources.nyc.daily import SERIES
from salus.gather.sources.nyc.zone_counts import TOTALS
from salus.trust.selectors import system_viewer
from tests.spec.sources.conftest import NYC

pytestmark = [pytest.mark.slow, pytest.mark.both_databases, pytest.mark.usefixtures("real_city")]

VIEWER = system_viewer("test")
NEW_YORK = ZoneInfo("America/New_York")
# Withdrawals, the new placing of addresses, the rise of Omicron, the change to weekly publication.
SPECIAL = [date(2020, 3, 26), date(2020, 10, 6), date(2020, 12, 7), date(2021, 12, 20), date(2023, 5, 11)]
CODES = [row.code for row in registry.manifest("nyc").series]


def evening(day: date) -> datetime:
    return datetime.combine(day, time(18), NEW_YORK).astimezone(UTC)


@cache
def vintages() -> pl.DataFrame:
    text = pl.col("as_of", "date", "area", "metric").cast(pl.String)
    return (
        pl.read_parquet(NYC / "daily_vintages.parquet")
        .with_columns(text)
        .with_columns(pl.col("as_of", "date").str.to_date())
    )


def days() -> list[date]:
    if not NYC.is_dir():
        # The tests are still collected, and skipped with the reason by the city that they ask for.
        return SPECIAL
    published = vintages()["as_of"].unique().sort().to_list()
    return sorted({*SPECIAL, *random.Random(2021).sample(published, 8)})


@cache
def zone_codes() -> dict[int, str]:
    return {row.number: row.code.replace("NYC", "CITY") for row in city.zone_list(viewer=VIEWER)}


def shown(series: str, known_at: datetime) -> pl.DataFrame:
    if series not in {row.code for row in series_list(viewer=VIEWER, known_at=known_at)}:
        # Nothing of it had been published yet: not even its name is known.
        return pl.DataFrame(schema={"area": pl.String, "date": pl.Date, "value": pl.Float64})
    frame = observations_as_of(viewer=VIEWER, series=series, known_at=known_at)
    area = pl.col("zone").replace_strict(zone_codes(), return_dtype=pl.String)
    return frame.select(area.alias("area"), pl.col("valid_on").alias("date"), pl.col("value")).sort("area", "date")


def by_rule(metric: str, until: date) -> pl.DataFrame:
    """The source's own rule: the last row per key with `as_of` up to a day; -1 takes it away."""
    rows = vintages().filter(pl.col("metric") == metric, pl.col("as_of") <= until).sort("as_of")
    last = rows.unique(["area", "date"], keep="last", maintain_order=True).filter(pl.col("value") >= 0)
    return last.select("area", "date", pl.col("value").cast(pl.Float64)).sort("area", "date")


def test_it_is_loaded_whole(real_city: LoadReport) -> None:
    assert real_city.zones == 177 + 42 + 5 + 1
    assert real_city.people == pytest.approx(8_332_458, abs=1)
    assert real_city.written > 2_800_000
    assert real_city.seconds < 60


@pytest.mark.parametrize("day", days(), ids=str)
def test_a_past_day_is_shown_by_the_rule_of_the_source(day: date) -> None:
    for metric, series in SERIES.items():
        assert shown(series, evening(day)).equals(by_rule(metric, day)), series


@pytest.mark.parametrize("day", SPECIAL[1:], ids=str)
def test_a_moment_before_publication_shows_the_day_before(day: date) -> None:
    early = evening(day) - timedelta(microseconds=1)
    assert shown("nyc.cases", early).equals(by_rule("case", day - timedelta(days=1)))


def test_replaying_every_version_ends_in_the_final_table() -> None:
    final = pl.read_parquet(NYC / "daily_final.parquet").with_columns(pl.col("date").str.to_date())
    cells = equal = 0
    for metric in ("case", "case_prob", "hosp", "death"):
        known = shown(SERIES[metric], datetime(2026, 1, 1, tzinfo=UTC))
        both = final.select("area", "date", metric).join(known, on=["area", "date"], how="left")
        cells += len(both)
        equal += both.filter(pl.col(metric) == pl.col("value")).height
    assert (equal, cells) == (49_296, 49_296)


@pytest.mark.parametrize("day", days()[2:6], ids=str)
def test_zone_totals_are_those_published_until_the_day(day: date) -> None:
    table = (
        pl.read_parquet(NYC / "zone_cumulative_vintages.parquet")
        .with_columns(pl.col("as_of").cast(pl.String).str.to_date(), pl.col("modzcta").cast(pl.String))
        .filter(pl.col("as_of") <= day, pl.col("modzcta") != "11096")
    )
    for column, series in TOTALS.items():
        wanted = table.filter(pl.col(column).is_not_null()).select(
            pl.col("modzcta").alias("area"),
            pl.col("as_of").alias("date"),
            pl.col(column).cast(pl.Float64).alias("value"),
        )
        assert shown(series, evening(day)).equals(wanted.sort("area", "date")), series


@settings(max_examples=40)
@given(
    st.sampled_from(CODES),
    st.datetimes(datetime(2020, 3, 20), datetime(2025, 10, 20), timezones=st.just(UTC)),
)
def test_nothing_is_shown_before_it_was_known(code: str, moment: datetime) -> None:
    if code not in {row.code for row in series_list(viewer=VIEWER, known_at=moment)}:
        return
    frame = observations_as_of(viewer=VIEWER, series=code, known_at=moment)
    if len(frame):
        assert frame["known_at"].max() <= moment  # type: ignore[operator]
        assert frame["valid_on"].max() <= moment.astimezone(NEW_YORK).date()  # type: ignore[operator]
