"""Instantaneous reproduction number: how many people one case infects now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from salus.epi.arrays import BoolArray, FloatArray, IntArray, as_levels, as_series, require
from salus.epi.errors import ShapeMismatchError
from salus.epi.generation import (
    SerialInterval,
    infectivity,
    mean_interval,
    serial_interval_weights,
)

if TYPE_CHECKING:
    from salus.epi.nowcasting import Nowcast

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
_MISSING_WEIGHT = 0.01
_TABLE = 4_000_000


@dataclass(frozen=True, slots=True)
class RtResult:
    """Posterior of R by the last day of each window; arrays start with the input's shape.

    Attributes
    ----------
    mean, sd : FloatArray, shape (T,) or (T, S)
    quantiles : FloatArray, shape (T, Q) or (T, S, Q)
    quantile_levels : FloatArray, shape (Q,)
    undefined : BoolArray
        True where nothing is said (values are NaN): before a full window and a mean serial
        interval have passed, where data are missing, or in a series of zeros.
    uninformed : BoolArray
        True where nobody was infectious in the window, so that the numbers are the prior's.
    window : int
        Days.

    """

    mean: FloatArray
    sd: FloatArray
    quantiles: FloatArray
    quantile_levels: FloatArray
    undefined: BoolArray
    uninformed: BoolArray
    window: int


def estimate_rt(
    incidence: npt.ArrayLike,
    serial_interval: npt.ArrayLike | SerialInterval,
    *,
    window: int = 7,
    prior_mean: float = 5.0,
    prior_sd: float = 5.0,
    quantiles: Sequence[float] = QUANTILES,
    imported: npt.ArrayLike | None = None,
) -> RtResult:
    r"""Estimate the reproduction number by the method of Cori et al.

    With prior :math:`R \sim \Gamma(a, b)` and infectiousness :math:`\Lambda`, the posterior
    over a window is gamma with shape :math:`a + \sum I_t` and scale
    :math:`(1/b + \sum \Lambda_t)^{-1}`. Imported cases infect, but were not infected here:
    they count in :math:`\Lambda` only.

    Parameters
    ----------
    incidence : array_like, shape (T,) or (T, S)
        New cases per day, 0 or more; NaN is missing.
    serial_interval : array_like or SerialInterval
        Probability by day from day 0 (``w[0]`` is 0, sum 1), or its moments in days.
    window : int
        Days, 1 or more.
    prior_mean, prior_sd : float
        Above 0.
    quantiles : sequence of float
        Levels in (0, 1).
    imported : array_like, shape as `incidence`, optional
        How many of the cases were infected elsewhere.

    Returns
    -------
    RtResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, NegativeInputError, InvalidSerialIntervalError,
    InvalidParameterError

    References
    ----------
    Cori A et al. Am J Epidemiol 2013;178:1505-12. https://doi.org/10.1093/aje/kwt133
    Thompson RN et al. Epidemics 2019;29:100356. https://doi.org/10.1016/j.epidem.2019.100356
    (imported cases).

    """
    table, single = as_series(incidence, "incidence", at_least=2)
    local = table if imported is None else table - _imported(imported, table)
    levels = as_levels(quantiles)
    prior = (window, prior_mean, prior_sd)
    shape, scale, undefined, uninformed = posterior(table, local, serial_interval, prior)
    shape = np.where(undefined, np.nan, shape)
    values = gamma_quantiles(shape, levels) * scale[..., None]
    parts = [shape * scale, np.sqrt(shape) * scale, values]
    mean, sd, table_q = [part[:, 0] if single else part for part in parts]
    flags = [flag[:, 0] if single else flag for flag in (undefined, uninformed)]
    return RtResult(mean, sd, table_q, levels, flags[0], flags[1], window)


def _imported(imported: npt.ArrayLike, table: FloatArray) -> FloatArray:
    """Check imported cases against all cases, and give them their shape."""
    found, _ = as_series(imported, "imported")
    if found.shape != table.shape:
        raise ShapeMismatchError("imported must have the shape of incidence.")
    require(not bool((found > table).any()), "imported holds more cases than incidence on some day.")
    return found


def posterior(
    table: FloatArray,
    local: FloatArray,
    serial_interval: npt.ArrayLike | SerialInterval,
    prior: tuple[int, float, float],
) -> tuple[FloatArray, FloatArray, BoolArray, BoolArray]:
    """Gamma shape and scale per window end, where undefined, and where uninformed, (T, S)."""
    window, prior_mean, prior_sd = prior
    require(window >= 1, "window must be 1 day or more.")
    require(prior_mean > 0 and prior_sd > 0, "prior_mean and prior_sd must be above 0.")
    weights = serial_interval_weights(serial_interval, table.shape[0])
    pressure = infectivity(table, weights)
    cases = window_sum(np.nan_to_num(local), window)
    total = window_sum(pressure, window)
    prior_shape, prior_scale = (prior_mean / prior_sd) ** 2, prior_sd**2 / prior_mean
    shape = prior_shape + cases
    scale = 1.0 / (1.0 / prior_scale + total)
    undefined = np.isnan(shape * scale)
    # EpiEstim is silent until a mean serial interval has passed; days count from 1.
    days = np.arange(1, table.shape[0] + 1)[:, None]
    undefined |= days <= mean_interval(weights)
    undefined |= missing_windows(local, weights, window)
    undefined |= (np.nan_to_num(table) == 0).all(axis=0)[None, :]
    return shape, scale, undefined, (total == 0) & ~undefined


def window_sum(table: FloatArray, window: int) -> FloatArray:
    """Sum over the `window` steps that end at each step; NaN before the first full one."""
    out = np.full(table.shape, np.nan)
    steps = table.shape[0] - window + 1
    if steps > 0:
        total = np.zeros((steps, *table.shape[1:]))
        for offset in range(window):
            total += table[offset : offset + steps]
        out[window - 1 :] = total
    return out


def missing_windows(table: FloatArray, weights: FloatArray, window: int) -> BoolArray:
    """Where missing days touch the window or carry much of the infectiousness."""
    gap = np.isnan(table)
    if not gap.any():
        return np.zeros(table.shape, dtype=bool)
    lost = np.nan_to_num(infectivity(gap.astype(np.float64), weights))
    lost = np.maximum(lost > _MISSING_WEIGHT, gap).astype(np.float64)
    touched: BoolArray = np.nan_to_num(window_sum(lost, window)) > 0
    return touched


def gamma_quantiles(shape: FloatArray, levels: FloatArray) -> FloatArray:
    """Unit-scale gamma quantiles, shape ``(*shape.shape, Q)``.

    Shapes repeat (they are a prior plus a count), so each distinct one is inverted once:
    the inverse is by far the dearest step of an estimate over hundreds of zones.
    """
    distinct, index = _distinct(shape.ravel())
    table = np.asarray(gammaincinv(distinct[:, None], levels), dtype=np.float64)
    out: FloatArray = table[index].reshape(*shape.shape, levels.size)
    return out


def _distinct(values: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return sorted distinct values and the place of each value among them.

    Whole numbers plus one offset, the usual case, need no sorting.
    """
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    whole = np.where(np.isfinite(values), np.rint(values - low), high - low + 1.0)
    near = np.abs(whole + low - values) <= 1e-12 * high
    if high - low > _TABLE or not near[np.isfinite(values)].all():
        found, places = np.unique(values, return_inverse=True)
        return found, places.ravel().astype(np.int64)
    cell = whole.astype(np.int64)
    there = np.zeros(int(high - low) + 2, dtype=bool)
    there[cell] = True
    kept = np.flatnonzero(there)
    place = np.cumsum(there, dtype=np.int64) - 1
    value = np.asarray(kept + low, dtype=np.float64)
    value[kept > high - low] = np.nan
    return value, place[cell]


