"""Farrington Flexible: is this week's count high for the season, given the years before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc, ndtr, ndtri

from salus.epi.arrays import BoolArray, FloatArray, as_series, require
from salus.epi.discrete import negative_binomial_quantile, poisson_quantile
from salus.epi.errors import TooShortError
from salus.epi.farrington_windows import SeasonCalendar, as_days, as_offsets, enough_cases, fit_series

Threshold = Literal["delta", "nbPlugin", "muan"]
_POWER = {"none": 1.0, "1/2": 0.5, "2/3": 2 / 3}


@dataclass(frozen=True, slots=True)
class FarringtonResult:
    """What the detector says at each step; arrays follow the input's shape.

    Attributes
    ----------
    expected, upper : FloatArray
        Counts.
    score : FloatArray
        Above 1 is an alarm, as the ``surveillance`` package defines it.
    pvalue : FloatArray
        Upper tail probability of the observation.
    dispersion : FloatArray
        1 or more; the variance is this many times the mean.
    trend : BoolArray
        Whether the fit has a time trend.
    alarm, undefined : BoolArray
        Undefined: too early, the fit failed, or too few recent cases to judge.

    """

    expected: FloatArray
    upper: FloatArray
    score: FloatArray
    pvalue: FloatArray
    dispersion: FloatArray
    trend: BoolArray
    alarm: BoolArray
    undefined: BoolArray


def farrington_flexible(
    counts: npt.ArrayLike,
    *,
    dates: npt.ArrayLike | None = None,
    start: int | None = None,
    freq: int = 52,
    b: int = 5,
    w: int = 3,
    blocks: int = 10,
    past_excluded: int | None = 26,
    reweight: bool = True,
    weights_threshold: float = 2.58,
    trend: bool = True,
    trend_p: float = 1.0,
    threshold: Threshold = "nbPlugin",
    power: Literal["none", "1/2", "2/3"] = "2/3",
    alpha: float = 0.05,
    limit: tuple[float, int] = (5, 4),
    population: npt.ArrayLike | None = None,
) -> FarringtonResult:
    r"""Find aberrations with the Farrington Flexible algorithm.

    A quasi-Poisson model :math:`\log E\,y = \theta + \beta t + \delta_{block}` is fitted to
    the `b` years before each step, without the most recent steps, refitted with past
    outbreaks muted, and predicted at the step. The bound is the :math:`1-\alpha` quantile
    of the prediction: of a power-transformed normal ("delta"), of a negative binomial with
    the mean plugged in ("nbPlugin"), or with an upper bound of the mean ("muan").

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts per step, 0 or more; NaN is missing.
    dates : array_like of int, shape (T,), optional
        Day number of each step. With weekly data the years before are then sought by
        calendar; without, `freq` steps are a year.
    start : int, optional
        Index of the first step to judge. Default: the first with `b` years before it.
    freq : int
        Steps per year: 52, 12 or 365.
    b, w, blocks : int
        Years back, half-width of the season window, and blocks of the year (1: only the
        windows are used, as in Farrington 1996).
    past_excluded : int, optional
        Most recent steps left out, so that a slow outbreak does not hide itself.
        Default `w` if None.
    reweight, weights_threshold
        Whether, and above which standardised residual, past counts are muted.
    trend, trend_p
        Whether to allow a trend, and the p-value below which it is kept.
    threshold, power, alpha
        Kind of bound, its transformation ("delta" only), and its level.
    limit : tuple
        (cases, steps): no alarm with fewer cases in the last steps.
    population : array_like, shape as counts, optional
        Enters as an offset.

    Returns
    -------
    FarringtonResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, TooShortError,
    InvalidParameterError

    Notes
    -----
    Equal to ``farringtonFlexible`` of R's surveillance 1.20.3, its rule for scaling
    standard errors after reweighting included.

    References
    ----------
    Noufaily A et al. An improved algorithm for outbreak detection in multiple surveillance
    systems. Stat Med 2013;32:1206-22. https://doi.org/10.1002/sim.5595
    Farrington CP et al. A statistical algorithm for the early detection of outbreaks of
    infectious disease. J R Stat Soc A 1996;159:547-63. https://doi.org/10.2307/2983331
    Salmon M, Schumacher D, Hohle M. Monitoring count time series in R: aberration detection
    in public health surveillance. J Stat Softw 2016;70:10.
    https://doi.org/10.18637/jss.v070.i10

    """
    table, single = as_series(counts, "counts")
    require(threshold in ("delta", "nbPlugin", "muan"), "threshold must be 'delta', 'nbPlugin' or 'muan'.")
    require(power in _POWER, "power must be 'none', '1/2' or '2/3'.")
    require(0 < alpha < 1, "alpha must lie strictly between 0 and 1.")
    require(b >= 1 and w >= 0 and blocks >= 1, "b and blocks must be 1 or more, w 0 or more.")
    calendar = SeasonCalendar(
        as_days(dates, table.shape[0]), freq, b, w, blocks, w if past_excluded is None else past_excluded
    )
    first = freq * b + w if start is None else start
    if not 0 < first < table.shape[0]:
        raise TooShortError(f"{table.shape[0]} steps leave nothing to judge after {b} years: lower b or wait.")
    offsets = as_offsets(population, table)
    fits = fit_series(table, offsets, calendar, first, (trend, reweight, weights_threshold, trend_p, True))
    parts = _judge(table[first:], fits, (threshold, power, alpha), enough_cases(table, limit)[first:])
    return _result(table, first, parts, single=single)


def farrington(
    counts: npt.ArrayLike,
    *,
    dates: npt.ArrayLike | None = None,
    start: int | None = None,
    freq: int = 52,
    b: int = 5,
    w: int = 3,
    reweight: bool = True,
    trend: bool = True,
    power: Literal["none", "1/2", "2/3"] = "2/3",
    alpha: float = 0.05,
    limit: tuple[float, int] = (5, 4),
) -> FarringtonResult:
    r"""Find aberrations with the original algorithm of Farrington and others.

    A quasi-Poisson model :math:`\log E\,y = \theta + \beta t` is fitted to the weeks around
    the same season of the `b` years before, refitted with high past counts down-weighted,
    and predicted; the trend stays if its p-value is below .05 and it does not extrapolate.

    Parameters
    ----------
    counts, dates, start, freq, b, w, reweight, trend, power, limit
        As in `farrington_flexible`; past counts are muted from a residual of 1 on.
    alpha : float
        Level of the two-sided prediction interval, in (0, 1); its upper end is the bound.

    Returns
    -------
    FarringtonResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, TooShortError,
    InvalidParameterError

    Notes
    -----
    Equal to ``algo.farrington`` of R's surveillance 1.20.3. `farrington_flexible` is the
    better detector; this one is for comparison with systems that still run it.

    References
    ----------
    Farrington CP et al. A statistical algorithm for the early detection of outbreaks of
    infectious disease. J R Stat Soc A 1996;159:547-63. https://doi.org/10.2307/2983331

    """
    table, single = as_series(counts, "counts")
    require(power in _POWER, "power must be 'none', '1/2' or '2/3'.")
    require(0 < alpha < 1, "alpha must lie strictly between 0 and 1.")
    require(b >= 1 and w >= 0, "b must be 1 or more, w 0 or more.")
    calendar = SeasonCalendar(as_days(dates, table.shape[0]), freq, b, w, 1, w)
    first = freq * b + w if start is None else start
    if not 0 < first < table.shape[0]:
        raise TooShortError(f"{table.shape[0]} steps leave nothing to judge after {b} years: lower b or wait.")
    fits = fit_series(table, np.zeros(table.shape), calendar, first, (trend, reweight, 1.0, 0.05, False))
    parts = _judge(table[first:], fits, ("delta", power, alpha / 2), enough_cases(table, limit)[first:])
    return _result(table, first, parts, single=single)


def _judge(
    observed: FloatArray,
    fits: FloatArray,
    bound: tuple[Threshold, str, float],
    enough: BoolArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, BoolArray, BoolArray]:
    """Expected, upper, score, p-value, dispersion, trend and alarm."""
    threshold, power, alpha = bound
    eta, error, phi = fits[..., 0], fits[..., 1], fits[..., 2]
    mean = np.exp(eta)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if threshold == "delta":
            upper, pvalue = _delta(observed, mean, error * mean, phi, _POWER[power], alpha)
            score = (observed - mean) / (upper - mean)
        else:
            high = mean if threshold == "nbPlugin" else np.exp(eta - ndtri(alpha) * error)
            upper = _count_bound(high, phi, alpha)
            pvalue = _tail(observed, high, phi)
            # R scores on the scale of its prediction, here the log; the sign is what counts.
            score = (observed - eta) / (upper - eta)
    alarm = enough & (score > 1) & (observed != 0)
    shown = np.where(enough & ~np.isnan(upper), mean, np.nan)
    upper = np.where(enough, upper, np.nan)
    return shown, upper, score, pvalue, phi, fits[..., 4] == 1, alarm


def _delta(
    observed: FloatArray, mean: FloatArray, error: FloatArray, phi: FloatArray, power: float, alpha: float
) -> tuple[FloatArray, FloatArray]:
    tau = phi + error**2 / mean
    spread = np.sqrt(power**2 * mean ** (2 * power - 1) * tau)
    upper = (mean**power - ndtri(alpha) * spread) ** (1 / power)
    pvalue = ndtr(-(observed**power - mean**power) / spread)
    return upper, np.asarray(pvalue, dtype=np.float64)


def _count_bound(mean: FloatArray, phi: FloatArray, alpha: float) -> FloatArray:
    """Quantile of the count to come."""
    wide = phi > 1
    size = np.where(wide, mean / np.where(wide, phi - 1, 1.0), 1.0)
    inside = np.where(wide, 1 / phi, 0.5)
    upper = np.where(
        wide,
        negative_binomial_quantile(1 - alpha, np.where(np.isfinite(mean), size, np.nan), inside),
        poisson_quantile(1 - alpha, np.where(wide, 1.0, mean)),
    )
    return np.where(np.isfinite(mean), upper, np.nan)


def _tail(observed: FloatArray, mean: FloatArray, phi: FloatArray) -> FloatArray:
    """Probability of a count as high as the observed one."""
    wide = phi > 1
    size = np.where(wide, mean / np.where(wide, phi - 1, 1.0), 1.0)
    none = observed <= 0
    at_least = np.where(none, 1.0, observed)
    tail = np.where(wide, betainc(at_least, size, np.where(wide, 1 - 1 / phi, 0.5)), gammainc(at_least, mean))
    return np.where(~np.isfinite(mean) | np.isnan(observed), np.nan, np.where(none, 1.0, tail))


def _result(
    table: FloatArray,
    first: int,
    parts: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, BoolArray, BoolArray],
    *,
    single: bool,
) -> FarringtonResult:
    values = []
    for part in parts[:5]:
        whole = np.full(table.shape, np.nan)
        whole[first:] = part
        values.append(whole)
    flags = []
    for flag in parts[5:]:
        mark = np.zeros(table.shape, dtype=bool)
        mark[first:] = flag
        flags.append(mark)
    undefined = np.isnan(values[1]) | np.isnan(table)
    pick = (slice(None), 0) if single else (slice(None),)
    expected, upper, score, pvalue, dispersion = (value[pick] for value in values)
    return FarringtonResult(expected, upper, score, pvalue, dispersion, flags[0][pick], flags[1][pick], undefined[pick])
