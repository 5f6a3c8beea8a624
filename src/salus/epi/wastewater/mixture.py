"""Average over noise and smoothness: weighted fits on a grid, draws from all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from salus.epi.arrays import FloatArray
from salus.epi.wastewater.laplace import Fit, Forward, Prior, draw_paths, fit_path
from salus.epi.wastewater.measurement import Measurements

# Gauss-Hermite nodes in standard deviations: exact for polynomials to the fifth degree.
NODES = ((-np.sqrt(3.0), 1 / 6), (0.0, 2 / 3), (np.sqrt(3.0), 1 / 6))
_NOISE = (np.log(0.3), 0.7)
_COARSE = np.log(np.array([0.05, 0.1, 0.17, 0.27, 0.42, 0.65, 1.0, 1.6]))
_FINE = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
_BRIEF = 2
_JITTER = 1e-8


@dataclass(frozen=True, slots=True)
class Draws:
    """Equally likely draws of the path.

    Attributes
    ----------
    path : FloatArray, shape (D, N)
        As it happened.
    smooth : FloatArray, shape (D, N)
        Without day-to-day chance.
    sd : FloatArray, shape (N,)
        Noise on the log scale.
    prior_sd : FloatArray, shape (D,)
        Of the smooth path, before any measurement.

    """

    path: FloatArray
    smooth: FloatArray
    sd: FloatArray
    prior_sd: FloatArray


def integrate(
    forward: Forward,
    priors: list[tuple[Prior, float]],
    seen: Measurements,
    count: int,
    rng: np.random.Generator,
) -> Draws:
    """Draw from the posterior over the path, the noise and the smoothness.

    Parameters
    ----------
    forward : callable
        Path (D,) to expected log measurement (n,) and its slopes (n, D).
    priors : list of (Prior, float)
        One prior for each smoothness, with its log weight; the middle one is the typical.
    seen : Measurements
        Of one site.
    count : int
        Draws.
    rng : numpy.random.Generator
        Same seed, same draws.

    """
    middle = priors[len(priors) // 2][0]
    start, noises = _noise_grid(forward, middle, seen)
    fits: list[tuple[Fit, Prior, float, float]] = []
    for prior, weight in priors:
        for noise in noises:
            fit = fit_path(forward, prior, seen, float(np.exp(noise)), start, _BRIEF)
            fits.append((fit, prior, float(np.exp(noise)), weight + fit.evidence + _noise_prior(noise)))
    return _draw(fits, count, rng)


def _noise_prior(noise: float) -> float:
    return float(-0.5 * ((noise - _NOISE[0]) / _NOISE[1]) ** 2)


def _noise_grid(forward: Forward, prior: Prior, seen: Measurements) -> tuple[FloatArray, FloatArray]:
    """Mode of the path at the likeliest noise, and the noises to average over."""
    path = prior.mean
    heights = np.empty(_COARSE.size)
    modes = []
    for place in range(_COARSE.size - 1, -1, -1):
        fit = fit_path(forward, prior, seen, float(np.exp(_COARSE[place])), path)
        path = fit.mode
        heights[place] = fit.evidence + _noise_prior(_COARSE[place])
        modes.append(path)
    best = int(np.clip(heights.argmax(), 1, _COARSE.size - 2))
    curve = np.polyfit(_COARSE[best - 1 : best + 2], heights[best - 1 : best + 2], 2)
    if curve[0] >= -1e-3:
        return modes[::-1][best], _COARSE
    width = float(np.clip(np.sqrt(-0.5 / curve[0]), 0.03, 0.5))
    centre = float(np.clip(-curve[1] / (2 * curve[0]), _COARSE[best - 1], _COARSE[best + 1]))
    return modes[::-1][best], centre + width * _FINE


def _draw(fits: list[tuple[Fit, Prior, float, float]], count: int, rng: np.random.Generator) -> Draws:
    """Draw from each fit as often as its weight says."""
    weight = np.array([fit[3] for fit in fits])
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()
    shares = np.diff(np.floor(np.append(0.0, np.cumsum(weight)) * count + rng.random()).astype(np.int64))
    paths, smooth, noise = [], [], []
    for (fit, prior, sd, _), share in zip(fits, shares, strict=True):
        if share:
            root = np.asarray(np.linalg.cholesky(prior.cover + _JITTER * np.eye(prior.mean.size)), dtype=np.float64)
            paths.append(draw_paths(fit, prior, root, int(share), rng))
            smooth.append(_without_chance(paths[-1], prior, rng))
            noise.append(np.full(share, sd))
    spread = sum(share * np.diag(fit[1].smooth) for share, fit in zip(weight, fits, strict=True))
    order = rng.permutation(sum(part.size for part in noise))
    return Draws(
        np.concatenate(paths, axis=1)[:, order],
        np.concatenate(smooth, axis=1)[:, order],
        np.concatenate(noise)[order],
        np.sqrt(np.asarray(spread, dtype=np.float64)),
    )


def _without_chance(path: FloatArray, prior: Prior, rng: np.random.Generator) -> FloatArray:
    """Draws of the smooth part given the path as it happened."""
    chance = np.diag(prior.cover) - np.diag(prior.smooth)
    if chance.max() <= 0:
        return path
    root = np.linalg.cholesky(prior.smooth + _JITTER * np.eye(chance.size))
    base = root @ rng.standard_normal(path.shape)
    happened = base + np.sqrt(chance)[:, None] * rng.standard_normal(path.shape)
    pull = cho_solve(cho_factor(prior.cover, lower=True), path - prior.mean[:, None] - happened)
    out: FloatArray = prior.mean[:, None] + base + prior.smooth @ pull
    return out
