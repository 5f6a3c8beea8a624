"""Smooth trend of what the sewer carries, and its growth, from noisy samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, as_levels, require
from salus.epi.one_thread import in_one_thread
from salus.epi.wastewater.laplace import Prior
from salus.epi.wastewater.measurement import Measurements, draw_noise
from salus.epi.wastewater.mixture import Draws, integrate
from salus.epi.wastewater.series import Samples, read_samples
from salus.epi.wastewater.smoothness import matern, with_level

QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)
_RATES = (0.015, 0.04, 0.09)
_LENGTHS = (10.5, 21.0)
_LEVEL_SD = 3.0
_UNINFORMED = 0.8


@dataclass(frozen=True, slots=True)
class WastewaterTrend:
    """Posterior of the load and of its growth; arrays are ``(T, ...)`` or ``(T, S, ...)``.

    Attributes
    ----------
    quantiles : FloatArray, shape (T, Q)
        Expected load: concentration times flow, or in the input's unit without flow.
    quantile_levels : FloatArray, shape (Q,)
    median : FloatArray, shape (T,)
    growth : FloatArray, shape (T, Q)
        Growth per day on the log scale.
    rising : FloatArray, shape (T,)
        Probability that the load grows.
    doubling : FloatArray, shape (T,)
        Days to double (negative: to halve) at the median growth; NaN where growth and
        decline are both within its outer quantiles.
    concentration : FloatArray, shape (T, Q)
        A measurement of that day, noise included.
    stray : FloatArray, shape (T,)
        Probability that the day's sample is an outlier; NaN without a sample.
    uninformed : BoolArray, shape (T,)
        Hardly more is known of growth than before any sample.
    method : str
    parameters : mapping
    diagnostics : mapping
        ``noise_sd`` on the log scale, quantiles at the levels.

    """

    quantiles: FloatArray
    quantile_levels: FloatArray
    median: FloatArray
    growth: FloatArray
    rising: FloatArray
    doubling: FloatArray
    concentration: FloatArray
    stray: FloatArray
    uninformed: BoolArray
    method: str
    parameters: Mapping[str, object]
    diagnostics: Mapping[str, FloatArray]


@in_one_thread
def wastewater_trend(
    concentration: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    flow: npt.ArrayLike | None = None,
    limit: npt.ArrayLike | None = None,
    quantiles: Sequence[float] = QUANTILES,
    draws: int = 1000,
    executor: Executor | None = None,
) -> WastewaterTrend:
    r"""Estimate level and growth of the load in a sewer, without a model of infection.

    .. math:: \log y_t = \ell_t - \log F_t + \varepsilon_t, \qquad
              \ell_t = \ell_{t-1} + g_t,

    with growth :math:`g` a Gaussian process (Matern 3/2) whose length and size are averaged
    over, noise of unknown size with a few stray samples, and values below the limit of
    detection counted as such.

    Parameters
    ----------
    concentration : array_like, shape (T,) or (T, S)
        Copies per volume by day, NaN where no sample was taken. Five quantified days or more.
    rng : numpy.random.Generator
        Same seed, same result.
    flow : array_like, shape (T,) or (T, S), optional
        Volume per day, in the volume unit of the concentration.
    limit : array_like, shape () or (T,) or (T, S), optional
        Limit of detection.
    quantiles : sequence of float
        Levels in (0, 1).
    draws : int
        Draws of the posterior.
    executor : concurrent.futures.Executor, optional
        Works on plants side by side; the result is the same.

    Returns
    -------
    WastewaterTrend

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, NegativeInputError, MissingInputError, InvalidParameterError

    References
    ----------
    Courbariaux M et al. A flexible smoother adapted to censored data with outliers and its
    application to SARS-CoV-2 monitoring in wastewater. https://doi.org/10.48550/arXiv.2108.02115

    """
    levels = as_levels(quantiles)
    require(draws >= 10, "draws must be 10 or more.")
    sites, single = read_samples(concentration, flow, limit)
    work = executor.map if executor is not None else map
    parts = list(work(_site, sites, repeat(levels), repeat(draws), rng.spawn(len(sites))))
    merged = [np.stack(column, axis=1) for column in zip(*parts, strict=True)]
    out = [column[:, 0] if single else column for column in merged]
    return WastewaterTrend(
        out[0],
        levels,
        out[1],
        out[2],
        out[3],
        out[4],
        out[5],
        out[6],
        out[7].astype(bool),
        "growth as a Gaussian process",
        {"draws": draws, "lengths": _LENGTHS, "rates": _RATES},
        {"noise_sd": out[8]},
    )


def _site(site: Samples, levels: FloatArray, count: int, rng: np.random.Generator) -> tuple[FloatArray, ...]:
    steps = site.flow.size
    seen = site.measurements()
    total = np.tril(np.ones((steps, steps)))
    total[:, 0] = 0.0
    dilution = site.flow[seen.day]
    found = _posterior(total, seen, dilution, count, rng)
    growth = found.path[:-1]
    load = total @ growth + found.path[-1]
    noise = draw_noise(load.shape, found.sd, rng)
    stray = np.full(steps, np.nan)
    stray[seen.day] = seen.stray(load[seen.day] - dilution[:, None], float(np.median(found.sd)))
    speed = _quantiles(growth, levels)
    middle = np.median(growth, axis=1)
    clear = (speed[:, 0] > 0) | (speed[:, -1] < 0)
    return (
        _quantiles(np.exp(load), levels),
        np.exp(np.median(load, axis=1)),
        speed,
        (growth > 0).mean(axis=1),
        np.where(clear, np.log(2) / np.where(middle == 0, np.nan, middle), np.nan),
        _quantiles(np.exp(load - site.flow[:, None] + noise), levels),
        stray,
        growth.var(axis=1) > _UNINFORMED * found.prior_sd[:-1] ** 2,
        np.quantile(found.sd, levels),
    )


def _posterior(
    total: FloatArray, seen: Measurements, dilution: FloatArray, count: int, rng: np.random.Generator
) -> Draws:
    """Draws of growth by day and of the first day's level."""
    steps = total.shape[0]
    slope = np.column_stack([total[seen.day], np.ones(seen.day.size)])
    level = float(np.median((seen.value + dilution)[: max(5, seen.value.size // 10)]))

    def forward(path: FloatArray) -> tuple[FloatArray, FloatArray]:
        return slope @ path - dilution, slope

    priors = []
    for length in _LENGTHS:
        for rate in _RATES:
            mean, cover = with_level(rate**2 * matern(steps, length), np.zeros(steps), level, _LEVEL_SD)
            priors.append((Prior(mean, cover, cover), 0.0))
    return integrate(forward, priors, seen, count, rng)


def _quantiles(values: FloatArray, levels: FloatArray) -> FloatArray:
    return np.moveaxis(np.quantile(values, levels, axis=1), 0, -1)
