"""The stacked ensemble of weekly forecasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from salus.epi.ahead.asked import Asked
from salus.epi.ahead.common_growth import common_growth, everyones_growth
from salus.epi.ahead.drift import carried
from salus.epi.ahead.likeness import alike
from salus.epi.ahead.moments import learn_scale, see
from salus.epi.ahead.persistence import persistence
from salus.epi.ahead.rehearsal import Lesson, learn, untaught
from salus.epi.ahead.renewal import renewal
from salus.epi.ahead.seasons import HARMONICS, Related, learn_season, shared_part
from salus.epi.ahead.trees import boosted, forest, learnable
from salus.epi.arrays import FloatArray, IntArray

Trend = Callable[[FloatArray], FloatArray]
FAMILIES = (
    "analogues",
    "carried changes",
    "boosted quantiles",
    "quantile forest",
    "renewal",
    "common growth",
    "damped trends",
    "baseline",
)
# The linear part is in both families of trees already.
_RIPE = np.array([0.25, 0.05, 0.2, 0.25, 0.25])
_LEAST_ROWS = 200
_RIPE_WEEKS = 52.0
_ENOUGH_ROWS = 200.0
# Before the trees know enough the renewal model leads, and before a year of past has shown it a
# whole season, what all places' growth has in common.
_YOUNG = np.array([0.8, 0.0, 0.1, 0.1])
_NEW = np.array([0.0, 0.85, 0.05, 0.1])
_NEW_WEEKS = 40.0
_SIMPLE = np.array([2 / 3, 1 / 3])
_LEAST = 3
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
        Share left to the families that need much past, 0 to 1.
    season : FloatArray, shape (4,)
        Weekly log growth on the year's sines and cosines taken over from related series.

    """

    quantiles: FloatArray
    weights: dict[str, float]
    widening: FloatArray
    maturity: float
    season: FloatArray


def weekly_ensemble(
    table: FloatArray,
    trend: Trend,
    levels: FloatArray,
    *,
    days: IntArray | None = None,
    related: Sequence[Related] = (),
) -> Ensemble:
    r"""Forecast the next weeks of many places from all that they have lived through.

    Parameters
    ----------
    table : FloatArray, shape (T, S)
        Counts or rates, 0 or more; NaN is missing.
    trend : callable
        Gives the quantiles (H, S, Q) of the damped trends from a table (T', S').
    levels : FloatArray, shape (Q,)
        Quantile levels in (0, 1), rising.
    days : IntArray, shape (T,), optional
        Day number of each step, so that the season counts.
    related : sequence of Related, optional
        What other diseases or reports say of growth by the time of the year; needs `days`.

    Returns
    -------
    Ensemble

    Notes
    -----
    :math:`Q = \sum_k w_k Q_k` for each quantile, stretched about the median. A quarter of the
    weights :math:`w` at most, and the stretching, come from forecasts of the last year by members
    fitted on what came before; the rest goes from the growth that places share to the renewal
    model in the first year, and to an even mixture as the maturity grows with weeks and moments.

    """
    # What a place is told must not depend on where it stands among the others.
    key = np.nan_to_num(table, nan=-1.0)
    order = np.lexsort(key[::-1])
    found = _in_order(table[:, order], trend, levels, days, _season(related, table, days))
    # Nor may two places with the same past be told different things.
    _, first, place = np.unique(key[:, order], axis=1, return_index=True, return_inverse=True)
    same = first[place.ravel()]
    return replace(found, quantiles=found.quantiles[:, same[np.argsort(order)]])


def _in_order(
    table: FloatArray, trend: Trend, levels: FloatArray, days: IntArray | None, season: FloatArray
) -> Ensemble:
    steps, now = table.shape[0], np.array([table.shape[0] - 1])
    simple = _simple(table, trend, now, levels)
    asked = Asked(table, simple.shape[2], steps, now, levels, days, season)
    maturity = _maturity(table, asked.horizon)
    usual = _usual(steps, maturity)
    members = np.concatenate([_members(asked, maturity > 0), simple])[:, 0]
    lesson = _rehearse(asked, trend, usual) if maturity > 0 else untaught(usual, levels)
    # Where a family has nothing to say of a place, the simple ones speak for it.
    stand_in = np.einsum("m,mhsq->hsq", _SIMPLE, simple[:, 0])
    mixed = np.einsum("m,mhsq->hsq", lesson.weights, np.where(np.isnan(members), stand_in, members))
    values = _widened(mixed, lesson.widening, levels)
    final = np.maximum.accumulate(np.maximum(values, 0.0), axis=-1)
    shares = {name: float(weight) for name, weight in zip(FAMILIES, lesson.weights, strict=True)}
    return Ensemble(final, shares, lesson.widening, maturity, season)


