"""Gibbs sampler of a local level with a regression whose terms may drop out, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

from salus.epi.arrays import BoolArray, FloatArray, IntArray


@njit(cache=True)
def _draw_level(
    values: FloatArray, seen: BoolArray, noise: float, drift: float, normals: FloatArray, level: FloatArray
) -> None:
    """Draw the path of the level given noise and drift variances: filter forward, sample back."""
    steps = values.shape[0]
    mean = np.empty(steps)
    spread = np.empty(steps)
    # The level starts at the first value with the variance of the series, which is 1 here.
    here, wide = values[0], 1.0
    for step in range(steps):
        if step > 0:
            wide += drift
        if seen[step]:
            gain = wide / (wide + noise)
            here += gain * (values[step] - here)
            wide *= 1.0 - gain
        mean[step] = here
        spread[step] = wide
    level[steps - 1] = mean[steps - 1] + np.sqrt(spread[steps - 1]) * normals[steps - 1]
    for step in range(steps - 2, -1, -1):
        gain = spread[step] / (spread[step] + drift)
        middle = mean[step] + gain * (level[step + 1] - mean[step])
        level[step] = middle + np.sqrt(spread[step] * (1.0 - gain)) * normals[step]


@njit(cache=True)
def _factorise(matrix: FloatArray, chosen: IntArray, count: int, factor: FloatArray) -> float:
    """Lower Cholesky factor of the chosen rows and columns; return the log determinant."""
    total = 0.0
    for a in range(count):
        for b in range(a + 1):
            value = matrix[chosen[a], chosen[b]]
            for c in range(b):
                value -= factor[a, c] * factor[b, c]
            if a == b:
                factor[a, a] = np.sqrt(max(value, 1e-12))
                total += 2.0 * np.log(factor[a, a])
            else:
                factor[a, b] = value / factor[b, b]
    return total


@njit(cache=True)
def _score(
    included: BoolArray,
    moment: FloatArray,
    precision: FloatArray,
    prior: FloatArray,
    square: float,
    freedom: float,
    chosen: IntArray,
    factor: FloatArray,
    half: FloatArray,
) -> tuple[float, float, int]:
    """Log probability of a set of terms with their coefficients and the noise integrated out.

    Leaves the factor of the posterior precision, and the half-solved moments, in place.
    """
    count = 0
    for term in range(included.shape[0]):
        if included[term]:
            chosen[count] = term
            count += 1
    before = _factorise(prior, chosen, count, factor)
    after = _factorise(precision, chosen, count, factor)
    left = square
    for a in range(count):
        value = moment[chosen[a]]
        for c in range(a):
            value -= factor[a, c] * half[c]
        half[a] = value / factor[a, a]
        left -= half[a] * half[a]
    left = max(left, 1e-12)
    return 0.5 * (before - after) - 0.5 * freedom * np.log(left), left, count


@njit(cache=True)
def _draw_terms(
    terms: tuple[int, float],
    uniforms: FloatArray,
    normals: FloatArray,
    gamma: float,
    moment: FloatArray,
    precision: FloatArray,
    prior: FloatArray,
    square: float,
    freedom: float,
    ceiling: float,
    included: BoolArray,
    coefficients: FloatArray,
) -> float:
    """Draw which terms are in, the noise variance and the coefficients; return the variance."""
    forced, odds = terms
    width = included.shape[0]
    chosen = np.empty(width, np.int64)
    factor = np.empty((width, width))
    half = np.empty(width)
    if odds < 1e6:
        now, _, _ = _score(included, moment, precision, prior, square, freedom, chosen, factor, half)
        for term in range(forced, width):
            included[term] = not included[term]
            other, _, _ = _score(included, moment, precision, prior, square, freedom, chosen, factor, half)
            gain = other - now + (np.log(odds) if included[term] else -np.log(odds))
            if uniforms[term] * (1.0 + np.exp(-min(max(gain, -700.0), 700.0))) < 1.0:
                now = other
            else:
                included[term] = not included[term]
    _, left, count = _score(included, moment, precision, prior, square, freedom, chosen, factor, half)
    noise = min(0.5 * left / gamma, ceiling)
    root = np.sqrt(noise)
    for term in range(width):
        coefficients[term] = 0.0
    for a in range(count - 1, -1, -1):
        value = half[a] + root * normals[a]
        for c in range(a + 1, count):
            value -= factor[c, a] * coefficients[chosen[c]]
        coefficients[chosen[a]] = value / factor[a, a]
    return noise


@njit(cache=True)
def _explain(design: FloatArray, coefficients: FloatArray, effect: FloatArray) -> None:
    """Write the regression's part of each step."""
    for step in range(design.shape[0]):
        total = 0.0
        for term in range(design.shape[1]):
            total += design[step, term] * coefficients[term]
        effect[step] = total


