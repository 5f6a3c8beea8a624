"""Reports are counted once each, by the day of the specimen, as known when each file came."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from salus.gather.sources import registry
from salus.gather.sources.chunks import FactsChunk

SOURCE = registry.get("exercise_lab")


def facts() -> list[FactsChunk]:
    return [chunk for chunk in SOURCE.read()(SOURCE.fixture) if isinstance(chunk, FactsChunk)]


def as_known(on: date, series: str, zone: str, day: date) -> float | None:
    frame = pl.concat([chunk.frame for chunk in facts()]).filter(
        pl.col("series") == series, pl.col("zone") == zone, pl.col("valid_on") == day,
        pl.col("known_at").dt.date() <= on,
    )  # fmt: skip
    return frame.sort("known_at")["value"].last() if len(frame) else None


def test_a_report_that_comes_twice_counts_once_and_one_taken_back_is_taken_away() -> None:
    day = date(2026, 3, 1)
    known = [as_known(date(2026, 3, n), "exercise.cases", "OLD", day) for n in (1, 2, 3, 4)]
    assert known == [None, 1.0, 2.0, 1.0]
    assert as_known(date(2026, 3, 4), "exercise.zone_cases", "OLD-2", day) == 0.0


def test_a_day_without_a_case_is_a_nought_once_its_file_came() -> None:
    assert as_known(date(2026, 3, 2), "exercise.zone_cases", "HAR-1", date(2026, 3, 1)) == 0.0
    assert as_known(date(2026, 3, 2), "exercise.zone_cases", "HAR-1", date(2026, 3, 2)) is None


def test_new_reports_are_counted_on_the_day_on_which_they_came() -> None:
    assert as_known(date(2026, 3, 9), "exercise.zone_cases_reported", "OLD-1", date(2026, 3, 2)) == 1.0
    assert as_known(date(2026, 3, 9), "exercise.zone_cases_reported", "OLD-1", date(2026, 3, 3)) == 0.0
    assert as_known(date(2026, 3, 9), "exercise.zone_cases_reported", "OLD-2", date(2026, 3, 4)) == 0.0


def test_a_report_of_no_known_zone_is_told_of() -> None:
    notes = {chunk.label: chunk.notes for chunk in facts()}
    assert notes["lab-2026-03-02"] == ()
    assert "1 reports" in notes["lab-2026-03-03"][0]


def test_a_later_file_changes_nothing_that_was_read_from_an_earlier_one(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(SOURCE.fixture, tmp_path / "feeds")
    (tmp_path / "feeds" / "lab" / "lab-2026-03-04.csv").unlink()
    fewer = [chunk for chunk in SOURCE.read()(tmp_path / "feeds") if isinstance(chunk, FactsChunk)]
    for before, after in zip(fewer, facts(), strict=False):
        assert before.frame.equals(after.frame)
