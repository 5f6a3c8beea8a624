"""How crowded zones will be: occupancy by hour of the week and kind of day, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom

from salus.epi.arrays import BoolArray, FloatArray, IntArray, as_levels, as_series, require
from salus.epi.errors import InvalidParameterError, MissingInputError, TooShortError

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
_HALF_LIFE = 28.0
_BORROW = 1.0
_LEVEL_DAYS = 7
_LEVEL_PRIOR = 20.0
_REPLAYS = 8
_KEEP = (0.0, 0.5, 0.8, 1.0)
_KNOTS = 400
_LEAST_DISPERSION = 1e-6


@dataclass(frozen=True, slots=True)
class CrowdingForecast:
    """Expected occupancy of the steps that follow the history.

    Attributes
    ----------
    mean : FloatArray, shape (T, Z)
    quantiles : FloatArray, shape (T, Z, Q)
    quantile_levels : FloatArray, shape (Q,)
    start : datetime
        Local time of the first step.
    step : int
        Seconds.
    dispersion : FloatArray, shape (Z,)
        Variance beyond the mean, relative to the mean squared.
    level_kept : float
        How much of a zone's present departure from its pattern is expected to last, 0 to 1.
    replays : int
        Past weeks that the interval was learned from.
    coverage : float
        Share of the values of those weeks inside the raw 95 % interval, before it was adjusted.

    """

    mean: FloatArray
    quantiles: FloatArray
    quantile_levels: FloatArray
    start: datetime
    step: int
    dispersion: FloatArray
    level_kept: float
    replays: int
    coverage: float


def expected_crowding(
    occupancy: npt.ArrayLike,
    *,
    start: datetime,
    horizon: int,
    step: int = 3600,
    holidays: Sequence[date] = (),
    quantiles: Sequence[float] = LEVELS,
) -> CrowdingForecast:
    r"""Forecast occupancy by zone and hour from its own past.

    Parameters
    ----------
    occupancy : array_like, shape (N, Z) or (N,)
        People by step and zone, such as `CrowdingCounts.occupancy`; NaN is missing; a
        zone without any value has NaN for a forecast. Three weeks or more.
    start : datetime
        Local time of the first step.
    horizon : int
        Steps ahead, 1 or more; meant for up to two weeks.
    step : int
        Seconds; a divisor of a day.
    holidays : sequence of date
        Past and coming days that are like Sundays.
    quantiles : sequence of float
        Levels in (0, 1).

    Returns
    -------
    CrowdingForecast

    Raises
    ------
    TooShortError, EmptyInputError, MissingInputError, ShapeMismatchError, NegativeInputError,
    InvalidParameterError

    Notes
    -----
    The mean is :math:`m_{s} r`: the pattern :math:`m_s` of step *s* of the week is an average
    with a half-life of four weeks, drawn towards that of the same hour on all working days or
    on all days off as if by one week of data; :math:`r` is the level of the last seven days
    relative to the pattern. Counts are negative binomial. How much of *r* lasts, the
    dispersion, and an adjustment of the levels by the distribution of probability integral
    transforms are learned on replays of past weeks from what was known before each.

    References
    ----------
    Czado C, Gneiting T, Held L. Predictive model assessment for count data. Biometrics 2009.
    https://doi.org/10.1111/j.1541-0420.2009.01191.x

    """
    table, single = as_series(occupancy, "occupancy")
    levels = as_levels(quantiles)
    require(step >= 1 and 86_400 % step == 0, "step must divide a day, such as 900 or 3600 seconds.")
    require(horizon >= 1, "horizon must be 1 step or more.")
    daily = 86_400 // step
    if table.shape[0] < 21 * daily:
        raise TooShortError(f"occupancy has {table.shape[0]} steps, the method needs three weeks: {21 * daily}.")
    blank = np.isnan(table).all(axis=0)
    if blank.all():
        raise MissingInputError("occupancy is NaN throughout: pass at least one zone with values.")
    calendar = _slots(start, step, table.shape[0] + horizon, holidays)
    learned = _replay(table, calendar, daily, min(horizon, 7 * daily))
    mean = _mean(table, calendar, daily, horizon, learned.keep)
    values = _adjusted(mean, learned, levels)
    mean[:, blank], values[:, blank] = np.nan, np.nan
    begin = start + timedelta(seconds=step * table.shape[0])
    shown = (mean[:, 0], values[:, 0]) if single else (mean, values)
    return CrowdingForecast(
        shown[0], shown[1], levels, begin, step, learned.dispersion, learned.keep, learned.weeks, learned.coverage
    )


@dataclass(frozen=True, slots=True)
class _Learned:
    keep: float
    dispersion: FloatArray
    transform: FloatArray
    weeks: int
    coverage: float


def _slots(start: datetime, step: int, count: int, holidays: Sequence[date]) -> IntArray:
    """Step of the week of each step; holidays are Sundays."""
    require(start.microsecond == 0, "start must be a whole second.")
    offset = start.hour * 3600 + start.minute * 60 + start.second
    if offset % step:
        raise InvalidParameterError("start must lie on a whole step of the day.")
    daily = 86_400 // step
    at = np.arange(count) + offset // step
    day = start.toordinal() + at // daily
    weekday = (day - 1) % 7
    if holidays:
        weekday[np.isin(day, [holiday.toordinal() for holiday in holidays])] = 6
    return np.asarray(weekday * daily + at % daily, dtype=np.int64)


def _pattern(table: FloatArray, slots: IntArray, daily: int) -> FloatArray:
    """Mean by step of the week, shape (7 * daily, Z)."""
    steps, zones = table.shape
    age = (steps - 1 - np.arange(steps)) // daily
    known = ~np.isnan(table)
    weight = (0.5 ** (age / _HALF_LIFE))[:, None] * known
    total, heavy = np.zeros((7 * daily, zones)), np.zeros((7 * daily, zones))
    np.add.at(total, slots, weight * np.nan_to_num(table))
    np.add.at(heavy, slots, weight)
    by_day, weights = total.reshape(7, daily, zones), heavy.reshape(7, daily, zones)
    overall = (by_day.sum(axis=0) + 1e-9) / (weights.sum(axis=0) + 1e-9)
    out = np.empty_like(by_day)
    for days in (slice(0, 5), slice(5, 7)):
        alike = (by_day[days].sum(axis=0) + _BORROW * overall) / (weights[days].sum(axis=0) + _BORROW)
        out[days] = (by_day[days] + _BORROW * alike) / (weights[days] + _BORROW)
    return out.reshape(7 * daily, zones)


def _level(table: FloatArray, slots: IntArray, pattern: FloatArray, daily: int) -> FloatArray:
    """Last days relative to the pattern, by zone, drawn towards 1 where there are few people."""
    recent, usual = table[-_LEVEL_DAYS * daily :], pattern[slots[-_LEVEL_DAYS * daily :]]
    known = ~np.isnan(recent)
    seen, due = np.nansum(recent, axis=0), np.where(known, usual, 0.0).sum(axis=0)
    return np.asarray((seen + _LEVEL_PRIOR) / (due + _LEVEL_PRIOR), dtype=np.float64)


def _mean(table: FloatArray, calendar: IntArray, daily: int, horizon: int, keep: float) -> FloatArray:
    steps = table.shape[0]
    pattern = _pattern(table, calendar[:steps], daily)
    level = _level(table, calendar[:steps], pattern, daily)
    return np.asarray(pattern[calendar[steps : steps + horizon]] * level**keep, dtype=np.float64)


def _replay(table: FloatArray, calendar: IntArray, daily: int, horizon: int) -> _Learned:
    """Forecast past weeks from what came before them, and learn from the errors."""
    week, steps = 7 * daily, table.shape[0]
    origins = [steps - back * week for back in range(1, _REPLAYS + 1) if steps - back * week >= 2 * week]
    truth = np.concatenate([table[origin : origin + horizon] for origin in origins])
    best, error = _KEEP[0], np.inf
    means = np.empty_like(truth)
    for keep in _KEEP:
        tried = np.concatenate([_mean(table[:at], calendar, daily, horizon, keep) for at in origins])
        miss = float(np.nansum((truth - tried) ** 2 / (tried + 1.0)))
        if miss < error:
            best, error, means = keep, miss, tried
    dispersion = _dispersion(truth, means)
    known = ~np.isnan(truth)
    transform, coverage = _transform(truth, means, dispersion, known)
    return _Learned(best, dispersion, transform, len(origins), coverage)


def _dispersion(truth: FloatArray, mean: FloatArray) -> FloatArray:
    """Negative binomial dispersion by zone, by moments, each drawn a little towards all."""
    beyond = np.nansum((truth - mean) ** 2 - mean, axis=0)
    square = np.where(np.isnan(truth), 0.0, mean**2).sum(axis=0)
    if not square.sum() > 0:
        return np.full(truth.shape[1], _LEAST_DISPERSION)
    shared = max(float(beyond.sum() / square.sum()), _LEAST_DISPERSION)
    prior = 0.1 * float(square.mean())
    return np.asarray(np.maximum((beyond + prior * shared) / (square + prior), _LEAST_DISPERSION), dtype=np.float64)


def _transform(
    truth: FloatArray, mean: FloatArray, dispersion: FloatArray, known: BoolArray
) -> tuple[FloatArray, float]:
    """Mean probability integral transform of counts at even knots, and coverage of 95 %."""
    size = np.broadcast_to(1.0 / dispersion, truth.shape)[known]
    expected = np.maximum(mean[known], 1e-9)
    counts = np.floor(truth[known])
    chance = size / (size + expected)
    upper, lower = nbinom.cdf(counts, size, chance), nbinom.cdf(counts - 1, size, chance)
    knots = np.linspace(0.0, 1.0, _KNOTS + 1)
    width = np.maximum(upper - lower, 1e-12)
    share = np.array([np.clip((knot - lower) / width, 0.0, 1.0).mean() if counts.size else knot for knot in knots])
    coverage = float(np.interp(0.975, knots, share) - np.interp(0.025, knots, share))
    return np.maximum.accumulate(share), coverage


def _adjusted(mean: FloatArray, learned: _Learned, levels: FloatArray) -> FloatArray:
    """Quantiles at the levels below which the wanted shares of past values lay."""
    knots = np.linspace(0.0, 1.0, _KNOTS + 1)
    rising = learned.transform + 1e-9 * np.arange(knots.size)
    used = np.clip(np.interp(levels, rising, knots), 1e-4, 1 - 1e-4)
    size = np.broadcast_to(1.0 / learned.dispersion, mean.shape)[..., None]
    expected = np.maximum(mean, 1e-9)[..., None]
    out: FloatArray = nbinom.ppf(used, size, size / (size + expected))
    return out
