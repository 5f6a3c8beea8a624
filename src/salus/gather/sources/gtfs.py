"""A city's lines from its timetable, as GTFS publishes it: which there are, and where each stops."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from salus.gather.sources.chunks import LinesChunk, LineSpec, StopSpec
from salus.gather.sources.files import read_csv, require_file

FOLDER = "gtfs"
# The basic route types of GTFS, and the hundreds of its extended ones.
_BASIC = {0: "tram", 1: "metro", 2: "rail", 3: "bus", 4: "ferry", 5: "tram", 11: "bus", 12: "rail"}
_EXTENDED = {1: "rail", 2: "bus", 4: "metro", 6: "metro", 7: "bus", 8: "bus", 9: "tram", 10: "ferry", 12: "ferry"}


def mode_of(route_type: int) -> str:
    """Return a route type in a word."""
    return _BASIC.get(route_type, "other") if route_type < 100 else _EXTENDED.get(route_type // 100, "other")


def lines(folder: Path, language: str) -> LinesChunk:
    """Return the lines of a timetable; `language` is the one in which it is written."""
    routes = _table(folder, "routes.txt", ["route_id", "route_short_name", "route_long_name", "route_type"])
    calls, others = _calls(folder), _translated(folder)
    rows = []
    for row in routes.iter_rows(named=True):
        stops = calls.get(row["route_id"], ())
        if stops:
            name = row["route_long_name"] or row["route_short_name"] or row["route_id"]
            names = {**others.get(row["route_id"], {}), language: name}
            rows.append(LineSpec(row["route_id"], names, mode_of(int(row["route_type"])), stops))
    return LinesChunk(tuple(rows))


def _translated(folder: Path) -> dict[str, dict[str, str]]:
    """Return what lines are called in other languages, where the timetable says so."""
    if not (folder / "translations.txt").is_file():
        return {}
    columns = ["table_name", "field_name", "language", "translation", "record_id"]
    table = _table(folder, "translations.txt", columns)
    found: dict[str, dict[str, str]] = {}
    for row in table.filter(table_name="routes", field_name="route_long_name").iter_rows(named=True):
        if row["record_id"] and row["language"] and row["translation"]:
            found.setdefault(row["record_id"], {})[row["language"]] = row["translation"]
    return found


def _calls(folder: Path) -> dict[str, tuple[StopSpec, ...]]:
    """Return the stops of each line, in the order of its longest trip first, each once."""
    trips = _table(folder, "trips.txt", ["route_id", "trip_id"])
    times = _table(folder, "stop_times.txt", ["trip_id", "stop_id", "stop_sequence"])
    places = _table(folder, "stops.txt", ["stop_id", "stop_lat", "stop_lon"], also="zone_id")
    joined = (
        times.join(trips, on="trip_id")
        .with_columns(pl.len().over("trip_id").alias("length"), pl.col("stop_sequence").cast(pl.Int64, strict=False))
        .sort(["route_id", "length", "trip_id", "stop_sequence"], descending=[False, True, False, False])
        .unique(["route_id", "stop_id"], keep="first", maintain_order=True)
        .join(places, on="stop_id", maintain_order="left")
        .with_columns(pl.col("stop_lon", "stop_lat").cast(pl.Float64, strict=False))
        .drop_nulls(["stop_lon", "stop_lat"])
    )
    found: dict[str, list[StopSpec]] = {}
    for row in joined.iter_rows(named=True):
        stop = StopSpec(row["stop_lon"], row["stop_lat"], row["zone_id"] or "")
        found.setdefault(row["route_id"], []).append(stop)
    return {code: tuple(stops) for code, stops in found.items()}


def _table(folder: Path, name: str, columns: list[str], *, also: str = "") -> pl.DataFrame:
    """Return a table with every column as text; a column that it need not have is empty where it is missing."""
    if also and also not in _header(require_file(folder, name)):
        return read_csv(folder, name, columns, text=columns).with_columns(pl.lit("").alias(also))
    wanted = [*columns, also] if also else columns
    return read_csv(folder, name, wanted, text=wanted)


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])
