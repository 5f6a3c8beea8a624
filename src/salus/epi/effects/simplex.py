"""Weights that are at least 0 and sum to 1: the least-squares problem inside synthetic control."""

from __future__ import annotations

import numpy as np
from numba import njit

from salus.epi.arrays import BoolArray, FloatArray, IntArray

_ROUNDS_PER_UNIT = 6
_ENTERS = 1e-10
_LEAVES = 1e-13


@njit(cache=True)
def _solve_passive(gram: FloatArray, chosen: IntArray, count: int, factor: FloatArray, out: FloatArray) -> None:
    """Solve ``gram[chosen, chosen] @ out = 1`` by Cholesky; nearly equal units share the weight."""
    for a in range(count):
        for b in range(a + 1):
            total = gram[chosen[a], chosen[b]]
            for c in range(b):
                total -= factor[a, c] * factor[b, c]
            if a == b:
                factor[a, a] = np.sqrt(max(total, 1e-14 * gram[chosen[a], chosen[a]] + 1e-300))
            else:
                factor[a, b] = total / factor[b, b]
    for a in range(count):
        total = 1.0
        for c in range(a):
            total -= factor[a, c] * out[c]
        out[a] = total / factor[a, a]
    for a in range(count - 1, -1, -1):
        total = out[a]
        for c in range(a + 1, count):
            total -= factor[c, a] * out[c]
        out[a] = total / factor[a, a]


@njit(cache=True)
def _step_inside(weights: FloatArray, chosen: IntArray, count: int, goal: FloatArray, passive: BoolArray) -> bool:
    """Move to the goal, or as far as no weight turns negative; True when the goal was reached."""
    step = 1.0
    for a in range(count):
        if goal[a] <= 0.0:
            here = weights[chosen[a]]
            step = min(step, here / (here - goal[a]) if here > 0.0 else 0.0)
    for a in range(count):
        unit = chosen[a]
        weights[unit] += step * (goal[a] - weights[unit])
        if step < 1.0 and weights[unit] <= _LEAVES:
            weights[unit] = 0.0
            passive[unit] = False
    return step >= 1.0


@njit(cache=True)
def _steepest(gram: FloatArray, weights: FloatArray, passive: BoolArray) -> int:
    """The unit that would gain most by entering, or -1 if none would."""
    best, lead = -1, _ENTERS
    for unit in range(weights.size):
        if not passive[unit]:
            slope = 1.0
            for other in range(weights.size):
                slope -= gram[unit, other] * weights[other]
            if slope > lead:
                best, lead = unit, slope
    return best


@njit(cache=True)
def nearest_in_simplex(gram: FloatArray, weights: FloatArray) -> None:
    """Write into `weights` the point of the simplex that makes ``w @ (gram - c) @ w`` least.

    `gram` is the cross-product of the columns of differences plus a constant c > 0. Without
    the constraint on the sum this is non-negative least squares (Lawson and Hanson), and its
    solution divided by its sum is the exact answer on the simplex.
    """
    size = weights.shape[0]
    passive = np.zeros(size, np.bool_)
    chosen = np.empty(size, np.int64)
    factor = np.empty((size, size))
    goal = np.empty(size)
    weights[:] = 0.0
    for _ in range(_ROUNDS_PER_UNIT * size):
        best = _steepest(gram, weights, passive)
        if best < 0:
            break
        passive[best] = True
        done = False
        while not done:
            count = 0
            for unit in range(size):
                if passive[unit]:
                    chosen[count] = unit
                    count += 1
            _solve_passive(gram, chosen, count, factor, goal)
            done = _step_inside(weights, chosen, count, goal, passive)
    total = 0.0
    for unit in range(size):
        total += weights[unit]
    for unit in range(size):
        weights[unit] /= total


@njit(cache=True)
def fit_outcomes(outcomes: FloatArray, weights: FloatArray) -> None:
    """Write the weights under which differences of outcomes, shape (T, J), are least."""
    size = outcomes.shape[1]
    gram = np.zeros((size, size))
    scale = 1e-300
    for a in range(size):
        for b in range(size):
            for step in range(outcomes.shape[0]):
                gram[a, b] += outcomes[step, a] * outcomes[step, b]
        scale = max(scale, gram[a, a])
    for a in range(size):
        for b in range(size):
            gram[a, b] = gram[a, b] / scale + 1.0
    nearest_in_simplex(gram, weights)


@njit(cache=True)
def _squared_error(outcomes: FloatArray, weights: FloatArray) -> float:
    total: float = 0.0
    for step in range(outcomes.shape[0]):
        gap: float = 0.0
        for unit in range(weights.shape[0]):
            gap += outcomes[step, unit] * weights[unit]
        total += gap * gap
    return total / np.float64(outcomes.shape[0])


@njit(cache=True)
def _error_at(power: FloatArray, predictors: FloatArray, outcomes: FloatArray, weights: FloatArray) -> float:
    """Error of the outcomes under the unit weights that predictors of such importance give."""
    size = weights.shape[0]
    gram = np.ones((size, size))
    top = power[0]
    for row in range(1, power.shape[0]):
        top = max(top, power[row])
    for row in range(predictors.shape[0]):
        importance = 10.0 ** (power[row] - top)
        for a in range(size):
            part = predictors[row, a] * importance
            for b in range(size):
                gram[a, b] += part * predictors[row, b]
    nearest_in_simplex(gram, weights)
    return _squared_error(outcomes, weights)


@njit(cache=True)
def _compass(
    here: FloatArray, predictors: FloatArray, outcomes: FloatArray, floor: float, finest: float, weights: FloatArray
) -> float:
    """Move `here` to where no step along an axis lowers the error; return the error."""
    error = _error_at(here, predictors, outcomes, weights)
    step = 1.0
    while step > finest:
        improved = False
        for move in range(2 * here.shape[0]):
            axis = move // 2
            before = here[axis]
            here[axis] = min(0.0, max(floor, before + (step if move % 2 else -step)))
            if here[axis] != before:
                trial = _error_at(here, predictors, outcomes, weights)
                if trial < error * (1.0 - 1e-9):
                    error = trial
                    improved = True
                else:
                    here[axis] = before
        if not improved:
            step *= 0.5
    return error


@njit(cache=True)
def fit_predictors(
    predictors: FloatArray, outcomes: FloatArray, starts: FloatArray, floor: float, finest: float, weights: FloatArray
) -> int:
    """Search the importance of predictors along its axes from each start.

    Writes the unit weights; returns the row of `starts`, all moved to where they ended, that
    holds the best log10 importances.
    """
    least = _compass(starts[0], predictors, outcomes, floor, finest, weights)
    best = 0
    for first in range(1, starts.shape[0]):
        error = _compass(starts[first], predictors, outcomes, floor, finest, weights)
        if error < least:
            best, least = first, error
    _error_at(starts[best], predictors, outcomes, weights)
    return best