def _season(related: Sequence[Related], table: FloatArray, days: IntArray | None) -> FloatArray:
    """What related series say of growth by the time of the year, as far as it has held here, shape (4,)."""
    if not related or days is None:
        return np.zeros(2 * HARMONICS)
    growth = [everyones_growth(each.table)[1:] for each in related]
    season = learn_season(np.concatenate(growth), np.concatenate([each.days[1:] for each in related]))
    return season * shared_part(season, everyones_growth(table)[1:], days[1:])


def _usual(steps: int, maturity: float) -> FloatArray:
    """Weights of the families before anything is learnt of them."""
    out = maturity * np.array([*_RIPE, 0.0, 0.0, 0.0])
    young = (steps**2 * _YOUNG + _NEW_WEEKS**2 * _NEW) / (steps**2 + _NEW_WEEKS**2)
    out[-_YOUNG.size :] += (1 - maturity) * young
    return out


def _simple(table: FloatArray, trend: Trend, origins: IntArray, levels: FloatArray) -> FloatArray:
    """Damped trends and baseline from each of some steps, shape (2, O, H, S, Q); NaN where nothing was known."""
    out = []
    for origin in origins:
        known = table[: origin + 1]
        begun = (~np.isnan(known)).sum(axis=0) >= _LEAST
        ahead = trend(known[:, begun])
        both = np.full((2, ahead.shape[0], table.shape[1], levels.size), np.nan)
        both[0][:, begun] = ahead
        both[1][:, begun] = persistence(known[:, begun], ahead.shape[0], levels)
        out.append(both)
    return np.stack(out, axis=1)


def _maturity(table: FloatArray, horizon: int) -> float:
    """Share of the forecast to leave to families that need much past, by how much there is."""
    steps = table.shape[0]
    rows = int(learnable(see(table, None, learn_scale(table)), horizon, steps).sum())
    if rows < _LEAST_ROWS:
        return 0.0
    return float(steps / (steps + _RIPE_WEEKS) * rows / (rows + _ENOUGH_ROWS))


def _rehearse(asked: Asked, trend: Trend, usual: FloatArray) -> Lesson:
    """Let the members forecast the last part of the past, fitted on what came before it."""
    table, levels, steps = asked.table, asked.levels, asked.table.shape[0]
    until = steps - min(_REHEARSAL, steps // 3)
    if steps - until < _LEAST_REHEARSAL or not _ready(table[:until], asked.horizon):
        return untaught(usual, levels)
    origins = np.arange(steps - 2, until - 2, -_STRIDE)[::-1]
    learnt = _members(replace(asked, until=until, origins=origins))
    past = np.concatenate([learnt, _simple(table, trend, origins, levels)])
    return learn(past, table, origins, levels, 1.0 / learn_scale(table).high, usual)


def _ready(table: FloatArray, horizon: int) -> bool:
    known = (~np.isnan(table)).any(axis=0)
    moments = see(table, None, learn_scale(np.where(known, table, 0.0)))
    return bool(known.all()) and int(learnable(moments, horizon, table.shape[0]).sum()) >= _LEAST_ROWS


def _members(asked: Asked, much: bool = True) -> FloatArray:
    """Forecasts of every family that learns, shape (M, O, H, S, Q), on the input's scale; NaN for want of past."""
    spread, shared = renewal(asked), common_growth(asked)
    if not much:
        return np.stack([*[np.full_like(spread, np.nan)] * (_RIPE.size - 1), spread, shared])
    moments = see(asked.table, asked.days, learn_scale(asked.table[: asked.until]))
    question = (moments, asked.horizon, asked.until, asked.origins, asked.levels)
    trees = [moments.scale.back(member(*question)) for member in (carried, boosted, forest)]
    return np.stack([np.sort(each, axis=-1) for each in (alike(asked), *trees, spread, shared)])


def _widened(values: FloatArray, widening: FloatArray, levels: FloatArray) -> FloatArray:
    middle = values[..., [int(np.argmin(np.abs(levels - 0.5)))]]
    return middle + widening * (values - middle)
