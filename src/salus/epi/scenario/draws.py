"""Random draws addressed by a key, so that a draw does not depend on the draws before it.

Two runs of different scenarios with the same seed then use the same number for the same
event (common random numbers), a run can be resumed, and threads change nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_ULP = 2.0**-53
_INVERT_BELOW = 10.0
_SMALL = 2e-3
# Functions that only compiled code calls need neither a way in from Python nor memory of their own.
INNER: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "_nrt": False,
}
OUTER: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_STIRLING = np.array(
    [
        0.0810614667953272,
        0.0413406959554092,
        0.0276779256849983,
        0.02079067210376509,
        0.0166446911898211,
        0.0138761288230707,
        0.0118967099458917,
        0.0104112652619720,
        0.00925546218271273,
        0.00833056343336287,
    ]
)


@njit(**INNER)
def scramble(z):  # type: ignore[no-untyped-def]
    """Finaliser of SplitMix64 (Steele, Lea and Flood 2014, https://doi.org/10.1145/2660193.2660195)."""
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@njit(**INNER)
def address(key, day, place, group, purpose):  # type: ignore[no-untyped-def]
    """Key of one event: a run's key, a day, a place (below 2^20), a group (below 2^12), a purpose."""
    where = (np.uint64(day) << np.uint64(44)) | (np.uint64(place) << np.uint64(24))
    where |= (np.uint64(group) << np.uint64(12)) | np.uint64(purpose)
    return scramble(key + where * _GOLDEN)


@njit(**INNER)
def uniform(key, n):  # type: ignore[no-untyped-def]
    """Return the n-th number of a key, strictly between 0 and 1."""
    z = scramble(key + np.uint64(n + 1) * _GOLDEN)
    return (np.float64(z >> _S11) + 0.5) * _ULP


@njit(**INNER)
def odds_of(hazard):  # type: ignore[no-untyped-def]
    """Return ``exp(hazard) - 1``, quickly for the small hazards of most days."""
    if abs(hazard) < _SMALL:
        return hazard * (1.0 + hazard * (0.5 + hazard * (1.0 / 6.0 + hazard * (1.0 / 24.0 + hazard / 120.0))))
    return np.expm1(hazard)


@njit(**INNER)
def _invert(n, hazard, u):  # type: ignore[no-untyped-def]
    """Smallest k whose binomial distribution function reaches u."""
    part = np.exp(-n * hazard)
    odds = odds_of(hazard)
    k = 0.0
    while u > part and k < n:
        u -= part
        k += 1.0
        part *= odds * (n + 1.0 - k) / k
    return k


@njit(**INNER)
def _stirling(k):  # type: ignore[no-untyped-def]
    """Return log k! less Stirling's main term."""
    if k < 10:
        return _STIRLING[int(k)]
    square = (k + 1.0) * (k + 1.0)
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1.0)


@njit(**INNER)
def _log_ratio(n, p, k):  # type: ignore[no-untyped-def]
    """Log of a binomial probability beside that of the mode, with Stirling's terms."""
    r = p / (1.0 - p)
    m = np.floor((n + 1.0) * p)
    out = (m + 0.5) * np.log((m + 1.0) / (r * (n - m + 1.0)))
    out += (n + 1.0) * np.log((n - m + 1.0) / (n - k + 1.0))
    out += (k + 0.5) * np.log(r * (n - k + 1.0) / (k + 1.0))
    return out + _stirling(m) + _stirling(n - m) - _stirling(k) - _stirling(n - k)


@njit(**INNER)
def _judge(n, p, k, v, size):  # type: ignore[no-untyped-def]
    """Whether a proposal k stands at the log height v; exact, by a squeeze where that decides.

    Squeeze of Kachitvichyanukul and Schmeiser (1988), https://doi.org/10.1145/42372.42381.
    """
    far = abs(k - np.floor((n + 1.0) * p))
    if far < 0.5 * size - 1.0:
        slack = (far / size) * (((far / 3.0 + 0.625) * far + 1.0 / 6.0) / size + 0.5)
        height = -far * far / (2.0 * size)
        if v < height - slack:
            return True
        if v > height + slack:
            return False
    return v <= _log_ratio(n, p, k)


@njit(**INNER)
def _reject(n, p, key, side):  # type: ignore[no-untyped-def]
    """Binomial by transformed rejection, for n p of 10 or more and p of at most a half.

    Algorithm BTRS of Hormann (1993), https://doi.org/10.1080/00949659308811496.
    """
    size = n * p * (1.0 - p)
    spread = np.sqrt(size)
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    centre = n * p + 0.5
    squeeze = 0.92 - 4.2 / b
    draw = 0
    while True:
        u = side * (uniform(key, draw) - 0.5)
        v = uniform(key, draw + 1)
        draw += 2
        us = 0.5 - abs(u)
        k = np.floor((2.0 * a / us + b) * u + centre)
        if us >= 0.07 and v <= squeeze:
            return k
        if k < 0.0 or k > n:
            continue
        v = np.log(v * (2.83 + 5.1 / b) * spread / (a / (us * us) + b))
        if _judge(n, p, k, v, size):
            return k


@njit(**INNER)
def binomial(n, hazard, key):  # type: ignore[no-untyped-def]
    """How many of n have the event at a hazard, exact; the probability is ``1 - exp(-hazard)``.

    A larger first number of the key means more events, so that two scenarios that share keys
    move together.
    """
    mean = n * hazard
    if mean <= 0.0:
        return 0.0
    u = uniform(key, 0)
    if u < 1.0 - mean:
        return 0.0
    if mean < _INVERT_BELOW:
        return _invert(n, hazard, u)
    p = -odds_of(-hazard)
    rest = 1.0 - p
    if n * p < _INVERT_BELOW:
        return _invert(n, hazard, u)
    if n * rest < _INVERT_BELOW:
        return n - _invert(n, -np.log1p(-rest), 1.0 - u)
    if p > 0.5:
        return n - _reject(n, rest, key, -1.0)
    return _reject(n, p, key, 1.0)


@njit(**INNER)
def gamma(shape, key):  # type: ignore[no-untyped-def]
    """Unit-scale gamma draw (Marsaglia and Tsang 2000, https://doi.org/10.1145/358407.358414)."""
    boosted = shape if shape >= 1.0 else shape + 1.0
    d = boosted - 1.0 / 3.0
    c = 1.0 / np.sqrt(9.0 * d)
    draw = 1
    while True:
        radius = np.sqrt(-2.0 * np.log(uniform(key, draw)))
        x = radius * np.cos(2.0 * np.pi * uniform(key, draw + 1))
        v = (1.0 + c * x) ** 3
        accepted = v > 0.0 and np.log(uniform(key, draw + 2)) < 0.5 * x * x + d - d * v + d * np.log(max(v, 1e-300))
        draw += 3
        if accepted:
            break
    if shape >= 1.0:
        return d * v
    return d * v * uniform(key, 0) ** (1.0 / shape)
