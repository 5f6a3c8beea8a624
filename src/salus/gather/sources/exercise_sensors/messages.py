"""What a listener wrote down, message by message: read strictly, each message once, doubtful ones named."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from salus.gather.schemas import Defect
from salus.gather.sources.chunks import DoubtfulLine

# A message has so many readings at most, one line so many characters, and no number is larger.
_MOST, _LONGEST, _LARGEST = 1500, 100_000, 1e6
_SHOWN = 120
PEOPLE, DEGREES = "people", "degrees"
_UNITS = {
    "people": (PEOPLE, 1.0, 0.0),
    "degC": (DEGREES, 1.0, 0.0),
    "degF": (DEGREES, 5 / 9, -160 / 9),
    "K": (DEGREES, 1.0, -273.15),
}


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of a sensor in one message, in one unit; None where it said nothing."""

    sensor: str
    day: date
    what: str
    unit: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a file."""

    readings: tuple[Readings, ...]
    doubtful: tuple[DoubtfulLine, ...]
    twice: int


class _Unusable(Exception):
    """A message that cannot be used; its defect says why."""

    def __init__(self, column: str, value: object, code: str, **params: str) -> None:
        super().__init__(code)
        self.column, self.value, self.code, self.params = column, str(value)[:_SHOWN], code, params


def read_messages(path: Path, sensors: Mapping[str, str], zone_of_time: ZoneInfo, came_on: date) -> Heard:
    """Return the readings of a file; `sensors` gives the topic of each sensor of the register."""
    seen: set[str] = set()
    readings, doubtful, twice = [], [], 0
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line:
            continue
        try:
            identity, found = _read(line, sensors, zone_of_time, came_on)
        except _Unusable as fault:
            defect = Defect(number, fault.column, fault.value, fault.code, fault.params)
            doubtful.append(DoubtfulLine(number, {"file": path.name, fault.column: fault.value}, (defect,)))
            continue
        if identity in seen:
            twice += 1
            continue
        seen.add(identity)
        readings.append(found)
    return Heard(tuple(readings), tuple(doubtful), twice)


def _read(line: bytes, sensors: Mapping[str, str], zone_of_time: ZoneInfo, came_on: date) -> tuple[str, Readings]:
    kept = _object(line, "message")
    if "text" not in kept:
        raise _Unusable("message", "", "bad_json", problem="it is no text")
    told = _object(str(kept["text"]).encode(), "message")
    sensor = told.get("sensor")
    if not isinstance(sensor, str) or sensors.get(sensor) != kept.get("topic"):
        raise _Unusable("sensor", sensor or kept.get("topic"), "unknown_sensor")
    unit, identity = told.get("unit"), told.get("id")
    if not isinstance(identity, str):
        raise _Unusable("id", identity or "", "empty")
    if not isinstance(unit, str) or unit not in _UNITS:
        raise _Unusable("unit", unit, "unknown_unit")
    what, factor, shift = _UNITS[unit]
    values = tuple(None if value is None else value * factor + shift for value in _values(told.get("values")))
    return identity, Readings(sensor, _day(told.get("from"), zone_of_time, came_on), what, unit, values)


def _object(raw: bytes, column: str) -> dict[str, Any]:
    if len(raw) > _LONGEST:
        raise _Unusable(column, raw[:_SHOWN].decode(errors="replace"), "bad_json", problem="it is too long")
    try:
        found = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        problem = str(error).split(":")[0]
        raise _Unusable(column, raw[:_SHOWN].decode(errors="replace"), "bad_json", problem=problem) from error
    if not isinstance(found, dict):
        raise _Unusable(column, raw[:_SHOWN].decode(errors="replace"), "bad_json", problem="it is no object")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _values(told: object) -> list[float | None]:
    if not isinstance(told, list) or not 0 < len(told) <= _MOST:
        raise _Unusable("values", told, "bad_number")
    for value in told:
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value)
            or abs(value) > _LARGEST
        ):  # fmt: skip
            raise _Unusable("values", value, "bad_number")
    return told


def _day(told: object, zone_of_time: ZoneInfo, came_on: date) -> date:
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError as error:
        raise _Unusable("from", told, "bad_date", order="ymd") from error
    day = (moment.astimezone(zone_of_time) if moment.tzinfo else moment).date()
    if day > came_on:
        raise _Unusable("from", told, "future_date", today=came_on.isoformat())
    return day
