"""Random numbers in compiled code: one independent stream per replicate.

A replicate is numbered, and its stream depends on the seed and its number alone, so that
any worker can draw it and the result is the same.

References
----------
Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators.
https://doi.org/10.1145/2660193.2660195
Hörmann (1993), The transformed rejection method for generating Poisson random variables.
https://doi.org/10.1016/0167-6687(93)90997-4
Stadlober (1990), The ratio of uniforms approach for generating discrete random variates.
https://doi.org/10.1016/0377-0427(90)90349-5
Walker (1977), An efficient method for generating discrete random variables with general
distributions. https://doi.org/10.1145/355744.355749

"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from numba import njit

from salus.epi.arrays import FloatArray, IntArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_UNIT = 2.0**-53
_S11 = np.uint64(11)
_HALF_LOG_TAU = 0.9189385332046727
_STIRLING_FROM = 12
_SMALL_MEAN = 10.0
_REACH = 6.5


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def bits(state):  # type: ignore[no-untyped-def]
    """Return 64 random bits and advance the stream (SplitMix64)."""
    state[0] += _GOLDEN
    z = state[0]
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


@njit(cache=True, nogil=True, error_model="numpy")
def seat(state, seed, replicate):  # type: ignore[no-untyped-def]
    """Set the stream to the beginning of a replicate."""
    state[0] = np.uint64(seed)
    start = bits(state)
    state[0] = start + np.uint64(replicate) * _SECOND
    state[0] = bits(state)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def uniform(state):  # type: ignore[no-untyped-def]
    """Return a number in [0, 1)."""
    return float(bits(state) >> _S11) * _UNIT


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def below(state, size):  # type: ignore[no-untyped-def]
    """Return a whole number from 0 to size - 1, for sizes under 2**32."""
    return np.int64(((bits(state) >> _S32) * np.uint64(size)) >> _S32)


def alias_table(weights: FloatArray) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
    """Prepare Walker's alias method: one 64-bit draw gives a cell.

    Returns the acceptance thresholds as whole numbers of 32 bits, and the alias of each cell.
    """
    accept, alias = _vose(weights * (weights.size / weights.sum()))
    return accept, alias


@njit(cache=True, nogil=True, error_model="numpy")
def _vose(scaled):  # type: ignore[no-untyped-def]
    size = scaled.size
    accept = np.full(size, np.uint64(4294967296), dtype=np.uint64)
    alias = np.arange(size).astype(np.int32)
    queue = np.empty(size, dtype=np.int64)
    small, large = 0, size
    for i in range(size):
        if scaled[i] < 1:
            queue[small] = i
            small += 1
        else:
            large -= 1
            queue[large] = i
    while small > 0 and large < size:
        small -= 1
        i, j = queue[small], queue[large]
        accept[i] = np.uint64(scaled[i] * 4294967296.0)
        alias[i] = j
        scaled[j] -= 1 - scaled[i]
        if scaled[j] < 1:
            large += 1
            queue[small] = j
            small += 1
    return accept, alias


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def from_alias(state, accept, alias):  # type: ignore[no-untyped-def]
    """Return a cell in proportion to its weight."""
    u = bits(state)
    i = np.int64(((u >> _S32) * np.uint64(accept.size)) >> _S32)
    if (u & _LOW) < accept[i]:
        return i
    return np.int64(alias[i])


@njit(cache=True, nogil=True, error_model="numpy")
def log_factorial(k):  # type: ignore[no-untyped-def]
    """Return ``log k!`` to about 1e-13."""
    if k < _STIRLING_FROM:
        product = 1.0
        for i in range(2, int(k) + 1):
            product *= i
        return math.log(product)
    x = k + 1.0
    inverse = 1.0 / x
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))))
    return (x - 0.5) * math.log(x) - x + _HALF_LOG_TAU + series


@njit(cache=True, nogil=True, error_model="numpy")
def poisson(state, mean):  # type: ignore[no-untyped-def]
    """Return a Poisson number: inversion for a small mean, else transformed rejection."""
    if mean < _SMALL_MEAN:
        chance = math.exp(-mean)
        rest = uniform(state) - chance
        k = 0
        while rest >= 0 and k < 200:
            k += 1
            chance *= mean / k
            rest -= chance
        return k
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    ease = 0.9277 - 3.6224 / (b - 2)
    while True:
        u = uniform(state) - 0.5
        v = uniform(state)
        edge = 0.5 - abs(u)
        k = math.floor((2 * a / edge + b) * u + mean + 0.43)
        if edge >= 0.07 and v <= ease:
            return int(k)
        if k < 0 or (edge < 0.013 and v > edge):
            continue
        scale = 1.1239 + 1.1328 / (b - 3.4)
        if math.log(v * scale / (a / (edge * edge) + b)) <= k * math.log(mean) - mean - log_factorial(k):
            return int(k)


@njit(cache=True, nogil=True, error_model="numpy")
def _tabulate(means, first, lowest, table):  # type: ignore[no-untyped-def]
    """Fill an alias table for each mean: thresholds in the upper half of a word, aliases below."""
    for c in range(means.size):
        size, mean = first[c + 1] - first[c], means[c]
        chance = np.empty(size)
        for i in range(size):
            k = float(lowest[c] + i)
            chance[i] = math.exp(k * math.log(mean) - mean - log_factorial(k)) if mean > 0 else 1.0
        accept, alias = _vose(chance * (size / chance.sum()))
        for i in range(size):
            # Where the threshold is the whole range, the alias is the entry itself.
            table[first[c] + i] = (min(accept[i], _LOW) << _S32) | np.uint64(alias[i])


def poisson_tables(means: FloatArray, most: int = 2**21) -> tuple[IntArray, IntArray, npt.NDArray[np.uint64]]:
    """Prepare a draw of each of many Poisson numbers whose means stay, by Walker's alias method.

    Returns where each table begins, its smallest number, and all tables in one; no table where
    there would be more than `most` entries. What lies further out than 6.5 standard deviations and
    10, less than the resolution of a 32-bit threshold, is never drawn.
    """
    reach = _REACH * np.sqrt(means) + 10.0
    lowest = np.maximum(np.floor(means - reach), 0).astype(np.int64)
    size = np.where(means > 0, np.ceil(means + reach).astype(np.int64) - lowest + 1, 1)
    if int(size.sum()) > most:
        return np.zeros(0, dtype=np.int64), lowest, np.zeros(0, dtype=np.uint64)
    first = np.concatenate([[0], np.cumsum(size)])
    table = np.empty(int(first[-1]), dtype=np.uint64)
    _tabulate(means, first, lowest, table)
    return first, lowest, table


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def from_table(state, table, first, size):  # type: ignore[no-untyped-def]
    """Return an entry of one of the tables, counted from its first."""
    u = bits(state)
    i = ((u >> _S32) * np.uint64(size)) >> _S32
    word = table[first + np.int64(i)]
    return np.int64(i) if (u & _LOW) <= (word >> _S32) else np.int64(word & _LOW)


@njit(cache=True, nogil=True, error_model="numpy")
def _urn(state, good, total, sample):  # type: ignore[no-untyped-def]
    """Draw a hypergeometric number by drawing the sample itself."""
    found = 0
    for _ in range(sample):
        if below(state, total) < good:
            found += 1
            good -= 1
        total -= 1
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _rejection(state, good, total, sample):  # type: ignore[no-untyped-def]
    """Draw a hypergeometric number by the ratio of uniforms, for good and sample at most half."""
    bad = total - good
    p = good / total
    mean = sample * p
    width = math.sqrt((total - sample) * sample * p * (1 - p) / (total - 1) + 0.5)
    spread = 1.7155277699214135 * width + 0.8989161620588988
    peak = math.floor((sample + 1.0) * (good + 1.0) / (total + 2.0))
    top = log_factorial(peak) + log_factorial(good - peak)
    top += log_factorial(sample - peak) + log_factorial(bad - sample + peak)
    last = min(min(sample, good) + 1.0, math.floor(mean + 0.5 + 16 * width))
    while True:
        x = uniform(state)
        if x <= 0:
            continue
        w = mean + 0.5 + spread * (uniform(state) - 0.5) / x
        if w < 0 or w >= last:
            continue
        k = math.floor(w)
        t = top - log_factorial(k) - log_factorial(good - k)
        t -= log_factorial(sample - k) + log_factorial(bad - sample + k)
        if x * (4 - x) - 3 <= t or (x * (x - t) < 1 and 2 * math.log(x) <= t):
            return int(k)


@njit(cache=True, nogil=True, error_model="numpy")
def hypergeometric(state, good, total, sample):  # type: ignore[no-untyped-def]
    """Return how many of `good` among `total` fall into a sample drawn without replacement."""
    if good <= 0 or sample <= 0:
        return 0
    if sample == total:
        return good
    few, many = min(good, sample), max(good, sample)
    if few <= 12:
        return _urn(state, many, total, few)
    flip_good, flip_sample = 2 * good > total, 2 * sample > total
    g = total - good if flip_good else good
    s = total - sample if flip_sample else sample
    k = _urn(state, max(g, s), total, min(g, s)) if min(g, s) <= 12 else _rejection(state, g, total, s)
    if flip_good and flip_sample:
        return good - (total - sample) + k
    if flip_good:
        return sample - k
    if flip_sample:
        return good - k
    return k
