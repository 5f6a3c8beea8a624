"""Draws from a posterior by importance sampling around its mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, logsumexp

from salus.epi.arrays import FloatArray

_FREEDOM = 6.0
_ROUNDS = 4
_ENOUGH = 0.3


class Sample(NamedTuple):
    """Equally weighted draws, and how well the proposal fitted."""

    z: FloatArray  # (draws, d)
    effective: float  # effective sample size before resampling
    shape: float  # Pareto shape of the largest weights; below .7 is good


def importance_sample(
    log_density: Callable[[FloatArray], FloatArray],
    mode: FloatArray,
    covariance: FloatArray,
    rng: np.random.Generator,
    *,
    particles: int,
    draws: int,
) -> Sample:
    """Draw from a density by adaptive multiple importance sampling with t proposals.

    References
    ----------
    Cornuet JM et al. Adaptive multiple importance sampling. Scand J Stat 2012;39:798-812.
    https://doi.org/10.1111/j.1467-9469.2011.00756.x
    Vehtari A et al. Pareto smoothed importance sampling. J Mach Learn Res 2024;25(72).
    https://doi.org/10.48550/arXiv.1507.02646

    """
    proposals = [(mode, _root(covariance))]
    z = np.empty((0, mode.size))
    target = np.empty(0)
    for _ in range(_ROUNDS):
        fresh = _propose(*proposals[-1], rng, particles)
        z, target = np.vstack([z, fresh]), np.concatenate([target, log_density(fresh)])
        # Every draw is weighed against the mixture of all proposals so far.
        mixture = logsumexp([_log_t(z, *proposal) for proposal in proposals], axis=0) - np.log(len(proposals))
        smooth, shape = smooth_weights(target - mixture)
        effective = float(1.0 / np.square(smooth).sum())
        if effective >= _ENOUGH * particles:
            break
        proposals.append(_refit(z, smooth, covariance))
    index = _systematic(smooth, draws, rng)
    return Sample(z[index], effective, shape)


def _propose(centre: FloatArray, factor: FloatArray, rng: np.random.Generator, count: int) -> FloatArray:
    normal = rng.standard_normal((count, centre.size)) @ factor.T
    out: FloatArray = centre + normal / np.sqrt(rng.chisquare(_FREEDOM, count) / _FREEDOM)[:, None]
    return out


def _log_t(z: FloatArray, centre: FloatArray, factor: FloatArray) -> FloatArray:
    d = centre.size
    gap = np.linalg.solve(factor, (z - centre).T)
    constant = gammaln((_FREEDOM + d) / 2) - gammaln(_FREEDOM / 2) - d / 2 * np.log(_FREEDOM * np.pi)
    spread = np.log(np.diag(factor)).sum()
    out: FloatArray = constant - spread - (_FREEDOM + d) / 2 * np.log1p(np.square(gap).sum(axis=0) / _FREEDOM)
    return out


def _refit(z: FloatArray, weight: FloatArray, covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Centre and spread of the draws so far, held near the first where few of them count."""
    centre = weight @ z
    spread = (z - centre).T @ ((z - centre) * weight[:, None])
    trust = min(1.0, 1.0 / np.square(weight).sum() / (5.0 * z.shape[1]))
    return centre, _root(trust * spread + (1 - trust) * covariance + 1e-10 * np.eye(centre.size))


def _root(covariance: FloatArray) -> FloatArray:
    out: FloatArray = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    return out


def smooth_weights(log_weight: FloatArray) -> tuple[FloatArray, float]:
    """Normalise weights with their largest replaced by quantiles of a fitted Pareto tail.

    Parameters
    ----------
    log_weight : FloatArray, shape (N,)
        Minus infinity where the density is zero.

    Returns
    -------
    FloatArray, float
        Weights that sum to 1, and the shape of the tail.

    """
    weight = np.exp(log_weight - log_weight.max())
    tail = int(min(0.2 * weight.size, 3.0 * np.sqrt(weight.size)))
    order = np.argsort(weight)
    edge = weight[order[-tail - 1]]
    excess = weight[order[-tail:]] - edge
    if tail < 5 or excess[-1] <= 0:
        return weight / weight.sum(), 0.0
    shape, scale = _pareto(np.maximum(excess, 1e-300))
    at = (np.arange(tail) + 0.5) / tail
    fitted = scale * (np.expm1(-shape * np.log1p(-at)) / shape if abs(shape) > 1e-9 else -np.log1p(-at))
    weight[order[-tail:]] = np.minimum(edge + fitted, 1.0)
    return weight / weight.sum(), float(shape)


def _pareto(excess: FloatArray) -> tuple[float, float]:
    """Generalised Pareto shape and scale by Zhang and Stephens (2009), with a weak prior.

    https://doi.org/10.1198/tech.2009.08017
    """
    n = excess.size
    grid = 20 + int(np.sqrt(n))
    quarter = excess[max(int(n / 4 + 0.5) - 1, 0)]
    theta = 1 / excess[-1] + (1 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))) / (3 * quarter)
    shapes = np.log1p(-theta[:, None] * excess).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        profile = n * (np.log(-theta / shapes) - shapes - 1)
    weight = np.exp(profile - logsumexp(np.where(np.isnan(profile), -np.inf, profile)))
    best = float(np.nansum(weight * theta))
    shape = float(np.log1p(-best * excess).mean())
    scale = -shape / best
    return (n * shape + 5.0) / (n + 10.0), scale


def _systematic(weight: FloatArray, draws: int, rng: np.random.Generator) -> FloatArray:
    at = (np.arange(draws) + rng.random()) / draws
    index = np.minimum(np.searchsorted(np.cumsum(weight), at), weight.size - 1)
    out: FloatArray = rng.permutation(index)
    return out
