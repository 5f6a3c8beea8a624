"""How much the newest weeks will still be revised, learnt from what was known in earlier weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray

_AGES = 2
_SETTLED = 3
_HALF_LIFE = 6.0
# As many weeks of all places' common factor as this are mixed into a place's own.
_SHARED = 8.0


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
    For age :math:`a` and place :math:`s` the factor is :math:`\exp` of the mean of
    :math:`\log (y^{now}_{t,s} + c) / (y^{then}_{t,s} + c)` over the dates :math:`t` that had
    age :math:`a` in an earlier state and have settled since. Recent states count more (half-
    life 6 steps), outliers are drawn in to the 5 % and 95 % quantiles, and each place borrows
    from all. The shift :math:`c` keeps small counts from dominating.

    """
    shift = 0.5 if whole_numbers(table) else 0.01 * np.nanmax(table, initial=1e-9)
    factor = np.ones((_AGES, table.shape[1]))
    for age in range(_AGES):
        ratio, weight = _ratios(table, earlier, age, float(shift))
        if ratio.size:
            factor[age] = np.exp(_shared_mean(ratio, weight))
    return Revisions(factor, earlier.shape[0])


def whole_numbers(table: FloatArray) -> bool:
    """Tell counts from rates."""
    known = table[~np.isnan(table)]
    return bool((known == np.round(known)).all())


def _ratios(table: FloatArray, earlier: FloatArray, age: int, shift: float) -> tuple[FloatArray, FloatArray]:
    """Log ratios (N, S) of now to then for values that were `age` steps old, and their weights."""
    rows: list[FloatArray] = []
    weights: list[float] = []
    for ago, state in enumerate(earlier, start=1):
        known = np.flatnonzero(~np.isnan(state).all(axis=1))
        if known.size == 0 or known[-1] - age < 0 or table.shape[0] - 1 - known[-1] < _SETTLED:
            continue
        step = known[-1] - age
        rows.append(np.log((table[step] + shift) / (state[step] + shift)))
        weights.append(0.5 ** (ago / _HALF_LIFE))
    if not rows:
        return np.empty((0, table.shape[1])), np.empty(0)
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
    trust = float(count.mean())
    out: FloatArray = mean * trust / (trust + 1.0)
    return out
