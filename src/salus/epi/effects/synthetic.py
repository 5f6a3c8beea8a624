"""Synthetic control: what a place would have seen, as a mixture of places without the measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc
from scipy.stats import t as student

from salus.epi.arrays import FloatArray, IntArray, as_floats, as_levels, as_series, require
from salus.epi.effects.simplex import fit_outcomes, fit_predictors
from salus.epi.errors import InvalidParameterError, MissingInputError, ShapeMismatchError, TooShortError

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
# A predictor that the analyst names keeps at least a thousandth of the weightiest one's say.
_FLOOR = -3.0
_FINEST = 0.1
_STARTS = 4
_LEAST_BEFORE = 3


@dataclass(frozen=True, slots=True)
class SyntheticControl:
    """Effect on the treated place as the gap to its synthetic control.

    Attributes
    ----------
    donors : IntArray, shape (J,)
        Columns of `outcomes` that served as controls.
    weights : FloatArray, shape (J,)
        Share of each donor, 0 or more, sum 1.
    importance : FloatArray, shape (K,)
        Of the predictors, sum 1; empty when there are none.
    mspe : float
        Mean squared prediction error over the fitted steps before the measure.
    counterfactual, gap : FloatArray, shape (T,)
        Outcome without the measure, and observed minus that.
    quantiles : FloatArray, shape (T - start, Q)
        Of the outcome without the measure, from `start` on.
    quantile_levels : FloatArray, shape (Q,)
    effect, lower, upper : float
        Mean gap per step since the start, with its interval (negative: the measure lowered it).
    cumulative, cumulative_lower, cumulative_upper : float
        The same, summed over the steps.
    placebo_ratios : FloatArray, shape (J,)
        Error after over error before the start (root mean square) of each donor, treated as
        if it had had the measure.
    ratio : float
        That of the treated place.
    placebo_share : float
        Share of places, the treated one included, with a ratio as large: the permutation p.
    start : int

    """

    donors: IntArray
    weights: FloatArray
    importance: FloatArray
    mspe: float
    counterfactual: FloatArray
    gap: FloatArray
    quantiles: FloatArray
    quantile_levels: FloatArray
    effect: float
    lower: float
    upper: float
    cumulative: float
    cumulative_lower: float
    cumulative_upper: float
    placebo_ratios: FloatArray
    ratio: float
    placebo_share: float
    start: int


def synthetic_control(
    outcomes: npt.ArrayLike,
    *,
    start: int,
    treated: int = 0,
    predictors: npt.ArrayLike | None = None,
    fit: tuple[int, int] | None = None,
    level: float = 0.95,
    quantiles: Sequence[float] = QUANTILES,
) -> SyntheticControl:
    r"""Estimate the effect of a measure in one place from places that did not take it.

    Unit weights :math:`w` on the simplex make :math:`\sum_k v_k (x_{1k} - \sum_j w_j x_{jk})^2`
    least; the importances :math:`v` are those under which the outcome before the measure is
    met best. Without predictors the outcomes of the fitted steps themselves are matched.

    Parameters
    ----------
    outcomes : array_like, shape (T, N)
        One column per place, no gaps.
    start : int
        First step with the measure.
    treated : int
        Column of the place with the measure.
    predictors : array_like, shape (K, N), optional
        What places must resemble each other in, one row each, in any unit.
    fit : (int, int), optional
        First step, and the step after the last, whose outcomes are to be met. Default: all
        before `start`.
    level : float
        Of the intervals, in (0, 1).
    quantiles : sequence of float
        Levels in (0, 1).

    Returns
    -------
    SyntheticControl

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, TooShortError, InvalidParameterError

    Notes
    -----
    The published search over importances has several optima and may stop at any of them. Here
    importances lie between 1/1000 and 1, so that no predictor is silently dropped, and the
    search is repeated from fixed starts: the same data give the same weights. Intervals come
    from the placebos: each donor's gaps, rescaled by the error before the start (tempered by
    the median error of all), tell how far a synthetic control drifts without any measure. With
    enough donors for the level (19 for 95 %) their order statistic is used, which covers if
    places are exchangeable; with fewer, Student's t with one degree of freedom per donor.

    References
    ----------
    Abadie A, Gardeazabal J. Am Econ Rev 2003;93:113-32. https://doi.org/10.1257/000282803321455188
    Abadie A, Diamond A, Hainmueller J. J Am Stat Assoc 2010;105:493-505.
    https://doi.org/10.1198/jasa.2009.ap08746
    Becker M, Kloessner S. Econom Stat 2018;5:1-19 (many optima).
    https://doi.org/10.1016/j.ecosta.2017.08.002

    """
    table, window = _checked(outcomes, start, treated, fit)
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    levels = as_levels(quantiles)
    traits = _traits(predictors, table.shape[1])
    donors = np.flatnonzero(np.arange(table.shape[1]) != treated)
    weights, importance, mspe = _fit(table, traits, treated, donors, window)
    gap = table[:, treated] - table[:, donors] @ weights
    others = [_placebo_gap(table, traits, donors, unit, window) for unit in range(donors.size)]
    drift, ratios, own = _drift(gap, np.column_stack(others), start, window)
    share = (1 + float((ratios >= own).sum())) / (1 + ratios.size)
    steps = table.shape[0] - start
    mean = float(gap[start:].mean())
    wide = float(_reach(drift.mean(axis=0)[None, :], 1 - level)[0])
    low, high = mean - wide, mean + wide
    return SyntheticControl(
        donors, weights, importance, mspe, table[:, treated] - gap, gap,
        (table[start:, treated] - gap[start:])[:, None] + _bands(drift, levels), levels,
        mean, low, high, mean * steps, low * steps, high * steps, ratios, own, share, start,
    )  # fmt: skip


def _checked(
    outcomes: npt.ArrayLike, start: int, treated: int, fit: tuple[int, int] | None
) -> tuple[FloatArray, slice]:
    table, single = as_series(outcomes, "outcomes", at_least=_LEAST_BEFORE + 1, missing=False, negative=True)
    if single or table.shape[1] < 3:
        raise ShapeMismatchError("outcomes must have the treated place and two others at least, one column each.")
    require(0 <= treated < table.shape[1], f"treated must be a column, 0 to {table.shape[1] - 1}.")
    if not _LEAST_BEFORE <= start < table.shape[0]:
        raise TooShortError(f"start must leave {_LEAST_BEFORE} steps before it and one after: it is {start}.")
    first, last = (0, start) if fit is None else fit
    require(first >= 0 and first + _LEAST_BEFORE <= last <= start, "fit must span three steps or more before start.")
    return table, slice(first, last)


def _traits(predictors: npt.ArrayLike | None, units: int) -> FloatArray | None:
    """Predictors in units of their spread over places."""
    if predictors is None:
        return None
    table = as_floats(predictors, "predictors")
    if table.ndim != 2 or table.shape[0] == 0 or table.shape[1] != units:
        raise ShapeMismatchError(f"predictors must be (predictors, {units}): one column per place.")
    if not np.isfinite(table).all():
        raise MissingInputError("predictors hold NaN or infinity: drop the row or fill it.")
    spread = table.std(axis=1, ddof=1)
    if bool((spread == 0).any()):
        raise InvalidParameterError("a predictor is the same everywhere: drop it, it tells no places apart.")
    scaled: FloatArray = table / spread[:, None]
    return scaled


def _fit(
    table: FloatArray, traits: FloatArray | None, unit: int, donors: IntArray, window: slice
) -> tuple[FloatArray, FloatArray, float]:
    """Donor weights, importances of predictors, and the error over the window."""
    weights = np.empty(donors.size)
    differences = np.ascontiguousarray(table[window][:, donors] - table[window][:, [unit]])
    if traits is None:
        fit_outcomes(differences, weights)
        return weights, np.empty(0), float(((differences @ weights) ** 2).mean())
    apart = np.ascontiguousarray(traits[:, donors] - traits[:, [unit]])
    starts = _starts(traits.shape[0])
    best = fit_predictors(apart, differences, starts, _FLOOR, _FINEST, weights)
    importance = 10.0 ** starts[best]
    return weights, importance / importance.sum(), float(((differences @ weights) ** 2).mean())


def _starts(count: int) -> FloatArray:
    """Fixed points from which importances are searched: all equal, and spread over the box."""
    spread = qmc.Halton(d=count, scramble=False).random(_STARTS - 1)[1:]
    return np.vstack([np.zeros(count), np.full(count, _FLOOR / 2), (1 - spread) * _FLOOR])


def _placebo_gap(
    table: FloatArray, traits: FloatArray | None, donors: IntArray, place: int, window: slice
) -> FloatArray:
    """Gap of a donor to its own synthetic control; the treated place is no donor to it."""
    others = np.delete(donors, place)
    weights, _, _ = _fit(table, traits, int(donors[place]), others, window)
    gap: FloatArray = table[:, donors[place]] - table[:, others] @ weights
    return gap


def _drift(gap: FloatArray, others: FloatArray, start: int, window: slice) -> tuple[FloatArray, FloatArray, float]:
    """Donors' gaps since the start, rescaled to the treated place's error, and all ratios."""
    errors = np.sqrt((np.column_stack([gap, others])[window] ** 2).mean(axis=0))
    tiny = 1e-12 * float(np.abs(gap).max() + np.abs(others).max()) or 1.0
    after = np.sqrt((np.column_stack([gap, others])[start:] ** 2).mean(axis=0))
    ratios = after / np.maximum(errors, tiny)
    # A near-perfect fit before the start is luck as much as likeness: the median keeps it from
    # promising a near-perfect fit after.
    scale = np.hypot(np.maximum(errors, tiny), np.median(errors))
    return others[start:] * (scale[0] / scale[1:]), ratios[1:], float(ratios[0])


def _reach(drift: FloatArray, tail: float) -> FloatArray:
    """How far a gap of no effect strays with probability 1 - `tail`.

    `drift` has one row per statement and one column per donor.
    """
    donors = drift.shape[1]
    place = int(np.ceil((1 - tail) * (donors + 1)))
    if place <= donors:
        ranked: FloatArray = np.sort(np.abs(drift), axis=1)[:, place - 1]
        return ranked
    spread: FloatArray = np.sqrt((drift**2).mean(axis=1)) * float(student.ppf(1 - tail / 2, donors))
    return spread


def _bands(drift: FloatArray, levels: FloatArray) -> FloatArray:
    """Deviations of the counterfactual, shape (steps, Q)."""
    out = np.zeros((drift.shape[0], levels.size))
    for place, at in enumerate(levels):
        tail = 2 * float(min(at, 1 - at))
        if tail < 1:
            out[:, place] = np.sign(at - 0.5) * _reach(drift, tail)
    return out
