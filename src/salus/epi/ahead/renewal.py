"""A renewal model with reproduction that depends on season, depletion and what growth was of late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.ahead.asked import Asked
from salus.epi.ahead.moments import learn_scale
from salus.epi.ahead.seasons import HARMONICS
from salus.epi.arrays import BoolArray, FloatArray, IntArray
from salus.epi.noise import learn_noise

# Share of a week's cases that were infected by those of one, two and three weeks before.
GENERATION = np.array([0.6, 0.3, 0.1])
_WINDOW = _DEPLETION_WEEKS = 20
_LEAST_DEPLETED = 0.02
_WEEKS = 52.0
# Before anything is learnt, growth persists by half: mostly what all places have in common.
_PERSISTS = np.array([0.0, 0.2, 0.0, 0.3, 0.0, 0.0])
_LASTING = slice(1, 4)
# Growth by g a week makes the log reproduction 1.5 g, half of which lasts: a season has to bring the rest.
_TO_PRESSURE = 0.75
# As many weeks as these speak for that, and against a season.
_PRIOR, _PRIOR_SEASON = 8.0, 40.0
_VARIES = np.array([1.0, 0.1, 0.1, 0.1, 0.1, 0.3, *([0.4] * 2 * HARMONICS)])
_MOST_GROWTH = 1.5
_FOLDS = 5
# Errors before any are known: their spread after a week, and the weeks that this is worth.
_PRIOR_SD = 0.25
_PRIOR_ERRORS = 20.0
_PRIOR_WEEKS = 12.0
_DRAWS = 300
_SEED = 20_230_930
# Growth that lasts longer than this, and by so much more a year of past, is believed only once shown.
_MOST_LASTING, _MORE_A_YEAR = 0.6, 0.04
_MOST_SD = 1.2
# Half of the drawn errors are a place's own; a quarter are turned about.
_OWN = 0.5
_SAME = 0.75
_MOST = 50.0


@dataclass(frozen=True, slots=True)
class _Dynamics:
    """Coefficients of the log reproduction; past errors of its paths, standardised, and their spread."""

    coefficients: FloatArray
    spread: FloatArray
    error: FloatArray


@dataclass(frozen=True, slots=True)
class _Rows:
    """Every week of every place as a row to learn from, and the coefficients to expect before that."""

    design: FloatArray
    target: FloatArray
    weight: FloatArray
    usable: BoolArray
    usual: FloatArray


def renewal(asked: Asked) -> FloatArray:
    r"""Quantiles (O, H, S, Q) on the input's scale by simulating a renewal equation forward.

    Notes
    -----
    :math:`y_{t+1} = R_{t+1} \sum_k w_k y_{t+1-k}`, on the place's own high level as unit, with
    :math:`\log R_{t+1} = \beta^\top (1, \log R_t, \log R_{t-1}, \overline{\log R_t},
    \sqrt{y_t}, \log D_t, \text{season})`; :math:`D_t` is the mean of the last 20 weeks: whoever
    was infected lately is not so soon infected again. One weighted ridge regression for all
    places, drawn towards growth that persists by half; that it persists by more than .6 and .04 for
    every year of past is not believed, since one wave alone always seems to go on. Paths from
    every past week, each with coefficients fitted without its fifth of the past, give errors over
    the whole horizon; their variance is :math:`a_h + b_h / y_t`. A future is the expected path times a past error path,
    drawn for all places from the same week, so that surprises stay shared and lasting.

    References
    ----------
    Fraser C. Estimating individual and household reproduction numbers in an emerging
    epidemic. PLoS ONE 2007;2:e758. https://doi.org/10.1371/journal.pone.0000758
    Shaman J, Karspeck A. Forecasting seasonal outbreaks of influenza. PNAS 2012;109:20425-30.
    https://doi.org/10.1073/pnas.1208772109

    """
    table, horizon, until, origins = asked.table, asked.horizon, asked.until, asked.origins
    scale = learn_scale(table[:until])
    unit = (np.maximum(table, 0.0) + scale.shift) / (scale.high + scale.shift)
    season = asked.year()
    out = np.empty((origins.size, horizon, table.shape[1], asked.levels.size))
    learnt = _learn(unit[:until], season, horizon, np.concatenate([_PERSISTS, _TO_PRESSURE * asked.season]))
    path = np.log(_paths(unit, origins, season, learnt.coefficients, horizon))
    rng = np.random.default_rng(_SEED)
    for row, origin in enumerate(origins):
        shock = _shocks(learnt.error, rng) * _sd(unit[origin], learnt.spread)
        out[row] = np.moveaxis(np.quantile(path[row] + shock, asked.levels, axis=0), 0, -1)
    values = np.exp(np.minimum(out, _MOST)) * (scale.high + scale.shift)[:, None] - scale.shift[:, None]
    return np.asarray(np.maximum(values, 0.0))


def _windows(unit: FloatArray, ends: IntArray) -> FloatArray:
    """Last weeks up to each of some steps, shape (N, K, S); NaN before the first."""
    lead = np.full((_WINDOW, unit.shape[1]), np.nan)
    whole = np.concatenate([lead, unit])
    return np.stack([whole[end + 1 : end + 1 + _WINDOW] for end in ends])


def _pressure(past: FloatArray, ago: int) -> FloatArray:
    """Infection pressure on the week `ago` weeks before the one that follows `past` (N, K, S)."""
    stop = past.shape[1] - ago
    recent = past[:, stop - GENERATION.size : stop]
    known = ~np.isnan(recent)
    share = np.einsum("k,nks->ns", GENERATION[::-1], known.astype(np.float64))
    total = np.einsum("k,nks->ns", GENERATION[::-1], np.where(known, recent, 0.0))
    # Weeks that are not known weigh nothing; with none known there is no pressure to tell.
    return np.where(share > 0, total / np.maximum(share, 1e-9), np.nan)


def _design(past: FloatArray, season: FloatArray) -> FloatArray:
    """What the reproduction of the week after `past` (N, K, S) depends on, shape (N, S, F)."""
    now, before = (np.log(past[:, -1 - ago] / _pressure(past, ago + 1)) for ago in (0, 1))
    before = np.where(np.isnan(before), 0.0, before)
    known = ~np.isnan(now)
    everyone = np.where(known, now, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    lately = past[:, -_DEPLETION_WEEKS:]
    seen = ~np.isnan(lately)
    depleted = np.where(seen, lately, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    parts = [np.ones_like(now), now, before, np.broadcast_to(everyone[:, None], now.shape)]
    parts += [np.sqrt(past[:, -1]), np.log(depleted + _LEAST_DEPLETED)]
    parts += [np.broadcast_to(wave[:, None], now.shape) for wave in season.T]
    return np.stack(parts, axis=-1)


def _learn(unit: FloatArray, season: FloatArray, horizon: int, usual: FloatArray) -> _Dynamics:
    """Fit the reproduction to every known week, and note how paths from past weeks erred."""
    ends = np.arange(1, unit.shape[0] - 1)
    past = _windows(unit, ends)
    design, pressure = _design(past, season[ends + 1]), _pressure(past, 0)
    target = np.log(unit[ends + 1] / pressure)
    usable = ~np.isnan(target) & ~np.isnan(design).any(axis=-1)
    rows = _Rows(design, target, np.sqrt(np.where(usable, pressure, 0.0)), usable, usual)
    error = _errors(unit, season, ends, rows, horizon)
    prior = _PRIOR_SD**2 * np.arange(1, horizon + 1)
    spread = np.stack([learn_noise(unit[ends], error[:, h], prior[h], _PRIOR_ERRORS) for h in range(horizon)])
    error /= np.sqrt(spread[:, :1] + spread[:, 1:] / unit[ends][:, None])
    return _Dynamics(_ridge(rows, usable), spread, error)


def _errors(unit: FloatArray, season: FloatArray, ends: IntArray, rows: _Rows, horizon: int) -> FloatArray:
    """Log errors (N, H, S) of paths from past weeks with coefficients that never saw those weeks."""
    error = np.full((ends.size, horizon, unit.shape[1]), np.nan)
    for fold in np.array_split(np.arange(ends.size), min(_FOLDS, ends.size)):
        others = rows.usable.copy()
        others[fold] = False
        path = np.log(_paths(unit, ends[fold], season, _ridge(rows, others), horizon))
        for ahead in range(horizon):
            known = fold[ends[fold] + 1 + ahead < unit.shape[0]]
            error[known, ahead] = np.log(unit[ends[known] + 1 + ahead]) - path[: known.size, ahead]
    return error


def _ridge(rows: _Rows, chosen: BoolArray) -> FloatArray:
    """Pooled ridge regression towards growth that half persists; a season must be told by much to count."""
    if not chosen.any():
        return rows.usual
    design, weight = rows.design[chosen], rows.weight[chosen][:, None]
    # What has hardly varied so far teaches nothing about what it does.
    scale = np.maximum(design.std(axis=0), _VARIES)
    unit = design / scale
    prior = np.repeat([_PRIOR, _PRIOR_SEASON], [_PERSISTS.size, 2 * HARMONICS])
    penalty = float(weight.mean()) * chosen.shape[1] * np.diag(prior)
    left = rows.target[chosen] - design @ rows.usual
    out: FloatArray = rows.usual + np.linalg.solve((unit * weight).T @ unit + penalty, (unit * weight).T @ left) / scale
    most = _MOST_LASTING + _MORE_A_YEAR * rows.target.shape[0] / _WEEKS
    out[_LASTING] *= min(1.0, most / max(float(out[_LASTING].sum()), 1e-9))
    return out


def _paths(
    unit: FloatArray, origins: IntArray, season: FloatArray, coefficients: FloatArray, horizon: int
) -> FloatArray:
    """Expected paths from each of some steps, shape (N, H, S)."""
    past = _windows(unit, origins)
    out = np.empty((origins.size, horizon, unit.shape[1]))
    for step in range(horizon):
        growth = _design(past, season[origins + step + 1]) @ coefficients
        out[:, step] = _pressure(past, 0) * np.exp(np.clip(growth, -_MOST_GROWTH, _MOST_GROWTH))
        past = np.concatenate([past[:, 1:], out[:, step, None]], axis=1)
    return out


def _shocks(error: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Past errors over the whole horizon, drawn for all places from the same weeks, (N, H, S)."""
    _, horizon, places = error.shape
    steps = np.arange(1, horizon + 1)[:, None]
    walk = np.cumsum(rng.standard_normal((_DRAWS, horizon, places)), axis=1) / np.sqrt(steps)
    whole: BoolArray = np.asarray(~np.isnan(error).any(axis=1))
    if not whole.any():
        return np.asarray(walk)
    weeks = np.flatnonzero(whole.any(axis=1))
    start = rng.choice(weeks, _DRAWS)
    other = rng.integers(0, places, (_DRAWS, places))
    place = np.where(rng.random((_DRAWS, places)) < _OWN, np.arange(places), other)
    spare = np.argwhere(whole)[rng.integers(0, int(whole.sum()), (_DRAWS, places))]
    good = whole[start[:, None], place]
    time, place = np.where(good, start[:, None], spare[..., 0]), np.where(good, place, spare[..., 1])
    # Half of the errors' lopsidedness is taken for chance that will not come back.
    sign = rng.choice([-1.0, 1.0], (_DRAWS, 1, 1), p=[1 - _SAME, _SAME])
    found = sign * np.moveaxis(error[time, :, place], -1, 1)
    seen = rng.random((_DRAWS, 1, 1)) < weeks.size / (weeks.size + _PRIOR_WEEKS)
    return np.asarray(np.where(seen, found, walk))


def _sd(level: FloatArray, spread: FloatArray) -> FloatArray:
    """Spread of each horizon's error by the level at the start, shape (H, S)."""
    return np.asarray(np.minimum(np.sqrt(spread[:, :1] + spread[:, 1:] / level), _MOST_SD))
