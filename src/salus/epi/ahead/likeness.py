"""Forecast by analogy: what followed when any place last looked like this one does now.

Hundreds of series have lived through many beginnings, peaks and ends of waves between
them. The future of one is drawn from what followed the moments most like its present, on a
scale on which a small place and a large one look alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.ahead.asked import Asked
from salus.epi.ahead.revisions import whole_numbers
from salus.epi.arrays import FloatArray, IntArray

_POWER = 0.25
_LAGS = 3
# Weights of the features: level, last three changes, season (twice), everyone's last change.
_WEIGHTS = np.array([1.5, 4.0, 3.0, 2.0, 0.3, 0.3, 1.0])
_NEIGHBOURS = 200
_MOST_POOL = 20_000
_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class _Common:
    """The common scale from a place's low to its high level, and back."""

    low: FloatArray
    span: FloatArray
    shift: FloatArray

    def forward(self, table: FloatArray) -> FloatArray:
        out: FloatArray = ((np.maximum(table, 0.0) + self.shift) ** _POWER - self.low) / self.span
        return out

    def back(self, values: FloatArray) -> FloatArray:
        root = values * self.span[:, None] + self.low[:, None]
        out: FloatArray = np.maximum(np.maximum(root, 0.0) ** (1 / _POWER) - self.shift[:, None], 0.0)
        return out


def alike(asked: Asked) -> FloatArray:
    """Quantiles (O, H, S, Q) on the input's scale; NaN where a place has no present to compare."""
    table, horizon, until, origins = asked.table, asked.horizon, asked.until, asked.origins
    scale = _learn(table, until)
    common = scale.forward(table)
    features = _features(common, asked.days)
    first = max(0, until - 1 - _MOST_POOL // table.shape[1])
    pool = features[first : until - 1].reshape(-1, features.shape[-1])
    after = np.full((horizon, until, table.shape[1]), np.nan)
    for ahead in range(1, min(horizon, until - 1) + 1):
        after[ahead - 1, :-ahead] = common[ahead:until] - common[: until - ahead]
    change = after[:, first : until - 1].reshape(horizon, -1)
    usable = ~np.isnan(pool).any(axis=1) & ~np.isnan(change[0])
    out = np.empty((origins.size, horizon, table.shape[1], asked.levels.size))
    for row, origin in enumerate(origins):
        weight = _likeness(features[origin], pool[usable])
        out[row] = scale.back(_quantiles(weight, change[:, usable], asked.levels) + common[origin][:, None])
    return out


def _learn(table: FloatArray, until: int) -> _Common:
    """Learn the scale from what was known; counts are shifted by a half, rates by a hundredth of their height."""
    known = table[:until]
    high = np.nanquantile(known, 0.95, axis=0)
    shift = np.full(high.shape, 0.5) if whole_numbers(table) else 0.01 * np.maximum(high, 1e-3 * np.median(high) + 1e-9)
    root = (np.maximum(known, 0.0) + shift) ** _POWER
    low = np.nanquantile(root, 0.05, axis=0)
    rest = 0.1 * (np.median(2 * shift) ** _POWER)
    return _Common(low, np.nanquantile(root, 0.95, axis=0) - low + rest, shift)


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


def _quantiles(weights: FloatArray, changes: FloatArray, levels: FloatArray) -> FloatArray:
    """Weighted quantiles (H, S, Q) of what followed; NaN where nothing is alike."""
    out = np.full((changes.shape[0], weights.shape[0], levels.size), np.nan)
    for step, change in enumerate(changes):
        known = np.flatnonzero(~np.isnan(change))
        order = known[np.argsort(change[known], kind="stable")]
        mass = weights[:, order]
        total = mass.sum(axis=1)
        middle = (np.cumsum(mass, axis=1) - 0.5 * mass) / np.maximum(total, 1e-300)[:, None]
        for series in np.flatnonzero(total > 0):
            out[step, series] = np.interp(levels, middle[series], change[order])
    return out
