"""How full vehicles are by zone, how much is ridden, how late it is, and how many vehicles speak at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from salus.gather.sources.chunks import MISSING, OBSERVED, Chunk, FactsChunk, Progress, Remark, silent
from salus.gather.sources.exercise_transit.timetable import planned, under_way
from salus.gather.sources.facts import as_facts
from salus.gather.sources.feed_days import FeedDay, Kept, days_of, end_of, new_days, nothing_kept
from salus.gather.sources.feed_folders import parents
from salus.gather.sources.files import read_csv
from salus.gather.transit import Feed, Unreadable, Vehicle, read_feed

NAME, ROOT, TIME_ZONE = "transit", "ALMA", "Atlantic/Madeira"
_CITY = ("exercise.riding", "exercise.vehicles_reporting", "exercise.transit_delay")
_FEED_OLD_SECONDS, _VEHICLE_OLD_SECONDS = 900, 600
# The middle of what each class means, as a share of the places in percent.
_CLASSES = {
    "EMPTY": 2.0,
    "MANY_SEATS_AVAILABLE": 20.0,
    "FEW_SEATS_AVAILABLE": 45.0,
    "STANDING_ROOM_ONLY": 68.0,
    "CRUSHED_STANDING_ROOM_ONLY": 90.0,
    "FULL": 105.0,
    "NOT_ACCEPTING_PASSENGERS": 105.0,
}
# A percentage that is further than this from the stated class is a count of people or an error.
_FROM_CLASS, _MOST_PERCENT = 30.0, 150
_HOUR = re.compile(r"-(\d{2})\.pb$")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one file showed; `feed` is None where it could not be used, with the remark that says why."""

    hour: int
    feed: Feed | None
    remark: Remark | None = None


def read(path: Path, *, progress: Progress = silent, kept: Kept = nothing_kept) -> Iterator[Chunk]:
    """Yield the facts that each day's files brought."""
    new = new_days(days_of(path, NAME, ".pb"), kept)
    if not new:
        return
    stops = dict(read_csv(path / "gtfs", "stops.txt", ["stop_id", "zone_id"], text=["stop_id", "zone_id"]).iter_rows())
    zones = sorted(set(stops.values()) & set(parents(path)))
    plan = planned(path / "gtfs")
    for done, day in enumerate(new):
        progress(done, len(new), day.label)
        yield _chunk(day, [_seen(file, day.day) for file in day.files], stops, zones, plan)
    progress(len(new), len(new), "read")


def _seen(file: Path, day: date) -> Seen:
    told = _HOUR.search(file.name)
    hour = int(told[1]) if told else 0
    try:
        feed = read_feed(file.read_bytes())
    except Unreadable as fault:
        return Seen(hour, None, Remark("unreadable_file", {"file": file.name, "why": str(fault)}))
    fetched = int(datetime.combine(day, time(hour, 30), ZoneInfo(TIME_ZONE)).timestamp())
    age = feed.age(fetched)
    if age is None or abs(age) > _FEED_OLD_SECONDS:
        return Seen(hour, None, Remark("stale", {"who": NAME, "at": f"{day.isoformat()} {hour:02d}:30"}))
    return Seen(hour, feed)


def _chunk(
    day: FeedDay, seen: list[Seen], stops: Mapping[str, str], zones: list[str], plan: pl.DataFrame
) -> FactsChunk:
    parts = [_vehicles(one, one.feed, stops) for one in seen if one.feed is not None]
    table = pl.concat(parts) if parts else pl.DataFrame(schema=_VEHICLES)
    expected = {one.hour: under_way(plan, 3600 * one.hour + 1800) for one in seen if one.feed is not None}
    frame = pl.concat([_by_zone(table, zones), _city(table, seen, expected)]).with_columns(
        pl.lit(day.day).alias("valid_on"),
        pl.when(pl.col("value").is_null()).then(MISSING).otherwise(OBSERVED).alias("status"),
    )
    known = frame.with_columns(end_of(pl.col("valid_on"), TIME_ZONE).alias("known_at"))
    facts = as_facts(known).sort("series", "zone", "stratum", "valid_on", "known_at")
    return FactsChunk(day.label, facts, day.files, remarks=_remarks(seen, table, expected))


