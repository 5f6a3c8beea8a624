"""How much people still travel: by what is ordered, how well it is followed, which lines run, the day and the weather."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from salus.epi.scenario.model import Measure
from salus.world.truth.orders import Order
from salus.world.truth.place import STRATA, FloatArray
from salus.world.truth.run import Run
from salus.world.truth.weather import WeatherDay

# Of the ways to what a measure keeps people from, so many are made by public transport or on foot in the streets.
_WAYS = {"work": 0.4, "community": 0.35, "school": 0.15}
_WEEKEND = {5: 0.72, 6: 0.55}
_RAIN_MM, _STORM_KMH, _HEAT = 25.0, 80.0, 36.0


def still_made(run: Run, day: int, orders: tuple[Order, ...]) -> FloatArray:
    """Return the share of their usual ways that people of each zone still make on a day, shape (Z,)."""
    known = {measure.name: measure for measure in run.model.measures}
    on = run.start + timedelta(days=day)
    left = np.ones(len(run.place.zones))
    for order in orders:
        measure = known.get(order.measure)
        if measure is not None and order.holds_on(on):
            bound = np.array([not order.zones or zone in order.zones for zone in run.place.zones])
            kept = _given_up(measure) * _following(run, measure, (on - order.start).days)
            left *= np.where(bound, 1.0 - kept, 1.0)
    closure = run.serving.closure(orders, on)
    return left if closure is None else left * closure.made


def _given_up(measure: Measure) -> float:
    ways = sum(_WAYS[name] * measure.effects.get(name, measure.effects.get("*", 0.0)) for name in _WAYS)
    return float(1.0 - (1.0 - measure.travel) * (1.0 - min(ways, 1.0)))


def _following(run: Run, measure: Measure, since: int) -> FloatArray:
    """Return the share of each zone's people who follow a measure so many days after it began."""
    first = np.broadcast_to(np.asarray(measure.compliance, dtype=np.float64), (STRATA,))
    tired = np.exp2(-max(since, 0) / np.broadcast_to(np.asarray(measure.fatigue_days, dtype=np.float64), (STRATA,)))
    today = first * (measure.floor + (1.0 - measure.floor) * tired)
    people = run.place.people
    return np.asarray(people @ today / np.maximum(people.sum(axis=1), 1.0))


def of_the_day(run: Run, day: int, weather: WeatherDay) -> float:
    """Return how much of the usual is on the way because of the day of the week and the weather."""
    week = _WEEKEND.get((run.start + timedelta(days=day)).weekday(), 1.0)
    wet = 0.88 if weather.rain_mm > _RAIN_MM else 0.95 if weather.rain_mm > 0 else 1.0
    storm = 0.6 if weather.gust_kmh > _STORM_KMH else 1.0
    hot = 0.85 if float(weather.maximum.mean()) > _HEAT else 1.0
    return week * wet * storm * hot
