"""Odds and risk ratios over strata, and trends over doses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtri
from scipy.stats import chi2

from salus.epi.arrays import FloatArray, as_floats, require
from salus.epi.common_source.tables import checked_tables, exact_odds, two_by_two
from salus.epi.errors import InvalidParameterError, NegativeInputError, ShapeMismatchError


@dataclass(frozen=True, slots=True)
class Stratified:
    """Effect of an exposure with a confounder held fixed.

    Attributes
    ----------
    odds_ratio : tuple of float
        Mantel-Haenszel, with the interval of Robins, Breslow and Greenland.
    risk_ratio : tuple of float
        Mantel-Haenszel, with the interval of Greenland and Robins.
    exact_odds_ratio, mid_p_odds_ratio : tuple of float
        Conditional maximum likelihood, with exact and mid-P intervals.
    crude_odds_ratio, crude_risk_ratio : float
        All strata pooled: far from the adjusted one if there is confounding.
    chi_square, p_value : float
        Mantel-Haenszel's test, without correction.
    fisher_two_sided : float
    heterogeneity, heterogeneity_pvalue : float
        Breslow and Day's test that the odds ratio is the same in all strata.

    """

    odds_ratio: tuple[float, float, float]
    risk_ratio: tuple[float, float, float]
    exact_odds_ratio: tuple[float, float, float]
    mid_p_odds_ratio: tuple[float, float, float]
    crude_odds_ratio: float
    crude_risk_ratio: float
    chi_square: float
    p_value: float
    fisher_two_sided: float
    heterogeneity: float
    heterogeneity_pvalue: float


@dataclass(frozen=True, slots=True)
class DoseResponse:
    """Illness by dose.

    Attributes
    ----------
    attack : FloatArray, shape (D,)
        Share ill at each dose.
    odds_ratio, lower, upper : FloatArray, shape (D,)
        Against the first dose, by Taylor series; 1 with NaN ends for the first.
    trend, p_value : float
        Mantel's extension test of a trend: chi-square with one degree of freedom.
    departure, departure_pvalue : float
        What the trend leaves unexplained, on D - 2 degrees of freedom; NaN for two doses.

    """

    attack: FloatArray
    odds_ratio: FloatArray
    lower: FloatArray
    upper: FloatArray
    trend: float
    p_value: float
    departure: float
    departure_pvalue: float


def mantel_haenszel(tables: npt.ArrayLike, *, level: float = 0.95) -> Stratified:
    r"""Compare exposed and unexposed within strata.

    :math:`\widehat{OR} = \sum_i (a_i d_i / n_i) \big/ \sum_i (b_i c_i / n_i)`.

    Parameters
    ----------
    tables : array_like, shape (S, 2, 2)
        Whole counts; rows exposed and not, columns ill and well. Empty strata are left out.
    level : float
        Of the intervals, in (0, 1).

    Returns
    -------
    Stratified

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError,
    InvalidParameterError

    References
    ----------
    Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-48. https://doi.org/10.1093/jnci/22.4.719
    Robins J, Breslow N, Greenland S. Biometrics 1986;42:311-23. https://doi.org/10.2307/2531052
    Greenland S, Robins JM. Biometrics 1985;41:55-68. https://doi.org/10.2307/2530643
    Breslow NE, Day NE. Statistical methods in cancer research, volume 1. IARC 1980, page 142.

    """
    strata = checked_tables(tables)
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    # A stratum of one person tells nothing and would divide by zero.
    strata = strata[strata.sum(axis=(1, 2)) > 1]
    if strata.shape[0] == 0:
        raise InvalidParameterError("no stratum has two people or more: use coarser strata.")
    reach = -float(ndtri((1 - level) / 2))
    exact, middle, tails = exact_odds(strata, level)
    crude = two_by_two(strata.sum(axis=0), level=level)
    statistic = _summary_test(strata)
    odds = _odds(strata, reach)
    spread, freedom = _breslow_day(strata, odds[0])
    return Stratified(
        odds_ratio=odds,
        risk_ratio=_risk(strata, reach),
        exact_odds_ratio=exact,
        mid_p_odds_ratio=middle,
        crude_odds_ratio=crude.odds_ratio[0],
        crude_risk_ratio=crude.risk_ratio[0],
        chi_square=statistic,
        p_value=float(chi2.sf(statistic, 1)),
        fisher_two_sided=tails[0],
        heterogeneity=spread,
        heterogeneity_pvalue=float(chi2.sf(spread, freedom)) if freedom > 0 else float("nan"),
    )


def dose_response(
    ill: npt.ArrayLike, well: npt.ArrayLike, *, doses: npt.ArrayLike | None = None, level: float = 0.95
) -> DoseResponse:
    r"""Compare illness over doses and test for a trend.

    Parameters
    ----------
    ill, well : array_like, shape (D,)
        Whole counts by dose, the reference first; two doses or more.
    doses : array_like, shape (D,), optional
        Their amounts. Default 0, 1, 2...
    level : float
        Of the intervals, in (0, 1).

    Returns
    -------
    DoseResponse

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError,
    InvalidParameterError

    Notes
    -----
    With scores :math:`x` and :math:`a_i` of :math:`n_i` ill, the trend statistic is
    :math:`(N-1)\,\mathrm{cor}(x, \mathrm{ill})^2`.

    References
    ----------
    Mantel N. Chi-square tests with one degree of freedom; extensions of the Mantel-Haenszel
    procedure. J Am Stat Assoc 1963;58:690-700. https://doi.org/10.1080/01621459.1963.10500879

    """
    sick, sound = as_floats(ill, "ill"), as_floats(well, "well")
    if sick.ndim != 1 or sick.shape != sound.shape or sick.size < 2:
        raise ShapeMismatchError("ill and well must have one count for each of two doses or more.")
    if bool((sick < 0).any() or (sound < 0).any()):
        raise NegativeInputError("ill or well holds a negative count.")
    score = np.arange(sick.size, dtype=np.float64) if doses is None else as_floats(doses, "doses")
    if score.shape != sick.shape:
        raise ShapeMismatchError("doses must have one amount per dose.")
    tables = [np.array([[a, b], [sick[0], sound[0]]]) for a, b in zip(sick[1:], sound[1:], strict=True)]
    ratios = np.array([two_by_two(table, level=level).odds_ratio for table in tables])
    rows = np.vstack([[1.0, np.nan, np.nan], ratios])
    trend, overall = _trend(sick, sick + sound, score)
    freedom = sick.size - 2
    left = max(overall - trend, 0.0) if freedom > 0 else float("nan")
    return DoseResponse(
        attack=sick / np.where(sick + sound > 0, sick + sound, np.nan),
        odds_ratio=rows[:, 0],
        lower=rows[:, 1],
        upper=rows[:, 2],
        trend=trend,
        p_value=float(chi2.sf(trend, 1)),
        departure=left,
        departure_pvalue=float(chi2.sf(left, freedom)) if freedom > 0 else float("nan"),
    )


def _trend(ill: FloatArray, people: FloatArray, score: FloatArray) -> tuple[float, float]:
    """Mantel's trend and the overall chi-square, both scaled by (N - 1) / N."""
    total, sick = people.sum(), ill.sum()
    spread = (people * score**2).sum() - (people * score).sum() ** 2 / total
    variance = sick * (total - sick) / (total * (total - 1)) * spread
    require(variance > 0, "everybody, or nobody, is ill, or all doses are equal: there is no trend to test.")
    trend = float((ill @ score - sick * (people @ score) / total) ** 2 / variance)
    expected = people * sick / total
    used = people > 0
    overall = ((ill - expected)[used] ** 2 / (expected * (1 - sick / total))[used]).sum() * (total - 1) / total
    return trend, float(overall)


