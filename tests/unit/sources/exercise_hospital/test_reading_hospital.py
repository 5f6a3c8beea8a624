"""A day of the hospitals is missing until the last of them has sent, and then it is their sum."""

from __future__ import annotations

from datetime import date

import polars as pl

from salus.gather.sources import registry
from salus.gather.sources.chunks import MISSING, OBSERVED, FactsChunk

SOURCE = registry.get("exercise_hospital")


def versions(series: str, day: date) -> list[tuple[float | None, int]]:
    chunks = [chunk.frame for chunk in SOURCE.read()(SOURCE.fixture) if isinstance(chunk, FactsChunk)]
    frame = pl.concat(chunks).filter(pl.col("series") == series, pl.col("valid_on") == day).sort("known_at")
    return list(frame.select("value", "status").iter_rows())


def test_a_late_return_makes_the_day_whole() -> None:
    assert versions("exercise.hospital_admissions", date(2026, 3, 1)) == [(None, MISSING), (3.0, OBSERVED)]
    assert versions("exercise.beds_occupied", date(2026, 3, 2)) == [(None, MISSING), (216.0, OBSERVED)]


def test_a_day_of_which_one_hospital_is_silent_stays_missing() -> None:
    assert versions("exercise.deaths", date(2026, 3, 3)) == [(None, MISSING)]
