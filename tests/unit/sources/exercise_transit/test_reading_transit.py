"""Unsaid occupancy is unknown, old vehicles and stale feeds are left out, and a refused file is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from salus.gather.sources import registry
from salus.gather.sources.chunks import FactsChunk
from salus.gather.transit import Feed, Unreadable, read_feed

SOURCE = registry.get("exercise_transit")
VECTORS = Path(__file__).resolve().parents[4].parent / "shared/data/interop/gtfs-realtime"


def chunks(**options: object) -> list[FactsChunk]:
    return [chunk for chunk in SOURCE.read()(SOURCE.fixture, **options) if isinstance(chunk, FactsChunk)]


def value(day: int, series: str, zone: str = "ALMA") -> tuple[float | None, int]:
    row = chunks()[day].frame.filter(pl.col("series") == series, pl.col("zone") == zone)
    return row["value"][0], row["status"][0]


def test_crowding_is_the_mean_of_the_hours_and_its_peak_the_busiest() -> None:
    # Twice the same vehicle counts once, and a vehicle with an old position not at all.
    assert value(0, "exercise.crowding", "OLD-1") == (60.0, 0)
    assert value(0, "exercise.crowding_peak", "OLD-1") == (70.0, 0)


def test_what_is_not_said_is_unknown_and_a_count_of_people_is_no_percentage() -> None:
    # Nothing said, the middle of its class instead of 340 %, and truly empty at noon.
    assert value(0, "exercise.crowding", "OLD-2") == (22.5, 0)


def test_riding_delay_and_vehicles_of_the_city() -> None:
    assert value(0, "exercise.riding") == (32.4, 0)
    assert value(0, "exercise.transit_delay") == (3.0, 0)
    assert value(0, "exercise.vehicles_reporting") == (75.0, 0)


def test_a_day_of_a_stale_and_a_broken_feed_is_missing_and_both_are_named() -> None:
    assert value(1, "exercise.crowding", "OLD-1") == (None, 1)
    assert [remark.code for remark in chunks()[1].remarks] == ["stale", "unreadable_file"]


def test_a_day_is_known_when_it_is_over() -> None:
    assert chunks()[0].frame["known_at"].unique().to_list() == [datetime(2026, 3, 3, tzinfo=UTC)]


@pytest.mark.parametrize("raw", [b"", b"\x00\x01", b"\xff" * 50, b"{}"])
def test_rubbish_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read_feed(raw)


def counts(feed: Feed) -> dict[str, object]:
    # As the bindings count them: a trip without a route counts as one more.
    routes = {row.route for row in feed.updates}
    return {
        "version": feed.version,
        "timestamp": feed.at or 0,
        "entities": feed.entities,
        "trip_updates": len(feed.updates),
        "vehicles": len(feed.vehicles),
        "alerts": len(feed.alerts),
        "stop_time_updates": sum(row.stops for row in feed.updates),
        "distinct_routes": len(routes),
        "occupancy": sorted({row.occupancy for row in feed.vehicles if row.occupancy}),
    }


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the shared recordings of GTFS-Realtime are not here")
def test_recordings_of_real_agencies_are_counted_as_their_makers_do() -> None:
    for name, expected in json.loads((VECTORS / "expected.json").read_text()).items():
        raw = (VECTORS / name).read_bytes()
        del expected["bytes"]
        assert counts(read_feed(raw)) == expected, name
        if len(raw) > 1000:
            with pytest.raises(Unreadable):
                read_feed(raw[: len(raw) // 2 - 1])
