"""Short-term forecasts of counts with widths learnt from the method's own past errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from salus.epi.ahead import Related, learn_revisions, weekly_ensemble
from salus.epi.ahead.trees import interpolated
from salus.epi.arrays import FloatArray, IntArray, as_levels, as_series, require
from salus.epi.errors import ShapeMismatchError, TooShortError
from salus.epi.pace import learn_pace
from salus.epi.smoothing import DAILY, WEEKLY, Smoothed, member_weights, smooth
from salus.epi.widths import GRID, Widths, learn_widths

QUANTILES = (0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99)
_ORIGINS = 160
_HALF_LIFE = {1: 52.0, 7: 120.0}
_LEAST = 3
_YEAR = 52
_HALF = np.array([0.5])
_FINE = np.array([0.005, *QUANTILES, 0.995])


@dataclass(frozen=True, slots=True)
class Forecast:
    """Quantiles of the next steps; arrays are ``(H, ...)`` or ``(H, S, ...)``.

    Attributes
    ----------
    quantiles : FloatArray, shape (H, Q) or (H, S, Q)
        On the input's scale, never below zero, not decreasing over Q.
    quantile_levels : FloatArray, shape (Q,)
    median : FloatArray, shape (H,) or (H, S)
    samples : FloatArray, shape (H, N) or (H, S, N)
        Joint draws: one draw is one possible future.
    method : str
    parameters : mapping

    """

    quantiles: FloatArray
    quantile_levels: FloatArray
    median: FloatArray
    samples: FloatArray
    method: str
    parameters: Mapping[str, object]


def forecast(
    history: npt.ArrayLike,
    *,
    horizon: int,
    rng: np.random.Generator,
    quantiles: Sequence[float] = QUANTILES,
    period: int = 7,
    days: npt.ArrayLike | None = None,
    last_uncertain: npt.ArrayLike | None = None,
    earlier: npt.ArrayLike | None = None,
    related: Sequence[Related] = (),
    samples: int = 200,
) -> Forecast:
    r"""Forecast the next steps of one series or of hundreds.

    Daily counts: on :math:`z = \log(y + 1)`, freed of the weekday pattern, several damped-
    trend smoothers forecast from every past step. They are averaged with weights that fall
    with their past errors; the spread of the average's own past errors at each horizon gives
    the widths, by how large the counts are, how fast they move and how much was just missed.

    Weekly totals: the stacked ensemble of `salus.epi.ahead`. A renewal model, analogues,
    boosted quantiles and a quantile forest, all pooled over places, damped trends and the hub's
    baseline are averaged quantile by quantile with weights and widths learnt from forecasts of
    the past year. In the first year the growth that all places share leads, then the renewal
    model.

    Parameters
    ----------
    history : array_like, shape (T,) or (T, S)
        Counts or rates, 0 or more, NaN missing. Three observed values a series at least.
    horizon : int
        Steps ahead, 1 or more.
    rng : numpy.random.Generator
        Same seed, same samples. Quantiles do not depend on it.
    quantiles : sequence of float
        Levels in (0, 1); default the 23 of the forecast hubs.
    period : int
        7 for daily data with a weekly pattern, 1 for weekly data.
    days : array_like of int, shape (T,), optional
        Day number of each step, so that the season counts. Weekly data of many series only.
    last_uncertain : array_like, shape (K, N) or (K, S, N), optional
        Draws for the last K steps, such as ``Nowcast.samples``; they replace the end of
        `history`, and their disagreement widens the forecast.
    earlier : array_like, shape (M, T) or (M, T, S), optional
        Weekly data only: `history` as it was known one step ago, two steps ago, ... M steps
        ago, NaN where not known yet. The newest values are then brought to where such
        values have settled in the past.
    related : sequence of Related, optional
        Weekly data only, with `days`: longer series of other diseases or reports, as known
        at the same moment. What they say of growth by the time of the year is shared, which
        helps a report that has not yet lived through a year.
    samples : int
        Joint draws to return, 0 for none.

    Returns
    -------
    Forecast

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, NegativeInputError, MissingInputError, InvalidParameterError

    References
    ----------
    Gardner ES, McKenzie E. Forecasting trends in time series. Manage Sci 1985;31:1237-46.
    https://doi.org/10.1287/mnsc.31.10.1237
    Bracher J et al. Evaluating epidemic forecasts in an interval format. PLoS Comput Biol
    2021;17:e1008618. https://doi.org/10.1371/journal.pcbi.1008618

    """
    table, single = as_series(history, "history", at_least=_LEAST)
    levels = as_levels(quantiles)
    require(horizon >= 1, "horizon must be 1 step or more.")
    require(period in (1, 7), "period must be 7 (daily) or 1 (no pattern).")
    require(samples >= 0, "samples must be 0 or more.")
    draws = _tail(last_uncertain, table, single)
    if draws is not None:
        table = table.copy()
        table[-draws.shape[0] :] = np.median(draws, axis=-1)
    if int((~np.isnan(table)).sum(axis=0).min()) < _LEAST:
        raise TooShortError(f"a series has fewer than {_LEAST} observed values: leave it out or wait.")
    states = _earlier(earlier, table, single, period)
    _check_related(related, period, days)
    made = (
        _daily(table, draws, horizon)
        if period == 7
        else _weekly(table, draws, horizon, _days(days, table), states, related)
    )
    parts = [made.quantiles(levels), made.quantiles(_HALF)[..., 0], made.draws(samples, rng)]
    parts = [part[:, 0] if single else part for part in parts]
    told = {"period": period, "horizon": horizon, **made.told}
    return Forecast(parts[0], levels, parts[1], parts[2], made.method, told)


@dataclass(frozen=True, slots=True)
class _Made:
    """A forecast as quantiles on a fine grid of levels."""

    method: str
    table: FloatArray
    widths: Widths
    told: Mapping[str, object]

    def quantiles(self, levels: FloatArray) -> FloatArray:
        """Quantiles at other levels, shape (H, S, Q)."""
        return np.asarray(np.maximum(interpolated(self.table, _FINE, levels), 0.0))

    def draws(self, samples: int, rng: np.random.Generator) -> FloatArray:
        """Joint draws: correlated levels over the horizon, looked up in the quantiles."""
        shape = self.table.shape[:2]
        if samples == 0:
            return np.empty((*shape, 0))
        level = self.widths.levels((*shape, samples), rng)
        grid = self.quantiles(GRID)
        out = np.empty(level.shape)
        for step in range(shape[0]):
            for series in range(shape[1]):
                out[step, series] = np.interp(level[step, series], GRID, grid[step, series])
        return out


def _daily(table: FloatArray, draws: FloatArray | None, horizon: int) -> _Made:
    """Damped trends alone."""
    trend = _Trend(*_fit(table, draws, horizon, 7))
    return _Made("damped-trend ensemble", trend.quantiles(_FINE), trend.widths, {})


def _weekly(
    table: FloatArray,
    draws: FloatArray | None,
    horizon: int,
    days: IntArray | None,
    earlier: FloatArray | None,
    related: Sequence[Related],
) -> _Made:
    """Stack the trends with what all places' past teaches."""
    if earlier is not None:
        revision = learn_revisions(table, earlier)
        table = revision.corrected(table)
    widths = _fit(table, draws, horizon, 1)[1]
    found = weekly_ensemble(table, partial(_trend_quantiles, horizon=horizon), _FINE, days=days, related=related)
    values = found.quantiles if draws is None else _stretched(found.quantiles, widths.extra)
    told: dict[str, object] = {"weights": found.weights, "widening": found.widening, "maturity": found.maturity}
    if related:
        told["shared_season"] = found.season
    if earlier is not None:
        told["revision"] = revision.factor
    return _Made("stacked ensemble", values, widths, told)


