"""Quantiles of count distributions, vectorised and exact."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import betainc, gammaincc, ndtri

from salus.epi.arrays import FloatArray

_FUZZ = 64 * np.finfo(np.float64).eps
_FAR, _SYMMETRIC = 1e10, 1e-4


def poisson_quantile(level: float, mean: FloatArray) -> FloatArray:
    """Smallest count whose Poisson distribution function reaches `level`; NaN for a NaN mean."""
    return _search(level, mean, np.sqrt(mean), 1 / np.sqrt(mean), lambda k: gammaincc(k + 1, mean))


def negative_binomial_quantile(level: float, size: FloatArray, prob: FloatArray) -> FloatArray:
    """Smallest count whose negative binomial distribution function reaches `level`.

    Parameters
    ----------
    level : float
        In (0, 1).
    size, prob : FloatArray
        Number of successes (any positive number) and their probability.

    """
    mean = size * (1 - prob) / prob
    sd = np.sqrt(mean / prob)
    skew = (2 - prob) / np.sqrt(size * (1 - prob))
    return _search(level, mean, sd, skew, lambda k: betainc(size, k + 1, prob))


def _search(
    level: float,
    mean: FloatArray,
    sd: FloatArray,
    skew: FloatArray,
    cdf: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    """Start from Cornish and Fisher's guess, then walk, doubling, and bisect to the count."""
    z = float(ndtri(level))
    wanted = level * (1 - _FUZZ)
    guess = np.floor(mean + sd * (z + skew * (z * z - 1) / 6))
    bad = ~np.isfinite(guess)
    # So far out the guess is right to ten digits, and the distribution function takes minutes.
    far = np.where((mean > _FAR) & (np.abs(skew) < _SYMMETRIC), guess, np.nan)
    bad |= np.isfinite(far)
    guess = np.where(bad, 0.0, np.maximum(guess, 0.0))
    low, high = guess - 1, guess.copy()
    step = np.ones_like(guess)
    while bool((short := ~bad & (np.asarray(cdf(high)) < wanted)).any()):
        low, high = np.where(short, high, low), np.where(short, high + step, high)
        step = np.where(short, step * 2, step)
    step = np.ones_like(guess)
    while bool((over := ~bad & (low >= 0) & (np.asarray(cdf(np.maximum(low, 0))) >= wanted)).any()):
        high, low = np.where(over, low, high), np.where(over, np.maximum(low - step, -1), low)
        step = np.where(over, step * 2, step)
    # Beyond 2**53 neighbouring counts are one float: stop at what can be told apart.
    while bool((wide := ~bad & (high - low > np.maximum(1.0, 4e-16 * high))).any()):
        middle = np.where(wide, np.floor((low + high) / 2), high)
        reached = np.asarray(cdf(np.maximum(middle, 0))) >= wanted
        high = np.where(wide & reached, middle, high)
        low = np.where(wide & ~reached, middle, low)
    return np.where(bad, far, high)
