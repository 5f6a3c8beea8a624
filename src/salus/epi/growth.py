"""Growth rate and doubling time of counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from salus.epi.arrays import BoolArray, FloatArray, as_floats, as_series, require
from salus.epi.generation import SerialInterval, serial_interval_weights

_STEPS = 30
_CLOSE = 1e-10
_LEAST = 3


@dataclass(frozen=True, slots=True)
class GrowthResult:
    """Exponential growth over the window that ends at each step; shapes as the input.

    Attributes
    ----------
    rate, lower, upper : FloatArray
        Per step; 0.1 is about 10 % a step.
    doubling : FloatArray
        Steps to double; negative is the time to halve. Infinite at no growth.
    doubling_lower, doubling_upper : FloatArray
        Ends of the interval of `doubling`; both NaN where growth and decline are both
        possible, since the interval then runs through infinity.
    undefined : BoolArray
        Before a full window, or fewer than three steps with a count above zero in it.
    window : int
    level : float
        Of the interval.

    """

    rate: FloatArray
    lower: FloatArray
    upper: FloatArray
    doubling: FloatArray
    doubling_lower: FloatArray
    doubling_upper: FloatArray
    undefined: BoolArray
    window: int
    level: float = 0.95

    @property
    def quantiles(self) -> FloatArray:
        """Growth a step at `quantile_levels`, shape (T, 3) or (T, S, 3); its interval is symmetric."""
        return np.stack([self.lower, self.rate, self.upper], axis=-1)

    @property
    def quantile_levels(self) -> FloatArray:
        """Levels of the ends and the middle of the interval."""
        return np.array([(1 - self.level) / 2, 0.5, (1 + self.level) / 2])


def growth_rate(counts: npt.ArrayLike, *, window: int = 14, level: float = 0.95) -> GrowthResult:
    r"""Fit :math:`E\,y_t = \exp(a + r t)` with quasi-Poisson variance in a moving window.

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts per step, 0 or more; NaN is missing. Take a window of whole weeks for daily
        data, so that weekdays cancel.
    window : int
        Steps, 4 or more.
    level : float
        Of the interval, in (0, 1).

    Returns
    -------
    GrowthResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, InvalidParameterError

    Notes
    -----
    The dispersion is at least 1, and the interval uses Student's t with ``n - 2`` degrees of
    freedom.

    References
    ----------
    McCullagh P, Nelder JA. Generalized linear models. 2nd ed. 1989.
    https://doi.org/10.1007/978-1-4899-3242-6

    """
    table, single = as_series(counts, "counts")
    require(window >= 4, "window must be 4 steps or more.")
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    parts = [np.full(table.shape, np.nan) for _ in range(3)]
    if table.shape[0] >= window:
        view = np.lib.stride_tricks.sliding_window_view(table, window, axis=0)
        rate, error, freedom = _fit(view)
        reach = np.asarray(stdtrit(np.maximum(freedom, 1), (1 + level) / 2)) * error
        for part, value in zip(parts, (rate, rate - reach, rate + reach), strict=True):
            part[window - 1 :] = value
    rate, lower, upper = parts
    with np.errstate(divide="ignore"):
        doubling, low, high = np.log(2) / rate, np.log(2) / upper, np.log(2) / lower
    unsure = (lower <= 0) & (upper >= 0)
    low, high = np.where(unsure, np.nan, low), np.where(unsure, np.nan, high)
    pick = (slice(None), 0) if single else (slice(None),)
    rate, lower, upper, doubling, low, high = (part[pick] for part in (rate, lower, upper, doubling, low, high))
    return GrowthResult(rate, lower, upper, doubling, low, high, np.isnan(rate), window, level)


def _fit(view: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Slope, its standard error and degrees of freedom of every window, shape (N, S)."""
    seen = ~np.isnan(view)
    y = np.where(seen, view, 0.0)
    time = np.broadcast_to(np.arange(view.shape[-1]) - (view.shape[-1] - 1) / 2, view.shape)
    usable = (y > 0).sum(axis=-1) >= _LEAST
    eta = np.log(np.where(seen, y, 1.0) + 0.5)
    slope = np.zeros(view.shape[:2])
    for _ in range(_STEPS):
        mean = np.exp(eta) * seen
        mass = mean.sum(axis=-1)
        centre = (mean * time).sum(axis=-1) / mass
        gap = time - centre[..., None]
        spread = (mean * gap**2).sum(axis=-1)
        # Working response: predictor plus relative residual.
        working = eta + np.where(seen, y / np.where(seen, np.exp(eta), 1.0) - 1, 0.0)
        fresh = (mean * gap * working).sum(axis=-1) / spread
        middle = (mean * working).sum(axis=-1) / mass
        eta = np.clip(middle[..., None] + fresh[..., None] * gap, -30, 30)
        settled = np.abs(fresh - slope)[usable] < _CLOSE
        slope = fresh
        if settled.all():
            break
    mean = np.exp(eta)
    freedom = seen.sum(axis=-1) - 2.0
    pearson = (np.where(seen, (y - mean) ** 2 / mean, 0.0)).sum(axis=-1)
    dispersion = np.maximum(pearson / np.maximum(freedom, 1), 1.0)
    error = np.sqrt(dispersion / spread)
    lost = ~usable | (freedom < 1)
    return np.where(lost, np.nan, slope), np.where(lost, np.nan, error), freedom


def reproduction_from_growth(rate: npt.ArrayLike, serial_interval: npt.ArrayLike | SerialInterval) -> FloatArray:
    r"""Reproduction number of a steady growth rate, :math:`R = 1 / \sum_s w_s e^{-rs}`.

    Parameters
    ----------
    rate : array_like
        Per day, any shape.
    serial_interval : array_like or SerialInterval
        Probability by day from day 0, or its moments.

    Returns
    -------
    FloatArray
        Shape as `rate`.

    Raises
    ------
    InvalidSerialIntervalError

    References
    ----------
    Wallinga J, Lipsitch M. How generation intervals shape the relationship between growth
    rates and reproductive numbers. Proc R Soc B 2007;274:599-604.
    https://doi.org/10.1098/rspb.2006.3754

    """
    values = as_floats(rate, "rate")
    weights = serial_interval_weights(serial_interval, 200)
    days = np.arange(weights.size)
    out: FloatArray = 1.0 / (np.exp(-values[..., None] * days) @ weights)
    return out