def _trend_quantiles(table: FloatArray, horizon: int) -> FloatArray:
    """Quantiles (H, S, Q) of the damped trends alone."""
    return _Trend(*_fit(table, None, horizon, 1)).quantiles(_FINE)


def _stretched(values: FloatArray, extra: FloatArray) -> FloatArray:
    """Add the variance of an uncertain end to the distance of each quantile from the median, on the log scale."""
    scale = np.log1p(values)
    middle = scale[..., [int(np.argmin(np.abs(_FINE - 0.5)))]]
    away = np.hypot(scale - middle, ndtri(_FINE) * np.sqrt(extra)[..., None])
    return _back(middle + np.copysign(away, _FINE - 0.5))


def _check_related(related: Sequence[Related], period: int, days: npt.ArrayLike | None) -> None:
    for each in related:
        require(period == 1 and days is not None, "related is for weekly data with days: say which week is which.")
        table, _ = as_series(each.table, "related", at_least=_YEAR)
        if each.days.shape != table.shape[:1]:
            raise ShapeMismatchError("related must have one day number per step of its table.")


def _earlier(earlier: npt.ArrayLike | None, table: FloatArray, single: bool, period: int) -> FloatArray | None:
    if earlier is None:
        return None
    require(period == 1, "earlier is for weekly data (period 1): pass daily data through nowcast first.")
    states = np.asarray(earlier, dtype=np.float64)
    if single and states.ndim == 2:
        states = states[..., None]
    if states.ndim != 3 or states.shape[1:] != table.shape:
        raise ShapeMismatchError("earlier must be (states, steps) or (states, steps, series) like history.")
    return states


