"""How complete is a count that is *d* days old? Reverse hazards of reporting.

The reverse hazard of delay *k* is the share, among reports that arrive within *k* days,
of those that arrive on day *k* itself. It can be estimated from unfinished dates too, and
completeness is the product of its complements. Each hazard depends on the weekday of the
report, because offices close at weekends and sources publish on set days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.errors import NoDelayHistoryError
from salus.epi.triangles import ReportingTriangle

WEEK = 7
_HALF_LIFE = 28.0
_CELL_OBSERVATIONS = 4.0
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
    first : int
        Day number of row 0.

    """

    change: FloatArray
    total: FloatArray
    first: int


def by_report_day(triangle: ReportingTriangle, rows: int) -> Reports:
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
    return Reports(parts[0], parts[1], int(triangle.dates[steps - rows]))


def completeness(reports: Reports, nows: IntArray, window: int, *, weekday: bool) -> FloatArray:
    """Estimate the share of a date's final count that is known after each delay.

    Parameters
    ----------
    reports : Reports
        From `by_report_day`.
    nows : IntArray, shape (J,)
        Row indices as of which to estimate; only rows up to each are used.
    window : int
        Report days to learn from, a multiple of 7.
    weekday : bool
        Whether hazards differ by the weekday of the report.

    Returns
    -------
    FloatArray, shape (J, 7, D+1, S)
        By weekday (day number modulo 7) of the reference date. 1 at delay D. Above 1 where
        counts are mostly revised down.

    """
    added, known, seen = _weekday_sums(reports, nows, window)
    hazard = _hazards(added, known, seen, weekday=weekday)
    width = hazard.shape[2]
    # A report with delay k about a date on weekday w falls on weekday w + k.
    delay = np.arange(width)
    falls = (np.arange(WEEK)[:, None] + delay) % WEEK
    by_date = hazard[:, falls, delay[None, :]]
    left = np.ones_like(by_date)
    stay = 1.0 - by_date[:, :, 1:]
    left[:, :, :-1] = np.cumprod(stay[:, :, ::-1], axis=2)[:, :, ::-1]
    return left


def _weekday_sums(reports: Reports, nows: IntArray, window: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sums over the window before each now: (J, 7, D+1, S) twice, observations (J, 7, D+1)."""
    shape = (len(nows), WEEK, *reports.change.shape[1:])
    added, known = np.zeros(shape), np.zeros(shape)
    seen = np.zeros(shape[:3])
    for place, now in enumerate(nows):
        rows = np.arange(max(0, now - window + 1), now + 1)
        day = (reports.first + rows) % WEEK
        for weekday in range(WEEK):
            chosen = rows[day == weekday]
            weight = 0.5 ** ((now - chosen) / _HALF_LIFE)
            added[place, weekday] = np.einsum("rks,r->ks", reports.change[chosen], weight)
            known[place, weekday] = np.einsum("rks,r->ks", reports.total[chosen], weight)
            seen[place, weekday] = (reports.total[chosen] > 0).any(axis=2).sum(axis=0)
    return added, known, seen


def _ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Quotient, 0 where the denominator is 0."""
    out: FloatArray = np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
    return out


def _hazards(added: FloatArray, known: FloatArray, seen: FloatArray, *, weekday: bool) -> FloatArray:
    """Reverse hazards (J, 7, D+1, S), shrunk from cell to weekday to delay to all series."""
    delay_added, delay_known = added.sum(axis=1), known.sum(axis=1)
    all_added, all_known = delay_added.sum(axis=-1), delay_known.sum(axis=-1)
    pooled = _ratio(all_added, all_known)
    cell = np.repeat(pooled[:, None, :], WEEK, axis=1)
    if weekday:
        cell_added, cell_known = added.sum(axis=-1), known.sum(axis=-1)
        expected = (pooled[:, None, 1:] * cell_known[:, :, 1:]).sum(axis=2)
        effect = _ratio(cell_added[:, :, 1:].sum(axis=2), expected)
        prior = pooled[:, None, :] * np.clip(effect, 0.0, WEEK)[:, :, None]
        per_report = _ratio(cell_known, seen)
        weight = _CELL_OBSERVATIONS * per_report + _CELL_COUNTS
        cell = (cell_added + weight * prior) / (cell_known + weight)
    if added.shape[-1] == 1:
        return np.clip(cell, -0.5, 0.999)[..., None]
    own = (delay_added + _SERIES_COUNTS * pooled[..., None]) / (delay_known + _SERIES_COUNTS)
    factor = np.where(
        pooled[..., None] > 0,
        _ratio(own, np.maximum(pooled, 1e-12)[..., None] * np.ones_like(own)),
        1.0,
    )
    return np.clip(cell[..., None] * factor[:, None], -0.5, 0.999)


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