@njit(cache=True)
def _subtract(values: FloatArray, part: FloatArray, rest: FloatArray) -> None:
    for step in range(values.shape[0]):
        rest[step] = values[step] - part[step]


@njit(cache=True)
def _keep(level: FloatArray, effect: FloatArray, state: FloatArray, draw: FloatArray, fitted: FloatArray) -> None:
    for step in range(level.shape[0]):
        fitted[step] += level[step] + effect[step]
    draw[0] = level[level.shape[0] - 1]
    for place in range(state.shape[0]):
        draw[1 + place] = state[place]


@njit(cache=True)
def _draw_drift(level: FloatArray, square: float, gamma: float) -> float:
    """Draw the variance of the level's steps, at most that of the series."""
    for step in range(1, level.shape[0]):
        square += (level[step] - level[step - 1]) ** 2
    return min(0.5 * square / gamma, 1.0)


@njit(cache=True)
def _moments(left: FloatArray, seen: BoolArray, design: FloatArray, moment: FloatArray) -> float:
    """Write the cross-products of the regressors with what the level leaves; return its square."""
    square = 0.0
    for term in range(moment.shape[0]):
        moment[term] = 0.0
    for step in range(left.shape[0]):
        if seen[step]:
            square += left[step] * left[step]
            for term in range(moment.shape[0]):
                moment[term] += design[step, term] * left[step]
    return square


@njit(cache=True)
def sample_structure(
    values: FloatArray,
    seen: BoolArray,
    design: FloatArray,
    prior: FloatArray,
    precision: FloatArray,
    terms: tuple[int, float],
    beliefs: tuple[float, float, float, float],
    normals: FloatArray,
    uniforms: FloatArray,
    gammas: FloatArray,
    state: FloatArray,
    included: BoolArray,
    draws: FloatArray,
    fitted: FloatArray,
) -> None:
    """Run the sampler for as many rounds as `draws` has rows.

    Parameters
    ----------
    values, seen : FloatArray, shape (T,)
        Standardised series, and where it is known.
    design : FloatArray, shape (T, P)
        Regressors.
    prior, precision : FloatArray, shape (P, P)
        Precision of the coefficients in units of the noise, before and after the data.
    terms : (int, float)
        How many leading terms are always in, and the prior odds that another is.
    beliefs : (float, float, float, float)
        Sum of squares of the noise, degrees of freedom after the data, sum of squares of the
        drift, and largest noise variance.
    normals, uniforms, gammas : FloatArray
        Random numbers, one row per round: (T + P), (P) and (noise, drift).
    state : FloatArray, shape (2 + P,)
        Noise variance, drift variance, coefficients: read, and left as they end.
    included : BoolArray, shape (P,)
        Which terms are in: read, and left as they end.
    draws : FloatArray, shape (N, 3 + P)
        Written: last level, the two variances, coefficients.
    fitted : FloatArray, shape (T,)
        Sum over the rounds of level plus regression is added.

    """
    steps = values.shape[0]
    level, effect, rest = np.empty(steps), np.empty(steps), np.empty(steps)
    coefficients = state[2:]
    moment = np.empty(coefficients.shape[0])
    for at in range(draws.shape[0]):
        _explain(design, coefficients, effect)
        _subtract(values, effect, rest)
        _draw_level(rest, seen, state[0], state[1], normals[at], level)
        state[1] = _draw_drift(level, beliefs[2], gammas[at, 1])
        _subtract(values, level, rest)
        square = beliefs[0] + _moments(rest, seen, design, moment)
        state[0] = _draw_terms(
            terms,
            uniforms[at],
            normals[at, steps:],
            gammas[at, 0],
            moment,
            precision,
            prior,
            square,
            beliefs[1],
            beliefs[3],
            included,
            coefficients,
        )
        _explain(design, coefficients, effect)
        _keep(level, effect, state, draws[at], fitted)
