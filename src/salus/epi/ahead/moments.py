"""Every moment of every place on one scale, with what a forecaster could see at that moment."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from salus.epi.ahead.revisions import whole_numbers
from salus.epi.arrays import FloatArray, IntArray

_ROOT = 0.25
_HALF_YEAR = 26
_YEAR = 365.25
# Autumn: a season of the northern hemisphere is not cut in two by the turn of its year.
_SEASON_START = 274


@dataclass(frozen=True, slots=True)
class Scale:
    """Puts a small place and a large one on the same scale, and back.

    Attributes
    ----------
    high, shift : FloatArray, shape (S,)
        A high level of each place (its 95 % quantile), and what is added before the root.
    usual : FloatArray, shape (S,)
        Mean of each place on the common scale.

    Notes
    -----
    The fourth root nearly steadies the variance of counts with outbreaks, as in Ray et al.,
    Flusion: Integrating multiple data sources for accurate influenza predictions. Epidemics
    2025;50:100810. https://doi.org/10.1016/j.epidem.2024.100810

    """

    high: FloatArray
    shift: FloatArray
    usual: FloatArray

    def forward(self, table: FloatArray) -> FloatArray:
        """Return the common scale, near 1 at a place's high level."""
        return _forward(table, self.high, self.shift)

    def back(self, values: FloatArray) -> FloatArray:
        """Return to the input's scale from values whose second axis from the right is places."""
        high, shift = self.high[:, None], self.shift[:, None]
        out: FloatArray = np.maximum(np.maximum(values, 0.0) ** (1 / _ROOT) * (high + shift) - shift, 0.0)
        return out


@dataclass(frozen=True, slots=True)
class Moments:
    """All moments on the common scale.

    Attributes
    ----------
    level : FloatArray, shape (T, S)
    seen : FloatArray, shape (T, S, F)
        Features for trees; NaN where the past is too short for one.
    drift : FloatArray, shape (T, S, G)
        Features for the linear part.
    scale : Scale

    """

    level: FloatArray
    seen: FloatArray
    drift: FloatArray
    scale: Scale

    def change(self, ahead: int) -> FloatArray:
        """What followed `ahead` steps after each moment, shape (T, S); NaN where unknown."""
        out = np.full_like(self.level, np.nan)
        out[:-ahead] = self.level[ahead:] - self.level[:-ahead]
        return out


def learn_scale(table: FloatArray) -> Scale:
    """Learn each place's scale; a place with nothing but zeros gets everyone's least."""
    high = np.nanquantile(table, 0.95, axis=0)
    high = np.maximum(high, 1e-3 * float(np.median(high)) + 1e-9)
    shift = 0.01 * high
    if whole_numbers(table):
        high, shift = np.maximum(high, 1.0), np.full(high.shape, 0.5)
    return Scale(high, shift, np.nanmean(_forward(table, high, shift), axis=0))


def _forward(table: FloatArray, high: FloatArray, shift: FloatArray) -> FloatArray:
    out: FloatArray = ((np.maximum(table, 0.0) + shift) / (high + shift)) ** _ROOT
    return out


def see(table: FloatArray, days: IntArray | None, scale: Scale) -> Moments:
    """Lay out what could be seen at each moment from that moment and before it only."""
    level = scale.forward(table)
    lags = [_lag(level, back) for back in range(6)]
    change = [lags[back] - lags[back + 1] for back in range(3)]
    everyone, moving = _mean(level), _mean(change[0])
    slope = _fitted(lags, 4, 1)[0]
    high, low, burden = _half_year(level)
    wide = np.broadcast_to
    size = wide(np.log(scale.high + scale.shift), level.shape)
    shared = [wide(each[:, None], level.shape) for each in (everyone, moving, _mean(lags[0] - lags[2]))]
    parts = [level, *change, slope, *_fitted(lags, 6, 2), high, low, burden, *shared, size]
    parts += [wide(_season(days, level.shape[0])[:, None], level.shape)] if days is not None else []
    before = wide(_lag(moving[:, None], 1), level.shape)
    linear = [*change, shared[1], before, level - scale.usual, change[0] * level]
    return Moments(level, np.stack(parts, axis=-1), np.stack(linear, axis=-1), scale)


def _lag(values: FloatArray, back: int) -> FloatArray:
    out = np.full_like(values, np.nan)
    out[back:] = values[: max(values.shape[0] - back, 0)]
    return out


def _mean(values: FloatArray) -> FloatArray:
    """Mean over places, NaN where none is known."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=1)
    out: FloatArray = np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)
    return out


def _fitted(lags: list[FloatArray], steps: int, degree: int) -> list[FloatArray]:
    """Coefficients of a polynomial through the last steps, without the constant."""
    weights = np.linalg.pinv(np.vander(np.arange(1.0 - steps, 1.0), degree + 1, increasing=True))
    return [
        np.sum([weights[power, steps - 1 - back] * lags[back] for back in range(steps)], axis=0)
        for power in range(1, degree + 1)
    ]


def _half_year(level: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Distance to the half year's highest and lowest, and its mean on the input's scale."""
    recent = np.stack([_lag(level, back) for back in range(min(_HALF_YEAR, level.shape[0]))])
    with warnings.catch_warnings():
        # A place that has not begun to report has no half year: NaN is the answer.
        warnings.simplefilter("ignore", RuntimeWarning)
        return (
            np.nanmax(recent, axis=0) - level,
            level - np.nanmin(recent, axis=0),
            np.nanmean(recent ** (1 / _ROOT), axis=0),
        )


def _season(days: IntArray, steps: int) -> FloatArray:
    """Weeks since the season began."""
    out: FloatArray = ((days[:steps] - _SEASON_START) % _YEAR) / 7
    return out
