"""Samples come to one unit; what lies below the limit counts as half of it."""

from __future__ import annotations

from datetime import date

import polars as pl

from salus.gather.sources import registry
from salus.gather.sources.chunks import FactsChunk

SOURCE = registry.get("exercise_wastewater")


def value(zone: str, day: date) -> float:
    chunks = [chunk.frame for chunk in SOURCE.read()(SOURCE.fixture) if isinstance(chunk, FactsChunk)]
    found = pl.concat(chunks).filter(pl.col("zone") == zone, pl.col("valid_on") == day)["value"].to_list()
    assert len(found) == 1
    return float(found[0])


def test_a_zone_has_the_value_of_its_catchment() -> None:
    assert value("OLD-1", date(2026, 3, 2)) == value("OLD-2", date(2026, 3, 2)) == 750.0
    assert value("HAR-1", date(2026, 3, 2)) == 4200.0


def test_another_unit_is_brought_to_copies_in_a_litre() -> None:
    assert value("OLD-1", date(2026, 3, 5)) == 9500.0


def test_the_city_is_the_mean_by_people() -> None:
    assert value("ALMA", date(2026, 3, 5)) == (9500.0 * 30_000 + 8000.0 * 10_000) / 40_000
