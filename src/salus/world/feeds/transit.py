"""Public transport as GTFS-Realtime: at some hours of the day where the vehicles are, how full and how late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from google.transit.gtfs_realtime_pb2 import Alert, FeedMessage, TripDescriptor, VehiclePosition

from salus.world.feeds.disturbance import is_silent, nonsense, sends_rubbish
from salus.world.feeds.registers import hand_over
from salus.world.feeds.timetable import Trip, read_trips
from salus.world.feeds.truth import TruthDay, TruthReader
from salus.world.truth.lines import Closure
from salus.world.truth.place import FloatArray
from salus.world.truth.riding import of_the_day, still_made
from salus.world.truth.run import Run, write_whole
from salus.world.truth.weather import Weather

NAME = "transit"
# The hours at which the feed is fetched, and how full vehicles usually are then, most at the middle of a line.
HOURS = {7: 0.62, 8: 0.78, 12: 0.42, 17: 0.72, 18: 0.66, 22: 0.22}
REGISTERS = ("stops.txt", "trips.txt", "stop_times.txt", "frequencies.txt")
_ZONE = ZoneInfo("Atlantic/Madeira")
# Classes of occupancy by the share of places that are taken.
_CLASSES = (0.05, 0.35, 0.55, 0.8, 1.0)
_NO_COUNTER, _MISSING, _STALE, _TWICE, _IN_PEOPLE = 0.08, 0.05, 0.03, 0.01, 0.01
_STUCK_FEED = 0.02
_OLD_SECONDS = (700, 4000)
_STORM_KMH = 85.0
_WORDS = {
    "storm": {
        "en": "Some departures are cancelled because of the storm.",
        "fr": "Certains départs sont supprimés à cause de la tempête.",
    },
    "closed": {
        "en": "These lines are closed, or do not stop everywhere.",
        "fr": "Ces lignes sont fermées ou ne desservent pas tous leurs arrêts.",
    },
}


@dataclass(frozen=True, slots=True, eq=False)
class _Fleet:
    """The vehicles under way at an hour, in the order of the timetable."""

    trip: list[Trip]
    number: list[int]
    stop: np.ndarray
    zone: np.ndarray
    load: FloatArray


class TransitFeed:
    """Writes a file for each of the hours at which the feed is fetched."""

    def __init__(self, run: Run) -> None:
        self._run, self._truth, self._weather = run, TruthReader(run), Weather.of(run)
        self._trips = read_trips(run.pack, run.place.zones)
        self._folder = run.folder / "feeds" / NAME
        there = {hour: run.place.people_at(hour) for hour in HOURS}
        self._draw = {hour: np.sqrt(people / max(float(people.mean()), 1.0)) for hour, people in there.items()}

    def write(self, day: int) -> Path | None:
        """Write the day's files; the last of them stands for all."""
        truth = self._truth.day(day)
        if is_silent(truth, NAME):
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in REGISTERS:
            hand_over(self._run, f"gtfs/{name}")
        on, rng = self._run.start + timedelta(days=day), self._run.rng("transit", day)
        made = still_made(self._run, day, truth.orders)
        made = made * of_the_day(self._run, day, self._weather.day(day))
        path, before = self._folder, b""
        for hour in HOURS:
            content = self._said(day, hour, made, truth, rng)
            if before and rng.random() < _STUCK_FEED:
                # The feed stands still: what is fetched is what was fetched before.
                content = before
            path = self._folder / f"{NAME}-{on}-{hour:02d}.pb"
            before = content
            if sends_rubbish(truth, NAME) and hour == 12:
                content = nonsense(rng)
            write_whole(path, content)
        return path

    def _said(self, day: int, hour: int, made: FloatArray, truth: TruthDay, rng: np.random.Generator) -> bytes:
        moment = datetime.combine(self._run.start + timedelta(days=day), time(hour, 30), _ZONE)
        now = int(moment.timestamp())
        feed = FeedMessage()
        feed.header.gtfs_realtime_version = "2.0"
        feed.header.timestamp = now
        closure = self._run.serving.closure(truth.orders, self._run.start + timedelta(days=day))
        fleet = self._fleet(hour, made if closure is None else made * closure.crowded, rng)
        lost = self._not_running(day, truth)
        here = (rng.random(len(fleet.trip)) >= lost) & _stopping(fleet, closure)
        late = self._late(len(fleet.trip), day, hour, rng)
        faults = rng.random((len(fleet.trip), 5)) < (_NO_COUNTER, _MISSING, _STALE, _TWICE, _IN_PEOPLE)
        for place in np.flatnonzero(here):
            self._vehicle(feed, fleet, int(place), now, faults[place], rng)
            if late[place] >= 60:
                _update(feed, fleet, int(place), int(late[place]))
        for place in np.flatnonzero(~here):
            _cancelled(feed, fleet, int(place))
        if self._weather.day(day).gust_kmh > _STORM_KMH:
            _alert(feed, "storm", Alert.WEATHER, Alert.REDUCED_SERVICE, sorted({trip.line for trip in self._trips}))
        if fewer := _fewer(self._trips, closure):
            _alert(feed, "closed", Alert.MEDICAL_EMERGENCY, Alert.NO_SERVICE, fewer)
        content: bytes = feed.SerializeToString(deterministic=True)
        return content

    def _fleet(self, hour: int, made: FloatArray, rng: np.random.Generator) -> _Fleet:
        trips: list[Trip] = []
        numbers: list[int] = []
        stops, zones, loads = [], [], []
        for trip in self._trips:
            since = trip.under_way(3600 * hour + 1800)
            at = np.searchsorted(trip.seconds, since, side="right") - 1
            along = at / max(len(trip.stops) - 1, 1)
            zone = trip.zones[at]
            # Vehicles fill towards the middle of a line, and where many have a reason to go.
            full = HOURS[hour] * (0.45 + 0.9 * np.sin(np.pi * along)) * self._draw[hour][zone] * made[zone]
            trips += [trip] * len(since)
            numbers += range(len(since))
            stops.append(at)
            zones.append(zone)
            loads.append(full)
        load = np.concatenate(loads) * rng.gamma(12.0, 1 / 12.0, len(trips))
        return _Fleet(trips, numbers, np.concatenate(stops), np.concatenate(zones), np.minimum(load, 1.25))

    def _not_running(self, day: int, truth: TruthDay) -> float:
        """Return the share of departures that are cancelled: staff fall ill, or a storm blows."""
        ill = sum(0.5 * row.size for row in truth.befallen("staff_ill"))
        storm = 0.3 if self._weather.day(day).gust_kmh > _STORM_KMH else 0.0
        return min(0.01 + ill + storm, 0.9)

    def _late(self, count: int, day: int, hour: int, rng: np.random.Generator) -> FloatArray:
        rain = 1.0 + 0.02 * min(self._weather.day(day).rain_mm, 60.0)
        return np.asarray(rng.gamma(1.1, 75.0 * rain * (1.0 + HOURS[hour]), count))

    def _vehicle(
        self, feed: FeedMessage, fleet: _Fleet, place: int, now: int, faults: np.ndarray, rng: np.random.Generator
    ) -> None:
        no_counter, missing, stale, twice, in_people = faults.tolist()
        if missing:
            return
        trip, stop, load = fleet.trip[place], int(fleet.stop[place]), float(fleet.load[place])
        entity = feed.entity.add()
        entity.id = _identity(fleet, place)
        vehicle = entity.vehicle
        vehicle.trip.trip_id, vehicle.trip.route_id = trip.code, trip.line
        vehicle.vehicle.id = entity.id
        vehicle.position.latitude = float(trip.lat[stop])
        vehicle.position.longitude = float(trip.lon[stop])
        vehicle.current_stop_sequence, vehicle.stop_id = stop + 1, trip.stops[stop]
        vehicle.timestamp = now - (int(rng.integers(*_OLD_SECONDS)) if stale else int(20 * load) + 5)
        if not no_counter:
            vehicle.occupancy_status = _class_of(load)
            # Some devices count people where a percentage belongs.
            vehicle.occupancy_percentage = round(load * (trip.places if in_people else 100))
        if twice:
            again = feed.entity.add()
            again.CopyFrom(entity)
            again.id = f"{entity.id}-again"