def _summary_test(strata: FloatArray) -> float:
    total = strata.sum(axis=(1, 2))
    exposed, ill = strata[:, 0].sum(axis=1), strata[:, :, 0].sum(axis=1)
    expected = exposed * ill / total
    variance = exposed * (total - exposed) * ill * (total - ill) / (total**2 * (total - 1))
    if variance.sum() == 0:
        return float("nan")
    return float((strata[:, 0, 0] - expected).sum() ** 2 / variance.sum())


def _odds(strata: FloatArray, reach: float) -> tuple[float, float, float]:
    total = strata.sum(axis=(1, 2))
    a, b, c, d = strata[:, 0, 0], strata[:, 0, 1], strata[:, 1, 0], strata[:, 1, 1]
    p, q, r, s = (a + d) / total, (b + c) / total, a * d / total, b * c / total
    if r.sum() == 0 or s.sum() == 0:
        value = 0.0 if s.sum() > 0 else float("inf") if r.sum() > 0 else float("nan")
        return value, float("nan"), float("nan")
    variance = (
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    return _around(float(r.sum() / s.sum()), float(np.sqrt(variance)), reach)


def _risk(strata: FloatArray, reach: float) -> tuple[float, float, float]:
    total = strata.sum(axis=(1, 2))
    a, c = strata[:, 0, 0], strata[:, 1, 0]
    exposed, other, ill = strata[:, 0].sum(axis=1), strata[:, 1].sum(axis=1), a + c
    above, below = (a * other / total).sum(), (c * exposed / total).sum()
    if above == 0 or below == 0:
        value = 0.0 if below > 0 else float("inf") if above > 0 else float("nan")
        return value, float("nan"), float("nan")
    variance = ((exposed * other * ill - a * c * total) / total**2).sum() / (above * below)
    return _around(float(above / below), float(np.sqrt(variance)), reach)


def _around(value: float, error: float, reach: float) -> tuple[float, float, float]:
    return value, value * float(np.exp(-reach * error)), value * float(np.exp(reach * error))


def _breslow_day(strata: FloatArray, odds: float) -> tuple[float, int]:
    """Chi-square of the spread of odds ratios, and its degrees of freedom."""
    margins = strata.sum(axis=1).prod(axis=1) * strata.sum(axis=2).prod(axis=1)
    strata = strata[margins > 0]
    if strata.shape[0] < 2 or not np.isfinite(odds) or odds <= 0:
        return float("nan"), 0
    total = 0.0
    for table in strata:
        exposed, other, ill = table[0].sum(), table[1].sum(), table[:, 0].sum()
        low, high = max(0.0, ill - other), min(exposed, ill)

        def gap(x: float, e: float = exposed, o: float = other, m: float = ill) -> float:
            return float(x * (o - m + x) - odds * (e - x) * (m - x))

        a = float(brentq(gap, low, high, xtol=1e-12))
        parts = np.array([a, exposed - a, ill - a, other - ill + a])
        total += float((table[0, 0] - a) ** 2 * (1 / np.maximum(parts, 1e-12)).sum())
    return total, strata.shape[0] - 1
