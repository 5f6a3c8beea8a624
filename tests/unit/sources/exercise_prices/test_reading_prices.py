"""Prices are brought to one unit and averaged; what cannot be a price waits, and who is silent is named."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from salus.gather.sources import registry
from salus.gather.sources.chunks import FactsChunk, MendedLine
from salus.gather.sources.goods import goods

SOURCE = registry.get("exercise_prices")


def chunks(**options: object) -> list[FactsChunk]:
    return [chunk for chunk in SOURCE.read()(SOURCE.fixture, **options) if isinstance(chunk, FactsChunk)]


def value(found: list[FactsChunk], zone: str, product: str, day: date, series: str = "exercise.prices") -> float | None:
    frame = pl.concat([chunk.frame for chunk in found]).filter(
        pl.col("series") == series, pl.col("zone") == zone, pl.col("stratum") == product, pl.col("valid_on") == day
    )
    return frame.sort("known_at")["value"].last() if len(frame) else None


def test_prices_in_other_units_are_brought_to_the_usual_one_and_averaged() -> None:
    assert value(chunks(), "ALMA", "staple", date(2026, 3, 2)) == pytest.approx(1.2)
    assert value(chunks(), "HAR-1", "staple", date(2026, 3, 2)) == pytest.approx(1.3)
    assert value(chunks(), "ALMA", "staple", date(2026, 3, 2), "exercise.price_reports") == 2.0


def test_what_cannot_be_a_price_waits_for_a_person() -> None:
    waiting = [(line.line, line.defects[0].code) for chunk in chunks() for line in chunk.parked]
    assert waiting == [(2, "unlikely_price"), (5, "other_unit"), (3, "unknown_place")]
    assert value(chunks(), "ALMA", "staple", date(2026, 3, 3)) is None


def test_the_catalogue_is_told_of_units_doubles_and_silence() -> None:
    told = [[(one.code, dict(one.params)) for one in chunk.remarks] for chunk in chunks()]
    assert told[0] == [("unit_changed", {"who": "MARKET-2, staple", "unit": "100 g", "on": "2026-03-02"})]
    assert ("duplicates", {"n": 1}) in told[1]
    assert ("not_reported", {"who": "MARKET-2", "n": 5}) in told[2]


def test_a_price_that_was_put_right_enters_the_mean_and_stays_in_it() -> None:
    raw = {"report_id": "M1-3", "market": "MARKET-1", "product": "staple", "observed_on": "2026-03-03", "price": "1.12",
           "unit": "kg"}  # fmt: skip
    found = chunks(mended=[MendedLine("prices-2026-03-03", 2, raw, date(2026, 3, 4))])
    assert value(found, "ALMA", "staple", date(2026, 3, 3)) == pytest.approx(1.12)
    assert value(found, "ALMA", "staple", date(2026, 3, 3), "exercise.price_reports") == 1.0


def test_only_new_days_are_yielded_and_as_they_were() -> None:
    whole = chunks()
    later = chunks(kept=lambda label, files: label < "prices-2026-03-03")
    assert [chunk.label for chunk in later] == ["prices-2026-03-03", "prices-2026-03-07"]
    assert all(one.frame.equals(other.frame) for one, other in zip(whole[1:], later, strict=True))


@pytest.mark.parametrize(
    ("good", "unit", "part"),
    [("staple", "kg", 1.0), ("staple", "100 g", 0.1), ("milk", "50 cl", 0.5), ("mask", "10 piece", 10.0),
     ("mask", "dozen", None), ("milk", "0 ml", None), ("staple", "ml", None)],
)  # fmt: skip
def test_units(good: str, unit: str, part: float | None) -> None:
    assert goods()[good].units_in(unit) == (None if part is None else pytest.approx(part))