def estimate_rt_from_nowcast(
    nowcast: Nowcast,
    serial_interval: npt.ArrayLike | SerialInterval,
    *,
    rng: np.random.Generator,
    window: int = 7,
    prior_mean: float = 5.0,
    prior_sd: float = 5.0,
    quantiles: Sequence[float] = QUANTILES,
) -> RtResult:
    """Estimate R on a nowcast, so that late reports widen the interval instead of biasing it.

    The posterior is the mixture over the nowcast's samples: one draw of R per sample and
    day. Days that rest on settled counts alone keep the exact posterior.

    Parameters
    ----------
    nowcast : Nowcast
        Its samples stand for the counts that are not yet complete.
    serial_interval, window, prior_mean, prior_sd, quantiles
        As in `estimate_rt`.
    rng : numpy.random.Generator
        Same seed, same result.

    Returns
    -------
    RtResult
        Shapes as the nowcast's ``reported``.

    Raises
    ------
    As `estimate_rt`.

    """
    median = nowcast.median_path()
    settled = estimate_rt(
        median,
        serial_interval,
        window=window,
        prior_mean=prior_mean,
        prior_sd=prior_sd,
        quantiles=quantiles,
    )
    tail, draws = nowcast.samples.shape[0], nowcast.samples.shape[-1]
    if tail == 0:
        return settled
    weights = serial_interval_weights(serial_interval, median.shape[0])
    mixed = _mixture(np.nan_to_num(median), nowcast.samples, weights, (window, prior_mean, prior_sd), rng)
    undefined = settled.undefined[-tail:]
    mixed[undefined] = np.nan
    mean, sd, values = settled.mean.copy(), settled.sd.copy(), settled.quantiles.copy()
    mean[-tail:], sd[-tail:] = mixed.mean(axis=-1), mixed.std(axis=-1, ddof=min(1, draws - 1))
    levels = settled.quantile_levels
    values[-tail:] = np.moveaxis(np.quantile(mixed, levels, axis=-1), 0, -1)
    return RtResult(mean, sd, values, levels, settled.undefined, settled.uninformed, window)


