"""Case reproduction number by Wallinga and Teunis: whom did the cases of a day infect?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, as_series, require
from salus.epi.errors import InvalidParameterError, ShapeMismatchError
from salus.epi.generation import SerialInterval, serial_interval_weights


@dataclass(frozen=True, slots=True)
class CohortResult:
    """Mean number infected by the cases of each window, by its last day.

    Attributes
    ----------
    mean, sd, lower, upper : FloatArray, shape (T,)
        NaN where undefined; `sd` and bounds too without simulations.
    by_date : FloatArray, shape (T,)
        Mean number infected by a case of each date.
    undefined : BoolArray, shape (T,)
        Before a full window after the first case, or no case in the window.
    window : int
    level : float
        Of the interval.

    """

    mean: FloatArray
    sd: FloatArray
    lower: FloatArray
    upper: FloatArray
    by_date: FloatArray
    undefined: BoolArray
    window: int
    level: float = 0.95

    @property
    def quantiles(self) -> FloatArray:
        """Ends of the interval at `quantile_levels`, shape (T, 2); the mean is no quantile."""
        return np.stack([self.lower, self.upper], axis=-1)

    @property
    def quantile_levels(self) -> FloatArray:
        """Levels of the ends of the interval."""
        return np.array([(1 - self.level) / 2, (1 + self.level) / 2])


def wallinga_teunis(
    incidence: npt.ArrayLike,
    serial_interval: npt.ArrayLike | SerialInterval,
    *,
    rng: np.random.Generator | None = None,
    window: int = 7,
    simulations: int = 1000,
    level: float = 0.95,
) -> CohortResult:
    r"""Estimate how many people the cases of a window infected in the end.

    A case of day *t* was infected by one of day *s* with probability
    :math:`p_{ts} = w_{t-s} I_s / \sum_u w_{t-u} I_u`; the mean of those infected by a case of
    day *s* is :math:`\sum_t p_{ts} I_t / I_s`. Intervals come from drawn infection trees.

    Parameters
    ----------
    incidence : array_like, shape (T,)
        Whole numbers of new cases per day, no gaps. The last serial interval's days are
        biased low: those they infect are not seen yet.
    serial_interval : array_like or SerialInterval
        Probability by day from day 0, or its moments.
    rng : numpy.random.Generator, optional
        Needed for intervals; same seed, same result.
    window : int
        Days, 1 or more.
    simulations : int
        Trees to draw when `rng` is given.
    level : float
        Of the interval, in (0, 1).

    Returns
    -------
    CohortResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, MissingInputError,
    NegativeInputError, InvalidSerialIntervalError, InvalidParameterError

    References
    ----------
    Wallinga J, Teunis P. Different epidemic curves for severe acute respiratory syndrome
    reveal similar impacts of control measures. Am J Epidemiol 2004;160:509-16.
    https://doi.org/10.1093/aje/kwh255

    """
    table, single = as_series(incidence, "incidence", at_least=2, missing=False)
    if not single:
        raise ShapeMismatchError("incidence must be one series: call once for each.")
    cases = table[:, 0]
    if bool((cases != np.round(cases)).any()):
        raise InvalidParameterError("incidence must be whole numbers of cases.")
    require(window >= 1, "window must be 1 day or more.")
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    chance = _parents(cases, serial_interval_weights(serial_interval, cases.size))
    infected = chance.T @ cases
    by_date = np.divide(infected, cases, out=np.full(cases.size, np.nan), where=cases > 0)
    total = _window(cases, window)
    undefined = ~(total > 0) | ~_after_first(cases, window)
    mean = np.where(undefined, np.nan, _window(infected, window) / np.where(total > 0, total, np.nan))
    sd, lower, upper = (np.full(cases.size, np.nan) for _ in range(3))
    if rng is not None and simulations > 1:
        drawn = _trees(cases, chance, window, simulations, rng)
        keep = ~undefined
        ratio = drawn[:, keep] / total[keep]
        sd[keep] = ratio.std(axis=0, ddof=1)
        tails = [(1 - level) / 2, (1 + level) / 2]
        lower[keep], upper[keep] = np.quantile(ratio, tails, axis=0)
    return CohortResult(mean, sd, lower, upper, by_date, undefined, window, level)


def _parents(cases: FloatArray, weights: FloatArray) -> FloatArray:
    """Probability that a case of day t (row) was infected by one of day s, (T, T)."""
    days = np.arange(cases.size)
    lag = days[:, None] - days
    padded = np.append(weights, 0.0)
    share = np.where(lag >= 0, padded[np.clip(lag, 0, weights.size)], 0.0) * cases
    total = share.sum(axis=1, keepdims=True)
    out: FloatArray = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
    return out


def _window(values: FloatArray, window: int) -> FloatArray:
    """Sum over the window that ends at each day; NaN before the first full one."""
    out = np.full(values.size, np.nan)
    if values.size >= window:
        out[window - 1 :] = np.convolve(values, np.ones(window), "valid")
    return out


def _after_first(cases: FloatArray, window: int) -> BoolArray:
    """Whether a window starts after the first day with a case."""
    first = int(np.argmax(cases > 0)) if bool((cases > 0).any()) else cases.size
    start = np.arange(cases.size) - window + 1
    out: BoolArray = start > first
    return out


def _trees(
    cases: FloatArray,
    chance: FloatArray,
    window: int,
    simulations: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Number infected by each window's cases in each drawn tree, (simulations, T)."""
    infected = np.zeros((simulations, cases.size))
    for day in np.flatnonzero(cases > 0):
        if chance[day].sum() > 0:
            parents = chance[day, : day + 1]
            infected[:, : day + 1] += rng.multinomial(int(cases[day]), parents / parents.sum(), size=simulations)
    total = np.cumsum(infected, axis=1)
    total[:, window:] -= total[:, :-window].copy()
    return total
