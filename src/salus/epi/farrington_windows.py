"""Which earlier steps Farrington's algorithms learn from, and the fits to them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from salus.epi.arrays import BoolArray, FloatArray, IntArray, as_floats, require
from salus.epi.errors import InvalidParameterError, ShapeMismatchError


@dataclass(frozen=True, slots=True)
class SeasonCalendar:
    """Years back, half-width of the season window, blocks of the year, and steps left out."""

    dates: IntArray | None
    freq: int
    b: int
    w: int
    blocks: int
    past_excluded: int

    def references(self, now: int) -> list[int]:
        """Indices of this step and of the same step in each of the years before."""
        if self.dates is None:
            return [now - year * self.freq for year in range(self.b + 1)]
        day = int(self.dates[now])
        wanted = [_years_before(day, year) for year in range(self.b + 1)]
        if self.freq == 52:
            wanted = [_same_weekday(other, day) for other in wanted]
        found = np.searchsorted(self.dates, wanted)
        if bool((found >= self.dates.size).any()) or bool((self.dates[found] != wanted).any()):
            raise InvalidParameterError(
                "a reference date some years back is not among the dates: lower b or start later."
            )
        return [int(place) for place in found]

    def window(self, now: int) -> tuple[IntArray, IntArray]:
        """Rows that the fit at `now` may use, and the season block of each (last: now's)."""
        label = np.full(now + 1, -1, dtype=np.int64)
        season = self.blocks - 1
        label[max(0, now - self.w) : now + 1] = season
        refs = self.references(now)
        if refs[-1] - self.w < 0:
            raise InvalidParameterError("the oldest window starts before the data: lower b or start later.")
        for later, ref in pairwise(refs):
            label[ref - self.w : ref + self.w + 1] = season
            if season:
                self._between(label, later, ref)
        label[max(0, now - self.past_excluded) :] = -1
        rows = np.flatnonzero(label >= 0)
        return rows, label[rows]

    def _between(self, label: IntArray, later: int, ref: int) -> None:
        """Cut the time between two windows into the other blocks, longer ones first."""
        period = later - 2 * self.w - 1 - ref
        if period < self.blocks - (2 * self.w + 1):
            raise InvalidParameterError("blocks is too large for the length of a year.")
        length, rest = divmod(period, self.blocks - 1)
        place = ref + self.w + 1
        for block in range(self.blocks - 1):
            size = length + (1 if block < rest else 0)
            label[place : place + size] = block
            place += size


def _years_before(day: int, years: int) -> int:
    """Same calendar date some years before; 29 February becomes 1 March."""
    date = dt.date.fromordinal(day)
    if date.month == 2 and date.day == 29:
        return dt.date(date.year - years, 2, 28).toordinal() + 1
    return date.replace(year=date.year - years).toordinal()


def _same_weekday(day: int, like: int) -> int:
    """Nearest day with the weekday of `like`; weeks count from Sunday, as R's do."""
    moved = day - (day % 7 - like % 7)
    other = moved + (-7 if moved > day else 7)
    return other if abs(moved - day) > abs(other - day) else moved


def as_days(dates: npt.ArrayLike | None, steps: int) -> IntArray | None:
    """Day numbers, checked."""
    if dates is None:
        return None
    days = np.asarray(dates)
    if days.shape != (steps,) or days.dtype.kind not in "iu":
        raise ShapeMismatchError("dates must be one whole day number per step.")
    require(bool((np.diff(days) > 0).all()), "dates must rise.")
    return days.astype(np.int64)


def as_offsets(population: npt.ArrayLike | None, table: FloatArray) -> FloatArray:
    """Logarithm of the people, by step and series."""
    if population is None:
        return np.zeros(table.shape)
    people = as_floats(population, "population").reshape(table.shape[0], -1)
    require(bool((people > 0).all()), "population must be above 0 everywhere.")
    return np.ascontiguousarray(np.broadcast_to(np.log(people), table.shape))


def fit_series(
    table: FloatArray,
    offsets: FloatArray,
    calendar: SeasonCalendar,
    first: int,
    options: tuple[bool, bool, float, float, bool],
) -> FloatArray:
    """Predictor, its error, dispersion, slope, trend and success per step and series.

    `options`: whether to allow a trend and to reweight, above which residual, below which
    p-value a trend stays, and whether standard errors follow R's flexible variant.
    """
    from salus.epi.farrington_kernel import fit_windows

    trend, reweight, weights_threshold, trend_p, flexible = options
    nows = range(first, table.shape[0])
    windows = [calendar.window(now) for now in nows]
    sizes = np.array([rows.size for rows, _ in windows])
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    rows = np.concatenate([rows for rows, _ in windows])
    labels = np.concatenate([label for _, label in windows])
    clock = np.arange(1.0, table.shape[0] + 1)
    if calendar.dates is not None:
        clock = (calendar.dates - calendar.dates[0]) / float(calendar.dates[1] - calendar.dates[0])
    # Time counts from the window's first row, where numbers are small.
    origin = clock[[window[0] for window, _ in windows]]
    times = clock[rows] - np.repeat(origin, sizes)
    now_time = np.repeat((clock[first:] - origin)[:, None], table.shape[1], axis=1)
    if calendar.dates is not None:
        now_time = _reference_slip(table, windows, clock, now_time)
    freedom = np.arange(1, sizes.max() + 1, dtype=np.float64)
    critical = np.zeros(sizes.max() + 1)
    if trend_p < 1:
        critical[1:] = stdtrit(freedom, 1 - trend_p / 2)
    return fit_windows(
        np.ascontiguousarray(table),
        offsets,
        (rows, times, labels, starts),
        (now_time, offsets[first:]),
        (trend, reweight, weights_threshold, calendar.b, calendar.blocks, flexible),
        critical,
    )


def _reference_slip(
    table: FloatArray, windows: list[tuple[IntArray, IntArray]], clock: FloatArray, now_time: FloatArray
) -> FloatArray:
    """R predicts at a time counted from the first row with a value; follow it."""
    if not np.isnan(table).any():
        return now_time
    out = now_time.copy()
    for place, (rows, _) in enumerate(windows):
        seen = ~np.isnan(table[rows])
        present = np.argmax(seen, axis=0)
        out[place] -= clock[rows[present]] - clock[rows[0]]
    return out


def enough_cases(table: FloatArray, limit: tuple[float, int]) -> BoolArray:
    """Whether the last steps hold enough cases to judge."""
    cases, steps = limit
    require(cases >= 0 and steps >= 1, "limit must be (0 or more cases, 1 or more steps).")
    total = np.cumsum(np.vstack([np.zeros((1, table.shape[1])), np.nan_to_num(table)]), axis=0)
    begin = np.maximum(np.arange(1, table.shape[0] + 1) - steps, 0)
    gaps = np.cumsum(np.vstack([np.zeros((1, table.shape[1])), np.isnan(table)]), axis=0)
    recent = total[1:] - total[begin]
    out: BoolArray = (recent >= cases) & (gaps[1:] == gaps[begin])
    return out
