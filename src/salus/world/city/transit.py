"""Public transport as GTFS: lines through the centre, a ring, a ferry, with stops and how often they run."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely

from salus.world.city.ground import FloatArray, Ground, degrees
from salus.world.city.names import Words, place_names

METRO, BUS, FERRY = 1, 3, 4
_STOP_KM = {METRO: 1.0, BUS: 0.55, FERRY: 1.0}
_KMH = {METRO: 34.0, BUS: 19.0, FERRY: 16.0}
# From, to, and seconds between departures, for the densest lines; others run less often.
HOURS = (
    ("05:00:00", "07:00:00", 600),
    ("07:00:00", "10:00:00", 300),
    ("10:00:00", "16:00:00", 420),
    ("16:00:00", "20:00:00", 300),
    ("20:00:00", "24:00:00", 720),
)
PLACES = {METRO: 620, BUS: 85, FERRY: 240}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its stops in order, in kilometres from the centre."""

    code: str
    name: str
    mode: int
    stops: FloatArray
    slower: float


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop."""

    code: str
    name: Words
    lon: float
    lat: float
    zone: int


def make_lines(ground: Ground, people: int) -> list[Line]:
    """Lay the lines of a city of this size."""
    metros = 0 if people < 150_000 else min(2 + people // 1_500_000, 6)
    buses = int(np.clip(round(4 + people / 45_000), 4, 60))
    found = [
        _through(ground, math.pi * (0.12 + number / metros), f"M{number + 1}", METRO, 0.0) for number in range(metros)
    ]
    for number in range(buses):
        offset = ((number * 0.618) % 1.0 - 0.5) * 0.9
        found.append(_through(ground, math.pi * (number / buses), f"{number + 1}", BUS, offset))
    found.append(_ring(ground, "R"))
    ferry = np.array([[-0.32, -0.62], [0.1, -0.52], [0.5, -0.66]]) * ground.radius
    found.append(Line("F", "Ferry", FERRY, ferry, 2.0))
    return [line for line in found if len(line.stops) > 1]


def _through(ground: Ground, angle: float, code: str, mode: int, offset: float) -> Line:
    reach = np.arange(-1.25 * ground.radius, 1.25 * ground.radius, _STOP_KM[mode])
    run, across = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    bend = offset * ground.radius * np.cos(0.9 * reach / ground.radius)
    stops = reach[:, None] * run + bend[:, None] * across
    return Line(code, f"Line {code}", mode, _on_land(stops, ground), 1.0 + abs(offset))


def _ring(ground: Ground, code: str) -> Line:
    count = max(int(2 * math.pi * 0.5 * ground.radius / _STOP_KM[BUS]), 6)
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    stops = 0.5 * ground.radius * np.column_stack([np.cos(turn), np.sin(turn)])
    return Line(code, "Ring line", BUS, _on_land(stops, ground), 1.3)


def _on_land(stops: FloatArray, ground: Ground) -> FloatArray:
    inside = shapely.contains_xy(ground.city, *degrees(stops[:, 0], stops[:, 1]))
    return stops[inside]


def tables(lines: list[Line], ground: Ground, zone_codes: list[str], rng: np.random.Generator) -> dict[str, list[dict]]:
    """Return the tables of a GTFS feed by file name."""
    stops, calls = _stops(lines, ground, rng)
    trips, times, often = _timetable(lines, calls)
    routes = [
        {"route_id": line.code, "agency_id": "transit", "route_short_name": line.code, "route_long_name": line.name,
         "route_type": line.mode}
        for line in lines
    ]  # fmt: skip
    return {
        "agency.txt": [
            {"agency_id": "transit", "agency_name": "Alma Transit", "agency_url": "https://transit.example",
             "agency_timezone": "Atlantic/Madeira", "agency_lang": "en"}
        ],
        "stops.txt": [
            {"stop_id": stop.code, "stop_name": stop.name["en"], "stop_lat": stop.lat, "stop_lon": stop.lon,
             "zone_id": zone_codes[stop.zone]}
            for stop in stops
        ],
        "routes.txt": routes,
        "translations.txt": _translations(lines),
        "calendar.txt": [
            {"service_id": "daily", **dict.fromkeys(
                ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1),
             "start_date": "20260101", "end_date": "20291231"}
        ],
        "trips.txt": trips,
        "stop_times.txt": times,
        "frequencies.txt": often,
    }  # fmt: skip


def _translations(lines: list[Line]) -> list[dict]:
    """Return what the lines are called in the city's other languages."""
    words = {"R": ("Ligne circulaire", "الخط الدائري"), "F": ("Bac", "العبّارة")}
    return [
        {"table_name": "routes", "field_name": "route_long_name", "language": language, "translation": text,
         "record_id": line.code}
        for line in lines
        for language, text in zip(
            ("fr", "ar"), words.get(line.code, (f"Ligne {line.code}", f"الخط {line.code}")), strict=True
        )
    ]  # fmt: skip


def _stops(lines: list[Line], ground: Ground, rng: np.random.Generator) -> tuple[list[Stop], list[list[str]]]:
    """Return the stops and, for each line, their codes; lines that meet share a stop."""
    everywhere = np.vstack([line.stops for line in lines])
    grid = np.round(everywhere / 0.25).astype(np.int64)
    keys, first, number = np.unique(grid, axis=0, return_index=True, return_inverse=True)
    number = number.ravel()
    at = everywhere[first]
    lon, lat = degrees(at[:, 0], at[:, 1])
    zone = shapely.STRtree(list(ground.zones)).nearest(shapely.points(lon, lat))
    names = place_names(len(keys), rng)
    stops = [
        Stop(f"S{place + 1}", names[place], float(lon[place]), float(lat[place]), int(zone[place]))
        for place in range(len(keys))
    ]
    calls, start = [], 0
    for line in lines:
        row = number[start : start + len(line.stops)].tolist()
        calls.append([stops[place].code for n, place in enumerate(row) if n == 0 or place != row[n - 1]])
        start += len(line.stops)
    return stops, calls


def _timetable(lines: list[Line], calls: list[list[str]]) -> tuple[list[dict], list[dict], list[dict]]:
    trips, times, often = [], [], []
    for line, codes in zip(lines, calls, strict=True):
        hop = int(3600 * _STOP_KM[line.mode] / _KMH[line.mode])
        for way, order in ((0, codes), (1, codes[::-1])):
            trip = f"{line.code}-{way}"
            trips.append({"route_id": line.code, "service_id": "daily", "trip_id": trip, "direction_id": way})
            times += [
                {"trip_id": trip, "arrival_time": _clock(n * hop), "departure_time": _clock(n * hop + 20),
                 "stop_id": code, "stop_sequence": n + 1}
                for n, code in enumerate(order)
            ]  # fmt: skip
            often += [
                {"trip_id": trip, "start_time": start, "end_time": end, "headway_secs": int(gap * line.slower)}
                for start, end, gap in HOURS
            ]
    return trips, times, often


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
