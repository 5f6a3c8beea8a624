"""Salus' own detector: the evidence that an outbreak began this week or the week before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc

from salus.epi.arrays import BoolArray, FloatArray, as_series, require
from salus.epi.errors import ShapeMismatchError, TooShortError
from salus.epi.outbreak.references import as_population

# Sizes in standard deviations of a week, over the range of the published simulations; then the
# shares of an outbreak's cases that fall in its first and second week, if cases follow its
# start by a lognormal time with log mean 0 and log standard deviation .5; then least cases, and
# the weight of what began the week before.
_KINDS = (2.0, 4.0, 7.0, 0.5, 0.42, 2.0, 1.5)
_DAYS_A_YEAR = 365.2425
# Evidence that weeks without an outbreak pass at a given rate, by simulation.
_RATES = (0.0005, 0.001, 0.0025, 0.0054, 0.0062, 0.0167, 0.05)
_BOUNDS = (5.18, 4.58, 3.84, 3.19, 3.06, 2.22, 1.23)
# What skewed counts need more, from a skewness of .2 to one of 3.
_ALLOWANCES = (-0.3, -0.12, 0.12, 0.25, 0.28, 0.44, 0.56)
_SKEWS = (-1.6, 1.1)
_LEAST_STEPS = 26
_GAP, _YEARS = 8, 7
_CAUTION, _MORE, _COARSE = 1.5, 0.5, 0.05
# What a short history needs more, falling to none at so many years.
_SHORT = (0.2, 6.0)


@dataclass(frozen=True, slots=True)
class OutbreakResult:
    """What the detector says at each step; arrays follow the input's shape.

    Attributes
    ----------
    evidence : FloatArray
        Natural logarithm of how much likelier the counts of the last two steps are under an
        outbreak than without, less what sparse or scattered counts and a short history reach
        by chance. An alarm above `threshold`.
    expected : FloatArray
        Count expected without an outbreak.
    upper : FloatArray
        Largest count that would not alarm.
    pvalue : FloatArray
        Probability of a count this high or higher without an outbreak; of this step alone,
        made for `control_false_discoveries`.
    dispersion : FloatArray
        Variance over mean of a count without an outbreak, 1 or more.
    error : FloatArray
        Standard error of the logarithm of `expected`.
    alarm : BoolArray
    undefined : BoolArray
        True where nothing is said: too early, or the count is missing.
    threshold : float
    alpha : float

    """

    evidence: FloatArray
    expected: FloatArray
    upper: FloatArray
    pvalue: FloatArray
    dispersion: FloatArray
    error: FloatArray
    alarm: BoolArray
    undefined: BoolArray
    threshold: float
    alpha: float


def detect_outbreaks(
    counts: npt.ArrayLike,
    *,
    dates: npt.ArrayLike | None = None,
    freq: int = 52,
    population: npt.ArrayLike | None = None,
    alpha: float = 1 / 156,
    start: int | None = None,
) -> OutbreakResult:
    r"""Find outbreaks in many series of weekly or monthly counts by their weight of evidence.

    The expected count is :math:`\log\mu_t = \log n_t + a + bt + \sum_{j\le 2}(c_j\cos j\omega t
    + s_j\sin j\omega t)`, a quasi-Poisson regression on up to seven years that end eight steps
    before *t*. Slope and season are shrunk towards none, recent years weigh more, and past
    weeks weigh by the probability that they were no outbreak. With negative binomial *f* of
    mean :math:`\mu` and dispersion :math:`\phi`, widened by the error of the fit, the evidence
    for an outbreak of *k* standard deviations that began *d* steps ago is

    .. math:: E_d = \log \frac1K \sum_k \prod_{i\le d}
        \frac{f(y_{t-d+i};\; \mu_{t-d+i} + k\sigma\pi_i, \phi)}{f(y_{t-d+i};\; \mu_{t-d+i}, \phi)}

    with :math:`\pi = (.5, .42)` the share of its cases in its first two steps. Alarm when
    :math:`\log(e^{E_0} + 1.5\,e^{E_1})` passes the threshold; :math:`E_1` counts only if the step
    before did not alarm. What began this step can still be found at the next, what began a step
    ago hardly: hence 1.5.

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts per step, 0 or more; NaN is missing.
    dates : array_like of int, shape (T,), optional
        Day number of each step, for the season. Without, `freq` steps are a year.
    freq : int
        Steps per year, 4 or more: 52 or 12.
    population : array_like, optional
        People, above 0; broadcasts to `counts`. Enters as an offset.
    alpha : float
        False alarms per series and step without an outbreak, averaged over series; .0005 to
        .05. The default is one in three years of weeks.
    start : int, optional
        First step to judge. Default: as soon as 26 earlier steps are known.

    Returns
    -------
    OutbreakResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, TooShortError,
    InvalidParameterError

    Notes
    -----
    A threshold of the likelihood ratio instead of a p-value spends false alarms where they
    buy most detections (Neyman and Pearson). The thresholds were found by simulation with known
    mean and dispersion, for skewnesses from .03 to 30, and lowered by what the caution of the
    estimates is worth; operating curves are in the guide. Dispersion is widened by the error of
    its estimate, which grows with the kurtosis of the counts; two steps share the error of their
    expectation.

    References
    ----------
    Noufaily A et al. An improved algorithm for outbreak detection in multiple surveillance
    systems. Stat Med 2013;32:1206-22. https://doi.org/10.1002/sim.5595
    Bedubourg G, Le Strat Y. Evaluation and comparison of statistical methods for early
    temporal detection of outbreaks. PLoS One 2017;12:e0181227.
    https://doi.org/10.1371/journal.pone.0181227
    Kass RE, Raftery AE. Bayes factors. J Am Stat Assoc 1995;90:773-95.
    https://doi.org/10.1080/01621459.1995.10476572

    """
    from salus.epi.outbreak.evidence_kernel import detect

    table, single = as_series(counts, "counts")
    require(freq >= 4, "freq must be 4 steps a year or more.")
    bound = evidence_threshold(alpha)
    first = _GAP if start is None else start
    least = min(_LEAST_STEPS, freq)
    if table.shape[0] <= least + _GAP:
        raise TooShortError(f"{table.shape[0]} steps are too few: the detector learns from {least}, {_GAP} before.")
    require(_GAP <= first < table.shape[0], f"start must be {_GAP} or more and less than the number of steps.")
    people = np.log(as_population(population, table))
    settings = np.array(
        [_YEARS * freq, _GAP, 3.0, 10.0, 0.3, 0.02, 5.0, 1.3, bound, freq, _CAUTION, _MORE, _COARSE, *_SHORT]
    )
    parts = detect(
        table,
        _design(dates, table.shape[0], freq),
        people,
        (first, least),
        settings,
        np.array(_KINDS),
        np.array([_SKEWS, (0.0, np.interp(np.log(alpha), np.log(_RATES), _ALLOWANCES))]),
    )
    return _result(table, parts, bound, alpha, single=single)


def evidence_threshold(alpha: float) -> float:
    """Evidence above which a step alarms, for a rate of false alarms.

    Parameters
    ----------
    alpha : float
        .0005 to .05 per series and step.

    Raises
    ------
    InvalidParameterError

    """
    require(_RATES[0] <= alpha <= _RATES[-1], f"alpha must lie between {_RATES[0]} and {_RATES[-1]}.")
    return float(np.interp(np.log(alpha), np.log(_RATES), _BOUNDS))


def _design(dates: npt.ArrayLike | None, steps: int, freq: int) -> FloatArray:
    """Columns of the regression: one, a place for time, and two waves a year."""
    phase = 2 * np.pi * np.arange(steps) / freq
    if dates is not None:
        days = np.asarray(dates, dtype=np.float64)
        if days.shape != (steps,):
            raise ShapeMismatchError("dates must be one day number per step.")
        require(bool((np.diff(days) > 0).all()), "dates must rise.")
        phase = 2 * np.pi * days / _DAYS_A_YEAR
    waves = [part(j * phase) for j in (1, 2) for part in (np.cos, np.sin)]
    return np.ascontiguousarray(np.column_stack([np.ones(steps), np.zeros(steps), *waves]))


def upper_tail(counts: FloatArray, mean: FloatArray, dispersion: FloatArray) -> FloatArray:
    """Probability of a count this high or higher, of a negative binomial with that dispersion."""
    wide = dispersion > 1
    size = np.where(wide, mean / np.where(wide, dispersion - 1, 1.0), 1.0)
    at_least = np.where(counts > 0, counts, 1.0)
    inside = np.where(wide, 1 - 1 / dispersion, 0.5)
    tail = np.where(wide, betainc(at_least, size, inside), gammainc(at_least, mean))
    return np.where(counts > 0, tail, np.where(np.isnan(counts) | np.isnan(mean), np.nan, 1.0))


def _result(table: FloatArray, parts: FloatArray, bound: float, alpha: float, *, single: bool) -> OutbreakResult:
    evidence, upper, expected, dispersion, error, spread = np.moveaxis(parts, -1, 0)
    undefined = np.isnan(evidence)
    alarm = np.greater(evidence, bound, where=~undefined, out=np.zeros(table.shape, bool))
    pvalue = np.where(undefined, np.nan, upper_tail(table, expected, spread))
    pick = (slice(None), 0) if single else (slice(None),)
    evidence, expected, upper, dispersion, error = (
        np.ascontiguousarray(part[pick]) for part in (evidence, expected, upper, dispersion, error)
    )
    marks = alarm[pick], undefined[pick]
    return OutbreakResult(evidence, expected, upper, pvalue[pick], dispersion, error, *marks, bound, alpha)
