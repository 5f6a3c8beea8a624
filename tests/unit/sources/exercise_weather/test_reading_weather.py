"""Readings in one unit, the later of two holds, and a warning is taken back for the days to come only."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl

from salus.gather.sources import registry
from salus.gather.sources.chunks import FactsChunk

SOURCE = registry.get("exercise_weather")


def chunks(path: Path = SOURCE.fixture, **options: object) -> list[FactsChunk]:
    return [chunk for chunk in SOURCE.read()(path, **options) if isinstance(chunk, FactsChunk)]


def as_known(on: date, series: str, zone: str, day: date) -> float | None:
    frame = pl.concat([chunk.frame for chunk in chunks()]).filter(
        pl.col("series") == series, pl.col("zone") == zone, pl.col("valid_on") == day,
        pl.col("known_at").dt.date() <= on,
    )  # fmt: skip
    return frame.sort("known_at")["value"].last() if len(frame) else None


def july(day: int) -> date:
    return date(2026, 7, day)


def test_fahrenheit_becomes_celsius_and_a_row_that_comes_twice_counts_once() -> None:
    assert as_known(july(1), "exercise.zone_temperature_max", "HAR-1", july(1)) == 29.0
    assert as_known(july(1), "exercise.temperature_max", "ALMA", july(1)) == 30.0


def test_a_day_is_corrected_by_what_comes_later() -> None:
    assert as_known(july(2), "exercise.temperature_max", "ALMA", july(2)) == 34.0
    assert as_known(july(3), "exercise.temperature_max", "ALMA", july(2)) == 32.5


def test_a_day_without_a_reading_is_missing_and_not_cold() -> None:
    frame = chunks()[-1].frame.filter(pl.col("series") == "exercise.temperature_max", pl.col("valid_on") == july(3))
    assert frame["status"].to_list() == [1]


def test_a_warning_is_raised_changed_and_cancelled_as_known_at_each_day() -> None:
    level = "exercise.heat_warning"
    assert [as_known(july(n), level, "OLD-1", july(3)) for n in (1, 2, 3)] == [1.0, 2.0, 2.0]
    assert [as_known(july(n), level, "OLD-1", july(4)) for n in (1, 2, 3)] == [None, 2.0, 0.0]
    # The day of the first warning is over when the second comes: it stays as it was.
    assert as_known(july(9), level, "OLD-1", july(2)) == 1.0


def test_a_warning_reaches_the_zones_that_it_names_and_the_parts_of_a_district() -> None:
    assert as_known(july(9), "exercise.flood_warning", "HAR-1", july(2)) == 1.0
    assert as_known(july(9), "exercise.flood_warning", "OLD-1", july(2)) is None
    assert as_known(july(9), "exercise.storm_warning", "HAR-1", july(4)) == 1.0


def test_a_message_that_cannot_be_used_waits_for_a_person_and_the_rest_is_taken(tmp_path: Path) -> None:
    shutil.copytree(SOURCE.fixture, tmp_path / "feeds")
    folder = tmp_path / "feeds" / "weather"
    (folder / "warning-2026-07-02-bomb.xml").write_bytes(b'<!DOCTYPE a [<!ENTITY b "c">]><alert>&b;</alert>')
    good = (folder / "warning-2026-07-01-flood.xml").read_text()
    (folder / "warning-2026-07-02-far.xml").write_text(good.replace("HAR-1", "MOON-1").replace("alma-flood", "x"))
    (folder / "warning-2026-07-02-soon.xml").write_text(good.replace("<sent>2026-07-01", "<sent>2026-09-01"))
    (folder / "warning-2026-07-02-test.xml").write_text(good.replace("<status>Exercise", "<status>Test"))
    day = chunks(tmp_path / "feeds")[1]
    codes = {line.raw["file"]: line.defects[0].code for line in day.parked}
    assert codes == {
        "warning-2026-07-02-bomb.xml": "bad_message",
        "warning-2026-07-02-far.xml": "unknown_zone",
        "warning-2026-07-02-soon.xml": "future_date",
    }
    assert day.frame.filter(pl.col("series") == "exercise.heat_warning").height > 0


def test_a_day_that_was_taken_in_is_passed_over_and_what_it_said_still_counts() -> None:
    whole = chunks()
    last = chunks(kept=lambda label, files: label < "weather-2026-07-03")
    assert [chunk.label for chunk in last] == ["weather-2026-07-03"]
    assert last[0].frame.equals(whole[-1].frame)


def test_what_the_catalogue_says_of_a_day() -> None:
    remarks = [{remark.code for remark in chunk.remarks} for chunk in chunks()]
    assert remarks == [{"duplicates", "unit_changed"}, {"left_out"}, {"came_late"}]
