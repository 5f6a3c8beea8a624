"""Compiled core of the rising-mean detector: isotonic regression, one new count at a time."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from salus.epi.arrays import FloatArray


@njit(cache=True, nogil=True, error_model="numpy")
def _pooled(cases, steps, gain, depth, value):  # type: ignore[no-untyped-def]
    """Pool a new count with the blocks before it that are not lower.

    Blocks are kept as running totals, so that nothing is copied to try a value. Returns the
    depth to keep, the new block's cases and steps, and the log likelihood of all blocks.
    """
    block, length = value, 1.0
    while depth > 0 and block * steps[depth - 1] <= cases[depth - 1] * length:
        depth -= 1
        block += cases[depth]
        length += steps[depth]
    total = gain[depth - 1] if depth > 0 else 0.0
    if block > 0:
        total += block * math.log(block / length)
    return depth, block, length, total


@njit(cache=True, nogil=True, error_model="numpy")
def _ratio(total, cases, steps):  # type: ignore[no-untyped-def]
    return total - cases * math.log(cases / steps) if cases > 0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _least(cases, steps, gain, depth, before, count, bound, most):  # type: ignore[no-untyped-def]
    """Smallest count that would alarm; the ratio never falls as the count grows."""
    low, high, probe, tried = 0.0, most, 0.0, 0
    while high - low > 1:
        total = _pooled(cases, steps, gain, depth, probe)[3]
        alarm = _ratio(total, before + probe, count) > bound
        # First the ends: a count of zero that alarms already, or a largest that does not.
        if (tried == 0 and alarm) or (tried == 1 and not alarm):
            return np.nan
        if tried > 1:
            low, high = (low, probe) if alarm else (probe, high)
        tried += 1
        probe = most if tried == 1 else math.floor((low + high) / 2)
    return high


@njit(cache=True, nogil=True, error_model="numpy")
def _scan(counts, bound, most):  # type: ignore[no-untyped-def]
    """Log ratio and alarm bound for each step and series."""
    length, width = counts.shape
    out, upper = np.full((length, width), np.nan), np.full((length, width), np.nan)
    cases, steps, gain = np.empty(length), np.empty(length), np.empty(length)
    for series in range(width):
        depth, sum_cases, count = 0, 0.0, 0.0
        for now in range(length):
            value = counts[now, series]
            if np.isnan(value):
                continue
            count += 1
            if count > 1:
                upper[now, series] = _least(cases, steps, gain, depth, sum_cases, count, bound, most)
            elif bound < 0:
                upper[now, series] = 0.0
            depth, block, size, total = _pooled(cases, steps, gain, depth, value)
            cases[depth], steps[depth], gain[depth] = block, size, total
            depth += 1
            sum_cases += value
            out[now, series] = _ratio(total, sum_cases, count)
    return out, upper


def scan(counts: FloatArray, bound: float, most: float) -> tuple[FloatArray, FloatArray]:
    """Typed door to the kernel."""
    ratio, upper = _scan(counts, bound, most)
    return ratio, upper