def _identity(fleet: _Fleet, place: int) -> str:
    return f"{fleet.trip[place].code}-{fleet.number[place] + 1}"


def _class_of(load: float) -> VehiclePosition.OccupancyStatus:
    return VehiclePosition.OccupancyStatus.Value(
        ("EMPTY", "MANY_SEATS_AVAILABLE", "FEW_SEATS_AVAILABLE", "STANDING_ROOM_ONLY", "CRUSHED_STANDING_ROOM_ONLY",
         "FULL")[sum(load >= limit for limit in _CLASSES)]
    )  # fmt: skip


def _update(feed: FeedMessage, fleet: _Fleet, place: int, seconds: int) -> None:
    trip = fleet.trip[place]
    entity = feed.entity.add()
    entity.id = f"update-{_identity(fleet, place)}"
    entity.trip_update.trip.trip_id = trip.code
    entity.trip_update.vehicle.id = _identity(fleet, place)
    call = entity.trip_update.stop_time_update.add()
    following = min(int(fleet.stop[place]) + 1, len(trip.stops) - 1)
    call.stop_sequence, call.stop_id = following + 1, trip.stops[following]
    call.arrival.delay = seconds


def _cancelled(feed: FeedMessage, fleet: _Fleet, place: int) -> None:
    entity = feed.entity.add()
    entity.id = f"cancelled-{_identity(fleet, place)}"
    entity.trip_update.trip.trip_id = fleet.trip[place].code
    entity.trip_update.trip.schedule_relationship = TripDescriptor.CANCELED


def _alert(feed: FeedMessage, name: str, cause: Alert.Cause, effect: Alert.Effect, lines: list[str]) -> None:
    entity = feed.entity.add()
    entity.id = name
    entity.alert.cause, entity.alert.effect = cause, effect
    for line in lines:
        entity.alert.informed_entity.add().route_id = line
    for language, text in _WORDS[name].items():
        told = entity.alert.header_text.translation.add()
        told.language, told.text = language, text


def _fewer(trips: list[Trip], closure: Closure | None) -> list[str]:
    """Return the lines that do not stop everywhere where they usually do."""
    if closure is None:
        return []
    return sorted({trip.line for trip in trips if not closure.stops[trip.line][trip.zones].all()})


def _stopping(fleet: _Fleet, closure: Closure | None) -> np.ndarray:
    """Tell of each vehicle whether its line is open where it would be."""
    if closure is None:
        return np.ones(len(fleet.trip), dtype=bool)
    pairs = zip(fleet.trip, fleet.zone.tolist(), strict=True)
    return np.array([bool(closure.stops[trip.line][zone]) for trip, zone in pairs], dtype=bool)
