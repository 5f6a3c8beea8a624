"""Reproduction number when the serial interval itself is uncertain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, as_floats, as_levels, as_series, require
from salus.epi.errors import InvalidParameterError, ShapeMismatchError
from salus.epi.generation import (
    discretised_serial_interval,
    infectivity,
    mean_interval,
    serial_interval_weights,
)
from salus.epi.reproduction import QUANTILES, RtResult, window_sum

_MOST_DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class UncertainSerialInterval:
    """Serial interval whose moments are known with normal error, cut to a range.

    Attributes
    ----------
    mean, mean_sd : float
        Days.
    mean_range : pair of float
        Above 1.
    sd, sd_sd : float
        Days.
    sd_range : pair of float
        Above 0.

    """

    mean: float
    mean_sd: float
    mean_range: tuple[float, float]
    sd: float
    sd_sd: float
    sd_range: tuple[float, float]

    def draw(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Draw means and standard deviations, shape (2, count)."""
        low, high = self.mean_range
        require(1 < low < high and 0 < self.sd_range[0] < self.sd_range[1], "ranges must rise, means from above 1.")
        means = _truncated(self.mean, self.mean_sd, self.mean_range, count, rng)
        return np.stack([means, _truncated(self.sd, self.sd_sd, self.sd_range, count, rng)])


def _truncated(mean: float, sd: float, limits: tuple[float, float], count: int, rng: np.random.Generator) -> FloatArray:
    out = np.empty(0)
    for _ in range(_MOST_DRAWS):
        drawn = rng.normal(mean, sd, 2 * count + 10)
        out = np.append(out, drawn[(drawn >= limits[0]) & (drawn <= limits[1])])
        if out.size >= count:
            return out[:count]
    raise InvalidParameterError("the range holds next to nothing of the distribution: widen it.")


def estimate_rt_uncertain(
    incidence: npt.ArrayLike,
    serial_interval: UncertainSerialInterval | npt.ArrayLike,
    *,
    rng: np.random.Generator,
    intervals: int = 200,
    draws: int = 50,
    window: int = 7,
    prior_mean: float = 5.0,
    prior_sd: float = 5.0,
    quantiles: Sequence[float] = QUANTILES,
) -> RtResult:
    """Estimate R with a serial interval that is drawn anew many times.

    Parameters
    ----------
    incidence : array_like, shape (T,)
        New cases per day, no gaps.
    serial_interval : UncertainSerialInterval or array_like, shape (days, N)
        What the interval may be, or N samples of it by day from day 0, for example from a
        fit to pairs; all N are used.
    rng : numpy.random.Generator
        Same seed, same result.
    intervals, draws : int
        Serial intervals to draw, and values of R for each.
    window, prior_mean, prior_sd, quantiles
        As in `estimate_rt`.

    Returns
    -------
    RtResult

    Raises
    ------
    As `estimate_rt`.

    References
    ----------
    Thompson RN et al. Improved inference of time-varying reproduction numbers during
    infectious disease outbreaks. Epidemics 2019;29:100356.
    https://doi.org/10.1016/j.epidem.2019.100356

    """
    table, single = as_series(incidence, "incidence", at_least=2, missing=False)
    if not single:
        raise ShapeMismatchError("incidence must be one series: call once for each.")
    levels = as_levels(quantiles)
    require(window >= 1 and intervals >= 1 and draws >= 1, "window, intervals and draws must be 1 or more.")
    require(prior_mean > 0 and prior_sd > 0, "prior_mean and prior_sd must be above 0.")
    weights, means = _intervals(serial_interval, table.shape[0], intervals, rng)
    shape, scale = _posteriors(table, weights, means, window, (prior_mean, prior_sd))
    known = ~np.isnan(scale)
    size = (*scale.shape, draws)
    filled = np.where(known, scale, 1.0)[..., None]
    sample = rng.standard_gamma(np.broadcast_to(np.nan_to_num(shape, nan=1.0)[:, None, None], size)) * filled
    sample = np.where(known[..., None], sample, np.nan).reshape(table.shape[0], -1)
    undefined = ~known.any(axis=1) | (table[:, 0] == 0).all()
    mean, sd = np.full(table.shape[0], np.nan), np.full(table.shape[0], np.nan)
    values = np.full((table.shape[0], levels.size), np.nan)
    rows = np.flatnonzero(~undefined)
    mean[rows], sd[rows] = np.nanmean(sample[rows], axis=1), np.nanstd(sample[rows], axis=1, ddof=1)
    values[rows] = np.nanquantile(sample[rows], levels, axis=1).T
    pressure = window_sum(infectivity(table, np.ones(table.shape[0] + 1)), window)[:, 0]
    return RtResult(mean, sd, values, levels, undefined, (pressure == 0) & ~undefined, window)


def _intervals(
    serial_interval: UncertainSerialInterval | npt.ArrayLike, steps: int, count: int, rng: np.random.Generator
) -> tuple[list[FloatArray], FloatArray]:
    """Sampled intervals by day, and the mean each was drawn with."""
    if isinstance(serial_interval, UncertainSerialInterval):
        moments = serial_interval.draw(count, rng)
        weights = [discretised_serial_interval(mean, sd, days=steps) for mean, sd in moments.T]
        return weights, moments[0]
    samples = as_floats(serial_interval, "serial_interval")
    if samples.ndim != 2:
        raise ShapeMismatchError("serial_interval samples must be (days, samples).")
    weights = [serial_interval_weights(column, steps) for column in samples.T]
    return weights, np.array([mean_interval(weight) for weight in weights])


def _posteriors(
    table: FloatArray, weights: list[FloatArray], means: FloatArray, window: int, prior: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Gamma shape by day (T,), and scale by day and interval (T, N), NaN where undefined."""
    mean, sd = prior
    shape = (mean / sd) ** 2 + window_sum(table, window)[:, 0]
    days = np.arange(1, table.shape[0] + 1)
    scale = np.empty((table.shape[0], len(weights)))
    for place, (weight, drawn) in enumerate(zip(weights, means, strict=True)):
        pressure = window_sum(infectivity(table, weight), window)[:, 0]
        early = days <= max(mean_interval(weight), drawn)
        scale[:, place] = np.where(early, np.nan, 1 / (mean / sd**2 + pressure))
    return shape, scale