def _mixture(
    path: FloatArray,
    samples: FloatArray,
    weights: FloatArray,
    prior: tuple[int, float, float],
    rng: np.random.Generator,
) -> FloatArray:
    """Draw R for each sample over the uncertain tail, shape as `samples`."""
    window, prior_mean, prior_sd = prior
    cases, pressure = drawn_windows(path, samples, weights, window)
    shape = (prior_mean / prior_sd) ** 2 + cases
    rate = prior_mean / prior_sd**2 + pressure
    bad = np.isnan(shape) | np.isnan(rate)
    draws = rng.standard_gamma(np.where(bad, 1.0, np.maximum(shape, 1e-9)))
    out: FloatArray = np.where(bad, np.nan, draws / np.where(bad, 1.0, rate))
    return out


def drawn_windows(
    path: FloatArray, samples: FloatArray, weights: FloatArray, window: int
) -> tuple[FloatArray, FloatArray]:
    """Cases and infectiousness of the windows that end in the uncertain tail, by sample."""
    tail = samples.shape[0]
    # Everything is linear in the counts: convolve the median path once, and for the samples
    # only how far they stray from it.
    stray = samples - path[-tail:, ..., None]
    push = infectivity(stray, weights)
    push[0] = 0.0
    cases = window_sum(path, window)[-tail:, ..., None] + _leading_sum(stray, window)
    pressure = window_sum(infectivity(path, weights), window)[-tail:, ..., None]
    return cases, pressure + _leading_sum(push, window)


def _leading_sum(table: FloatArray, window: int) -> FloatArray:
    """Sum over the `window` steps that end at each step, with zeros before the first."""
    total = np.cumsum(table, axis=0)
    total[window:] -= total[:-window].copy()
    return total
