"""The linear part: how changes carry on, pooled over places."""

from __future__ import annotations

import numpy as np

from salus.epi.ahead.moments import Moments
from salus.epi.arrays import FloatArray, IntArray

_RIDGE = 3e-3
_PRIOR_ROWS = 5.0
_LEAST_WEIGHT = 0.05
_LEAST_SPREAD = 0.01


def carry_on(moments: Moments, horizon: int, until: int) -> FloatArray:
    r"""Change to expect `horizon` steps after every moment, shape (H, T, S), by pooled regression.

    Notes
    -----
    Ridge regression of :math:`x_{t+h} - x_t` on the last three changes, everyone's last two,
    the distance to the place's own usual level and the change times the level, learnt from moments whose outcome
    is known by `until`. Trees cannot go beyond what they have seen; this can, and they learn
    what it leaves. A moment counts in proportion to its level.

    """
    usable = ~np.isnan(moments.drift).any(axis=-1)
    design = np.nan_to_num(moments.drift)
    out = np.empty((horizon, *moments.level.shape))
    for ahead in range(1, horizon + 1):
        change = moments.change(ahead)
        known = usable & ~np.isnan(change)
        known[max(0, until - ahead) :] = False
        out[ahead - 1] = design @ _coefficients(design[known], change[known], moments.level[known])
    return out


def carried(moments: Moments, horizon: int, until: int, origins: IntArray, levels: FloatArray) -> FloatArray:
    """Quantiles of the linear part alone, shape (O, H, S, Q), common scale.

    Notes
    -----
    Past errors of all places are divided by a spread that is fitted to level, expected change
    and size (regression of log absolute errors); their quantiles, made symmetric, are stretched
    by each moment's spread.

    """
    drift = carry_on(moments, horizon, until)
    size = np.broadcast_to(np.log(moments.scale.high + moments.scale.shift), moments.level.shape)
    out = np.empty((origins.size, horizon, moments.level.shape[1], levels.size))
    for ahead in range(horizon):
        error = moments.change(ahead + 1) - drift[ahead]
        error[max(0, until - ahead - 1) :] = np.nan
        design = np.stack(
            [np.ones_like(error), moments.level, moments.level**2, np.abs(drift[ahead]), size, np.minimum(size, 3.0)],
            axis=-1,
        )
        known = ~np.isnan(error) & ~np.isnan(moments.drift).any(axis=-1)
        spread = np.exp(np.nan_to_num(design) @ _spread(design[known], error[known]))
        standard = error[known] / spread[known]
        shape = np.quantile(np.concatenate([standard, -standard]), levels)
        centre = (moments.level + drift[ahead])[origins]
        out[:, ahead] = centre[..., None] + spread[origins][..., None] * shape
    return out


def _spread(design: FloatArray, error: FloatArray) -> FloatArray:
    """Coefficients of the log of the absolute error."""
    ridge = 1e-2 * design.shape[0] * np.eye(design.shape[1])
    ridge[0, 0] = 1e-6
    target = np.log(np.abs(error) + _LEAST_SPREAD)
    out: FloatArray = np.linalg.solve(design.T @ design + ridge, design.T @ target)
    return out


def _coefficients(design: FloatArray, change: FloatArray, level: FloatArray) -> FloatArray:
    width = design.shape[1]
    if design.shape[0] < 2 * width:
        return np.zeros(width)
    weight = np.maximum(level, _LEAST_WEIGHT)
    spread = design.std(axis=0) + 1e-9
    unit = design / spread
    gram = (unit * weight[:, None]).T @ unit
    gram += (_RIDGE * weight.sum() + _PRIOR_ROWS) * np.eye(width)
    out: FloatArray = np.linalg.solve(gram, (unit * weight[:, None]).T @ change) / spread
    return out
