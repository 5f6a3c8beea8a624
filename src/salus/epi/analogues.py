"""Forecast by analogy: what followed when any series last looked like this one does now.

Hundreds of series have lived through many beginnings, peaks and ends of waves between
them. The future of one is drawn from what followed the moments most like its present, on a
scale on which a small place and a large one look alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, IntArray

_POWER = 0.25
_SHIFT = 0.5
_LAGS = 3
# Weights of the features: level, last three changes, season (twice), everyone's last change.
_WEIGHTS = np.array([1.5, 4.0, 3.0, 2.0, 0.3, 0.3, 1.0])
_NEIGHBOURS = 200
_LEAST_POOL = 200
_MOST_POOL = 20_000
_YEAR = 365.25
_TRUST = 500.0


@dataclass(frozen=True, slots=True)
class Analogues:
    """Weighted moments of the past for each series.

    Attributes
    ----------
    weights : FloatArray, shape (S, N)
        Likeness of each pooled moment to the present of each series; 0 rows where a series
        has no present to compare.
    change : FloatArray, shape (H, N)
        What followed, on the common scale; NaN where the series ends before.
    now, low, span : FloatArray, shape (S,)
        Present of each series on the common scale, and how to return from it.
    years : float
        Length of the past, taking steps for weeks.

    """

    weights: FloatArray
    change: FloatArray
    now: FloatArray
    low: FloatArray
    span: FloatArray
    years: float

    @property
    def trust(self) -> float:
        """Share of the forecast to leave to analogy, by how much past there is."""
        count = self.change.shape[1]
        # Before a year and a half not every phase of a wave has been seen.
        return float(min(1.0, self.years / 1.5) * count / (count + _TRUST))

    def quantiles(self, levels: FloatArray) -> FloatArray:
        """Quantiles on the input's scale, shape (H, S, Q); NaN where there is no present."""
        out = np.full((self.change.shape[0], self.now.size, levels.size), np.nan)
        for step, change in enumerate(self.change):
            known = np.flatnonzero(~np.isnan(change))
            order = known[np.argsort(change[known], kind="stable")]
            mass = self.weights[:, order]
            total = mass.sum(axis=1)
            middle = (np.cumsum(mass, axis=1) - 0.5 * mass) / np.maximum(total, 1e-300)[:, None]
            for series in np.flatnonzero(total > 0):
                out[step, series] = np.interp(levels, middle[series], change[order])
        scaled = (out + self.now[:, None]) * self.span[:, None] + self.low[:, None]
        back: FloatArray = np.maximum(scaled, 0.0) ** (1 / _POWER) - _SHIFT
        return np.maximum(back, 0.0)


def find_analogues(table: FloatArray, horizon: int, days: IntArray | None) -> Analogues | None:
    """Compare the present of each series with every moment of all.

    Parameters
    ----------
    table : FloatArray, shape (T, S)
        Counts or rates; NaN is missing.
    horizon : int
        Steps ahead.
    days : IntArray, shape (T,), optional
        Day number of each step, to compare seasons.

    Returns
    -------
    Analogues or None
        None when there is too little past.

    """
    steps, width = table.shape
    if (steps - _LAGS - 1) * width < _LEAST_POOL or steps < _LAGS + horizon + 2:
        return None
    root = (np.maximum(table, 0.0) + _SHIFT) ** _POWER
    low = np.nanquantile(root, 0.05, axis=0)
    span = np.nanquantile(root, 0.95, axis=0) - low + 0.1
    common = (root - low) / span
    features = _features(common, days)
    first = max(0, steps - 1 - _MOST_POOL // width)
    pool = features[first : steps - 1].reshape(-1, features.shape[-1])
    after = np.full((horizon, steps, width), np.nan)
    for ahead in range(1, horizon + 1):
        after[ahead - 1, :-ahead] = common[ahead:] - common[:-ahead]
    change = after[:, first : steps - 1].reshape(horizon, -1)
    usable = ~np.isnan(pool).any(axis=1) & ~np.isnan(change[0])
    if int(usable.sum()) < _LEAST_POOL:
        return None
    weights = _likeness(features[-1], pool[usable])
    return Analogues(weights, change[:, usable], common[-1], low, span, steps / 52)


def _features(common: FloatArray, days: IntArray | None) -> FloatArray:
    """Weighted features of every moment, shape (T, S, F)."""
    change = np.full_like(common, np.nan)
    change[1:] = np.diff(common, axis=0)
    parts = [common]
    for lag in range(_LAGS):
        moved = np.full_like(common, np.nan)
        moved[lag:] = change[: change.shape[0] - lag]
        parts.append(moved)
    phase = np.zeros(common.shape[0]) if days is None else 2 * np.pi * days / _YEAR
    parts += [np.broadcast_to(wave(phase)[:, None], common.shape) for wave in (np.cos, np.sin)]
    seen = ~np.isnan(change)
    everyone = np.where(seen, change, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    parts.append(np.broadcast_to(everyone[:, None], common.shape))
    out: FloatArray = np.stack(parts, axis=-1) * _WEIGHTS
    return out


def _likeness(present: FloatArray, pool: FloatArray) -> FloatArray:
    """Gaussian weights with a width that reaches the 200th neighbour, shape (S, N)."""
    lost = np.isnan(present).sum(axis=1) > 0
    here = np.where(lost[:, None], 0.0, present)
    square = (here**2).sum(axis=1)[:, None] + (pool**2).sum(axis=1) - 2 * here @ pool.T
    square = np.maximum(square, 0.0)
    place = min(_NEIGHBOURS, pool.shape[0] - 1)
    width = np.maximum(np.partition(square, place, axis=1)[:, place : place + 1], 1e-12)
    near = (square <= 4.0 * width) & ~lost[:, None]
    weight: FloatArray = np.where(near, np.exp(-2.0 * square / width), 0.0)
    return weight
