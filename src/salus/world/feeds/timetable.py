"""The timetable of the pack's GTFS: which trips run how often, through which zones, and where a vehicle is."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from salus.world.truth.place import FloatArray

PLACES = {"0": 200, "1": 620, "3": 85, "4": 240}


@dataclass(frozen=True, slots=True, eq=False)
class Trip:
    """A trip that runs by frequency: its stops with seconds from the start, and how often it leaves."""

    code: str
    line: str
    places: int
    stops: tuple[str, ...]
    seconds: FloatArray
    zones: np.ndarray
    lon: FloatArray
    lat: FloatArray
    often: tuple[tuple[int, int, int], ...]

    def gap(self, seconds: int) -> int:
        """Return the seconds between departures at a time of day; 0 when it does not run."""
        return next((gap for first, last, gap in self.often if first <= seconds < last), 0)

    def under_way(self, seconds: int) -> FloatArray:
        """Return for each vehicle that is on its way how long ago it left."""
        gap = self.gap(seconds)
        if not gap:
            return np.zeros(0)
        since = np.arange(seconds % gap, float(self.seconds[-1]), gap)
        return np.asarray(since[since <= seconds])


def read_trips(pack: Path, zones: tuple[str, ...]) -> list[Trip]:
    """Read the GTFS of a pack."""
    number = {zone: place for place, zone in enumerate(zones)}
    stops = {row["stop_id"]: row for row in _rows(pack, "stops.txt")}
    modes = {row["route_id"]: row["route_type"] for row in _rows(pack, "routes.txt")}
    calls: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in _rows(pack, "stop_times.txt"):
        calls[row["trip_id"]].append((row["stop_id"], seconds_of(row["arrival_time"])))
    often: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for row in _rows(pack, "frequencies.txt"):
        often[row["trip_id"]].append(
            (seconds_of(row["start_time"]), seconds_of(row["end_time"]), int(row["headway_secs"]))
        )
    found = []
    for row in _rows(pack, "trips.txt"):
        codes = tuple(code for code, _seconds in calls[row["trip_id"]])
        found.append(
            Trip(
                code=row["trip_id"],
                line=row["route_id"],
                places=PLACES.get(modes[row["route_id"]], 85),
                stops=codes,
                seconds=np.array([seconds for _code, seconds in calls[row["trip_id"]]], dtype=np.float64),
                zones=np.array([number[stops[code]["zone_id"]] for code in codes]),
                lon=np.array([float(stops[code]["stop_lon"]) for code in codes]),
                lat=np.array([float(stops[code]["stop_lat"]) for code in codes]),
                often=tuple(often[row["trip_id"]]),
            )
        )
    return found


def _rows(pack: Path, name: str) -> list[dict[str, str]]:
    with (pack / "gtfs" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seconds_of(clock: str) -> int:
    """Return the seconds since midnight of a time as GTFS writes it."""
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return 3600 * hours + 60 * minutes + seconds
