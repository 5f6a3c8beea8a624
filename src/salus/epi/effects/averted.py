"""What a measure averted, by a model that was run as if the measure had never come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, as_levels, as_series, require
from salus.epi.errors import InvalidParameterError, ShapeMismatchError, TooShortError

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
_LEAST_SAMPLES = 100


@dataclass(frozen=True, slots=True)
class Averted:
    """Counts averted since the start of a measure; negative means added.

    Attributes
    ----------
    quantiles : FloatArray, shape (T - start, Q)
        Of the counts averted by step.
    cumulative_quantiles : FloatArray, shape (T - start, Q)
        Of the counts averted since the start, up to each step.
    quantile_levels : FloatArray, shape (Q,)
    averted, lower, upper : float
        Median and interval of all that was averted.
    share, share_lower, share_upper : float
        The same as a share of what the model expects without the measure.
    probability : float
        That anything was averted at all.
    placebo : float
        Before the start the model should agree with what was seen: two-sided probability that
        its total is as far from the observed as it is. Below .05 the model was wrong before the
        measure, and its counterfactual is not to be believed. NaN when `start` is 0.
    placebo_coverage : float
        Share of steps before the start inside the model's interval; NaN when `start` is 0.
    start : int

    """

    quantiles: FloatArray
    cumulative_quantiles: FloatArray
    quantile_levels: FloatArray
    averted: float
    lower: float
    upper: float
    share: float
    share_lower: float
    share_upper: float
    probability: float
    placebo: float
    placebo_coverage: float
    start: int


def averted_by_model(
    observed: npt.ArrayLike,
    without: npt.ArrayLike,
    *,
    start: int = 0,
    level: float = 0.95,
    quantiles: Sequence[float] = QUANTILES,
) -> Averted:
    r"""Compare what was seen with simulations in which the measure never came.

    Parameters
    ----------
    observed : array_like, shape (T,) or (T, M)
        Counts with the measure: as seen, or simulated with it. Simulations must be paired with
        those without by their random numbers, or the interval is too wide.
    without : array_like, shape (T, M)
        Counts simulated without the measure, a hundred runs or more, with the parameters drawn
        from their posterior and the noise of observation included.
    start : int
        First step with the measure; the steps before it serve as the placebo check.
    level : float
        Of the intervals, in (0, 1).
    quantiles : sequence of float
        Levels in (0, 1).

    Returns
    -------
    Averted

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, TooShortError,
    InvalidParameterError

    Notes
    -----
    :math:`A = \sum_{t \ge t_0} (\tilde y_t - y_t)` with :math:`\tilde y` a draw from the model
    without the measure. The interval is that of the model: it holds only if the model is right,
    which the placebo can refute and nothing can prove.

    References
    ----------
    Flaxman S et al. Estimating the effects of non-pharmaceutical interventions on COVID-19 in
    Europe. Nature 2020;584:257-61. https://doi.org/10.1038/s41586-020-2405-7

    """
    seen, runs = _checked(observed, without, start)
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    levels = as_levels(quantiles)
    spared = (runs - seen)[start:]
    summed = np.cumsum(spared, axis=0)
    expected = runs[start:].sum(axis=0)
    if bool((expected <= 0).all()):
        raise InvalidParameterError("the model expects nothing since the start: there is nothing to avert.")
    share = summed[-1] / np.where(expected > 0, expected, np.nan)
    ends = ((1 - level) / 2, 0.5, (1 + level) / 2)
    low, middle, high = np.quantile(summed[-1], ends)
    share_low, share_middle, share_high = np.nanquantile(share, ends)
    placebo, coverage = _placebo(seen[:start], runs[:start], ends)
    return Averted(
        np.quantile(spared, levels, axis=1).T,
        np.quantile(summed, levels, axis=1).T,
        levels,
        float(middle),
        float(low),
        float(high),
        float(share_middle),
        float(share_low),
        float(share_high),
        float((summed[-1] > 0).mean()),
        placebo,
        coverage,
        start,
    )


def _checked(observed: npt.ArrayLike, without: npt.ArrayLike, start: int) -> tuple[FloatArray, FloatArray]:
    runs, single = as_series(without, "without", missing=False)
    seen, _ = as_series(observed, "observed", missing=False)
    if single or runs.shape[1] < _LEAST_SAMPLES:
        raise ShapeMismatchError(f"without must have {_LEAST_SAMPLES} simulated runs or more, one column each.")
    if seen.shape[0] != runs.shape[0] or seen.shape[1] not in (1, runs.shape[1]):
        raise ShapeMismatchError("observed must be (time,) or have one column per run, over the same steps.")
    if not 0 <= start < runs.shape[0]:
        raise TooShortError(f"start must be a step of the series: it is {start} of {runs.shape[0]}.")
    return seen, runs


def _placebo(seen: FloatArray, runs: FloatArray, ends: tuple[float, float, float]) -> tuple[float, float]:
    """How well the model agrees with what was seen before the measure."""
    if seen.shape[0] == 0:
        return float("nan"), float("nan")
    total, model = float(seen.sum(axis=0).mean()), runs.sum(axis=0)
    # Half the ties on either side, so that a model of few counts is not called wrong for them.
    below = float((model < total).mean() + 0.5 * (model == total).mean())
    inside = np.quantile(runs, [ends[0], ends[2]], axis=1)
    middle = seen.mean(axis=1)
    covered = (middle >= inside[0]) & (middle <= inside[1])
    return 2 * min(below, 1 - below), float(covered.mean())
