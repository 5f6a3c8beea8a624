"""How complete is a count that is *d* days old? Reverse hazards of reporting.

The reverse hazard of delay *k* is the share, among reports that arrive within *k* days,
of those that arrive on day *k* itself. It can be estimated from unfinished dates too, and
completeness is the product of its complements. Each hazard depends on the weekday of the
report, because offices close at weekends and sources publish on set days.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import BoolArray, FloatArray, IntArray
from salus.epi.errors import NoDelayHistoryError
from salus.epi.reporting_days import WEEK, reporting_weekday, stood_still
from salus.epi.triangles import ReportingTriangle

# Delays change fast, slowly, or not at all; nobody knows which, so that memories of
# different length are averaged. Days; the last one never forgets.
_HALF_LIVES = (14.0, 60.0, np.inf)
_CELL_OBSERVATIONS = 2.0
_CELL_COUNTS = 20.0
_SERIES_COUNTS = 200.0


@dataclass(frozen=True, slots=True)
class Reports:
    """Triangle rearranged by the day of report, rows ``r``: shape (R, D+1, S).

    Attributes
    ----------
    change : FloatArray
        What report day r added to the date k days before it.
    total : FloatArray
        What was known of that date after it; both 0 where unobserved.
    weekday : IntArray, shape (R,)
        Weekday that the report day behaves like.
    usual : BoolArray, shape (R,)
        False on days on which the source stood still, and the day after, which catches up.
    idle : IntArray, shape (R,)
        For how many days, this one included, the source has said nothing at all.
    first : int
        Day number of row 0.

    """

    change: FloatArray
    total: FloatArray
    weekday: IntArray
    usual: BoolArray
    idle: IntArray
    first: int


@dataclass(frozen=True, slots=True)
class Hazards:
    """Reverse hazards as of J moments, and the completeness that follows from them.

    Attributes
    ----------
    cell : FloatArray, shape (J, 7, D+1, S)
        Reverse hazard by weekday of report and delay.
    left : FloatArray, shape (J, 7, D+1, S)
        Completeness by weekday of the date and its age, in weeks without a holiday. 1 at
        age D; above 1 where counts are mostly revised down.

    """

    cell: FloatArray
    left: FloatArray


def by_report_day(triangle: ReportingTriangle, rows: int, holidays: Collection[int] = ()) -> Reports:
    """Rearrange the last `rows` report days of a triangle."""
    cumulative = triangle.cumulative
    if cumulative.ndim == 2:
        cumulative = cumulative[:, None, :]
    change = np.diff(cumulative, axis=-1, prepend=0.0)
    steps, width = cumulative.shape[0], triangle.max_delay + 1
    rows = min(rows, steps)
    report = np.arange(steps - rows, steps)[:, None]
    date = report - np.arange(width)
    delay = np.broadcast_to(np.arange(width), date.shape)
    parts = []
    for source in (change, cumulative):
        part = source[np.maximum(date, 0), :, delay]
        part[date < 0] = np.nan
        parts.append(part)
    # A cell counts only where both its change and its total were seen.
    unseen = np.isnan(parts[0]) | np.isnan(parts[1])
    for part in parts:
        part[unseen] = 0.0
    first = int(triangle.dates[steps - rows])
    weekday = reporting_weekday(first + np.arange(rows), holidays)
    still = stood_still(parts[0].sum(axis=(1, 2)), weekday)
    usual = ~still
    usual[1:] &= ~still[:-1]
    idle = np.zeros(rows, dtype=np.int64)
    # With a trickle of reports the delays are unknown: only true silence makes dates younger.
    for row in np.flatnonzero(still & ~parts[0].any(axis=(1, 2))):
        idle[row] = 1 + (idle[row - 1] if row else 0)
    return Reports(parts[0], parts[1], weekday, usual, idle, first)


def hazards(reports: Reports, nows: IntArray, *, weekday: bool) -> Hazards:
    """Estimate reverse hazards from the report days up to each moment.

    Parameters
    ----------
    reports : Reports
        From `by_report_day`.
    nows : IntArray, shape (J,)
        Row indices as of which to estimate; only rows up to each are used.
    weekday : bool
        Whether hazards differ by the weekday of the report.

    """
    cell = np.zeros((len(nows), WEEK, *reports.change.shape[1:]))
    for half_life in _HALF_LIVES:
        by_week, by_series = _sums(reports, nows, half_life)
        pooled = _ratio(by_series[0].sum(axis=-1), by_series[1].sum(axis=-1))
        pattern = _by_weekday(by_week, pooled) if weekday else np.repeat(pooled[:, None], WEEK, axis=1)
        cell += pattern[..., None] * _by_series(by_series, pooled)[:, None]
    cell = np.clip(cell / len(_HALF_LIVES), -0.5, 0.999)
    width = cell.shape[2]
    # A report with delay k about a date on weekday w falls on weekday w + k.
    delay = np.arange(width)
    falls = (np.arange(WEEK)[:, None] + delay) % WEEK
    stay = 1.0 - cell[:, falls, delay[None, :]][:, :, 1:]
    left = np.ones_like(cell)
    left[:, :, :-1] = np.cumprod(stay[:, :, ::-1], axis=2)[:, :, ::-1]
    return Hazards(cell, left)


def _sums(reports: Reports, nows: IntArray, half_life: float) -> tuple[FloatArray, FloatArray]:
    """Sum up to each now, recent days more: by weekday and by series.

    Added, known and how often seen, (3, J, 7, D+1); added and known, (2, J, D+1, S).
    """
    rows, width, series = reports.change.shape
    week = np.zeros((3, WEEK, width))
    each = np.zeros((2, width, series))
    weeks, eaches = np.empty((len(nows), *week.shape)), np.empty((len(nows), *each.shape))
    place = {int(now): moment for moment, now in enumerate(nows)}
    weights = np.exp2((np.arange(rows) - rows + 1) / half_life)
    for row, weight in enumerate(weights):
        if reports.usual[row]:
            change, total = reports.change[row], reports.total[row]
            each += weight * np.stack([change, total])
            seen = (total > 0).any(axis=1)
            week[:, reports.weekday[row]] += weight * np.stack([change.sum(axis=1), total.sum(axis=1), seen])
        if row in place:
            weeks[place[row]], eaches[place[row]] = week / weight, each / weight
    return np.moveaxis(weeks, 1, 0), np.moveaxis(eaches, 1, 0)


def _ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Quotient, 0 where the denominator is 0."""
    out: FloatArray = np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
    return out


