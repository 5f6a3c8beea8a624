"""Stock books are added up as posted: once each, corrected where corrected, and a count holds over them."""

from __future__ import annotations

from datetime import date

import polars as pl

from salus.gather.sources import registry
from salus.gather.sources.chunks import FactsChunk, MendedLine

SOURCE = registry.get("exercise_stocks")
MASKS = "mask"


def chunks(**options: object) -> list[FactsChunk]:
    return [chunk for chunk in SOURCE.read()(SOURCE.fixture, **options) if isinstance(chunk, FactsChunk)]


def known(found: list[FactsChunk], came_on: date, series: str, zone: str, day: date) -> float | None:
    frame = pl.concat([chunk.frame for chunk in found]).filter(
        pl.col("series") == f"exercise.{series}", pl.col("zone") == zone, pl.col("stratum") == MASKS,
        pl.col("valid_on") == day, pl.col("known_at").dt.date() <= came_on,
    )  # fmt: skip
    return frame.sort("known_at")["value"].last() if len(frame) else None


MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))


def test_a_posting_counts_once_whatever_its_number() -> None:
    assert known(chunks(), TUESDAY, "stock_issued", "OLD", TUESDAY) == 20.0
    assert known(chunks(), TUESDAY, "stock", "OLD", TUESDAY) == 80.0


def test_a_correction_and_a_late_posting_change_what_lay_there() -> None:
    assert known(chunks(), TUESDAY, "stock", "HAR", TUESDAY) == 250.0
    # The count of Monday holds over the late issue of that day.
    assert known(chunks(), WEDNESDAY, "stock", "HAR", TUESDAY) == 520.0
    assert known(chunks(), WEDNESDAY, "stock", "HAR", MONDAY) == 500.0


def test_a_count_holds_and_its_difference_is_told() -> None:
    assert known(chunks(), WEDNESDAY, "stock", "OLD", WEDNESDAY) == 60.0
    told = {one.code: one.params.get("n") for one in chunks()[2].remarks}
    assert told == {"came_late": 1, "corrections": 1, "differences": 1}


def test_what_names_no_goods_or_goes_below_zero_waits() -> None:
    waiting = [(line.raw["posting_id"], line.defects[0].code) for chunk in chunks() for line in chunk.parked]
    assert waiting == [("I3", "unknown_product"), ("I5", "unlikely_amount")]


def test_a_posting_that_was_put_right_is_in_what_went_and_in_what_lies_there() -> None:
    raw = {"posting_id": "I3", "happened_on": "2026-03-03", "place": "PHARMA-1", "product": MASKS, "kind": "issue",
           "quantity": "5", "reference": "DI3"}  # fmt: skip
    found = chunks(mended=[MendedLine("stocks-2026-03-03", 7, raw, WEDNESDAY)])
    assert known(found, WEDNESDAY, "stock_issued", "OLD", TUESDAY) == 25.0
    assert known(found, WEDNESDAY, "stock", "OLD", TUESDAY) == 75.0


def test_only_new_days_are_yielded_and_as_they_were() -> None:
    later = chunks(kept=lambda label, files: label < "stocks-2026-03-04")
    assert [chunk.label for chunk in later] == ["stocks-2026-03-04"]
    assert later[0].frame.equals(chunks()[2].frame)
