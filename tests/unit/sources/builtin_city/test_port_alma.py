"""Port Alma: the same seed makes the same city, its map fits, and its facts come in as they should."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from salus.gather.sources.builtin_city import reporting as r
from salus.gather.sources.builtin_city.epidemic import Truth, serial_interval
from salus.gather.sources.builtin_city.generate import DAYS, START, generate
from salus.gather.sources.builtin_city.land import make_land
from salus.gather.sources.builtin_city.names import DISTRICTS
from salus.gather.sources.builtin_city.reader import read
from salus.gather.sources.chunks import FacilitiesChunk, FactsChunk, PopulationChunk, ZonesChunk


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("alma")
    return folder, generate(folder)


@pytest.fixture(scope="module")
def facts(made: tuple[Path, Truth]) -> pl.DataFrame:
    return pl.concat([chunk.frame for chunk in read(made[0]) if isinstance(chunk, FactsChunk)])


def test_the_same_seed_makes_the_same_bytes(made: tuple[Path, Truth], tmp_path: Path) -> None:
    generate(tmp_path)
    for path in sorted(made[0].iterdir()):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


@pytest.mark.parametrize("seed", range(8))
def test_zones_fit_together_without_gaps_or_overlaps(seed: int) -> None:
    land = make_land(np.random.default_rng(seed))
    areas = list(land.zones.values())
    assert len(areas) == sum(len(plan.zones) for plan in DISTRICTS) == 40
    assert all(area.is_valid and area.geom_type == "Polygon" for area in areas)
    assert shapely.coverage_is_valid(areas)
    assert all(area.geom_type == "Polygon" for area in land.districts.values())
    assert min(land.areas_km2.values()) > 1.0


def test_people_add_up(made: tuple[Path, Truth]) -> None:
    (people,) = [chunk for chunk in read(made[0]) if isinstance(chunk, PopulationChunk)]
    whole = sum(row.people for row in people.rows if row.age_from is None and not row.segment)
    by_age = sum(row.people for row in people.rows if row.age_from is not None)
    assert whole == by_age == pytest.approx(640_000, abs=500)
    assert {row.segment for row in people.rows} >= {"", "care_home", "crowded_housing"}


def test_facilities_stand_in_their_zones(made: tuple[Path, Truth]) -> None:
    chunks = list(read(made[0]))
    (zones,) = [chunk for chunk in chunks if isinstance(chunk, ZonesChunk)]
    (facilities,) = [chunk for chunk in chunks if isinstance(chunk, FacilitiesChunk)]
    shapes = {spec.code: shapely.geometry.shape(spec.geometry) for spec in zones.zones}
    assert {row.kind for row in facilities.rows} >= {"hospital", "clinic", "pharmacy", "school", "stadium"}
    for row in facilities.rows:
        assert shapes[row.zone].covers(shapely.Point(row.lon, row.lat)), row.code
        assert all(space.capacity > 0 for space in row.spaces)


def test_the_epidemic_has_its_waves_and_the_demonstration_begins_before_the_second(made: tuple[Path, Truth]) -> None:
    weekly = made[1].onsets.sum(axis=1)[: DAYS // 7 * 7].reshape(-1, 7).sum(axis=1)
    first, trough, second = weekly[:19].max(), weekly[17:21].min(), weekly[21:32].max()
    assert first > 4 * trough
    assert second > 5 * trough
    start = (date(2026, 5, 31) - START).days
    assert weekly[start // 7] < second / 4
    assert weekly[start // 7 + 4] > 2 * weekly[start // 7]


def test_nobody_is_infected_twice_over(made: tuple[Path, Truth]) -> None:
    assert made[1].infections.sum() < 1.2 * 640_000
    assert made[1].deaths.sum() < made[1].admissions.sum() < made[1].onsets.sum()


def test_no_fact_is_known_before_its_day(facts: pl.DataFrame) -> None:
    late = facts.filter(pl.col("known_at").dt.date() < pl.col("valid_on"))
    assert late.is_empty()
    onset = facts.filter(pl.col("series") == "alma.cases", pl.col("known_at").dt.date() <= pl.col("valid_on"))
    assert onset.is_empty()


def test_nothing_is_published_during_the_outage(facts: pl.DataFrame) -> None:
    first = START.toordinal()
    days = {date.fromordinal(first + day) for day in r.OUTAGE}
    assert facts.filter(pl.col("known_at").dt.date().is_in(sorted(days))).is_empty()


def test_small_counts_are_held_back_and_released(facts: pl.DataFrame) -> None:
    zone = facts.filter(pl.col("series") == "alma.zone_cases", pl.col("zone") == r.SUPPRESSED_ZONE)
    held = zone.filter(pl.col("status") == 2)
    assert len(held) >= 5
    again = zone.join(held.select("valid_on").unique(), on="valid_on").sort("valid_on", "known_at")
    last = again.unique("valid_on", keep="last", maintain_order=True)
    assert (last["status"] == 0).all()


def test_a_silent_laboratory_is_missing_and_not_nought(facts: pl.DataFrame) -> None:
    for series in ("alma.zone_cases", "alma.zone_cases_reported"):
        zone = facts.filter(pl.col("series") == series, pl.col("zone") == r.MISSING_ZONE)
        silent = zone.filter(pl.col("status") == 1)
        assert silent["valid_on"].n_unique() == len(r.MISSING_DAYS)
        assert silent["value"].null_count() == len(silent)


def test_one_cell_is_withdrawn_and_given_again(facts: pl.DataFrame) -> None:
    zone, event, *_ = r.WITHDRAWN_CELL
    day = date.fromordinal(START.toordinal() + event)
    cell = facts.filter(pl.col("series") == "alma.zone_cases", pl.col("zone") == zone, pl.col("valid_on") == day)
    assert 3 in cell["status"].to_list()
    assert cell["status"][-1] == 0


def test_corrections_lower_counts_and_late_deliveries_raise_them(facts: pl.DataFrame) -> None:
    city = facts.filter(pl.col("series") == "alma.cases", pl.col("zone") == "ALMA").sort("valid_on", "known_at")
    steps = city.with_columns(pl.col("value").diff().over("valid_on").alias("step"))
    lowered = steps.filter(pl.col("step") < 0)
    assert set(lowered["known_at"].dt.date()) == {date.fromordinal(START.toordinal() + r.CORRECTION_DAY)}
    late = steps.filter(pl.col("known_at").dt.date() == date.fromordinal(START.toordinal() + r.BACKFILL_DAY))
    assert late.filter(pl.col("valid_on") < date(2026, 3, 20))["step"].sum() > 150


def test_city_counts_are_the_sum_of_districts_at_every_moment(facts: pl.DataFrame) -> None:
    for moment in ("2026-03-10", "2026-06-20", "2026-12-31"):
        known = facts.filter(
            pl.col("series") == "alma.cases", pl.col("known_at") < pl.lit(moment).str.to_datetime(time_zone="UTC")
        )
        last = known.sort("known_at").unique(["zone", "valid_on"], keep="last", maintain_order=True)
        city = last.filter(pl.col("zone") == "ALMA")["value"].sum()
        assert city == last.filter(pl.col("zone") != "ALMA")["value"].sum()


def test_reports_of_the_weekend_wait() -> None:
    events = np.full((70, 1), 2000)
    reports = r.report(events, ("A",), r.CASE_DELAY, date(2026, 1, 5), np.random.default_rng(1))
    worked = reports.by_report_day()[28:63, 0].reshape(-1, 7).mean(axis=0)
    assert worked[6] < 0.6 * worked[2]
    assert reports.by_lag.sum() == events.sum()


def test_the_serial_interval_is_a_distribution() -> None:
    weight = serial_interval()
    assert weight.sum() == pytest.approx(1.0)
    assert (np.arange(1, weight.size + 1) * weight).sum() == pytest.approx(5.0, abs=0.4)


def test_the_truth_is_written_but_not_read(made: tuple[Path, Truth], facts: pl.DataFrame) -> None:
    truth = pl.read_csv(made[0] / "truth.csv")
    assert set(truth["what"]) == {"infections", "onsets", "admissions", "deaths"}
    assert not [code for code in facts["series"].unique() if "truth" in code or "infection" in code]


def test_another_start_moves_every_date(tmp_path: Path) -> None:
    generate(tmp_path / "a", seed=5, days=60)
    generate(tmp_path / "b", seed=5, days=60, start=date(2030, 1, 3))  # a Thursday, as 2026-01-01
    a, b = (pl.read_parquet(tmp_path / name / "cases.parquet") for name in "ab")
    moved = a.with_columns(pl.col("valid_on", "published_on") + pl.duration(days=(date(2030, 1, 3) - START).days))
    assert moved.equals(b)
