"""Widths of a forecast from its past errors, shared between series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from salus.epi.arrays import FloatArray
from salus.epi.noise import learn_noise
from salus.epi.pace import Pace

_PRIOR_SD = 0.25
_PRIOR_WEIGHT = 4.0
_POOL_WEIGHT = 20.0
# A level e times as large is another situation; what was learnt there still counts a little.
_ALIKE = 1.0
_LEAST_ALIKE = 0.05
GRID = np.linspace(0.005, 0.995, 199)
_ENOUGH = 200
# Members are weighted by the same past errors that give the width: the next will be larger.
_HONEST = 1.1


@dataclass(frozen=True, slots=True)
class Widths:
    """Predictive spread on the log scale.

    Attributes
    ----------
    sd : FloatArray, shape (H, S)
    shape : FloatArray, shape (H, 199)
        Quantiles of the standardised errors at `GRID`, by horizon.
    freedom : float
        Degrees of freedom for the tails, from the number of past errors.
    link : float
        Correlation of neighbouring horizons' errors.
    extra : FloatArray, shape (H, S)
        Variance that comes from an uncertain end, contained in `sd`.

    """

    sd: FloatArray
    shape: FloatArray
    freedom: float
    link: float
    extra: FloatArray

    def standard(self, levels: FloatArray) -> FloatArray:
        """Quantiles of the standardised error, shape (H, Q)."""
        out = np.empty((self.shape.shape[0], levels.size))
        student = np.asarray(stdtrit(self.freedom, levels), dtype=np.float64)
        for step, row in enumerate(self.shape):
            out[step] = np.interp(levels, GRID, row)
        # Beyond the grid the sample says nothing: the tail continues as Student's.
        edge = np.asarray(stdtrit(self.freedom, GRID[[0, -1]]), dtype=np.float64)
        low, high = levels < GRID[0], levels > GRID[-1]
        out[:, low] = self.shape[:, :1] * (student[low] / edge[0])
        out[:, high] = self.shape[:, -1:] * (student[high] / edge[1])
        return out

    def quantiles(self, centre: FloatArray, levels: FloatArray) -> FloatArray:
        """Quantiles around `centre` (H, S), shape (H, S, Q)."""
        out: FloatArray = centre[..., None] + self.sd[..., None] * self.standard(levels)[:, None]
        return out

    def levels(self, size: tuple[int, int, int], rng: np.random.Generator) -> FloatArray:
        """Correlated levels in (0, 1) over the horizon, shape (H, S, samples)."""
        shock = rng.standard_normal(size)
        fresh = np.sqrt(1.0 - self.link**2)
        for step in range(1, shock.shape[0]):
            shock[step] = self.link * shock[step - 1] + fresh * shock[step]
        return np.asarray(ndtr(shock), dtype=np.float64)


def learn_widths(
    error: FloatArray,
    recency: FloatArray,
    size: FloatArray,
    extra: FloatArray,
    level: FloatArray,
    pace: Pace | None = None,
) -> Widths:
    """Learn the spread from past errors.

    Parameters
    ----------
    error : FloatArray, shape (O, H, S)
        NaN where unknown.
    recency : FloatArray, shape (O,)
        Weight of each past forecast.
    size : FloatArray, shape (S,)
        Mean count of late, for the least possible spread of a count.
    extra : FloatArray, shape (H, S)
        Variance to add, from an uncertain end of the history.
    level : FloatArray, shape (O + 1, S)
        Level at each past origin and now: large counts err less than small ones.
    pace : Pace, optional
        How much errors depend on the speed of movement.

    """
    if pace is not None:
        error = error / pace.then[:, None]
    horizon = error.shape[1]
    growth = np.sqrt(np.arange(1, horizon + 1))[:, None]
    then, now = _noise(error, level, growth[:, 0])
    error = error / then
    own = _shared_variance(error, recency[:, None] * _alike(level), growth, now)
    floor = 0.25 * size / (size + 1.0) ** 2
    variance = np.maximum.accumulate(np.maximum(own * now**2, floor + 1e-8), axis=0)
    known = max(float(recency.sum()) / float(np.sqrt(horizon)) + _PRIOR_WEIGHT, 4.0)
    if pace is not None:
        variance = np.maximum(variance * pace.now**2, floor + 1e-8)
    return Widths(_HONEST * np.sqrt(variance + extra), _shape(error / np.sqrt(own), known), known, _link(error), extra)


def _alike(level: FloatArray) -> FloatArray:
    """How much a past origin teaches about now, (O, S): an outbreak of three says little of one of three hundred."""
    scale = np.log1p(level)
    away = (scale[:-1] - scale[-1]) / _ALIKE
    return np.asarray(np.maximum(np.exp(-0.5 * away**2), _LEAST_ALIKE))


def _shared_variance(error: FloatArray, weight: FloatArray, growth: FloatArray, now: FloatArray) -> FloatArray:
    """Variance (H, S) of standardised errors, each series' own drawn to everyone's and to the prior."""
    seen = ~np.isnan(error)
    square = np.where(seen, error, 0.0) ** 2
    own = np.einsum("ohs,os->hs", square, weight)
    count = np.einsum("ohs,os->hs", seen.astype(np.float64), weight)
    prior = (_PRIOR_SD * growth / now) ** 2
    pooled = (own.sum(axis=1, keepdims=True) + _PRIOR_WEIGHT * prior) / (
        count.sum(axis=1, keepdims=True) + _PRIOR_WEIGHT
    )
    # Overlapping errors repeat each other: a long horizon has fewer than it seems.
    count, own = count / growth, own / growth
    out: FloatArray = (own + _POOL_WEIGHT * pooled) / (count + _POOL_WEIGHT)
    return out


def _noise(error: FloatArray, level: FloatArray, growth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Spread that errors have by the level alone, at past origins (O, H, S) and now (H, S)."""
    then, now = np.empty_like(error), np.empty(error.shape[1:])
    for step in range(error.shape[1]):
        prior = (_PRIOR_SD * growth[step]) ** 2
        constant, part = learn_noise(level[:-1], error[:, step], prior, _PRIOR_WEIGHT)
        then[:, step], now[step] = np.sqrt(constant + part / level[:-1]), np.sqrt(constant + part / level[-1])
    return then, now


def _shape(standard: FloatArray, freedom: float) -> FloatArray:
    """Quantiles of standardised errors, drawn towards Student's when they are few."""
    student = np.asarray(stdtrit(freedom, GRID), dtype=np.float64)
    out = np.empty((standard.shape[1], GRID.size))
    for step in range(standard.shape[1]):
        values = standard[:, step][~np.isnan(standard[:, step])]
        trust = values.size / (values.size + _ENOUGH * np.sqrt(step + 1))
        own = np.quantile(values, GRID) if values.size else student
        # Half the asymmetry is chance that will not come back.
        own = 0.5 * own + 0.5 * (own - own[::-1]) / 2
        out[step] = trust * own + (1 - trust) * student
    return np.maximum.accumulate(out, axis=1)


def _link(error: FloatArray) -> float:
    if error.shape[1] < 2:
        return 0.0
    left, right = error[:, :-1], error[:, 1:]
    both = ~np.isnan(left) & ~np.isnan(right)
    if int(both.sum()) < 3:
        return 0.8
    x, y = left[both], right[both]
    scale = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float(np.clip((x * y).sum() / scale, 0.0, 0.98)) if scale > 0 else 0.8
