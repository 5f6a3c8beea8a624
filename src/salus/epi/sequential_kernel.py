"""Compiled core of the likelihood-ratio detectors."""

from __future__ import annotations

import numpy as np
from numba import njit

from salus.epi.arrays import FloatArray, IntArray

_STEPS = 50
_CLOSE = 1e-10
_FAR = 30.0


@njit(cache=True, nogil=True, error_model="numpy")
def _change(x, mean, alpha, begin, end, guess):  # type: ignore[no-untyped-def]
    """Most likely log factor between `begin` and `end` (inclusive) of a negative binomial."""
    cases = 0.0
    for i in range(begin, end + 1):
        cases += x[i]
    if cases == 0:
        return -_FAR
    kappa = guess
    for _ in range(_STEPS):
        slope, bend = cases, 0.0
        for i in range(begin, end + 1):
            part = mean[i] * np.exp(kappa)
            below = 1 + alpha * part
            slope -= (1 + alpha * x[i]) * part / below
            bend -= (1 + alpha * x[i]) * part / (below * below)
        step = slope / bend
        # The log likelihood is concave, but far out a full Newton step overshoots.
        step = min(max(step, -2.0), 2.0)
        kappa = min(max(kappa - step, -_FAR), _FAR)
        if abs(step) < _CLOSE:
            break
    return kappa


@njit(cache=True, nogil=True, error_model="numpy")
def _gain(x, mean, alpha, begin, end, kappa):  # type: ignore[no-untyped-def]
    """Log-likelihood ratio of a factor exp(kappa) against none."""
    total = 0.0
    for i in range(begin, end + 1):
        before, after = 1 + alpha * mean[i], 1 + alpha * mean[i] * np.exp(kappa)
        total += x[i] * kappa + (x[i] + 1 / alpha) * np.log(before / after)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _best(x, mean, alpha, first, last, now, sign):  # type: ignore[no-untyped-def]
    """Best ratio over change points from `last` down to `first`, and where it is."""
    best, where = -1e99, last
    cases, expected, guess = 0.0, 0.0, 0.0
    for i in range(last + 1, now + 1):
        cases += x[i]
        expected += mean[i]
    for begin in range(last, first - 1, -1):
        cases += x[begin]
        expected += mean[begin]
        if alpha == 0:
            # R leaves a stretch without a case out: its factor is minus infinity.
            if cases == 0 and sign < 0:
                continue
            kappa = sign * max(0.0, sign * np.log(cases / expected)) if cases > 0 else 0.0
            value = kappa * cases + (1 - np.exp(kappa)) * expected
        else:
            guess = _change(x, mean, alpha, begin, now, guess)
            kappa = sign * max(0.0, sign * guess)
            value = _gain(x, mean, alpha, begin, now, kappa)
        if value > best:
            best, where = value, begin
    return best, where


@njit(cache=True, nogil=True, error_model="numpy")
def _scan(counts, expected, alpha, least, window, bound, sign):  # type: ignore[no-untyped-def]
    """Generalised ratio and its change point for each step and series, reset after alarms."""
    steps, width = counts.shape
    value = np.zeros((steps, width))
    change = np.full((steps, width), -1)
    for series in range(width):
        x, mean = counts[:, series].copy(), expected[:, series].copy()
        start = 0
        for now in range(steps):
            if now - start < least - 1:
                continue
            first = start if window < 0 else max(start, now - window)
            # R's three routines read the least length of a change in three ways.
            last = now - least + 1
            if alpha == 0:
                last = now if window < 0 else now - least
            best, where = _best(x, mean, alpha, first, last, now, sign)
            if where < first or best <= 0:
                continue
            value[now, series] = best
            change[now, series] = where
            if best > bound:
                start = now + 1
    return value, change


def scan(
    counts: FloatArray,
    expected: FloatArray,
    *,
    alpha: float,
    least: int,
    window: int,
    bound: float,
    sign: float,
) -> tuple[FloatArray, IntArray]:
    """Typed door to the kernel."""
    value, change = _scan(counts, expected, alpha, least, window, bound, sign)
    return value, change
