"""The time of the year, and what related diseases say of growth at that time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, IntArray

HARMONICS = 2
_YEAR = 365.25
# Weeks of ordinary growth that speak against a season.
_PRIOR_WEEKS = 2.0
# A related disease has a time of its own: this much of its season is expected, as if that many
# weeks had shown it.
_EXPECTED, _EXPECTED_WEEKS = 0.75, 12.0


@dataclass(frozen=True, slots=True)
class Related:
    """A related disease or another report of the same one, as known at the moment of the forecast.

    Attributes
    ----------
    table : FloatArray, shape (N, R)
        Weekly counts or rates by place, 0 or more; NaN is missing. A year at least; places
        need not be those of the forecast.
    days : IntArray, shape (N,)
        Day number of each week.

    """

    table: FloatArray
    days: IntArray


def waves(days: IntArray) -> FloatArray:
    """Sines and cosines of the year, shape (N, 4)."""
    phase = 2 * np.pi * days / _YEAR
    return np.stack([wave(k * phase) for k in range(1, HARMONICS + 1) for wave in (np.cos, np.sin)], axis=-1)


def learn_season(growth: FloatArray, days: IntArray) -> FloatArray:
    """Learn what to expect of weekly log growth by the time of the year, shape (4,).

    Parameters
    ----------
    growth : FloatArray, shape (N,)
        Weekly growth that all places of a related disease shared.
    days : IntArray, shape (N,)
        Day number of each week.

    """
    design = np.column_stack([np.ones(days.size), waves(days)])
    penalty = np.diag([1e-9, *[_PRIOR_WEEKS / 2] * (2 * HARMONICS)])
    return np.asarray(np.linalg.solve(design.T @ design + penalty, design.T @ growth)[1:])


def shared_part(season: FloatArray, growth: FloatArray, days: IntArray) -> float:
    """How much of a related season a report's own growth has followed so far, 0 to 1.

    Parameters
    ----------
    season : FloatArray, shape (4,)
        From `learn_season`.
    growth : FloatArray, shape (N,)
        The report's own weekly growth.
    days : IntArray, shape (N,)
        Day number of each week.

    """
    told = waves(days) @ season
    # The mean square of a sum of waves over the year.
    expected = _EXPECTED_WEEKS * float(season @ season) / 2 + 1e-12
    return float(np.clip((growth @ told + _EXPECTED * expected) / (told @ told + expected), 0.0, 1.0))
