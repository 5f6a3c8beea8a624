"""Fit a model to what was observed, with its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, as_levels, require
from salus.epi.errors import NotConvergedError
from salus.epi.reproduction import QUANTILES
from salus.epi.scenario.importance import importance_sample
from salus.epi.scenario.likelihood import Layout, Observed, Prior, Trial, expected, lay_out, log_likelihood
from salus.epi.scenario.model import InForce, Model

_ROUNDS = 60
_SMALL = 1e-4
_SETTLED = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Posterior of a model's parameters; draws are equally likely.

    Attributes
    ----------
    names : tuple of str
        Parameters: "transmission[day]" (factor at a knot), "seeds" (factor),
        "ascertainment" (factor), "size[series]".
    draws : FloatArray, shape (N, parameters)
    quantiles : FloatArray, shape (T, Q)
        Factor on transmission by day, beside the model's r0 and measures.
    quantile_levels : FloatArray, shape (Q,)
    fitted : FloatArray, shape (series, T, N)
        Expected outputs of each draw.
    effective : float
        Effective sample size of the importance sample.
    tail : float
        Pareto shape of its weights: below .7 the draws can be trusted.
    layout : Layout
    standard : FloatArray, shape (N, parameters)
        The draws on the standard normal scale.

    """

    names: tuple[str, ...]
    draws: FloatArray
    quantiles: FloatArray
    quantile_levels: FloatArray
    fitted: FloatArray
    effective: float
    tail: float
    layout: Layout
    standard: FloatArray


def calibrate(
    model: Model,
    observed: Sequence[Observed],
    *,
    rng: np.random.Generator,
    orders: Sequence[InForce] = (),
    prior: Prior | None = None,
    draws: int = 400,
    particles: int = 2000,
    quantiles: Sequence[float] = QUANTILES,
    executor: Executor | None = None,
) -> Calibration:
    r"""Estimate transmission over time, first infections and ascertainment from counts.

    The expectation of the model is compared with daily counts by a negative binomial
    likelihood. Transmission is the model's times a factor whose logarithm walks at random
    from knot to knot. The posterior's mode is found by Fisher scoring, and draws come from
    importance sampling around it, with proposals that adapt.

    Parameters
    ----------
    model : Model
        Its r0, seeds and ascertainment are the prior's medians.
    observed : sequence of Observed
        Counts of the city, all over the same days from day 0.
    rng : numpy.random.Generator
        Same seed, same result.
    orders : sequence of InForce
        Measures that were in force, so that the factor is what they do not explain.
    prior : Prior, optional
        What is believed before the data.
    draws, particles : int
        Draws of the posterior, and simulations per round of the importance sample.
    quantiles : sequence of float
        In (0, 1).
    executor : concurrent.futures.Executor, optional
        Shares out the simulations.

    Returns
    -------
    Calibration

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, NegativeInputError, NotConvergedError

    Notes
    -----
    .. math:: y_t \sim \mathrm{NB}(\mu_t(\theta), k), \quad
              \log \theta_{n+1} - \log \theta_n \sim N(0, s^2).

    The expectation leaves out chance in transmission: with few infections a day the interval
    is too narrow.

    References
    ----------
    Talts S et al. Validating Bayesian inference algorithms with simulation-based calibration.
    https://doi.org/10.48550/arXiv.1804.06788

    """
    series = tuple(observed)
    layout = lay_out(prior or Prior(), series)
    trial = Trial(model, layout, series, tuple(orders), executor)
    levels = as_levels(quantiles)
    require(draws >= 1 and particles >= 100, "Pass 1 draw or more and 100 particles or more.")

    def log_posterior(z: FloatArray) -> FloatArray:
        sizes = layout.natural(z)[:, layout.path :]
        out: FloatArray = log_likelihood(series, expected(trial, z), sizes) - 0.5 * (z**2).sum(axis=1)
        return out

    sample = importance_sample(log_posterior, *_mode(trial), rng, particles=particles, draws=draws)
    values = layout.natural(sample.z)
    path = layout.daily(values[:, : layout.knots], layout.days)
    return Calibration(
        layout.names(),
        values,
        np.quantile(path, levels, axis=1).T,
        levels,
        expected(trial, sample.z),
        sample.effective,
        sample.shape,
        layout,
        sample.z,
    )


def _mode(trial: Trial) -> tuple[FloatArray, FloatArray]:
    """Mode of the posterior and its curvature, by Fisher scoring with damping."""
    z: FloatArray = np.zeros(trial.layout.width)
    best, damping = -np.inf, 1e-2
    step: FloatArray = np.zeros_like(z)
    for _ in range(_ROUNDS):
        value, gradient, information = _score(trial, z + step)
        if value >= best - 1e-9:
            settled = value - best < _SETTLED and damping < 1e-2
            z, best, kept, damping = z + step, max(value, best), (gradient, information), damping / 5
            if settled:
                return z, np.asarray(np.linalg.inv(information), dtype=np.float64)
        else:
            damping = min(damping * 10, 1e8)
        scale = np.diag(np.diag(kept[1]))
        step = np.asarray(np.linalg.solve(kept[1] + damping * scale, kept[0]), dtype=np.float64)
    raise NotConvergedError("The fit did not settle: check that seeds lie near the first counts and r0 is plausible.")


def _score(trial: Trial, z: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """Log posterior, its gradient and Fisher information at one point."""
    layout, series = trial.layout, trial.observed
    path = layout.path
    mean = expected(trial, np.vstack([z, z + _SMALL * np.eye(layout.width)[:path]]))
    slope = (np.log(mean[..., 1:]) - np.log(mean[..., :1])) / _SMALL
    middle, size = mean[..., :1], layout.natural(z[None])[:, path:]
    value = float(log_likelihood(series, middle, size)[0] - 0.5 * (z**2).sum())
    gradient, information = -z.copy(), np.eye(layout.width)
    for index, one in enumerate(series):
        known = ~np.isnan(one.values)
        mu, k, x = middle[index, known, 0], size[0, index], slope[index][known]
        gradient[:path] += x.T @ ((one.values[known] - mu) / (1 + mu / k))
        information[:path, :path] += x.T @ ((mu / (1 + mu / k))[:, None] * x)
        first, second = _bend(layout, series, middle, z, path + index)
        gradient[path + index] += first
        information[path + index, path + index] += max(-second, 0.0)
    return value, gradient, information


def _bend(
    layout: Layout, series: tuple[Observed, ...], middle: FloatArray, z: FloatArray, index: int
) -> tuple[float, float]:
    """First and second derivative of the log likelihood by one size parameter."""
    width = 1e-3
    at = np.repeat(z[None], 3, axis=0)
    at[:, index] += np.array([-width, 0.0, width])
    size = layout.natural(at)[:, layout.path :]
    low, mid, high = log_likelihood(series, np.repeat(middle, 3, axis=-1), size)
    return float((high - low) / (2 * width)), float((high - 2 * mid + low) / width**2)
