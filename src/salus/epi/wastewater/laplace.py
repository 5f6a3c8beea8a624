"""Gaussian approximation of a smooth latent path given measurements, and draws from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from salus.epi.arrays import FloatArray
from salus.epi.wastewater.measurement import Measurements

Forward = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
_STEPS = 25
_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Prior:
    """Normal prior of the path.

    Attributes
    ----------
    mean : FloatArray, shape (D,)
    cover : FloatArray, shape (D, D)
        Covariance of the path as it happened.
    smooth : FloatArray, shape (D, D)
        The part of it that is not day-to-day chance.

    """

    mean: FloatArray
    cover: FloatArray
    smooth: FloatArray


@dataclass(frozen=True, slots=True)
class Fit:
    """Mode, the linear model at it, and the evidence.

    Attributes
    ----------
    mode : FloatArray, shape (D,)
    slope : FloatArray, shape (n, D)
    target, weight : FloatArray, shape (n,)
        The pseudo-measurements of slope @ (path - prior mean), and their precisions.
    evidence : float
        Laplace's approximation of the log marginal likelihood.

    """

    mode: FloatArray
    slope: FloatArray
    target: FloatArray
    weight: FloatArray
    evidence: float


def fit_path(
    forward: Forward, prior: Prior, seen: Measurements, sd: float, start: FloatArray, steps: int = _STEPS
) -> Fit:
    """Climb to the mode by Gauss-Newton steps with halving."""
    path = start
    best = -np.inf
    expected, slope = forward(path)
    fit = _linear(prior, seen, sd, (path, expected, slope))
    for _ in range(steps):
        step, gain = 1.0, -np.inf
        while step > 0.05:
            trial = path + step * (fit.mode - path)
            expected, slope = forward(trial)
            following = _linear(prior, seen, sd, (trial, expected, slope))
            gain = _height(prior, seen, sd, trial, expected)
            if gain >= best - 1e-9:
                break
            step /= 2
        moved = float(np.abs(trial - path).max())
        path, fit, best = trial, following, gain
        if moved < _TOLERANCE:
            break
    return fit


def _height(prior: Prior, seen: Measurements, sd: float, path: FloatArray, expected: FloatArray) -> float:
    """Log posterior of a path, up to a constant."""
    value = seen.score(expected, sd)[0].sum()
    gap = path - prior.mean
    return float(value - 0.5 * gap @ cho_solve(cho_factor(prior.cover), gap))


def _linear(prior: Prior, seen: Measurements, sd: float, at: tuple[FloatArray, FloatArray, FloatArray]) -> Fit:
    """Solve the normal model that touches the posterior at a path."""
    path, expected, slope = at
    value, first, weight = seen.score(expected, sd)
    target = first / weight + slope @ (path - prior.mean)
    root = np.sqrt(weight)
    gain = prior.cover @ slope.T
    inner = np.eye(root.size) + root[:, None] * (slope @ gain) * root
    factor = cho_factor(inner, lower=True)
    pull = root * cho_solve(factor, root * target)
    mode = prior.mean + gain @ pull
    penalty = pull @ (slope @ (mode - prior.mean))
    volume = 2 * np.log(np.diag(factor[0])).sum()
    return Fit(mode, slope, target, weight, float(value.sum() - 0.5 * penalty - 0.5 * volume))


def draw_paths(fit: Fit, prior: Prior, root: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """Draws of the path, shape (D, N): prior draws moved by what they miss of the data."""
    base = root @ rng.standard_normal((root.shape[0], count))
    scale = np.sqrt(fit.weight)[:, None]
    noise = rng.standard_normal((fit.weight.size, count)) / scale
    gain = prior.cover @ fit.slope.T
    inner = np.eye(fit.weight.size) + scale * (fit.slope @ gain) * scale.T
    missed = fit.target[:, None] - fit.slope @ base - noise
    moved = base + gain @ (scale * cho_solve(cho_factor(inner, lower=True), scale * missed))
    out: FloatArray = prior.mean[:, None] + moved
    return out