@dataclass(frozen=True, slots=True)
class _Trend:
    """Forecast of the smoothers, on the log scale."""

    centre: FloatArray
    widths: Widths
    pattern: FloatArray

    def quantiles(self, levels: FloatArray) -> FloatArray:
        """Quantiles on the input's scale, shape (H, S, Q)."""
        return _back(self.widths.quantiles(self.centre, levels) + self.pattern[..., None])


def _days(days: npt.ArrayLike | None, table: FloatArray) -> IntArray | None:
    if days is None:
        return None
    out = np.asarray(days)
    if out.shape != (table.shape[0],) or out.dtype.kind not in "iu":
        raise ShapeMismatchError("days must be one whole day number per step of history.")
    return out.astype(np.int64)


def _tail(last_uncertain: npt.ArrayLike | None, table: FloatArray, single: bool) -> FloatArray | None:
    if last_uncertain is None:
        return None
    draws = np.asarray(last_uncertain, dtype=np.float64)
    if single and draws.ndim == 2:
        draws = draws[:, None]
    if draws.ndim != 3 or draws.shape[1] != table.shape[1] or not draws.size:
        raise ShapeMismatchError("last_uncertain must be (steps, samples) or (steps, series, samples).")
    # The smoother needs settled steps to start from.
    return draws[-max(1, table.shape[0] - _LEAST) :]


def _back(values: FloatArray) -> FloatArray:
    """Undo the log, never below zero or beyond what a float can hold."""
    out: FloatArray = np.maximum(0.0, np.expm1(np.minimum(values, 60.0)))
    return out


def _fit(
    table: FloatArray, draws: FloatArray | None, horizon: int, period: int
) -> tuple[FloatArray, Widths, FloatArray]:
    """Centre (H, S) on the log scale, its widths, and the weekday pattern ahead (H, S)."""
    steps = table.shape[0]
    scale = np.log1p(table)
    effect = weekday_pattern(scale, period)
    phase = np.arange(steps + horizon) % period
    flat = scale - effect[phase[:steps]]
    states = smooth(flat, WEEKLY if period == 1 else DAILY)
    error = _past_errors(flat, states, horizon)
    age = np.arange(error.shape[0])[::-1]
    recency = 0.5 ** (age / _HALF_LIFE[period])
    weight = member_weights(error, recency)
    last = states.at([-1]).ahead(horizon)[0]
    centre = np.einsum("hgs,hgs->hs", last, weight)
    combined = np.einsum("ohgs,hgs->ohs", error, weight)
    extra = _disagreement(flat, states, draws, effect[phase[:steps]], weight, horizon)
    level = states.level.mean(axis=1)[-combined.shape[0] - 1 :]
    pace = learn_pace(combined, recency, _moved(states, period, combined.shape[0]), period) if period > 1 else None
    widths = learn_widths(combined, recency, _recent_mean(table, 4 * period), extra, np.exp(level), pace)
    return centre, widths, effect[phase[steps:]]


