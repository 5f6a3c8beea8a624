"""How well a deterministic run explains counts, and how its parameters are laid out."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from salus.epi.arrays import FloatArray, as_series, require
from salus.epi.errors import EmptyInputError, ShapeMismatchError
from salus.epi.scenario.engine import Variation, simulate
from salus.epi.scenario.model import InForce, Model

_LEAST = 1e-6
_SIZE_LIMITS = (-5.0, 12.0)


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """Counts of the whole city by day from the model's day 0; NaN is missing.

    Parameters
    ----------
    output : str
        "reported", "admissions", "deaths" or another output that counts events or beds.
    values : array_like, shape (T,)

    """

    output: str
    values: FloatArray

    def __post_init__(self) -> None:
        table, single = as_series(self.values, f"observed {self.output}", at_least=14)
        if not single:
            raise ShapeMismatchError(f"observed {self.output} must be one series: sum over zones.")
        if np.isnan(table).all():
            raise EmptyInputError(f"observed {self.output} has no day with a count.")
        object.__setattr__(self, "values", table[:, 0])


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before the data, beside the model's own values.

    Parameters
    ----------
    transmission : float
        Standard deviation of the log of the first factor on transmission.
    step : float
        Standard deviation of its change, on the log scale, over `step_days`.
    step_days : int
        Days between knots of the random walk.
    seeds : float
        Standard deviation of the log of the factor on seeds.
    ascertainment : float
        The same of ascertainment; it is estimated with reports only.
    size, size_sd : float
        Median and log standard deviation of the negative binomial size of every series.

    """

    transmission: float = 0.3
    step: float = 0.15
    step_days: int = 7
    seeds: float = 1.0
    ascertainment: float = 0.3
    size: float = 20.0
    size_sd: float = 1.0


class Layout(NamedTuple):
    """Standard normal parameters: walk, seeds, ascertainment if any, one size per series."""

    prior: Prior
    days: int
    knots: int
    ascertains: bool
    series: int

    @property
    def path(self) -> int:
        """Parameters that change the mean; sizes come after them."""
        return self.knots + 1 + int(self.ascertains)

    @property
    def width(self) -> int:
        """All parameters."""
        return self.path + self.series

    def names(self) -> tuple[str, ...]:
        """Names of `natural` values."""
        walk = tuple(f"transmission[{knot * self.prior.step_days}]" for knot in range(self.knots))
        more = ("ascertainment",) if self.ascertains else ()
        return (*walk, "seeds", *more, *(f"size[{index}]" for index in range(self.series)))

    def natural(self, z: FloatArray) -> FloatArray:
        """Factors and sizes, shape (N, width), of standard normal parameters (N, width)."""
        prior, out = self.prior, np.empty_like(z)
        scale = np.full(self.knots, prior.step)
        scale[0] = prior.transmission
        out[:, : self.knots] = np.cumsum(z[:, : self.knots] * scale, axis=1)
        out[:, self.knots] = z[:, self.knots] * prior.seeds
        if self.ascertains:
            out[:, self.knots + 1] = z[:, self.knots + 1] * prior.ascertainment
        out[:, self.path :] = np.clip(np.log(prior.size) + prior.size_sd * z[:, self.path :], *_SIZE_LIMITS)
        return np.exp(out)

    def daily(self, walk: FloatArray, days: int) -> FloatArray:
        """Factor on transmission by day (days, N) of its knots (N, knots); the last one stays."""
        at = np.arange(days) / self.prior.step_days
        low = np.minimum(at.astype(np.int64), self.knots - 1)
        high = np.minimum(low + 1, self.knots - 1)
        part = (at - low)[:, None]
        logs = np.log(walk).T
        out: FloatArray = np.exp(
            logs[low] + np.where(high[:, None] > low[:, None], part, 0.0) * (logs[high] - logs[low])
        )
        return out

    def variation(self, z: FloatArray, days: int) -> Variation:
        """How runs of these parameters differ from the model."""
        value = self.natural(z)
        seen = value[:, self.knots + 1] if self.ascertains else None
        return Variation(self.daily(value[:, : self.knots], days), value[:, self.knots], seen)


def lay_out(prior: Prior, observed: tuple[Observed, ...]) -> Layout:
    """Lay parameters out for the series.

    Raises
    ------
    EmptyInputError, ShapeMismatchError, InvalidParameterError

    """
    if not observed:
        raise EmptyInputError("Pass at least one observed series.")
    days = observed[0].values.size
    if any(series.values.size != days for series in observed):
        raise ShapeMismatchError("Observed series must all run over the same days: pad with NaN.")
    scales = (prior.transmission, prior.step, prior.seeds, prior.ascertainment, prior.size, prior.size_sd)
    require(all(scale > 0 for scale in scales) and prior.step_days >= 1, "Every scale of the prior must be above 0.")
    names = [series.output for series in observed]
    require(len(set(names)) == len(names), "Pass each output once.")
    knots = 1 + int(np.ceil(days / prior.step_days))
    return Layout(prior, days, knots, "reported" in names, len(observed))


class Trial(NamedTuple):
    """What is fitted to what."""

    model: Model
    layout: Layout
    observed: tuple[Observed, ...]
    orders: tuple[InForce, ...] = ()
    executor: Executor | None = None


def expected(trial: Trial, z: FloatArray) -> FloatArray:
    """Deterministic outputs, shape (series, T, N), of N parameter sets (N, width)."""
    names = tuple(series.output for series in trial.observed)
    days = trial.layout.days
    course = simulate(
        trial.model,
        days=days,
        runs=z.shape[0],
        orders=trial.orders,
        keep=names,
        variation=trial.layout.variation(z, days),
        executor=trial.executor,
    )
    return np.maximum(np.stack([course.city(name) for name in names]), _LEAST)


def log_likelihood(observed: tuple[Observed, ...], mean: FloatArray, size: FloatArray) -> FloatArray:
    r"""Negative binomial log likelihood by parameter set, shape (N,).

    Parameters
    ----------
    observed : tuple of Observed
        Counts.
    mean : FloatArray, shape (series, T, N)
        Expectations.
    size : FloatArray, shape (N, series)
        Variance is :math:`\mu + \mu^2 / \text{size}`.

    """
    out = np.zeros(mean.shape[-1])
    for index, series in enumerate(observed):
        known = ~np.isnan(series.values)
        count, mu, k = series.values[known][:, None], mean[index][known], size[:, index]
        each = gammaln(count + k) - gammaln(k) - gammaln(count + 1)
        each += k * np.log(k / (k + mu)) + count * np.log(mu / (k + mu))
        out += each.sum(axis=0)
    return out
