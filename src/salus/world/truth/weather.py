"""The weather of a city, day by day: a season, days that are like the day before, and the heat that is ordered.

A day's weather follows from the run's chance and the day alone, so that it can be asked for in any order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from salus.world.truth.place import FloatArray, Place

if TYPE_CHECKING:
    from salus.world.truth.run import Run

Chance = Callable[[str, int], np.random.Generator]
# Degrees at the warmest day of the year and by how much the coldest lies below it; the spread of single days.
_WARMEST_ON, _SUMMER, _SWING, _SPREAD = 222, 28.0, 11.0, 2.2
_NIGHT = 7.5
# How much of a day's weather is left on the next, and after how many days nothing is.
_LASTING, _MEMORY = 0.76, 16
_SEA, _TOWN_DAY, _TOWN_NIGHT = -1.4, 1.0, 2.4
_RIVER_M, _RIVER_LASTING, _RIVER_M_A_MM = 1.1, 0.62, 0.021
# Chance is asked for days before the first too, and takes no negative day.
_BEFORE = 64


class HotSpell(Protocol):
    """A heat wave as an emergency orders it: from which day on, for how many days, and how much hotter."""

    @property
    def begins_on_day(self) -> int:
        """Return the number of its first day, counted from the first day of the run."""
        ...

    @property
    def days(self) -> int:
        """Return how long it lasts."""
        ...

    @property
    def degrees(self) -> float:
        """Return by how much it is hotter at its height."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class WeatherDay:
    """One day's weather.

    Attributes
    ----------
    maximum, minimum : FloatArray, shape (Z,)
        Temperature in degrees Celsius, by zone.
    rain_mm : float
    gust_kmh : float
    river_m : float
        Level of the river at its highest.

    """

    maximum: FloatArray
    minimum: FloatArray
    rain_mm: float
    gust_kmh: float
    river_m: float


class Weather:
    """The weather of a place."""

    def __init__(self, place: Place, *, chance: Chance, start: date, spells: Iterable[HotSpell] = ()) -> None:
        self._chance, self._start, self._spells = chance, start, tuple(spells)
        shift = np.where(place.coastal, _SEA, 0.0)
        self._by_day = shift + np.where(place.central, _TOWN_DAY, 0.0)
        self._by_night = -0.4 * shift + np.where(place.central, _TOWN_NIGHT, 0.0)
        self._drawn = lru_cache(maxsize=256)(self._draw)
        self.day = lru_cache(maxsize=64)(self._day)

    @classmethod
    def of(cls, run: Run) -> Self:
        """Return the weather of a run, with the heat waves among its emergencies."""
        return cls(run.place, chance=run.rng, start=run.start, spells=run.hot_spells)

    def _day(self, number: int) -> WeatherDay:
        on = self._start + timedelta(days=number)
        season = math.cos(2 * math.pi * (on.timetuple().tm_yday - _WARMEST_ON) / 365.25)
        middle = _SUMMER - _SWING * (1 - season) / 2 + _SPREAD * self._lasting(number, 0) + self._heat(number)
        low = self._lasting(number, 1)
        own = self._chance("weather of zones", number + _BEFORE).normal(0.0, 0.35, (2, self._by_day.size))
        # Under clouds the days are cooler and the nights are not.
        night = _NIGHT - 1.5 * max(-low, 0.0) + 0.6 * self._drawn(number)[2]
        highest = middle - 0.8 * max(-low, 0.0) + self._by_day + own[0]
        lowest = middle - max(night, 3.0) + self._by_night + own[1]
        return WeatherDay(
            maximum=np.round(highest, 1),
            minimum=np.round(np.minimum(lowest, highest - 1.5), 1),
            rain_mm=self._rain(number),
            gust_kmh=round(24 + 5 * abs(low) + 17 * max(-low - 0.7, 0.0) ** 1.4 + 4 * self._drawn(number)[3], 1),
            river_m=self._river(number),
        )

    def _draw(self, number: int) -> tuple[float, float, float, float]:
        rng = self._chance("weather", number + _BEFORE)
        return (*rng.normal(size=3).tolist(), float(rng.gamma(2.0, 0.5)))

    def _lasting(self, number: int, which: int) -> float:
        """Return today's departure from what is usual, with the spread 1: warmth, or the pressure of the air."""
        past = (_LASTING**back * self._drawn(number - back)[which] for back in range(_MEMORY))
        return math.sqrt(1 - _LASTING**2) * sum(past)

    def _rain(self, number: int) -> float:
        low = -self._lasting(number, 1) - 0.45
        return round(9.0 * low**1.6 * self._drawn(number)[3], 1) if low > 0 else 0.0

    def _river(self, number: int) -> float:
        past = sum(_RIVER_LASTING**back * self._rain(number - back) for back in range(8))
        return round(_RIVER_M + _RIVER_M_A_MM * past, 2)

    def _heat(self, number: int) -> float:
        """Return by how much an ordered heat wave makes the day hotter: it comes and goes within two days."""
        found = [0.0]
        for spell in self._spells:
            inside = number - spell.begins_on_day
            if 0 <= inside < spell.days:
                found.append(spell.degrees * min(1.0, (inside + 1) / 2, (spell.days - inside) / 2))
        return max(found)