def _moved(states: Smoothed, period: int, origins: int) -> FloatArray:
    """How far the level moved within a week, (O + 1, S): at past origins and now."""
    level = states.level.mean(axis=1)
    before = np.vstack([np.repeat(level[:1], min(period, level.shape[0]), axis=0), level[:-period]])
    out: FloatArray = (level - before[: level.shape[0]])[-origins - 1 :]
    return out


def _recent_mean(table: FloatArray, steps: int) -> FloatArray:
    """Mean of the last steps of each series, or of all it has where those are missing."""
    recent = table[-steps:]
    seen = ~np.isnan(recent)
    mean = np.where(seen, recent, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    out: FloatArray = np.where(seen.any(axis=0), mean, np.nanmean(table, axis=0))
    return out


def weekday_pattern(scale: FloatArray, period: int) -> FloatArray:
    """Additive pattern by step modulo `period`, shape (period, S), mean 0."""
    steps, width = scale.shape
    if period == 1 or steps < 2 * period:
        return np.zeros((period, width))
    recent = scale[-8 * period :]
    first = steps - recent.shape[0]
    kernel = np.ones(period) / period
    filled = np.where(np.isnan(recent), _recent_mean(scale, 8 * period), recent)
    centre = np.apply_along_axis(np.convolve, 0, filled, kernel, "valid")
    half = period // 2
    rest = recent[half : half + centre.shape[0]] - centre
    phase = (first + half + np.arange(rest.shape[0])) % period
    out = np.zeros((period, width))
    for place in range(period):
        chosen = rest[phase == place]
        count = (~np.isnan(chosen)).sum(axis=0)
        # Two steps' worth of "no effect" steady the pattern of a short history.
        out[place] = np.nansum(chosen, axis=0) / (count + 2.0)
    out -= out.mean(axis=0)
    return out


def _past_errors(flat: FloatArray, states: Smoothed, horizon: int) -> FloatArray:
    """Truth minus forecast from recent origins, shape (O, H, G, S)."""
    steps = flat.shape[0]
    first = max(_LEAST - 2, steps - 1 - _ORIGINS)
    origins = np.arange(first, steps - 1)
    ahead = states.at(origins).ahead(horizon)
    target = origins[:, None] + np.arange(1, horizon + 1)
    truth = np.where((target < steps)[..., None], flat[np.minimum(target, steps - 1)], np.nan)
    out: FloatArray = truth[:, :, None, :] - ahead
    return out


def _disagreement(
    flat: FloatArray,
    states: Smoothed,
    draws: FloatArray | None,
    pattern: FloatArray,
    weight: FloatArray,
    horizon: int,
) -> FloatArray:
    """Variance of the centre over draws of an uncertain end, shape (H, S)."""
    if draws is None:
        return np.zeros((horizon, flat.shape[1]))
    tail, width, count = draws.shape
    some = draws[:, :, : min(count, 50)]
    ends = np.log1p(some) - pattern[-tail:, :, None]
    before = flat.shape[0] - tail - 1
    start = [
        np.repeat(part[before][:, :, None], some.shape[2], axis=2).reshape(part.shape[1], -1)
        for part in (states.level, states.trend)
    ]
    run = smooth(ends.reshape(tail, -1), states.members, (start[0], start[1]))
    ahead = run.at([-1]).ahead(horizon)[0]
    centre = np.einsum("hgsn,hgs->hsn", ahead.reshape(horizon, -1, width, some.shape[2]), weight)
    out: FloatArray = centre.var(axis=-1)
    return out
