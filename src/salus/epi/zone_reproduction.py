"""Reproduction number of every zone, each drawn towards the city's by how little it can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from scipy.special import gammaincinv

from salus.epi.arrays import BoolArray, FloatArray, as_levels, as_series, require
from salus.epi.errors import ShapeMismatchError
from salus.epi.generation import SerialInterval, infectivity, serial_interval_weights
from salus.epi.reproduction import QUANTILES, drawn_windows, missing_windows, posterior, window_sum

# What zones differ by, and daily noise beyond chance, before the data have shown it: squared
# relative spread, and its worth in observations.
_PRIOR_SPREAD, _PRIOR_NOISE = 0.15**2, 0.1
_WORTH = 10.0
_HALF_LIFE = 28.0
_SHAPES = np.geomspace(1e-2, 1e8, 800)


@dataclass(frozen=True, slots=True)
class ZoneRtResult:
    """Reproduction number of S zones and of what they share, by the last day of each window.

    Attributes
    ----------
    mean, sd : FloatArray, shape (T, S)
    quantiles : FloatArray, shape (T, S, Q)
    quantile_levels : FloatArray, shape (Q,)
    shared_mean, shared_sd : FloatArray, shape (T,)
        Mean over zones, which they are drawn towards; large zones do not rule it.
    weight : FloatArray, shape (T, S)
        Share of the estimate that is the zone's own data, 0 to 1.
    spread : FloatArray, shape (T,)
        Relative standard deviation of the zones' true numbers around the shared one.
    noise : FloatArray, shape (T,)
        Variance of daily counts beyond Poisson, relative to their squared mean.
    undefined : BoolArray, shape (T, S)
        True where nothing is said: no full window yet, missing days, nobody infectious anywhere.
    window : int
        Days.
    method : str
    parameters : mapping

    """

    mean: FloatArray
    sd: FloatArray
    quantiles: FloatArray
    quantile_levels: FloatArray
    shared_mean: FloatArray
    shared_sd: FloatArray
    weight: FloatArray
    spread: FloatArray
    noise: FloatArray
    undefined: BoolArray
    window: int
    method: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Windows:
    """Cases and infectiousness by window, (T, S), and where they say nothing.

    `square` is what noise beyond chance in the counts adds to the squared relative error of
    cases over infectiousness, per unit of noise; `late` what late reports add.
    """

    cases: FloatArray
    pressure: FloatArray
    square: FloatArray
    undefined: BoolArray
    late: FloatArray
    late_city: FloatArray


def estimate_rt_by_zone(
    incidence: npt.ArrayLike,
    serial_interval: npt.ArrayLike | SerialInterval,
    *,
    window: int = 7,
    prior_mean: float = 5.0,
    prior_sd: float = 5.0,
    quantiles: Sequence[float] = QUANTILES,
    last_uncertain: FloatArray | None = None,
) -> ZoneRtResult:
    r"""Estimate the reproduction number of many zones that share what they know.

    A zone's number is gamma distributed around a shared one, :math:`R_z \sim \Gamma` with mean
    :math:`M` and relative spread :math:`\tau`; its cases have mean :math:`R_z \Lambda_z`. With
    information :math:`n_z` (cases expected, discounted for noise beyond chance and for
    reports that are late) the estimate is

    .. math:: \hat R_z = \frac{\tau^{-2} + n_z \, C_z / (M \Lambda_z)}{\tau^{-2} + n_z} M .

    Spread and noise are learnt from the zones themselves, recent weeks more (half-life of
    28 days), never from later days. Zones without cases repeat the shared number with
    the width of a zone.

    Parameters
    ----------
    incidence : array_like, shape (T, S)
        New cases per day and zone, 0 or more; NaN is missing. Two zones or more.
    serial_interval : array_like or SerialInterval
        Probability by day from day 0 (``w[0]`` is 0, sum 1), or its moments in days.
    window : int
        Days, 2 or more.
    prior_mean, prior_sd : float
        Of the city's number, as in `estimate_rt`. Above 0.
    quantiles : sequence of float
        Levels in (0, 1).
    last_uncertain : FloatArray, shape (K, S, N), optional
        Draws of the last K days, such as ``nowcast.samples``; pass
        ``nowcast.median_path()`` as incidence. Late reports widen the interval, and let
        the zone count for less.

    Returns
    -------
    ZoneRtResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, NegativeInputError,
    InvalidSerialIntervalError, InvalidParameterError

    Notes
    -----
    Mean and spread are moment estimators of a random-effects model; the uncertainty of the
    mean is added to the zone's variance by the delta method, so that few zones do not look more
    certain than they are. Infections across zones are not modelled.

    References
    ----------
    Cori A et al. Am J Epidemiol 2013;178:1505-12. https://doi.org/10.1093/aje/kwt133
    DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin Trials
    1986;7:177-88. https://doi.org/10.1016/0197-2456(86)90046-2
    Morris CN. Parametric empirical Bayes inference. J Am Stat Assoc 1983;78:47-55.
    https://doi.org/10.1080/01621459.1983.10477920

    """
    table, single = as_series(incidence, "incidence", at_least=2)
    if single or table.shape[1] < 2:
        raise ShapeMismatchError("incidence must be (days, zones) with two zones or more: use estimate_rt for one.")
    require(window >= 2, "window must be 2 days or more.")
    levels = as_levels(quantiles)
    weights = serial_interval_weights(serial_interval, table.shape[0])
    prior = (window, prior_mean, prior_sd)
    seen = _windows(table, weights, prior, last_uncertain)
    total = np.nansum(table, axis=1, keepdims=True)
    shape, scale, silent, alone = posterior(total, total, serial_interval, prior)
    city = np.where(silent | alone, np.nan, shape * scale)[:, 0]
    noise = _noise(table, infectivity(table, weights), city, window)
    found = _pool(seen, city, noise, window)
    parts = (found.mean, np.sqrt(found.variance), found.weight)
    undefined = seen.undefined | np.isnan(found.mean)
    mean, sd, weight = (np.where(undefined, np.nan, part) for part in parts)
    values = _gamma_quantiles(mean, sd**2, levels)
    shared = (found.shared, found.shared * np.sqrt(found.error))
    spread = np.sqrt(found.spread)
    method, parameters = "Cori with partial pooling over zones", {"prior_mean": prior_mean, "prior_sd": prior_sd}
    return ZoneRtResult(mean, sd, values, levels, *shared, weight, spread, noise, undefined, window, method, parameters)


@dataclass(frozen=True, slots=True)
class _Pooled:
    """Posterior mean, variance and weight of the own data (T, S); what is shared (T,)."""

    mean: FloatArray
    variance: FloatArray
    weight: FloatArray
    shared: FloatArray
    error: FloatArray
    spread: FloatArray


def _pool(seen: _Windows, city: FloatArray, noise: FloatArray, window: int) -> _Pooled:
    """Draw each zone towards what all share by how little it can tell."""
    information = _information(seen, city, noise)
    ratio = _ratio(seen, city)
    spread = _spread(ratio, information, window)
    centre, error = _centre(ratio, information, spread)
    # The shared number errs with its zones' chance, and with reports that are late together.
    error = error + seen.late_city
    strength, own = 1.0 / spread[:, None], information * ratio / centre[:, None]
    weight = information / (strength + information)
    shared = city * centre
    mean = (strength + own) / (strength + information) * shared[:, None]
    variance = (strength + own) / (strength + information) ** 2 * shared[:, None] ** 2
    variance = variance + ((1.0 - weight) * mean) ** 2 * error[:, None]
    return _Pooled(mean, variance, weight, shared, error, spread)


def _windows(
    table: FloatArray,
    weights: FloatArray,
    prior: tuple[int, float, float],
    last_uncertain: FloatArray | None,
) -> _Windows:
    """Sum cases and infectiousness over windows, from draws where reports are late."""
    window = prior[0]
    everyone = np.nansum(table, axis=1, keepdims=True)
    _, _, early, alone = posterior(everyone, everyone, weights, prior)
    # A zone without a case so far has no data, but the others speak for it.
    undefined = early | alone | missing_windows(table, weights, window)
    filled = np.nan_to_num(table)
    cases = window_sum(filled, window)
    pressure = window_sum(infectivity(filled, weights), window)
    late, late_city = np.zeros(cases.shape), np.zeros(cases.shape[0])
    if last_uncertain is not None and len(last_uncertain):
        if last_uncertain.ndim != 3 or last_uncertain.shape[1] != table.shape[1]:
            raise ShapeMismatchError("last_uncertain must be (days, zones, draws), with the zones of incidence.")
        tail = last_uncertain.shape[0]
        drawn, push = drawn_windows(filled, last_uncertain, weights, window)
        cases[-tail:], pressure[-tail:] = drawn.mean(axis=-1), push.mean(axis=-1)
        late[-tail:] = _relative(drawn, push)
        late_city[-tail:] = _relative(drawn.sum(axis=1), push.sum(axis=1))
    pressure = np.maximum(pressure, 0.0)
    square = _square(filled, weights, cases, pressure, window)
    return _Windows(cases, pressure, square, undefined, late, late_city)


def _square(
    counts: FloatArray, weights: FloatArray, cases: FloatArray, pressure: FloatArray, window: int
) -> FloatArray:
    """Squared relative error of cases over infectiousness for a daily noise of one.

    A day with too many cases raises both, the one at once and the other later on.
    """
    pairs = np.maximum(counts**2 - counts, 0.0)
    reach = np.convolve(weights[: counts.shape[0]], np.ones(window))
    many, strong = np.maximum(cases, 1.0), np.maximum(pressure, 1.0)
    above = np.maximum(window_sum(pairs, window) / many**2, 1.0 / window)
    below = infectivity(pairs, reach**2) / strong**2
    both = infectivity(pairs, reach[:window]) / (many * strong)
    out: FloatArray = np.maximum(above + below - 2.0 * both, 0.0)
    return out


def _relative(cases: FloatArray, pressure: FloatArray) -> FloatArray:
    """Squared relative spread of R over draws, without that of the chance in small counts."""
    ratio = (cases + 1.0) / (np.maximum(pressure, 0.0) + 1.0)
    out: FloatArray = np.square(ratio.std(axis=-1) / np.maximum(ratio.mean(axis=-1), 1e-9))
    return out


def _noise(table: FloatArray, pressure: FloatArray, city: FloatArray, window: int) -> FloatArray:
    """Variance of a zone's daily counts beyond chance, relative to their squared mean, (T,).

    Counts are compared with the zone's share of the city's day, so that weekdays and other
    days on which all zones go up or down together do not count.
    """
    counts = np.nan_to_num(table)
    own = window_sum(counts, window) / np.maximum(window_sum(np.nan_to_num(pressure), window), 1e-9)
    expected = np.nan_to_num(np.maximum(pressure, 0.0) * own)
    day = counts.sum(axis=1, keepdims=True)
    expected *= day / np.maximum(expected.sum(axis=1, keepdims=True), 1e-9)
    expected = np.where(np.isnan(table) | np.isnan(city)[:, None], 0.0, expected)
    # A zone was fitted to its own window: its residuals are too small by so much.
    square = np.where(expected > 0, (counts - expected) ** 2, 0.0) * window / (window - 1.0)
    weight = 1.0 / (1.0 + _PRIOR_NOISE * expected) ** 2
    top = (weight * (square - expected)).sum(axis=1)
    bottom = (weight * expected**2).sum(axis=1)
    return _learnt(top, bottom, (weight * expected**2 / (1.0 + expected) ** 2).sum(axis=1), _PRIOR_NOISE)


def _learnt(top: FloatArray, bottom: FloatArray, worth: FloatArray, prior: float) -> FloatArray:
    """Ratio of sums over the past, recent days more, with a prior; never below 0."""
    out = np.empty(top.size)
    decay = 0.5 ** (1.0 / _HALF_LIFE)
    above = below = seen = 0.0
    for day in range(top.size):
        above, below, seen = decay * above + top[day], decay * below + bottom[day], decay * seen + worth[day]
        ratio = max(above / below, 0.0) if below > 0 else prior
        out[day] = (seen * ratio + _WORTH * prior) / (seen + _WORTH)
    return out


def _information(seen: _Windows, city: FloatArray, noise: FloatArray) -> FloatArray:
    """Cases that a zone's window is worth: fewer with noise beyond chance and late reports."""
    expected = city[:, None] * seen.pressure
    out: FloatArray = expected / (1.0 + expected * (noise[:, None] * seen.square + seen.late))
    return np.nan_to_num(out)


