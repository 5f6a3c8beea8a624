"""Damped-trend smoothing of many series at once, with every past forecast kept.

All arrays are ``(time, member, series)``: a member is one setting of the smoother.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, IntArray

Member = tuple[float, float, float]

# Level gain, trend gain, and damping per step. Daily counts are noisy: from "tomorrow is
# today" to a slow trend. Weekly totals are not: the newest value and its trend count.
DAILY: tuple[Member, ...] = (
    (1.0, 0.0, 0.0),
    (0.5, 0.0, 0.0),
    (0.25, 0.0, 0.0),
    (0.6, 0.2, 0.8),
    (0.35, 0.1, 0.9),
    (0.8, 0.5, 0.7),
    (0.2, 0.05, 0.95),
    (0.3, 0.1, 0.97),
    (0.4, 0.3, 0.97),
)
WEEKLY: tuple[Member, ...] = (
    (1.0, 0.0, 0.0),
    (0.5, 0.1, 0.8),
    (0.8, 0.3, 0.6),
    (0.8, 0.5, 0.7),
    (0.9, 0.6, 0.5),
)


_PRIOR = 40.0
_SHARPNESS = 6


@dataclass(frozen=True, slots=True)
class Smoothed:
    """Levels and trends after each step, shape (T, G, S), of the G members."""

    level: FloatArray
    trend: FloatArray
    members: tuple[Member, ...]

    def at(self, steps: IntArray | list[int]) -> Smoothed:
        """Return the states after some steps only."""
        return Smoothed(self.level[steps], self.trend[steps], self.members)

    def ahead(self, horizon: int) -> FloatArray:
        """Forecasts made after each step, shape (T, horizon, G, S)."""
        steps = np.arange(1, horizon + 1)[:, None]
        damping = np.array([member[2] for member in self.members])
        reach = np.cumsum(damping[None, :] ** steps, axis=0)
        out: FloatArray = self.level[:, None] + reach[None, :, :, None] * self.trend[:, None]
        return out


def smooth(
    table: FloatArray,
    members: tuple[Member, ...],
    start: tuple[FloatArray, FloatArray] | None = None,
) -> Smoothed:
    """Run every member over ``(T, S)`` values; NaN steps leave the state to drift.

    Parameters
    ----------
    table : FloatArray, shape (T, S)
        Values on the scale to smooth.
    members : tuple of Member
        Settings of the smoother.
    start : pair of FloatArray, shape (G, S), optional
        Level and trend before the first step. Default: the first value seen, no trend.

    """
    gain, trend_gain, damping = np.array(members).T[:, :, None]
    level, trend = _start(table, len(members)) if start is None else start
    levels = np.empty((table.shape[0], len(members), table.shape[1]))
    trends = np.empty_like(levels)
    for step, value in enumerate(table):
        expected = level + damping * trend
        error = np.where(np.isnan(value), 0.0, value - expected)
        level = expected + gain * error
        trend = damping * trend + gain * trend_gain * error
        levels[step], trends[step] = level, trend
    return Smoothed(levels, trends, members)


def _start(table: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    seen = ~np.isnan(table)
    first = table[np.argmax(seen, axis=0), np.arange(table.shape[1])]
    level = np.tile(np.nan_to_num(first), (count, 1))
    return level, np.zeros_like(level)


def member_weights(error: FloatArray, recency: FloatArray) -> FloatArray:
    """Weights of the members at each horizon by their past errors, (H, G, S), sum 1 over G.

    Parameters
    ----------
    error : FloatArray, shape (O, H, G, S)
        Forecast minus truth of O past forecasts; NaN where unknown.
    recency : FloatArray, shape (O,)
        Weight of each past forecast.

    Notes
    -----
    A series' own errors are pooled with everyone's, since one series alone has too few to
    tell members apart; inverse squares keep a near tie near an average.

    """
    size = np.abs(np.nan_to_num(error))
    seen = (~np.isnan(error)).astype(np.float64)
    own = np.einsum("ohgs,o->hgs", size, recency)
    count = np.einsum("ohgs,o->hgs", seen, recency)
    scale = own.mean(axis=1, keepdims=True) / np.maximum(count.mean(axis=1, keepdims=True), 1e-9)
    relative = own / np.maximum(scale, 1e-9)
    total = relative.sum(axis=2, keepdims=True)
    # With no past error at all, every member counts alike.
    pooled = (total + 1.0) / (count.sum(axis=2, keepdims=True) + 1.0)
    score = (relative + _PRIOR * pooled) / (count + _PRIOR)
    weight = 1.0 / np.maximum(score, 1e-3) ** _SHARPNESS
    out: FloatArray = weight / weight.sum(axis=1, keepdims=True)
    return out
