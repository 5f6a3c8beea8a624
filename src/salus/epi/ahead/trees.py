"""The members that learn what the linear part leaves: boosted quantiles and a quantile forest."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from salus.epi.ahead.drift import carry_on
from salus.epi.ahead.moments import Moments
from salus.epi.arrays import BoolArray, FloatArray, IntArray
from salus.epi.one_thread import in_one_thread

_FITTED = np.array([0.025, 0.25, 0.5, 0.75, 0.975])
_ROWS = 8_000
_ITERATIONS = 50
_LEAVES = 8
_RATE = 0.1
_LEAST_LEAF = 40
_BINS = 64
_TREES = 100
_FOREST_LEAF = 8
_FOREST_SHARE = 0.6
_FOREST_ROWS = 10_000
_SEED = 20_230_930


def learnable(moments: Moments, horizon: int, until: int) -> BoolArray:
    """Moments (T, S) with a full view whose whole horizon is known by `until`."""
    out = np.asarray(~np.isnan(moments.seen).any(axis=-1))
    for ahead in range(1, horizon + 1):
        out &= ~np.isnan(moments.change(ahead))
    out[max(0, until - horizon) :] = False
    return out


@in_one_thread
def boosted(moments: Moments, horizon: int, until: int, origins: IntArray, levels: FloatArray) -> FloatArray:
    """Gradient-boosted quantiles of all horizons in one model, shape (O, H, S, Q), common scale.

    References
    ----------
    Ray EL et al. Flusion: Integrating multiple data sources for accurate influenza
    predictions. Epidemics 2025;50:100810. https://doi.org/10.1016/j.epidem.2024.100810

    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    drift = carry_on(moments, horizon, until)
    left, target = _stacked(moments, drift, horizon, until)
    pick = np.random.default_rng(_SEED).permutation(target.size)[:_ROWS]
    ask = np.concatenate([_view(moments, drift, ahead)[origins].reshape(-1, left.shape[1]) for ahead in range(horizon)])
    found = np.empty((ask.shape[0], _FITTED.size))
    for place, level in enumerate(_FITTED):
        model = HistGradientBoostingRegressor(
            loss="quantile",
            quantile=float(level),
            max_iter=_ITERATIONS,
            max_leaf_nodes=_LEAVES,
            learning_rate=_RATE,
            min_samples_leaf=_LEAST_LEAF,
            l2_regularization=1.0,
            max_bins=_BINS,
            early_stopping=False,
            random_state=_SEED,
        )
        found[:, place] = model.fit(left[pick], target[pick]).predict(ask)
    shape = (horizon, origins.size, moments.level.shape[1], _FITTED.size)
    spread = np.moveaxis(np.sort(found, axis=-1).reshape(shape), 0, 1)
    return interpolated(spread, _FITTED, levels) + _centre(moments, drift, origins)


def forest(moments: Moments, horizon: int, until: int, origins: IntArray, levels: FloatArray) -> FloatArray:
    """Quantile regression forest of extremely random trees, shape (O, H, S, Q), common scale.

    References
    ----------
    Meinshausen N. Quantile regression forests. J Mach Learn Res 2006;7:983-99.
    Geurts P, Ernst D, Wehenkel L. Extremely randomized trees. Mach Learn 2006;63:3-42.
    https://doi.org/10.1007/s10994-006-6226-1

    """
    from sklearn.ensemble import ExtraTreesRegressor

    drift = carry_on(moments, horizon, until)
    known = learnable(moments, horizon, until)
    left = np.stack([(moments.change(h + 1) - drift[h])[known] for h in range(horizon)], axis=-1)
    view = moments.seen[known]
    pick = np.random.default_rng(_SEED).permutation(left.shape[0])[:_FOREST_ROWS]
    model = ExtraTreesRegressor(
        _TREES, min_samples_leaf=_FOREST_LEAF, max_features=_FOREST_SHARE, random_state=_SEED
    ).fit(view[pick], left[pick])
    ask = np.nan_to_num(moments.seen[origins].reshape(-1, view.shape[1]))
    weight = _shared_leaves(model.apply(view[pick]), model.apply(ask))
    spread = _weighted_quantiles(weight, left[pick], levels)
    shape = (horizon, origins.size, moments.level.shape[1], levels.size)
    return np.moveaxis(spread.reshape(shape), 0, 1) + _centre(moments, drift, origins)


def _view(moments: Moments, drift: FloatArray, ahead: int) -> FloatArray:
    """Features (T, S, F + 2) with the linear forecast and the horizon."""
    step = np.full_like(moments.level, ahead + 1.0)
    return np.concatenate([moments.seen, drift[ahead][..., None], step[..., None]], axis=-1)


def _stacked(moments: Moments, drift: FloatArray, horizon: int, until: int) -> tuple[FloatArray, FloatArray]:
    """Rows of all horizons: features and what the linear part leaves."""
    views, targets = [], []
    for ahead in range(horizon):
        left = moments.change(ahead + 1) - drift[ahead]
        known = ~np.isnan(left) & ~np.isnan(moments.seen[..., :3]).any(axis=-1)
        known[max(0, until - ahead - 1) :] = False
        views.append(_view(moments, drift, ahead)[known])
        targets.append(left[known])
    return np.concatenate(views), np.concatenate(targets)


def _centre(moments: Moments, drift: FloatArray, origins: IntArray) -> FloatArray:
    """Where the linear part leads, shape (O, H, S, 1)."""
    out: FloatArray = (moments.level[origins][:, None] + np.moveaxis(drift, 0, 1)[origins])[..., None]
    return out


def _shared_leaves(train: IntArray, ask: IntArray) -> FloatArray:
    """Weight of each training row for each question, shape (Q, N), rows sum to 1."""
    weight = np.zeros((ask.shape[0], train.shape[0]), dtype=np.float64)
    for tree in range(train.shape[1]):
        order = np.argsort(train[:, tree], kind="stable")
        leaves = train[order, tree]
        first = np.searchsorted(leaves, ask[:, tree], side="left")
        last = np.searchsorted(leaves, ask[:, tree], side="right")
        for row in range(ask.shape[0]):
            weight[row, order[first[row] : last[row]]] += 1.0 / (last[row] - first[row])
    weight /= train.shape[1]
    return weight


def _weighted_quantiles(weight: FloatArray, values: FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles (H, Q, L) of columns of `values` (N, H) under each row of weights."""
    out = np.empty((values.shape[1], weight.shape[0], levels.size))
    for ahead in range(values.shape[1]):
        order = np.argsort(values[:, ahead], kind="stable")
        mass, value = weight[:, order], values[order, ahead]
        middle = np.cumsum(mass, axis=1) - 0.5 * mass
        for row in range(weight.shape[0]):
            has = mass[row] > 0
            out[ahead, row] = np.interp(levels, middle[row, has], value[has])
    return out


def interpolated(values: FloatArray, known: FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles at other levels: straight lines in normal scores, carried on beyond the ends."""
    score, wanted = np.asarray(ndtri(known)), np.asarray(ndtri(levels))
    place = np.clip(np.searchsorted(score, wanted) - 1, 0, known.size - 2)
    share = (wanted - score[place]) / (score[place + 1] - score[place])
    out: FloatArray = values[..., place] * (1 - share) + values[..., place + 1] * share
    return out
