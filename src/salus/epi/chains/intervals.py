"""Serial intervals and other delays between two events that are known to within windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaincinv, gammaln, ndtr, ndtri
from scipy.stats import norm

from salus.epi.arrays import FloatArray, as_floats, as_levels, require
from salus.epi.chains.likelihoods import profile
from salus.epi.errors import (
    EmptyInputError,
    InvalidParameterError,
    MissingInputError,
    ShapeMismatchError,
    TooShortError,
)

Family = Literal["gamma", "lognormal", "weibull", "normal"]
QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class DelayDistribution:
    """Distribution of the time between two events.

    Attributes
    ----------
    family : str
    mean, mean_lower, mean_upper : float
        Days, with the profile-likelihood interval.
    sd, sd_lower, sd_upper : float
        Days.
    first, second : float
        The family's own parameters: shape and scale (gamma, weibull), mean and standard
        deviation of the logarithm (lognormal) or of the delay (normal).
    quantile_levels, quantiles : FloatArray, shape (Q,)
        Of the delay at the best parameters, days.
    loglik, aic : float
    pairs : int

    """

    family: Family
    mean: float
    mean_lower: float
    mean_upper: float
    sd: float
    sd_lower: float
    sd_upper: float
    first: float
    second: float
    quantile_levels: FloatArray
    quantiles: FloatArray
    loglik: float
    aic: float
    pairs: int


def delay_distribution(
    first_event: npt.ArrayLike,
    second_event: npt.ArrayLike,
    *,
    family: Family = "gamma",
    truncated_at: float | None = None,
    level: float = 0.95,
    quantiles: Sequence[float] = QUANTILES,
) -> DelayDistribution:
    r"""Fit a delay, such as the serial interval, to pairs of events known to within windows.

    With the first event uniform in its window :math:`[a, b]` and the second in :math:`[c, d]`,
    a pair has likelihood :math:`\frac{1}{b-a} \int_a^b \{F(d - x) - F(c - x)\}\,dx`, divided, if
    pairs whose second event came after :math:`T` are not seen yet, by
    :math:`\frac{1}{b-a} \int_a^b F(T - x)\,dx`.

    Parameters
    ----------
    first_event, second_event : array_like, shape (N,) or (N, 2)
        Whole days, which stand for the window from that day to the next, or windows as
        (begin, end) with ends after begins. Five pairs or more.
    family : {"gamma", "lognormal", "weibull", "normal"}
        Normal for serial intervals that may be negative.
    truncated_at : float, optional
        End of observation in the same units (the day after the last one), in a growing outbreak.
    level : float
        Of the intervals, in (0, 1).
    quantiles : sequence of float
        Levels in (0, 1).

    Returns
    -------
    DelayDistribution

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, TooShortError, InvalidParameterError,
    NotConvergedError

    Notes
    -----
    The integrals have closed forms in all four families, through
    :math:`\int F = x F(x) - \int t f(t)\,dt`.

    References
    ----------
    Reich NG, Lessler J, Cummings DAT, Brookmeyer R. Estimating incubation period distributions
    with coarse data. Stat Med 2009;28:2769-84. https://doi.org/10.1002/sim.3659
    Charniga K et al. Best practices for estimating and reporting epidemiological delay
    distributions. PLoS Comput Biol 2024;20:e1012520. https://doi.org/10.1371/journal.pcbi.1012520

    """
    one, two = _windows(first_event, "first_event"), _windows(second_event, "second_event")
    require(family in _FAMILIES, f"family must be one of {', '.join(_FAMILIES)}.")
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    levels = as_levels(quantiles)
    middle = _check_pairs(one, two, family, truncated_at)
    shape = _FAMILIES[family]

    def loglik(at: FloatArray) -> float:
        return _log_likelihood(shape, *shape.own(shape.mean(at[0]), float(np.exp(at[1]))), one, two, truncated_at)

    spread = max(float(middle.std()), 0.3)
    centre = float(middle.mean()) if family == "normal" else float(np.log(max(middle.mean(), 0.3)))
    fit = profile(loglik, np.array([centre, np.log(spread)]), level)
    mean, low, high = [shape.mean(float(end[0])) for end in (fit.best, fit.lower, fit.upper)]
    sd, sd_low, sd_high = [float(np.exp(end[1])) for end in (fit.best, fit.lower, fit.upper)]
    first, second = shape.own(mean, sd)
    return DelayDistribution(
        family=family,
        mean=mean,
        mean_lower=low,
        mean_upper=high,
        sd=sd,
        sd_lower=sd_low,
        sd_upper=sd_high,
        first=first,
        second=second,
        quantile_levels=levels,
        quantiles=shape.quantile(levels, first, second),
        loglik=fit.loglik,
        aic=4 - 2 * fit.loglik,
        pairs=one.shape[0],
    )


def _windows(values: npt.ArrayLike, name: str) -> FloatArray:
    table = as_floats(values, name)
    if table.size == 0:
        raise EmptyInputError(f"{name} is empty: pass one value per pair.")
    if table.ndim == 1:
        table = np.column_stack([table, table + 1])
    if table.ndim != 2 or table.shape[1] != 2:
        raise ShapeMismatchError(f"{name} must be days (pairs,) or windows (pairs, 2).")
    if not np.isfinite(table).all():
        raise MissingInputError(f"{name} holds NaN or infinity: drop those pairs or widen their windows.")
    if bool((table[:, 1] <= table[:, 0]).any()):
        raise InvalidParameterError(f"{name} has a window that does not end after it begins.")
    return table


def _check_pairs(one: FloatArray, two: FloatArray, family: Family, end: float | None) -> FloatArray:
    """Delays between the middles of the windows."""
    if one.shape != two.shape:
        raise ShapeMismatchError("first_event and second_event must have one row per pair each.")
    if one.shape[0] < 5:
        raise TooShortError(f"{one.shape[0]} pairs are too few for a distribution: five are needed.")
    if family != "normal" and bool((two[:, 1] <= one[:, 0]).any()):
        raise InvalidParameterError("a second event comes before its first: swap the pair, or use family='normal'.")
    if end is not None and bool((two[:, 1] > end).any()):
        raise InvalidParameterError("a second event comes after truncated_at: pass the end of observation.")
    middle: FloatArray = two.mean(axis=1) - one.mean(axis=1)
    return middle


@dataclass(frozen=True, slots=True)
class _Shape:
    """A family: its own parameters from mean and sd, and the two integrals it needs."""

    own: Callable[[float, float], tuple[float, float]]
    cdf: Callable[[FloatArray, float, float], FloatArray]
    partial_mean: Callable[[FloatArray, float, float], FloatArray]
    quantile: Callable[[FloatArray, float, float], FloatArray]
    mean: Callable[[float], float]

    def integral(self, x: FloatArray, first: float, second: float) -> FloatArray:
        """Integral of the distribution function up to x."""
        return x * self.cdf(x, first, second) - self.partial_mean(x, first, second)


def _log_likelihood(
    shape: _Shape, first: float, second: float, one: FloatArray, two: FloatArray, end: float | None
) -> float:
    if not (np.isfinite(first) and np.isfinite(second)):
        return -np.inf
    (a, b), (c, d) = one.T, two.T
    corners = [shape.integral(x, first, second) for x in (d - a, d - b, c - a, c - b)]
    chance = (corners[0] - corners[1] - corners[2] + corners[3]) / (b - a)
    total = float(np.log(np.maximum(chance, _TINY)).sum())
    if end is None:
        return total
    seen = (shape.integral(end - a, first, second) - shape.integral(end - b, first, second)) / (b - a)
    return total - float(np.log(np.maximum(seen, _TINY)).sum())


def _exp(value: float) -> float:
    return float(np.exp(min(value, 700.0)))


def _gamma(mean: float, sd: float) -> tuple[float, float]:
    return (mean / sd) ** 2, sd**2 / mean


def _lognormal(mean: float, sd: float) -> tuple[float, float]:
    spread = float(np.sqrt(np.log1p((sd / mean) ** 2)))
    return float(np.log(mean)) - spread**2 / 2, spread


def _weibull(mean: float, sd: float) -> tuple[float, float]:
    """Shape by bisection on the coefficient of variation, which falls with it."""
    goal = np.log1p((sd / mean) ** 2)
    low, high = np.log(0.02), np.log(500.0)
    for _ in range(80):
        middle = (low + high) / 2
        at = np.exp(-middle)
        if gammaln(1 + 2 * at) - 2 * gammaln(1 + at) > goal:
            low = middle
        else:
            high = middle
    shape = float(np.exp((low + high) / 2))
    return shape, mean / float(np.exp(gammaln(1 + 1 / shape)))


def _positive(x: FloatArray) -> FloatArray:
    return np.maximum(x, 0.0)


def _log(x: FloatArray) -> FloatArray:
    return np.log(np.maximum(x, _TINY))


_FAMILIES: dict[str, _Shape] = {
    "gamma": _Shape(
        _gamma,
        lambda x, a, s: gammainc(a, _positive(x) / s),
        lambda x, a, s: a * s * gammainc(a + 1, _positive(x) / s),
        lambda q, a, s: gammaincinv(a, q) * s,
        _exp,
    ),
    "lognormal": _Shape(
        _lognormal,
        lambda x, m, s: ndtr((_log(x) - m) / s),
        lambda x, m, s: np.exp(m + s**2 / 2) * ndtr((_log(x) - m) / s - s),
        lambda q, m, s: np.exp(m + s * ndtri(q)),
        _exp,
    ),
    "weibull": _Shape(
        _weibull,
        lambda x, a, s: -np.expm1(-((_positive(x) / s) ** a)),
        lambda x, a, s: s * np.exp(gammaln(1 + 1 / a)) * gammainc(1 + 1 / a, (_positive(x) / s) ** a),
        lambda q, a, s: s * (-np.log1p(-q)) ** (1 / a),
        _exp,
    ),
    "normal": _Shape(
        lambda mean, sd: (mean, sd),
        lambda x, m, s: ndtr((x - m) / s),
        lambda x, m, s: m * ndtr((x - m) / s) - s * norm.pdf((x - m) / s),
        lambda q, m, s: m + s * ndtri(q),
        float,
    ),
}
