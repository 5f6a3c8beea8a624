"""Reporting triangles: how each date's count grew as reports came in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, IntArray, require
from salus.epi.errors import EmptyInputError, MissingInputError, ShapeMismatchError


@dataclass(frozen=True, slots=True)
class ReportingTriangle:
    """Counts by reference date and reporting delay, for one series or many.

    Attributes
    ----------
    dates : IntArray, shape (T,)
        Consecutive day numbers; the last one is `now`.
    cumulative : FloatArray, shape (T, D+1) or (T, S, D+1)
        Count known at delay 0..D days; NaN where nobody could have looked: after `now`, or
        before the first report of all.
    latest : FloatArray, shape (T,) or (T, S)
        Count known at `now`, later revisions than D included.
    now : int
        Day number.
    first_report : int
        Day number on which the source began to report.
    series : tuple
        Labels of the S series; empty for a single one.

    """

    dates: IntArray
    cumulative: FloatArray
    latest: FloatArray
    now: int
    first_report: int
    series: tuple[object, ...] = ()

    @property
    def max_delay(self) -> int:
        """Longest delay kept, in days."""
        return int(self.cumulative.shape[-1]) - 1

    @property
    def increments(self) -> FloatArray:
        """Change of the count at each delay, shape as `cumulative`; negative when revised down."""
        return np.diff(self.cumulative, axis=-1, prepend=0.0)


def reporting_triangle(
    valid: npt.ArrayLike,
    known: npt.ArrayLike,
    value: npt.ArrayLike,
    now: int,
    *,
    max_delay: int = 40,
    series: npt.ArrayLike | None = None,
    since: int | None = None,
) -> ReportingTriangle:
    """Build a reporting triangle from bitemporal rows.

    Parameters
    ----------
    valid, known : array_like of int, shape (N,)
        Day the count is about, and day on which it was known. Rows known after `now` are
        left out. A row known before its date counts as known on it.
    value : array_like, shape (N,)
        Count known so far for that date (not the increment). It may fall: a negative
        revision. NaN withdraws the date's count. Of equal `valid` and `known` the last
        row counts.
    now : int
        Day number as of which the triangle is drawn.
    max_delay : int
        Longest delay to keep, in days; what is revised later shows in ``latest`` only.
    series : array_like, shape (N,), optional
        Label of the series that each row belongs to. Every series gets every date.
    since : int, optional
        First date of the triangle. Default: the first valid date.

    Returns
    -------
    ReportingTriangle

    Raises
    ------
    EmptyInputError
        If no row was known at `now`.
    ShapeMismatchError, MissingInputError, InvalidParameterError

    References
    ----------
    Lawless JF. Adjustments for reporting delays and the prediction of occurred but not
    reported events. Can J Stat 1994;22:15-31. https://doi.org/10.2307/3315826

    """
    require(max_delay >= 1, "max_delay must be 1 day or more.")
    days, reports, counts = _rows(valid, known, value)
    labels, codes = _labels(series, days.size)
    keep = (reports <= now) & (days <= now)
    if not keep.any():
        raise EmptyInputError(f"no row was known on day {now}: choose a later moment.")
    first_report = int(reports[keep].min())
    start = int(days[keep].min()) if since is None else int(since)
    require(start <= now, f"since is {start}, after now ({now}).")
    keep &= days >= start
    rows = (days[keep] - start, reports[keep] - start, counts[keep], codes[keep])
    size = (now - start + 1, max(len(labels), 1), max_delay + 1)
    cumulative, latest = _accumulate(*rows, size)
    seen = start + np.arange(size[0])[:, None] + np.arange(max_delay + 1)
    unseen = (seen > now) | (seen < first_report)
    cumulative[np.broadcast_to(unseen[:, None, :], size)] = np.nan
    if series is None:
        cumulative, latest = cumulative[:, 0], latest[:, 0]
    dates = np.arange(start, now + 1, dtype=np.int64)
    return ReportingTriangle(dates, cumulative, latest, int(now), first_report, labels)


def _rows(valid: npt.ArrayLike, known: npt.ArrayLike, value: npt.ArrayLike) -> tuple[IntArray, IntArray, FloatArray]:
    days = np.asarray(valid)
    reports = np.asarray(known)
    counts = np.asarray(value, dtype=np.float64)
    if not days.shape == reports.shape == counts.shape or days.ndim != 1:
        raise ShapeMismatchError("valid, known and value must be one-dimensional and equally long.")
    if days.size == 0:
        raise EmptyInputError("there are no rows: pass at least one report.")
    if days.dtype.kind not in "iu" or reports.dtype.kind not in "iu":
        raise MissingInputError("valid and known must be whole day numbers, such as date.toordinal().")
    if np.isinf(counts).any():
        raise MissingInputError("value holds an infinite count: correct it or set NaN.")
    # A withdrawn count is a revision down to nothing.
    counts = np.nan_to_num(counts, nan=0.0)
    days = days.astype(np.int64)
    return days, np.maximum(reports.astype(np.int64), days), counts


def _labels(series: npt.ArrayLike | None, rows: int) -> tuple[tuple[object, ...], IntArray]:
    if series is None:
        return (), np.zeros(rows, dtype=np.int64)
    labels, codes = np.unique(np.asarray(series), return_inverse=True)
    if codes.size != rows:
        raise ShapeMismatchError("series must have one label per row.")
    return tuple(labels.tolist()), codes.astype(np.int64).ravel()


def _accumulate(
    day: IntArray,
    report: IntArray,
    count: FloatArray,
    code: IntArray,
    size: tuple[int, int, int],
) -> tuple[FloatArray, FloatArray]:
    """Cumulative counts by delay, and the last count, from rows in any order."""
    steps, width, delays = size
    order = np.lexsort((report, day, code))
    day, report, count, code = day[order], report[order], count[order], code[order]
    cell = code * steps + day
    change = count.copy()
    same = cell[1:] == cell[:-1]
    change[1:][same] -= count[:-1][same]
    delay = report - day
    inside = delay < delays
    flat = (day * width + code) * delays + delay
    increments = np.bincount(flat[inside], weights=change[inside], minlength=steps * width * delays)
    latest = np.bincount(day * width + code, weights=change, minlength=steps * width)
    cumulative: FloatArray = np.cumsum(increments.reshape(size), axis=-1)
    return cumulative, latest.reshape(steps, width).astype(np.float64)
