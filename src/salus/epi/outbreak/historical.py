"""Bounds from the same weeks of the years before: the RKI rule and the Bayesian one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, as_series, require
from salus.epi.discrete import negative_binomial_quantile
from salus.epi.outbreak.references import alarms, as_population, reference_offsets, reference_sums

# Upper limits for a mean of 0, 1, ..., 20 cases, as the surveillance package tabulates them.
_LIMITS = np.array(
    "3.285 5.323 6.686 8.102 9.598 11.177 12.817 13.765 14.921 16.768 17.633 19.050 20.335"
    " 21.364 22.945 23.762 25.400 26.306 27.735 28.966 30.017".split(),
    dtype=np.float64,
)
_SMALL = 20.0


@dataclass(frozen=True, slots=True)
class HistoricalResult:
    """What a rule of historical limits says at each step; arrays follow the input's shape.

    Attributes
    ----------
    expected, upper : FloatArray
        Counts; NaN where undefined.
    alarm : BoolArray
        True where the observation is above the bound.
    undefined : BoolArray
        True where the rule says nothing: too early, or every value it needs is missing.
    method : str

    """

    expected: FloatArray
    upper: FloatArray
    alarm: BoolArray
    undefined: BoolArray
    method: str


def rki(
    counts: npt.ArrayLike,
    *,
    b: int = 2,
    w: int = 4,
    current: bool = False,
    freq: int = 52,
    population: npt.ArrayLike | None = None,
) -> HistoricalResult:
    r"""Find aberrations with the rule of the Robert Koch Institute.

    With mean *m* and standard deviation *s* of the reference values the bound is
    :math:`m + 2s` where *m* is above 20 cases, and a tabulated Poisson limit of
    :math:`\lfloor m \rfloor` otherwise.

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts per step, 0 or more; NaN is missing and left out of the reference values.
    b : int
        Years back, 0 or more.
    w : int
        Half-width in steps of the window in each of those years, 0 or more.
    current : bool
        Whether the `w` steps just before are reference values too.
    freq : int
        Steps per year.
    population : array_like, optional
        People, above 0; broadcasts to `counts`. Reference values are scaled to the people
        of the judged step.

    Returns
    -------
    HistoricalResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, TooShortError,
    InvalidParameterError

    Notes
    -----
    Equal to ``algo.rki`` of R's surveillance 1.20.3 for complete series.

    References
    ----------
    Hohle M. surveillance: an R package for the monitoring of infectious diseases.
    Comput Stat 2007;22:571-82. https://doi.org/10.1007/s00180-007-0074-8

    """
    table, single = as_series(counts, "counts")
    people = as_population(population, table)
    total, number, square = reference_sums(table / people, reference_offsets(freq, b, w, current=current))
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = total / number * people
        sigma = np.sqrt(square / (number - 1)) * people
    low = np.where(number > 0, np.minimum(np.nan_to_num(expected), _SMALL), 0.0)
    # A sum of shares may fall a rounding error short of the whole number it stands for.
    tabled = _LIMITS[np.floor(low * (1 + 1e-12)).astype(np.int64)]
    upper = np.where(expected > _SMALL, expected + 2 * sigma, tabled)
    upper = np.where(number > 0, upper, np.nan)
    return _result(table, expected, upper, "RKI", single=single)


def bayes(
    counts: npt.ArrayLike,
    *,
    b: int = 0,
    w: int = 6,
    current: bool = True,
    alpha: float = 0.05,
    freq: int = 52,
    population: npt.ArrayLike | None = None,
) -> HistoricalResult:
    r"""Find aberrations with the Bayesian predictive bound of Riebler and Hohle.

    With *n* reference values of sum *y*, Jeffreys' prior for a Poisson rate gives a negative
    binomial for the new count, with size :math:`y + 1/2` and probability
    :math:`n / (n + 1)`. The bound is its :math:`1-\alpha` quantile.

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts per step, 0 or more; NaN is missing and left out of the reference values.
    b, w, current, freq
        As in `rki`.
    alpha : float
        In (0, 1).
    population : array_like, optional
        People, above 0; broadcasts to `counts`. *n* is then the people of the reference
        values over those of the judged step.

    Returns
    -------
    HistoricalResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, TooShortError,
    InvalidParameterError

    Notes
    -----
    Equal to ``algo.bayes`` of R's surveillance 1.20.3.

    References
    ----------
    Riebler A. Empirischer Vergleich von statistischen Methoden zur Ausbruchserkennung bei
    Surveillance Daten. LMU Munich 2004.
    Hohle M. surveillance: an R package for the monitoring of infectious diseases.
    Comput Stat 2007;22:571-82. https://doi.org/10.1007/s00180-007-0074-8

    """
    table, single = as_series(counts, "counts")
    require(0 < alpha < 1, "alpha must lie strictly between 0 and 1.")
    offsets = reference_offsets(freq, b, w, current=current)
    people = as_population(population, table)
    total, number, _ = reference_sums(table, offsets)
    exposed = np.where(np.isnan(table), np.nan, people)
    exposure = reference_sums(exposed, offsets)[0] / people
    known = number > 0
    exposure = np.where(known, exposure, np.nan)
    upper = negative_binomial_quantile(1 - alpha, total + 0.5, exposure / (exposure + 1))
    return _result(table, (total + 0.5) / exposure, upper, "Bayes", single=single)


def _result(
    table: FloatArray, expected: FloatArray, upper: FloatArray, method: str, *, single: bool
) -> HistoricalResult:
    alarm, undefined = alarms(table, upper)
    pick = (slice(None), 0) if single else (slice(None),)
    return HistoricalResult(expected[pick], upper[pick], alarm[pick], undefined[pick], method)
