"""The stacked ensemble of weekly forecasts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from salus.epi.ahead.drift import carried
from salus.epi.ahead.likeness import alike
from salus.epi.ahead.moments import learn_scale, see
from salus.epi.ahead.persistence import persistence
from salus.epi.ahead.rehearsal import Lesson, learn, untaught
from salus.epi.ahead.trees import boosted, forest, learnable
from salus.epi.arrays import FloatArray, IntArray

FAMILIES = ("analogues", "carried changes", "boosted quantiles", "quantile forest")
# The linear part is in both families of trees already; the forest errs least by being bold.
_USUAL = np.array([0.25, 0.1, 0.25, 0.4])
_LEAST_ROWS = 200
_RIPE_WEEKS = 40.0
_ENOUGH_ROWS = 200.0
# With little past, waves look endless to a trend: most is left to "as now".
_TREND = 1 / 3
_REHEARSAL = 52
_STRIDE = 3
_LEAST_REHEARSAL = 12


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Quantiles of the next weeks and how they came about.

    Attributes
    ----------
    quantiles : FloatArray, shape (H, S, Q)
        Input's scale, not decreasing over Q.
    weights : dict of str to float
        Share of each family.
    widening : FloatArray, shape (Q,)
        Factor learnt for each quantile's distance from the median.
    maturity : float
        Share left to what the past teaches, 0 to 1.

    """

    quantiles: FloatArray
    weights: dict[str, float]
    widening: FloatArray
    maturity: float


def weekly_ensemble(
    table: FloatArray,
    trend: FloatArray,
    levels: FloatArray,
    *,
    days: IntArray | None = None,
) -> Ensemble:
    r"""Forecast the next weeks of many places from all that they have lived through.

    Parameters
    ----------
    table : FloatArray, shape (T, S)
        Counts or rates, 0 or more; NaN is missing.
    trend : FloatArray, shape (H, S, Q)
        Quantiles of the damped trends; with the baseline they stand in until there is a past
        to learn from.
    levels : FloatArray, shape (Q,)
        Quantile levels in (0, 1), rising.
    days : IntArray, shape (T,), optional
        Day number of each step, so that the season counts.

    Returns
    -------
    Ensemble

    Notes
    -----
    :math:`Q = m \sum_k w_k Q_k + (1 - m)(Q_{trend} + 2 Q_{baseline}) / 3` for each quantile.
    The weights :math:`w` come from forecasts of the last year by members fitted on what came
    before; the maturity :math:`m` grows with weeks and with moments.

    """
    # What a place is told must not depend on where it stands among the others.
    order = np.lexsort(np.nan_to_num(table[::-1], nan=-1.0))
    found = _in_order(table[:, order], trend[:, order], levels, days)
    return replace(found, quantiles=found.quantiles[:, np.argsort(order)])


def _in_order(table: FloatArray, trend: FloatArray, levels: FloatArray, days: IntArray | None) -> Ensemble:
    horizon, steps = trend.shape[0], table.shape[0]
    simple = _TREND * trend + (1 - _TREND) * persistence(table, horizon, levels)
    maturity = _maturity(table, horizon, days)
    if maturity == 0.0:
        weights = {"damped trends": _TREND, "baseline": 1 - _TREND}
        return Ensemble(simple, weights, np.ones(levels.size), 0.0)
    lesson = _rehearse(table, horizon, levels, days)
    members = _members(table, horizon, steps, np.array([steps - 1]), levels, days)[:, 0]
    mixed = np.einsum("m,mhsq->hsq", lesson.weights, members)
    values = _widened(np.where(np.isnan(mixed), simple, mixed), lesson.widening, levels)
    values = maturity * values + (1 - maturity) * simple
    shares = {name: maturity * float(weight) for name, weight in zip(FAMILIES, lesson.weights, strict=True)}
    rest = {"damped trends": _TREND * (1 - maturity), "baseline": (1 - _TREND) * (1 - maturity)}
    final = np.maximum.accumulate(np.maximum(values, 0.0), axis=-1)
    return Ensemble(final, shares | rest, lesson.widening, maturity)


def _maturity(table: FloatArray, horizon: int, days: IntArray | None) -> float:
    """Share of the forecast to leave to what the past teaches, by how much past there is."""
    rows = int(learnable(see(table, days, learn_scale(table)), horizon, table.shape[0]).sum())
    if rows < _LEAST_ROWS:
        return 0.0
    return float(min(1.0, table.shape[0] / _RIPE_WEEKS) * rows / (rows + _ENOUGH_ROWS))


def _rehearse(table: FloatArray, horizon: int, levels: FloatArray, days: IntArray | None) -> Lesson:
    """Let the members forecast the last part of the past, fitted on what came before it."""
    steps = table.shape[0]
    until = steps - min(_REHEARSAL, steps // 3)
    if steps - until < _LEAST_REHEARSAL or not _ready(table[:until], horizon):
        return untaught(_USUAL, levels)
    origins = np.arange(steps - 2, until - 2, -_STRIDE)[::-1]
    past = _members(table, horizon, until, origins, levels, days)
    high = learn_scale(table).high
    return learn(past, table, origins, levels, 1.0 / high, _USUAL)


def _ready(table: FloatArray, horizon: int) -> bool:
    known = (~np.isnan(table)).any(axis=0)
    moments = see(table, None, learn_scale(np.where(known, table, 0.0)))
    return bool(known.all()) and int(learnable(moments, horizon, table.shape[0]).sum()) >= _LEAST_ROWS


def _members(
    table: FloatArray, horizon: int, until: int, origins: IntArray, levels: FloatArray, days: IntArray | None
) -> FloatArray:
    """Forecasts of every family, shape (M, O, H, S, Q), on the input's scale."""
    moments = see(table, days, learn_scale(table[:until]))
    analogy = alike(table, horizon, until, origins, levels, days)
    back = moments.scale.back
    trees = [back(member(moments, horizon, until, origins, levels)) for member in (carried, boosted, forest)]
    return np.stack([np.sort(each, axis=-1) for each in (analogy, *trees)])


def _widened(values: FloatArray, widening: FloatArray, levels: FloatArray) -> FloatArray:
    middle = values[..., [int(np.argmin(np.abs(levels - 0.5)))]]
    return middle + widening * (values - middle)