def _by_weekday(sums: FloatArray, pooled: FloatArray) -> FloatArray:
    """Hazards of all series (J, 7, D+1), shrunk from cell to weekday to delay."""
    added, known, seen = sums
    expected = (pooled[:, None, 1:] * known[:, :, 1:]).sum(axis=2)
    effect = _ratio(added[:, :, 1:].sum(axis=2), expected)
    prior = pooled[:, None, :] * np.clip(effect, 0.0, WEEK)[:, :, None]
    weight = _CELL_OBSERVATIONS * _ratio(known, seen) + _CELL_COUNTS
    out: FloatArray = (added + weight * prior) / (known + weight)
    return out


def _by_series(sums: FloatArray, pooled: FloatArray) -> FloatArray:
    """Factor (J, D+1, S) of each series' hazard, 1 for one that has shown nothing yet."""
    added, known = sums
    if added.shape[-1] == 1:
        return np.ones_like(added)
    own = (added + _SERIES_COUNTS * pooled[..., None]) / (known + _SERIES_COUNTS)
    whole = np.broadcast_to(pooled[..., None], own.shape)
    out: FloatArray = np.divide(own, whole, out=np.ones_like(own), where=whole > 0)
    return out


def completeness(
    found: Hazards,
    date: IntArray,
    age: IntArray,
    after: IntArray,
    holidays: Collection[int],
) -> FloatArray:
    """Share of the final count that is known of dates of a given age, shape (J, U, S).

    Parameters
    ----------
    found : Hazards
        As of J moments.
    date, age : IntArray, shape (J, U)
        Day number, and days for which its reports came, 0 to D.
    after : IntArray, shape (J,)
        Day number of the last report day that counts: the holidays after it are to come.
    holidays : collection of int
        Day numbers on which reporting pauses.

    """
    moment = np.arange(date.shape[0])[:, None]
    share: FloatArray = found.left[moment, date % WEEK, age].copy()
    longest = found.left.shape[2] - 1
    for day in sorted({shifted for free in holidays for shifted in (free, free + 1)}):
        like = int(reporting_weekday(np.array([day]), holidays)[0])
        delay = day - date
        touched = (day > after)[:, None] & (delay > 0) & (delay <= longest)
        if like == day % WEEK or not touched.any():
            continue
        row, column = np.nonzero(touched)
        lag = delay[row, column]
        usual, now = found.cell[row, day % WEEK, lag], found.cell[row, like, lag]
        share[row, column] *= (1.0 - now) / (1.0 - usual)
    return share


def require_history(triangle: ReportingTriangle) -> int:
    """Return the longest delay that the history can teach.

    Raises
    ------
    NoDelayHistoryError
        If fewer than two weeks of reports were seen, or no date ever changed.

    """
    days = triangle.now - triangle.first_report
    if days < 2 * WEEK:
        raise NoDelayHistoryError(
            f"reports were seen on {days + 1} days only: keep each day's version for two "
            "weeks before nowcasting, and show counts as reported until then."
        )
    change = triangle.increments[..., 1:]
    if not bool((np.nan_to_num(change) != 0).any()):
        raise NoDelayHistoryError(
            "no count ever changed after its first report: record when each value became "
            "known, or do not nowcast this source."
        )
    return min(triangle.max_delay, days - WEEK)
