"""Growth that all places have in common: what can be said after three weeks of a new report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from salus.epi.ahead.asked import Asked
from salus.epi.ahead.revisions import whole_numbers
from salus.epi.arrays import FloatArray

_ROOT = 0.25
# Of common growth this much lasts another week, more when it falls; of a place's own this much is chance.
_RISE_LASTS, _FALL_LASTS, _CHANCE = 0.5, 0.85, 0.25
_NEWEST = 0.75
# Spread of a week's growth, of a count (times its root) and of a rate; the weeks that this is worth.
_RISE_SD, _FALL_SD, _COUNT, _RATE = 0.2, 0.15, 1.0, 0.16
_PRIOR_WEEKS = 12.0
_FREEDOM = 6.0
_FAR = 25.0
_MOST = 50.0


@dataclass(frozen=True, slots=True)
class _Growth:
    """Log level (T, S), what all places' growth is (T,), each place's distance from it, and the shift of the log."""

    level: FloatArray
    common: FloatArray
    own: FloatArray
    shift: FloatArray


def common_growth(asked: Asked) -> FloatArray:
    r"""Quantiles (O, H, S, Q) on the input's scale from growth that all places share and that fades.

    Notes
    -----
    :math:`\log y_{t+h} = \log y_t + \sum_{j \le h} (\mu_{t+j} + \phi^j (m_t - \mu_t)) - c\,d_t`
    with everyone's growth :math:`m_t` (mean over places, by the root of their level), a place's
    distance :math:`d_t` from it, and the season's :math:`\mu`, zero where no related disease tells
    it. What is above the season fades sooner (:math:`\phi = .5`) than what is below (.85). Only one number is learnt, the
    factor of the variance :math:`\sigma^2 \sum_j (\sum_{i<j} \phi^i)^2 + b / y`, so that a few
    weeks are enough. The constants are structural: they were chosen on influenza (53 states cut
    to 4, 8 and 16 weeks; 9 cities), not on COVID-19. Quantiles are even about the median on
    the fourth root.

    References
    ----------
    Gardner ES, McKenzie E. Forecasting trends in time series. Manage Sci 1985;31:1237-46.
    https://doi.org/10.1287/mnsc.31.10.1237

    """
    table, until, origins = asked.table, asked.until, asked.origins
    growth = _grown(table, until)
    path = _path(growth, _reach(growth.common, asked.year() @ asked.season, asked.horizon))
    sd = np.where(growth.common > 0, _RISE_SD, _FALL_SD)[:, None] ** 2
    chance = _COUNT**2 / np.exp(growth.level) if whole_numbers(table) else np.full(table.shape, _RATE**2)
    factor = _factor((growth.level[1:until] - path[: until - 1, 0]) ** 2 / (sd + chance)[: until - 1])
    # A shock to growth lasts as growth does.
    carried = np.cumsum(np.cumsum(_RISE_LASTS ** np.arange(asked.horizon)) ** 2)
    variance = factor * (sd[origins][:, None] * carried[:, None] + chance[origins][:, None])
    standard = stdtrit(_FREEDOM, asked.levels) / np.sqrt(_FREEDOM / (_FREEDOM - 2))
    away = np.maximum(1.0 + _ROOT * np.sqrt(variance)[..., None] * standard, 0.0)
    middle = np.exp(np.minimum(path[origins], _MOST))
    return np.asarray(np.maximum(middle[..., None] * away ** (1 / _ROOT) - growth.shift[:, None], 0.0))


def _reach(common: FloatArray, season: FloatArray, horizon: int) -> FloatArray:
    """Growth to expect from every step on, summed over the horizon, shape (T, H)."""
    steps = np.arange(common.size)
    left = common - season[steps]
    lasts = np.where(left > 0, _RISE_LASTS, _FALL_LASTS)
    parts = [season[steps + ahead] + lasts**ahead * left for ahead in range(1, horizon + 1)]
    return np.asarray(np.cumsum(np.stack(parts, axis=1), axis=1))


def everyones_growth(table: FloatArray) -> FloatArray:
    """Weekly growth that all places share, on the log scale, shape (T,)."""
    return _grown(table, table.shape[0]).common


def _path(growth: _Growth, reach: FloatArray) -> FloatArray:
    """Expected log level from every step, shape (T, H, S)."""
    return np.asarray((growth.level - _CHANCE * growth.own)[:, None] + reach[..., None])


def _grown(table: FloatArray, until: int) -> _Growth:
    high = np.nanmax(table[:until], axis=0)
    shift = np.full(high.shape, 0.5) if whole_numbers(table) else 0.01 * np.maximum(high, 1e-3 * np.median(high) + 1e-9)
    level = np.log(np.maximum(table, 0.0) + shift)
    for step in range(1, table.shape[0]):
        level[step] = np.where(np.isnan(level[step]), level[step - 1], level[step])
    change = np.diff(level, axis=0, prepend=level[:1])
    seen = ~np.isnan(table) & ~np.isnan(change)
    seen[0] = False
    weight = np.where(seen, np.exp(np.nan_to_num(level) / 2), 0.0)
    mean = (weight * np.nan_to_num(change)).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300)
    common = np.append(mean[:2], _NEWEST * mean[2:] + (1 - _NEWEST) * mean[1:-1])
    return _Growth(level, common, np.where(seen, change - mean[:, None], 0.0), shift)


def _factor(square: FloatArray) -> float:
    """How much larger squared errors were than thought; places err together, so a week counts once."""
    seen = ~np.isnan(square)
    # From the first step no growth was known yet.
    told = seen.any(axis=1) & (np.arange(square.shape[0]) > 0)
    weekly = np.where(seen, np.minimum(square, _FAR), 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    return float((weekly[told].sum() + _PRIOR_WEEKS) / (told.sum() + _PRIOR_WEEKS))
