"""Early Aberration Reporting System: counts out of line with the week before.

The three rules need a week of history only, so they work from the second week of
a new syndrome or zone on, before any seasonal method can.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtri, stdtr

from salus.epi.arrays import BoolArray, FloatArray, as_series, require

EarsMethod = Literal["C1", "C2", "C3"]
_LAG: dict[str, int] = {"C1": 0, "C2": 2, "C3": 2}
_FIRST: dict[str, int] = {"C1": 0, "C2": 2, "C3": 4}
_ALPHA: dict[str, float] = {"C1": 0.001, "C2": 0.001, "C3": 0.025}


@dataclass(frozen=True, slots=True)
class EarsResult:
    """What an EARS rule says about every time step; arrays follow the input's shape.

    Attributes
    ----------
    expected : FloatArray
        Mean of the baseline days, in counts.
    upper : FloatArray
        Alarm bound in counts; an observation above it is an alarm.
    score : FloatArray
        C1, C2: baseline standard deviations above the mean. C3: sum of the exceedances
        of the two days before. Infinite where the baseline does not vary.
    alarm : BoolArray
        True where the observation is above the bound.
    undefined : BoolArray
        True where the rule says nothing: too early, or a value it needs is missing.
    method : str
    alpha : float
        One-sided false-alarm probability of a normal count.

    """

    expected: FloatArray
    upper: FloatArray
    score: FloatArray
    alarm: BoolArray
    undefined: BoolArray
    method: str
    alpha: float


def ears(
    counts: npt.ArrayLike,
    *,
    method: EarsMethod = "C2",
    baseline: int = 7,
    alpha: float | None = None,
    min_sigma: float = 0.0,
) -> EarsResult:
    r"""Find aberrations with EARS C1, C2 or C3.

    With mean :math:`m_t` and standard deviation :math:`s_t` of `baseline` steps that end
    one (C1) or three (C2, C3) steps before *t*, C1 and C2 alarm when
    :math:`y_t > m_t + z_{1-\alpha} s_t`. C3 alarms when
    :math:`\sum_{i=1}^{2}\max(0, C2_{t-i} - 1) > z_{1-\alpha}`, that is, on the two days
    after a run of high C2 values, as the ``surveillance`` package computes it.

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts per time step, 0 or more; NaN is missing.
    method : {"C1", "C2", "C3"}
        Which rule.
    baseline : int
        Steps in the baseline, 3 or more.
    alpha : float, optional
        In (0, 1). Default .001 for C1 and C2, .025 for C3.
    min_sigma : float
        Floor of the standard deviation in counts, 0 or more. Raise it for sparse series,
        where one case after a silent week is an alarm otherwise.

    Returns
    -------
    EarsResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, InvalidParameterError

    References
    ----------
    Hutwagner L et al. The bioterrorism preparedness and response Early Aberration
    Reporting System (EARS). J Urban Health 2003;80:i89-i96.
    https://doi.org/10.1007/PL00022319
    Fricker RD, Hegler BL, Dunfee DA. Comparing syndromic surveillance detection methods.
    Stat Med 2008;27:3407-29. https://doi.org/10.1002/sim.3197

    """
    table, single = as_series(counts, "counts")
    require(method in _LAG, "method must be 'C1', 'C2' or 'C3'.")
    require(baseline >= 3, "baseline must be 3 steps or more.")
    require(min_sigma >= 0, "min_sigma must be 0 or more.")
    level = _ALPHA[method] if alpha is None else float(alpha)
    require(0 < level < 1, "alpha must lie strictly between 0 and 1.")
    bound = -float(ndtri(level))
    mean, sigma = _baseline(table, baseline, _LAG[method], min_sigma)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (table - mean) / sigma
        if method == "C3":
            score = _recent_excess(score)
            upper = np.maximum(0.0, table + sigma * (bound - score))
        else:
            upper = mean + bound * sigma
    upper[: baseline + _FIRST[method]] = np.nan
    undefined = np.isnan(upper) | np.isnan(table)
    alarm = np.greater(table, upper, where=~undefined, out=np.zeros(table.shape, bool))
    score = np.where(undefined, np.nan, score)
    pick = (slice(None), 0) if single else (slice(None),)
    return EarsResult(mean[pick], upper[pick], score[pick], alarm[pick], undefined[pick], method, level)


def _baseline(table: FloatArray, baseline: int, lag: int, min_sigma: float) -> tuple[FloatArray, FloatArray]:
    """Mean and sample standard deviation of the steps t-lag-baseline .. t-lag-1."""
    mean = np.full(table.shape, np.nan)
    sigma = np.full(table.shape, np.nan)
    steps = table.shape[0] - baseline - lag
    if steps <= 0:
        return mean, sigma
    # Two passes over the offsets: exact where a running sum would lose digits.
    total = np.zeros((steps, table.shape[1]))
    for offset in range(baseline):
        total += table[offset : offset + steps]
    total /= baseline
    square = np.zeros_like(total)
    for offset in range(baseline):
        square += (table[offset : offset + steps] - total) ** 2
    mean[baseline + lag :] = total
    sigma[baseline + lag :] = np.sqrt(square / (baseline - 1))
    return mean, np.maximum(sigma, min_sigma)


def _recent_excess(c2: FloatArray) -> FloatArray:
    """Sum over the two steps before t of how far C2 exceeded one."""
    excess = np.maximum(0.0, c2 - 1.0)
    out = np.full(c2.shape, np.nan)
    out[2:] = excess[1:-1] + excess[:-2]
    return out


def baseline_pvalues(counts: npt.ArrayLike, *, baseline: int = 7, lag: int = 2) -> FloatArray:
    r"""Probability of a count as high as this one, given the steps of an EARS baseline.

    The larger of two: Student's t for a new value after *n* of a normal,
    :math:`t = (y - m)/(s\sqrt{1 + 1/n})`, which allows for overdispersion, and the binomial
    probability of so large a part of :math:`y + \sum y_i` cases with share
    :math:`1/(n + 1)`, exact for Poisson counts, which keeps sparse series from alarming on
    one case. Made for `control_false_discoveries` over many zones.

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts, 0 or more; NaN is missing.
    baseline : int
        Steps in the baseline, 3 or more.
    lag : int
        Steps between the baseline and the judged step, 0 or more.

    Returns
    -------
    FloatArray
        Shape as `counts`; NaN where undefined.

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError,
    InvalidParameterError

    References
    ----------
    Przyborowski J, Wilenski H. Homogeneity of results in testing samples from Poisson
    series. Biometrika 1940;31:313-23. https://doi.org/10.1093/biomet/31.3-4.313

    """
    table, single = as_series(counts, "counts")
    require(baseline >= 3, "baseline must be 3 steps or more.")
    require(lag >= 0, "lag must be 0 or more.")
    mean, sigma = _baseline(table, baseline, lag, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = (table - mean) / (sigma * np.sqrt(1 + 1 / baseline))
    normal = np.asarray(stdtr(baseline - 1, -distance))
    # Upper tail of a binomial; certain when there is no case.
    exact = np.where(
        table > 0,
        betainc(np.maximum(table, 1e-9), mean * baseline + 1, 1 / (baseline + 1)),
        1.0,
    )
    flat = sigma == 0
    out = np.where(flat, exact, np.maximum(normal, exact))
    out = np.where(np.isnan(mean) | np.isnan(table), np.nan, out)
    return out[:, 0] if single else out
