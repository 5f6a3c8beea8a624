"""Each message counts once, in one unit; what is silent, stuck or out of range is named."""

from __future__ import annotations

from datetime import date

import polars as pl

from salus.gather.sources import registry
from salus.gather.sources.chunks import FactsChunk

SOURCE = registry.get("exercise_sensors")


def chunks(**options: object) -> list[FactsChunk]:
    return [chunk for chunk in SOURCE.read()(SOURCE.fixture, **options) if isinstance(chunk, FactsChunk)]


def value(day: int, series: str, zone: str) -> tuple[float | None, int]:
    row = chunks()[day].frame.filter(pl.col("series") == series, pl.col("zone") == zone)
    return row["value"][0], row["status"][0]


def test_people_are_counted_once_and_a_counter_that_runs_over_is_left_out_for_that_hour() -> None:
    # 10 to 60 on one counter, 100 110 90 100 on the other.
    assert value(0, "exercise.footfall", "OLD-1") == (61.0, 0)


def test_a_zone_whose_counters_say_nothing_usable_is_missing_and_not_empty() -> None:
    assert value(0, "exercise.footfall", "HAR-1") == (None, 1)
    # Twelve times the same number: stuck.
    assert value(1, "exercise.footfall", "OLD-1") == (None, 1)


def test_readings_out_of_range_are_a_share_whatever_the_unit() -> None:
    assert value(0, "exercise.cold_chain_excursions", "OLD-1") == (25.0, 0)
    assert value(0, "exercise.cold_chain_excursions", "OLD-2") == (33.3, 0)
    assert value(1, "exercise.cold_chain_excursions", "OLD-1") == (0.0, 0)


def test_the_share_of_sensors_that_report() -> None:
    assert value(0, "exercise.sensors_reporting", "ALMA") == (80.0, 0)
    assert value(1, "exercise.sensors_reporting", "ALMA") == (40.0, 0)


def test_messages_that_cannot_be_used_wait_for_a_person_with_their_line() -> None:
    doubtful = [[(line.line, line.defects[0].code) for line in chunk.parked] for chunk in chunks()]
    assert doubtful == [
        [(7, "bad_json"), (8, "unknown_sensor"), (9, "bad_json")],
        [(4, "unknown_unit"), (5, "bad_json")],
    ]


def test_what_the_catalogue_says_names_the_sensor() -> None:
    told = {remark.code: dict(remark.params) for chunk in chunks() for remark in chunk.remarks}
    assert told["duplicates"] == {"n": 1}
    assert told["unit_changed"]["who"] == "T2"
    assert told["stuck"] == {"who": "C1"}
    assert told["silent_sensors"]["names"] == "C2, T2"
    assert told["out_of_range"]["who"] in {"T1 (PHARMA-1)", "T2 (PHARMA-2)"}


def test_days_that_were_taken_in_are_passed_over() -> None:
    assert [chunk.frame["valid_on"][0] for chunk in chunks(kept=lambda label, files: label.endswith("02"))] == [
        date(2026, 3, 3)
    ]
