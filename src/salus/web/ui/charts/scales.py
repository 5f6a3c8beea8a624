"""From values to places: linear and time scales, and the round numbers that stand at their ticks."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

Day = date | datetime
_DAY_STEPS = (1, 2, 7, 14)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True, slots=True)
class Linear:
    """Maps ``low`` to ``start`` and ``high`` to ``end``; a domain without extent maps to the middle."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def nice_step(extent: float, count: int) -> float:
    """A step of 1, 2, 2.5 or 5 times a power of ten that gives about ``count`` steps."""
    if extent <= 0:
        return 1.0
    rough = extent / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next((m * power for m in (1, 2, 2.5, 5) if m * power >= rough * 0.999), 10 * power)


def ticks(high: float, count: int = 4, low: float = 0.0) -> list[float]:
    """Round values from at most ``low`` to at least ``high``."""
    if not math.isfinite(high) or high <= low:
        high = low + 1
    step = nice_step(high - low, count)
    first = math.floor(low / step) * step
    total = math.ceil(round((high - first) / step, 9))
    return [round(first + step * i, 10) for i in range(total + 1)]


def to_number(moment: Day) -> float:
    """A moment as days since year one, so that dates and times share one axis."""
    if isinstance(moment, datetime):
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
        return moment.toordinal() + seconds / 86400
    return float(moment.toordinal())


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Maps days and moments to places."""

    linear: Linear

    @classmethod
    def over(cls, moments: Iterable[Day], start: float, end: float, pad: float = 0.0) -> "TimeScale":
        """A scale over the extent of some moments with ``pad`` days at both ends."""
        values = [to_number(m) for m in moments] or [0.0]
        return cls(Linear(min(values) - pad, max(values) + pad, start, end))

    def __call__(self, moment: Day) -> float:
        """The place of a moment."""
        return self.linear(to_number(moment))

    @property
    def per_day(self) -> float:
        """How wide one day is."""
        days = self.linear.high - self.linear.low
        return abs(self.linear.end - self.linear.start) / days if days else 0.0

    def day_ticks(self, count: int) -> list[date]:
        """Days, Mondays or firsts of months at which about ``count`` labels fit."""
        low, high = math.ceil(self.linear.low), math.floor(self.linear.high)
        if high < low or low < 1:
            return [date.fromordinal(max(1, round(self.linear.low)))]
        return tick_days(date.fromordinal(low), date.fromordinal(high), count)


def tick_days(first: date, last: date, count: int) -> list[date]:
    """Calendar days between two days, evenly spaced in days, weeks or months."""
    extent = (last - first).days
    for step in _DAY_STEPS:
        if extent / step <= count:
            shift = (-first.weekday()) % 7 if step >= 7 else 0
            days = range(shift, extent + 1, step)
            return [first + timedelta(days=d) for d in days] or [first]
    step = next((s for s in _MONTH_STEPS if extent / 30.44 / s <= count), _MONTH_STEPS[-1])
    months = first.year * 12 + first.month - 1 + (1 if first.day > 1 else 0)
    months += -months % step
    found = []
    while (day := date(months // 12, months % 12 + 1, 1)) <= last:
        found.append(day)
        months += step
    return found or [first]


def spacing(days: Sequence[Day]) -> float:
    """The smallest gap between neighbouring moments in days; one when there is no gap."""
    values = sorted({to_number(d) for d in days})
    gaps = [b - a for a, b in itertools.pairwise(values)]
    return min(gaps) if gaps else 1.0


def keep_apart(places: Sequence[float], room: Callable[[int], float]) -> list[int]:
    """Indexes of labels that do not touch, taken from the left; ``room`` is the width of a label."""
    kept: list[int] = []
    edge = -math.inf
    for index, place in enumerate(places):
        half = room(index) / 2
        if place - half >= edge:
            kept.append(index)
            edge = place + half + 6
    return kept
