"""Who lives where in Port Alma: age bands and segments of each zone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from salus.gather.sources.builtin_city.land import Land
from salus.gather.sources.builtin_city.names import DISTRICTS, zone_code

TOTAL = 640_000
AGES: tuple[tuple[int, int | None], ...] = ((0, 4), (5, 17), (18, 39), (40, 64), (65, 79), (80, None))
SHARES = np.array([0.055, 0.145, 0.32, 0.31, 0.125, 0.045])
# How many of a zone's people are in each group of which the response has to think: mean share and spread.
SEGMENTS: dict[str, tuple[float, float]] = {
    "care_home": (0.006, 0.7),
    "crowded_housing": (0.07, 0.6),
    "needs_interpreter": (0.09, 0.6),
    "disability": (0.08, 0.2),
    "without_car": (0.27, 0.3),
    "outdoor_and_dock_work": (0.05, 0.8),
}


@dataclass(frozen=True, slots=True)
class People:
    """People by zone (rows) and age band (columns), and by zone and segment."""

    zones: tuple[str, ...]
    by_age: NDArray[np.int64]
    segments: dict[str, NDArray[np.int64]]

    @property
    def total(self) -> NDArray[np.int64]:
        """Return everybody of each zone."""
        return self.by_age.sum(axis=1)


def make_people(land: Land, rng: np.random.Generator) -> People:
    """Return the people of the city: dense in the old town, older in the hills, students by the river."""
    codes, weights, ages = [], [], []
    for plan in DISTRICTS:
        for place in range(len(plan.zones)):
            code = zone_code(plan, place)
            codes.append(code)
            weights.append(land.areas_km2[code] * plan.density * rng.lognormal(0.0, 0.28))
            lean = (plan.old + rng.normal(0.0, 0.12)) * np.array([-0.3, -0.2, -0.8, 0.2, 1.1, 1.5])
            ages.append(SHARES * np.exp(lean))
    share = np.array(ages) / np.array(ages).sum(axis=1, keepdims=True)
    totals = np.round(TOTAL * np.array(weights) / np.sum(weights) / 10) * 10
    by_age = np.floor(totals[:, None] * share).astype(np.int64)
    by_age[:, 3] += totals.astype(np.int64) - by_age.sum(axis=1)
    segments = {
        name: np.round(totals * np.clip(mean * rng.lognormal(0.0, spread, totals.size), 0.0, 0.6)).astype(np.int64)
        for name, (mean, spread) in SEGMENTS.items()
    }
    return People(tuple(codes), by_age, segments)
