"""How much the newest weeks will still be revised, learnt from what was known in earlier weeks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from salus.epi.arrays import BoolArray, FloatArray

_AGES = 2
# Ages in steps at which values still change; what comes later is left out.
_CHAIN = 3
_HALF_LIFE = 6.0
# As many weeks of all places' common factor as this are mixed into a place's own.
_SHARED = 8.0
# How far from none revisions usually are, how much a week's differ from the next one's, and how
# many weeks that is worth: one state says little.
_USUAL_SD, _WEEKLY_SD, _PRIOR_WEEKS = 0.05, 0.08, 2.0


@dataclass(frozen=True, slots=True)
class Revisions:
    """Expected growth of the newest values.

    Attributes
    ----------
    factor : FloatArray, shape (2, S)
        Expected ratio of the settled value to the present one, for the newest step and the
        one before it; 1 where nothing is known.
    seen : int
        Earlier states that the factors rest on.

    """

    factor: FloatArray
    seen: int

    def corrected(self, table: FloatArray) -> FloatArray:
        """Return the table with its newest steps brought to where they are expected to settle."""
        out = table.copy()
        for age, factor in enumerate(self.factor[: table.shape[0]]):
            out[-1 - age] = out[-1 - age] * factor
        return out


def learn_revisions(table: FloatArray, earlier: FloatArray) -> Revisions:
    r"""Learn what later happened to values that were the newest in their time.

    Parameters
    ----------
    table : FloatArray, shape (T, S)
        What is known now, 0 or more; NaN is missing.
    earlier : FloatArray, shape (M, T, S)
        The same table as it was known one step ago, two steps ago, ... M steps ago; NaN
        where a value was not known yet.

    Returns
    -------
    Revisions

    Notes
    -----
    The chain ladder of claims reserving on the log scale: from one state to the next a value of
    age :math:`a` steps changes by :math:`r_a = \log (y_{t,s} + c) - \log (y'_{t,s} + c)`, and a
    value of age :math:`A` has :math:`\exp \sum_{a \ge A} \bar r_a` still to come. So what
    happened last week to the newest value counts at once, however long it takes to settle.
    Recent states count more (half-life 6 steps), outliers are drawn in to the 5 % and 95 %
    quantiles, and each place borrows from all. The shift :math:`c` keeps small counts from
    dominating.

    References
    ----------
    Mack T. Distribution-free calculation of the standard error of chain ladder reserve
    estimates. ASTIN Bull 1993;23:213-25. https://doi.org/10.2143/AST.23.2.2005092

    """
    shift = 0.5 if whole_numbers(table) else 0.01 * np.nanmax(table, initial=1e-9)
    states = [table, *earlier]
    change = np.zeros((_CHAIN, table.shape[1]))
    for age in range(_CHAIN):
        ratio, weight = _ratios(states, age, float(shift))
        if ratio.size:
            change[age] = _shared_mean(ratio, weight)
    to_come = np.cumsum(change[::-1], axis=0)[::-1]
    return Revisions(np.exp(to_come[:_AGES]), earlier.shape[0])


def whole_numbers(table: FloatArray) -> bool:
    """Tell counts from rates."""
    known = table[~np.isnan(table)]
    return bool((known == np.round(known)).all())


def _ratios(states: list[FloatArray], age: int, shift: float) -> tuple[FloatArray, FloatArray]:
    """Log ratios (N, S) of each state to the one before for values `age` steps old then, and their weights."""
    rows: list[FloatArray] = []
    weights: list[float] = []
    for ago, (after, before) in enumerate(pairwise(states)):
        known = np.flatnonzero(~np.isnan(before).all(axis=1))
        if known.size == 0 or known[-1] - age < 0:
            continue
        step = known[-1] - age
        # A state that brought no new week is no step of the chain.
        if step + age + 1 >= after.shape[0] or np.isnan(after[step + age + 1]).all():
            continue
        rows.append(np.log((after[step] + shift) / (before[step] + shift)))
        weights.append(0.5 ** (ago / _HALF_LIFE))
    if not rows:
        return np.empty((0, states[0].shape[1])), np.empty(0)
    return np.stack(rows), np.array(weights)


def _shared_mean(ratio: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted mean by place, drawn to the mean of all and, with few states, to none."""
    seen = ~np.isnan(ratio)
    if not seen.any():
        return np.zeros(ratio.shape[1])
    low, high = np.quantile(ratio[seen], [0.05, 0.95])
    values = np.clip(np.where(seen, ratio, 0.0), min(low, 0.0), max(high, 0.0))
    mass = weight[:, None] * seen
    own, count = (mass * values).sum(axis=0), mass.sum(axis=0)
    shared = own.sum() / max(float(count.sum()), 1e-9)
    mean = (own + _SHARED * shared) / (count + _SHARED)
    return np.asarray(mean * _trust(values, seen, weight))


def _trust(values: FloatArray, seen: BoolArray, weight: FloatArray) -> float:
    """How much of a mean of past revisions to expect again, by how much they differed from week to week."""
    weekly = np.where(seen, values, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    total = float(weight.sum())
    away = float((weight * (weekly - np.average(weekly, weights=weight)) ** 2).sum())
    variance = (away + _PRIOR_WEEKS * _WEEKLY_SD**2) / (total + _PRIOR_WEEKS)
    return _USUAL_SD**2 / (_USUAL_SD**2 + variance / total)
