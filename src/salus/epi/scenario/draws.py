"""Random draws addressed by a key, so that a draw does not depend on the draws before it.

Two runs of different scenarios with the same seed then use the same number for the same
event (common random numbers), a run can be resumed, and threads change nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_ULP = 2.0**-53
_INVERT_BELOW = 8.0
_SMALL = 2e-3
# Up to here eight terms of the exponential series are enough.
_MEDIUM = 0.1
# So many events expected at a hazard below that are always enough for the expansion.
_LARGE = 9.0
_CENTRE = 0.425
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
# Steps of an inversion below the mean from which the expansion takes over: more never happen.
_MOST_STEPS = 127
_INVERSE = 1.0 / np.maximum(np.arange(_MOST_STEPS + 1), 1)


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
    k = 0
    most = min(n, _MOST_STEPS)
    while u > part and k < most:
        u -= part
        k += 1
        part *= odds * (n + 1.0 - k) * _INVERSE[k]
    return np.float64(k)


@njit(**INNER, fastmath={"contract"})
def _centre(q):  # type: ignore[no-untyped-def]
    """Standard normal quantile of q + 1/2, for q within `_CENTRE` of nought."""
    r = 0.180625 - q * q
    top = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179
    return q * top / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0)


@njit(**INNER)
def normal(u):  # type: ignore[no-untyped-def]
    """Standard normal quantile of u to seven digits.

    Algorithm PPND7 of Wichura (1988), https://doi.org/10.2307/2347330.
    """
    q = u - 0.5
    if abs(q) <= _CENTRE:
        return _centre(q)
    r = math.sqrt(-math.log(min(u, 1.0 - u)))
    if r <= 5.0:
        r -= 1.6
        z = ((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777
        z /= (0.12021132975 * r + 0.73700164250) * r + 1.0
    else:
        r -= 5.0
        z = ((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150
        z /= (0.012258202635 * r + 0.24197894225) * r + 1.0
    return z if q > 0.0 else -z


@njit(**INNER, fastmath={"contract"})
def _expand(n, p, w):  # type: ignore[no-untyped-def]
    """Binomial quantile at the normal quantile w, by the expansion of Cornish and Fisher.

    Second and fourth cumulants are Sheppard's, less and more what rounding to whole numbers adds.
    For n p and n (1 - p) of 8 or more the law is within 3e-4 of the binomial in total variation,
    from 20 within 3e-5. Fisher and Cornish (1960), https://doi.org/10.1080/00401706.1960.10489895;
    Giles (2016) does the same for Poisson numbers, https://doi.org/10.1145/2699466.
    """
    both = p * (1.0 - p)
    size = n * both
    spread = math.sqrt(size - 1.0 / 12.0)
    small = 1.0 / spread
    w2, square = w * w, small * small
    skew = size * (1.0 - 2.0 * p) * square * small
    tail = (size * (1.0 - 6.0 * both) + 1.0 / 120.0) * square * square
    fifth = skew * (1.0 - 12.0 * both) * square
    x = w + skew * (w2 - 1.0) * (1.0 / 6.0) + tail * w * (w2 - 3.0) * (1.0 / 24.0)
    x += skew * skew * w * (5.0 - 2.0 * w2) * (1.0 / 36.0) + fifth * ((w2 - 6.0) * w2 + 3.0) * (1.0 / 120.0)
    x += skew * skew * skew * ((12.0 * w2 - 53.0) * w2 + 17.0) * (1.0 / 324.0)
    x -= skew * tail * ((w2 - 5.0) * w2 + 2.0) * (1.0 / 24.0)
    return math.floor(n * p + 0.5 + spread * x)


@njit(**INNER)
def binomial(n, hazard, key):  # type: ignore[no-untyped-def]
    """How many of n have the event at a hazard; the probability is ``1 - exp(-hazard)``.

    It is the quantile of one number, so that a larger number means more events and two
    scenarios that share keys move together.
    """
    return quantile(n, hazard, uniform(key, 0))


@njit(**INNER)
def quantile(n, hazard, u):  # type: ignore[no-untyped-def]
    """Smallest number of events of n whose probability, with all smaller ones, reaches u."""
    mean = n * hazard
    if mean <= 0.0 or u < 1.0 - mean:
        return 0.0
    if mean < _INVERT_BELOW:
        return _invert(n, hazard, u)
    p = -odds_of(-hazard)
    rest = 1.0 - p
    if n * p < _INVERT_BELOW:
        return _invert(n, hazard, u)
    if n * rest < _INVERT_BELOW:
        return n - _invert(n, -np.log1p(-rest), 1.0 - u)
    return min(max(_expand(n, p, normal(u)), 0.0), n)


@njit(**INNER)
def uniforms(keys, day, place, group, purpose, out):  # type: ignore[no-untyped-def]
    """Write the first number of an event for every run; the same as `uniform` of `address`."""
    where = (np.uint64(day) << np.uint64(44)) | (np.uint64(place) << np.uint64(24))
    where = (where | (np.uint64(group) << np.uint64(12)) | np.uint64(purpose)) * _GOLDEN
    for r in range(out.size):
        z = scramble(scramble(keys[r] + where) + _GOLDEN)
        out[r] = (np.float64(z >> _S11) + 0.5) * _ULP


@njit(**INNER, fastmath={"contract"})
def _expand_row(n, hazard, u, out):  # type: ignore[no-untyped-def]
    """Quantiles of every run as if its numbers were large and its hazard below `_MEDIUM`."""
    for r in range(out.size):
        h = -hazard[r]
        part = 1.0 + h * (1.0 / 5.0) * (1.0 + h * (1.0 / 6.0) * (1.0 + h * (1.0 / 7.0) * (1.0 + h * (1.0 / 8.0))))
        p = -h * (1.0 + h * (1.0 / 2.0) * (1.0 + h * (1.0 / 3.0) * (1.0 + h * (1.0 / 4.0) * part)))
        out[r] = _expand(n[r], p, _centre(u[r] - 0.5))


@njit(**INNER)
def draw_row(n, hazard, keys, day, place, group, purpose, u, out):  # type: ignore[no-untyped-def]
    """Draw events of all runs at once: `binomial` of `address`, where most work is done side by side."""
    uniforms(keys, day, place, group, purpose, u)
    largest = 0.0
    for r in range(out.size):
        largest = max(largest, n[r] * hazard[r])
    if largest >= _LARGE:
        _expand_row(n, hazard, u, out)
    for r in range(out.size):
        mean = n[r] * hazard[r]
        if u[r] < 1.0 - mean:
            out[r] = 0.0
        elif mean < _LARGE or hazard[r] >= _MEDIUM or abs(u[r] - 0.5) > _CENTRE:
            out[r] = quantile(n[r], hazard[r], u[r])


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
