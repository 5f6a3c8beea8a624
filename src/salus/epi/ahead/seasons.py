"""Growth to expect by the time of the year, as related diseases have shown it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, IntArray

_YEAR = 365.25
_HARMONICS = 2
# As many weeks of an ordinary swing as these speak against a season.
_PRIOR_WEEKS = 2.0
# A related disease has its own time of the year: this much of its season is taken over.
_SHARED = 0.75


@dataclass(frozen=True, slots=True)
class Season:
    """Growth of each step by the time of the year, and of as many steps beyond the last as are asked for.

    Attributes
    ----------
    growth : FloatArray, shape (T + H,)
        On the log scale; zero where nothing is known of a season.

    """

    growth: FloatArray

    def reach(self, common: FloatArray, horizon: int, rise: float, fall: float) -> FloatArray:
        """Growth to expect from every step on, summed over the horizon, shape (T, H).

        What growth is above or below the season's fades by `rise` or `fall` a week.
        """
        steps = np.arange(common.size)
        left = common - self.growth[: common.size]
        lasts = np.where(left > 0, rise, fall)
        parts = [self.growth[steps + ahead] + lasts**ahead * left for ahead in range(1, horizon + 1)]
        return np.asarray(np.cumsum(np.stack(parts, axis=1), axis=1))


def no_season(steps: int) -> Season:
    """Nothing is known of a season."""
    return Season(np.zeros(steps))


def learn_season(growth: FloatArray, days: IntArray, wanted: IntArray) -> Season:
    """Learn the season from related growth.

    Parameters
    ----------
    growth : FloatArray, shape (N,)
        Weekly growth that all places of a related disease shared.
    days : IntArray, shape (N,)
        Day number of each of these weeks.
    wanted : IntArray, shape (T + H,)
        Day numbers to tell the season for.

    """
    design = np.column_stack([np.ones(days.size), waves(days)])
    penalty = _PRIOR_WEEKS * np.diag([0.0, *[1.0] * 2 * _HARMONICS]) / 2
    found = np.linalg.solve(design.T @ design + penalty + 1e-9 * np.eye(design.shape[1]), design.T @ growth)
    return Season(_SHARED * waves(wanted) @ found[1:])


def waves(days: IntArray) -> FloatArray:
    """Sines and cosines of the year, shape (N, 4)."""
    phase = 2 * np.pi * days / _YEAR
    return np.stack([wave(k * phase) for k in range(1, _HARMONICS + 1) for wave in (np.cos, np.sin)], axis=-1)
