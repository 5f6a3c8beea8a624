"""What heat does: admissions and deaths above the usual, by age and by how people live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from salus.world.city.people import SEGMENTS
from salus.world.emergency_kinds import Heat
from salus.world.truth.ill import COLUMNS, HEAT, NEVER, NOBODY
from salus.world.truth.orders import Order
from salus.world.truth.place import BANDS, FloatArray, Place
from salus.world.truth.poisoning import Chance
from salus.world.truth.serving import Serving
from salus.world.truth.sites import COOLING, by_stratum
from salus.world.truth.weather import Weather


class HeatHarm:
    """What one heat wave does in a city whose weather is known."""

    def __init__(self, heat: Heat, place: Place, weather: Weather, chance: Chance, serving: Serving) -> None:
        self._heat, self._place, self._weather, self._chance = heat, place, weather, chance
        self._serving = serving
        self._burdened = place.people * np.tile(np.array(heat.risk_by_segment), BANDS)

    def excess(self, day: int) -> FloatArray:
        """Return by how many degrees a day's mean is above the bound, by zone; nought outside the wave."""
        inside = self._heat.begins_on_day <= day < self._heat.begins_on_day + self._heat.days
        if not inside:
            return np.zeros(len(self._place.zones))
        found = self._weather.day(day)
        return np.maximum((found.maximum + found.minimum) / 2 - self._heat.from_degrees, 0.0)

    def expected(self, day: int, rates: Sequence[float], orders: Sequence[Order], today: date) -> FloatArray:
        """Return whom heat is expected to strike on a day, by zone and stratum."""
        spread = enumerate(self._heat.spread_over_days)
        burden = sum((share * self.excess(day - back) for back, share in spread), np.zeros(len(self._place.zones)))
        by_age = np.repeat(np.array(rates), len(SEGMENTS))
        return self._burdened * by_age / 1e5 * burden[:, None] * self._left(orders, today)

    def _left(self, orders: Sequence[Order], today: date) -> FloatArray:
        left = np.ones(self._place.people.shape)
        for measure in self._heat.measures:
            held = [order for order in orders if order.measure == measure.code and order.holds_on(today)]
            if not held:
                continue
            everywhere = any(not order.zones for order in held)
            named = {zone for order in held for zone in order.zones}
            here = np.array([everywhere or zone in named for zone in self._place.zones])
            spared = measure.spares * np.tile(np.array(measure.compliance), BANDS)
            left *= np.where(here[:, None], 1.0 - spared, 1.0)
        cooled = self._serving.reached(COOLING, orders, today)
        return left if cooled is None else left * (1.0 - self._serving.helps(COOLING) * by_stratum(cooled))

    def step(self, day: int, orders: Sequence[Order], today: date) -> pl.DataFrame:
        """Return those whom heat brings to hospital or kills today."""
        rng = self._chance(f"heat of {self._heat.slug}", day)
        taken_in = rng.poisson(self.expected(day, self._heat.admissions_per_100k_degree_by_age, orders, today))
        dead = rng.poisson(self.expected(day, self._heat.deaths_per_100k_degree_by_age, orders, today))
        mean, spread = self._heat.ward_days
        stay = np.maximum(np.rint(rng.gamma((mean / spread) ** 2, spread**2 / mean, int(taken_in.sum()))), 1)
        return pl.concat([self._rows(taken_in, day, stay), self._rows(dead, day, None)])

    def _rows(self, counts: np.ndarray, day: int, stay: np.ndarray | None) -> pl.DataFrame:
        zone, stratum = (np.repeat(part.ravel(), counts.ravel()) for part in np.indices(counts.shape))
        size = zone.size
        found = {
            "person": np.full(size, NOBODY),
            "cause": [HEAT] * size,
            "zone": zone,
            "stratum": stratum,
            "age": np.full(size, NOBODY),
            "sex": [""] * size,
            "works": np.zeros(size, dtype=bool),
            "exposed_on": np.full(size, day),
            "exposed_at": np.full(size, 24.0 * day + 14),
            "onset_at": np.full(size, 24.0 * day + 18),
            "well_on": np.full(size, day) if stay is None else day + stay,
            "admitted_on": np.full(size, NEVER if stay is None else day),
            "discharged_on": np.full(size, NEVER) if stay is None else day + stay,
            "icu": np.zeros(size, dtype=bool),
            "died_on": np.full(size, day if stay is None else NEVER),
            "dose": np.zeros(size),
            "had": [""] * size,
        }
        return pl.DataFrame(found).select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
