"""The one clock: wall time, a replay at a speed, or an exercise.

All code asks the time here, so history and exercises run on the real product.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

from salus.base.errors import Invalid

MODES = ("wall", "replay", "exercise")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPEED = re.compile(r"^(\d+(?:\.\d+)?)([smhdw])/(\d+(?:\.\d+)?)?([smhdw])$")
_CACHE_SECONDS = 0.5
_BEGINNING = datetime.min.replace(tzinfo=UTC)

_fixed: ContextVar[datetime | None] = ContextVar("salus_fixed_clock", default=None)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How the installation's clock runs: where it was set and how fast it goes."""

    mode: str
    anchor_at: datetime
    anchor_wall: datetime
    rate: float
    paused: bool

    def at(self, wall: datetime) -> datetime:
        """Return this clock's moment for a moment of the wall clock."""
        if self.mode == "wall":
            return wall
        if self.paused:
            return self.anchor_at
        elapsed = max((wall - self.anchor_wall).total_seconds(), 0.0)
        return self.anchor_at + timedelta(seconds=elapsed * self.rate)


@dataclass(slots=True)
class _Cache:
    reading: ClockReading | None = None
    read_at: float = -1.0
    latest: datetime = _BEGINNING


_cache = _Cache()


def wall_now() -> datetime:
    """Return the wall clock's moment, for technical records only."""
    return datetime.now(UTC)


def reading() -> ClockReading:
    """Return how the clock runs, read at most every half second."""
    moment = time.monotonic()
    if _cache.reading is None or moment - _cache.read_at > _CACHE_SECONDS:
        from salus.base.models import ClockState

        _cache.reading = ClockState.current()
        _cache.read_at = moment
    return _cache.reading


def forget() -> None:
    """Drop what was read, so that a change is seen at once."""
    _cache.reading = None
    _cache.latest = _BEGINNING


def now() -> datetime:
    """Return the present moment on the installation's clock; it never runs backwards."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    moment = reading().at(wall_now())
    if moment < _cache.latest:
        return _cache.latest
    _cache.latest = moment
    return moment


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def city_zone() -> ZoneInfo:
    """Return the city's time zone."""
    return _zone(settings.TIME_ZONE)


def today() -> date:
    """Return the present day in the city's time zone."""
    return now().astimezone(city_zone()).date()


def day_start(day: date) -> datetime:
    """Return the moment at which a day begins in the city."""
    return datetime(day.year, day.month, day.day, tzinfo=city_zone()).astimezone(UTC)


@contextmanager
def fixed_at(moment: datetime) -> Iterator[datetime]:
    """Hold the clock at a moment, for tests and for work on a past moment."""
    if moment.tzinfo is None:
        raise Invalid("The moment has no time zone.", remedy="Give an aware datetime.")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _fixed.reset(token)


def parse_speed(text: str) -> float:
    """Return simulated seconds per second of wall time, from words such as `1d/2s` or `60x`."""
    text = text.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?x", text):
        rate = float(text[:-1])
    else:
        match = _SPEED.match(text)
        if match is None:
            raise Invalid(
                f"'{text}' is not a speed.", remedy="Write for example 1d/2s (a day every two seconds) or 60x."
            )
        many, unit, per, per_unit = match.groups()
        below = float(per or 1) * _UNITS[per_unit]
        rate = float(many) * _UNITS[unit] / below if below else 0.0
    if not 0 < rate <= 2_000_000:
        raise Invalid(f"The speed {text} is out of range.", remedy="Choose between real time and three weeks a second.")
    return rate


def to_micros(moment: datetime) -> int:
    """Return microseconds since 1970 (UTC)."""
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_micros(micros: int) -> datetime:
    """Return the moment for microseconds since 1970 (UTC)."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