_VEHICLES = {"hour": pl.Int64, "vehicle": pl.String, "zone": pl.String, "percent": pl.Float64, "fresh": pl.Boolean}
_ROWS = {"series": pl.String, "zone": pl.String, "value": pl.Float64}


def _vehicles(one: Seen, feed: Feed, stops: Mapping[str, str]) -> pl.DataFrame:
    """Return each vehicle once, with its zone and how full it is; old positions are told apart."""
    assert feed.at is not None
    rows = [
        (one.hour, row.id, stops.get(row.stop or ""), _percent(row),
         row.at is None or abs(feed.at - row.at) <= _VEHICLE_OLD_SECONDS)
        for row in feed.vehicles
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=_VEHICLES, orient="row").unique("vehicle", keep="first", maintain_order=True)


def _percent(vehicle: Vehicle) -> float | None:
    """Return how full a vehicle is; the class is believed where the percentage contradicts it."""
    middle = _CLASSES.get(vehicle.occupancy or "")
    if vehicle.percent is None or not 0 <= vehicle.percent <= _MOST_PERCENT:
        return middle
    if middle is not None and abs(vehicle.percent - middle) > _FROM_CLASS:
        return middle
    return float(vehicle.percent)


def _by_zone(table: pl.DataFrame, zones: list[str]) -> pl.DataFrame:
    """Return the mean and the busiest hour of every zone that has a stop; missing where no vehicle told."""
    good = table.filter(pl.col("fresh"), pl.col("percent").is_not_null(), pl.col("zone").is_in(zones))
    hours = good.group_by("zone", "hour").agg(pl.col("percent").mean())
    found = hours.group_by("zone").agg(pl.col("percent").mean().alias("mean"), pl.col("percent").max().alias("peak"))
    every = pl.DataFrame({"zone": zones}, schema={"zone": pl.String}).join(found, on="zone", how="left")
    return pl.concat(
        [
            every.select(pl.lit(series).alias("series"), "zone", pl.col(name).round(1).alias("value"))
            for series, name in (("exercise.crowding", "mean"), ("exercise.crowding_peak", "peak"))
        ]
    )


def _city(table: pl.DataFrame, seen: list[Seen], expected: Mapping[int, int]) -> pl.DataFrame:
    """Return how much is ridden, which share of the vehicles speaks, and how late it is."""
    fresh = table.filter("fresh")
    planned_vehicles = sum(expected.values())
    share = min(len(fresh) / planned_vehicles, 1.0) if planned_vehicles else None
    full = fresh["percent"].mean()
    delays = [row.delay / 60 for one in seen if one.feed for row in one.feed.updates if row.delay is not None]
    running = _running(seen, expected)
    values = [
        None if not isinstance(full, float) or running is None else round(full * running, 1),
        None if share is None else round(100 * share, 1),
        round(sum(delays) / len(delays), 1) if delays else None,
    ]
    return pl.DataFrame({"series": list(_CITY), "zone": [ROOT] * len(_CITY), "value": values}, schema=_ROWS)


def _running(seen: list[Seen], expected: Mapping[int, int]) -> float | None:
    """Return the share of the timetable that was not cancelled."""
    planned_vehicles = sum(expected.values())
    cancelled = sum(row.cancelled for one in seen if one.feed for row in one.feed.updates)
    return max(1.0 - cancelled / planned_vehicles, 0.0) if planned_vehicles else None


def _remarks(seen: list[Seen], table: pl.DataFrame, expected: Mapping[int, int]) -> tuple[Remark, ...]:
    found = [one.remark for one in seen if one.remark]
    planned_vehicles, fresh = sum(expected.values()), table.filter("fresh").height
    lacking = planned_vehicles - fresh
    if lacking > 0:
        found.append(Remark("silent_vehicles", {"n": lacking, "of": planned_vehicles}))
    twice = sum(len(one.feed.vehicles) for one in seen if one.feed) - len(table)
    return (*found, *([Remark("duplicates", {"n": twice})] if twice else []))