def _ratio(seen: _Windows, city: FloatArray) -> FloatArray:
    """Each zone's number relative to the city's; 1 where it cannot tell."""
    expected = np.nan_to_num(city[:, None] * seen.pressure)
    ratio = np.divide(seen.cases, expected, out=np.ones_like(expected), where=expected > 0)
    out: FloatArray = np.where(np.isnan(ratio) | seen.undefined, 1.0, ratio)
    return out


def _trust(information: FloatArray, spread: FloatArray | float) -> FloatArray:
    """Weight of each zone in what all share: inverse variance of its ratio."""
    out: FloatArray = information / (1.0 + spread * information)
    return out


def _spread(ratio: FloatArray, information: FloatArray, window: int) -> FloatArray:
    """Squared relative spread of the zones' true numbers, (T,)."""
    weight = _trust(information, _PRIOR_SPREAD)
    whole = np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
    middle = (weight * ratio).sum(axis=1, keepdims=True) / whole
    chance = np.divide(1.0, information, out=np.zeros_like(information), where=information > 0)
    # One degree of freedom went into the mean.
    left = np.maximum(1.0 - weight / whole, 0.0)
    top = (weight**2 * ((ratio - middle) ** 2 - left * chance)).sum(axis=1)
    bottom = (weight**2 * left).sum(axis=1)
    worth = (_PRIOR_SPREAD * weight).sum(axis=1) / window
    return np.maximum(_learnt(top, bottom, worth, _PRIOR_SPREAD), 1e-6)


def _centre(ratio: FloatArray, information: FloatArray, spread: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean of the zones relative to the city's number, and its squared relative error, (T,)."""
    weight = _trust(information, spread[:, None])
    whole = weight.sum(axis=1)
    known = whole > 0
    centre = np.divide((weight * ratio).sum(axis=1), whole, out=np.ones_like(whole), where=known)
    centre = np.maximum(centre, 1e-3)
    error = np.divide(1.0, whole * centre**2, out=np.full_like(whole, np.nan), where=known)
    return centre, error


def _gamma_quantiles(mean: FloatArray, variance: FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles of gammas by moments, interpolated over shapes to seven digits."""
    shape = np.clip(mean**2 / variance, _SHAPES[0], _SHAPES[-1])
    known = ~np.isnan(shape)
    table = np.maximum(np.asarray(gammaincinv(_SHAPES[:, None], levels)), 1e-300) / _SHAPES[:, None]
    ratio = np.full((*mean.shape, levels.size), np.nan)
    ratio[known] = np.exp(CubicSpline(np.log(_SHAPES), np.log(table))(np.log(shape[known])))
    out: FloatArray = ratio * mean[..., None]
    return out
