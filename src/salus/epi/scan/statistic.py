"""The likelihood ratio of a window, and the counts at which it reaches a level.

A window is known by its count ``c`` and its expected count ``e``. Everything here is
monotone in ``c`` for a given ``e``, so a level of the likelihood ratio is a smallest count;
the sweep compares whole numbers and takes logarithms only where that count is reached.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

POISSON = 0
BERNOULLI = 1

_STEPS_PER_ROOT = 24.0
"""Entries of the threshold table per unit of the square root of the expected count."""


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _part(count, expected):  # type: ignore[no-untyped-def]
    """Return ``count log(count / expected)``, zero without cases."""
    if count <= 0.5:
        return 0.0
    return count * math.log(count / expected)


@njit(cache=True, nogil=True, error_model="numpy")
def ratio(count, expected, cases, share):  # type: ignore[no-untyped-def]
    """Return the log-likelihood ratio of inside against outside.

    `share` is the proportion of cases among all people for the Bernoulli model, and zero for
    the Poisson model, which is its limit.
    """
    outside, beyond = cases - count, cases - expected
    value = _part(count, expected) + _part(outside, beyond)
    if share > 0:
        healthy = expected / share - count
        others = beyond / share - outside
        value += _part(healthy, expected / share - expected) + _part(others, beyond / share - beyond)
    return value


@njit(cache=True, nogil=True, error_model="numpy")
def _reaching(expected, level, cases, share, most):  # type: ignore[no-untyped-def]
    """Return the smallest count above the expected one that reaches a level."""
    low = math.floor(expected)
    high = float(min(cases, math.floor(expected / share + 1e-6))) if share > 0 else cases
    if expected <= 0:
        return 1.0
    if high <= expected or ratio(high, expected, cases, share) < level:
        return most
    while high - low > 1:
        middle = math.floor((low + high) / 2)
        if middle > expected and ratio(middle, expected, cases, share) >= level:
            high = middle
        else:
            low = middle
    return high


@njit(cache=True, nogil=True, error_model="numpy")
def _sinking(expected, level, cases, share):  # type: ignore[no-untyped-def]
    """Return the largest count below the expected one that reaches a level, or minus one."""
    low, high = 0.0, math.ceil(expected)
    if share > 0:
        low = max(0.0, math.ceil(cases - (cases - expected) / share - 1e-6))
    if low >= expected or ratio(low, expected, cases, share) < level:
        return -1.0
    while high - low > 1:
        middle = math.floor((low + high) / 2)
        if middle < expected and ratio(middle, expected, cases, share) >= level:
            low = middle
        else:
            high = middle
    return low


@njit(cache=True, nogil=True, error_model="numpy")
def thresholds(level, weights, cases, share, largest, fewest, high, low):  # type: ignore[no-untyped-def]
    """Tabulate the counts that reach a level, by shape class and root of the expected count.

    Each entry holds for its whole interval of expected counts, on the generous side: what
    passes is judged exactly later, what does not pass cannot reach the level.
    """
    size = int(_STEPS_PER_ROOT * math.sqrt(largest)) + 3
    above = np.zeros((weights.size, size))
    below = np.zeros((weights.size, size))
    most = cases + 1.0
    for k in range(weights.size):
        goal = (level - 1e-9 * (1 + level)) / weights[k]
        for b in range(size):
            lower = (b / _STEPS_PER_ROOT) ** 2 * (1 - 1e-12)
            upper = min(((b + 1) / _STEPS_PER_ROOT) ** 2 * (1 + 1e-12), cases)
            if high:
                above[k, b] = max(_reaching(lower, goal, cases, share, most), fewest)
            if low:
                below[k, b] = _sinking(upper, goal, cases, share)
    return above, below


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def entry(expected):  # type: ignore[no-untyped-def]
    """Return the row of the threshold table for an expected count."""
    return int(_STEPS_PER_ROOT * math.sqrt(expected))


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def bound(count, expected, cases, share):  # type: ignore[no-untyped-def]
    """Return the chi-squared divergence, which is never below the likelihood ratio."""
    excess = count - expected
    return excess * excess * cases / (expected * (cases - expected) * (1 - share))
