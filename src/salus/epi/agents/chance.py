"""Random numbers by name instead of by turn, so that two scenarios share their luck.

A draw is a hash of the run's key, what it is for, and whom it concerns. Nothing depends on
the order in which people are visited: a measure changes only the draws that it concerns, so
that differences between scenarios are differences between measures.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from salus.epi.arrays import FloatArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0

INFECTION, COURSE, TEST, ROUTINE, TRACE, EDGE, COMPLIANCE, GROUP = range(1, 9)


@njit(cache=True, nogil=True, forceinline=True)
def mix(value: np.uint64) -> np.uint64:
    """Finaliser of splitmix64 (Steele, Lea & Flood 2014, https://doi.org/10.1145/2714064.2660195)."""
    value = (value ^ (value >> _30)) * _FIRST
    value = (value ^ (value >> _27)) * _SECOND
    return value ^ (value >> _31)


@njit(cache=True, nogil=True, forceinline=True)
def stream(key: np.uint64, purpose: int, first: int, second: int) -> np.uint64:
    """Start of the stream of draws for a purpose and two numbers, such as person and day."""
    state = mix(key + np.uint64(purpose) * _GOLDEN)
    state = mix(state + np.uint64(first) * _GOLDEN)
    return mix(state + np.uint64(second) * _GOLDEN)


@njit(cache=True, nogil=True, forceinline=True)
def advance(state: np.uint64) -> np.uint64:
    """Next state of a stream."""
    return state + _GOLDEN


@njit(cache=True, nogil=True, forceinline=True)
def unit(state: np.uint64) -> float:
    """Uniform number in (0, 1) of a state."""
    return (float(mix(state) >> _11) + 0.5) * _UNIT


@njit(cache=True, nogil=True, forceinline=True)
def single(key: np.uint64, purpose: int, first: int, second: int) -> float:
    """One uniform number for a purpose and two numbers."""
    return unit(advance(stream(key, purpose, first, second)))


@njit(cache=True, nogil=True)
def from_table(laws: FloatArray, row: int, u: float) -> int:
    """Index at which a row of cumulative distributions passes `u`."""
    low, high = 0, laws.shape[1] - 1
    while low < high:
        middle = (low + high) >> 1
        if laws[row, middle] > u:
            high = middle
        else:
            low = middle + 1
    return low
