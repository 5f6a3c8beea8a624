"""Serial intervals as distributions over whole days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc

from salus.epi.arrays import FloatArray, as_floats, require
from salus.epi.errors import InvalidSerialIntervalError

TOLERANCE = 0.01
_NEGLIGIBLE = 1e-18
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class SerialInterval:
    """A gamma serial interval shifted by one day, given by its moments.

    Attributes
    ----------
    mean : float
        Days, above 1.
    sd : float
        Days, above 0.

    """

    mean: float
    sd: float


def discretised_serial_interval(mean: float, sd: float, *, days: int | None = None) -> FloatArray:
    r"""Probability that the serial interval is 0, 1, 2... days.

    A gamma distribution shifted by one day, integrated against the triangle that rounding
    two dates leaves: with :math:`F_a` the gamma distribution function of shape *a* and
    scale *b*, :math:`a = ((\mu-1)/\sigma)^2`, :math:`b = \sigma^2/(\mu-1)`,

    .. math:: w_k = k F_a(k) + (k-2) F_a(k-2) - 2 (k-1) F_a(k-1)
              + ab\,[2 F_{a+1}(k-1) - F_{a+1}(k-2) - F_{a+1}(k)].

    Parameters
    ----------
    mean : float
        Days, above 1.
    sd : float
        Days, above 0.
    days : int, optional
        Length of the result, 2 or more. Default: until less than 1e-12 is left.

    Returns
    -------
    FloatArray, shape (days,)
        ``w[k]`` is the probability of *k* days; ``w[0]`` is 0. A short `days` truncates
        and does not rescale, as EpiEstim does.

    Raises
    ------
    InvalidSerialIntervalError, InvalidParameterError

    References
    ----------
    Cori A et al. A new framework and software to estimate time-varying reproduction
    numbers during epidemics. Am J Epidemiol 2013;178:1505-12, web appendix 11.
    https://doi.org/10.1093/aje/kwt133

    """
    if not (np.isfinite(mean) and mean > 1):
        raise InvalidSerialIntervalError(
            f"the mean serial interval is {mean} days: it must be above 1; pass a "
            "distribution by day for faster diseases."
        )
    if not (np.isfinite(sd) and sd > 0):
        raise InvalidSerialIntervalError(f"the sd is {sd} days: it must be above 0.")
    length = min(5000, int(mean + 10 * sd + 35 * sd**2 / (mean - 1))) + 2 if days is None else int(days)
    require(length >= 2, "days must be 2 or more.")
    k = np.arange(length, dtype=np.float64)
    shape, scale = ((mean - 1) / sd) ** 2, sd**2 / (mean - 1)

    def cdf(x: FloatArray, a: float) -> FloatArray:
        return np.asarray(gammainc(a, np.maximum(x, 0.0) / scale), dtype=np.float64)

    weights = k * cdf(k, shape) + (k - 2) * cdf(k - 2, shape)
    weights -= 2 * (k - 1) * cdf(k - 1, shape)
    upper = 2 * cdf(k - 1, shape + 1) - cdf(k - 2, shape + 1) - cdf(k, shape + 1)
    weights = np.maximum(0.0, weights + shape * scale * upper)
    if days is None:
        keep = int(np.searchsorted(np.cumsum(weights), 1 - 1e-12)) + 1
        weights = weights[: max(keep, 2)]
    return weights


def serial_interval_weights(interval: npt.ArrayLike | SerialInterval, steps: int) -> FloatArray:
    """Check a serial interval and return its weights for a series of `steps` days.

    Parameters
    ----------
    interval : array_like or SerialInterval
        Probability by day from day 0, or the moments of one.
    steps : int
        Length of the series; EpiEstim cuts a parametric interval there.

    Raises
    ------
    InvalidSerialIntervalError
        If weights are negative, day 0 is not 0, or they do not sum to 1 within .01.

    """
    if isinstance(interval, SerialInterval):
        return discretised_serial_interval(interval.mean, interval.sd, days=max(steps, 2))
    weights = as_floats(interval, "interval")
    if weights.ndim != 1 or weights.size < 2:
        raise InvalidSerialIntervalError("pass one probability per day from day 0 on.")
    if not np.isfinite(weights).all() or bool((weights < 0).any()):
        raise InvalidSerialIntervalError("a probability is negative or not a number.")
    if weights[0] != 0:
        raise InvalidSerialIntervalError(
            "day 0 must have probability 0: nobody infects before being infected; "
            "put a zero in front if the first entry is day 1."
        )
    if abs(float(weights.sum()) - 1) > TOLERANCE:
        raise InvalidSerialIntervalError(
            f"the probabilities sum to {float(weights.sum()):.4f}, not 1: lengthen the interval or divide by the sum."
        )
    return weights


def mean_interval(weights: FloatArray) -> float:
    """Mean of the weights by day, in days, without rescaling."""
    return float(weights @ np.arange(weights.size))


def infectivity(incidence: FloatArray, weights: FloatArray) -> FloatArray:
    r"""Total infectiousness :math:`\Lambda_t = \sum_s w_s I_{t-s}`, shape as incidence.

    Missing days count as zero. The first step is NaN: nobody came before it.
    """
    filled = np.nan_to_num(incidence, nan=0.0)
    steps = filled.shape[0]
    kernel = weights[:steps].copy()
    kernel[kernel <= _NEGLIGIBLE] = 0.0
    reach = int(np.flatnonzero(kernel)[-1]) if kernel.any() else 0
    flat = np.zeros((reach + steps, int(np.prod(filled.shape[1:]))))
    flat[reach:] = filled.reshape(steps, -1)
    total = _convolve(flat, kernel[: reach + 1]).reshape(filled.shape)
    total[0] = np.nan
    return total


def _convolve(padded: FloatArray, kernel: FloatArray) -> FloatArray:
    """Weighted sums over the days before each, by blocks of days that stay in the cache.

    The first ``kernel.size - 1`` rows are the days before the series; they are not returned.
    """
    reach = kernel.size - 1
    steps = padded.shape[0] - reach
    block = min(steps, max(_BLOCK, reach))
    lag = reach + np.arange(block)[:, None] - np.arange(block + reach)
    band = np.where((lag >= 0) & (lag <= reach), kernel[np.clip(lag, 0, reach)], 0.0)
    out = np.empty((steps, padded.shape[1]))
    for start in range(0, steps, block):
        rows = min(block, steps - start)
        np.matmul(band[:rows, : rows + reach], padded[start : start + rows + reach], out=out[start : start + rows])
    return out
