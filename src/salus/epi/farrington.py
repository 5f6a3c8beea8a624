"""Farrington Flexible: is this week's count high for the season, given the years before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc, ndtr, ndtri, stdtrit

from salus.epi.arrays import BoolArray, FloatArray, IntArray, as_series, require
from salus.epi.discrete import negative_binomial_quantile, poisson_quantile
from salus.epi.errors import InvalidParameterError, ShapeMismatchError, TooShortError

Threshold = Literal["delta", "nbPlugin", "muan"]
_POWER = {"none": 1.0, "1/2": 0.5, "2/3": 2 / 3}


@dataclass(frozen=True, slots=True)
class FarringtonResult:
    """What the detector says at each step; arrays follow the input's shape.

    Attributes
    ----------
    expected, upper : FloatArray
        Counts.
    score : FloatArray
        Above 1 is an alarm, as the ``surveillance`` package defines it.
    pvalue : FloatArray
        Upper tail probability of the observation.
    dispersion : FloatArray
        1 or more; the variance is this many times the mean.
    trend : BoolArray
        Whether the fit has a time trend.
    alarm, undefined : BoolArray
        Undefined: too early, the fit failed, or too few recent cases to judge.

    """

    expected: FloatArray
    upper: FloatArray
    score: FloatArray
    pvalue: FloatArray
    dispersion: FloatArray
    trend: BoolArray
    alarm: BoolArray
    undefined: BoolArray


def farrington_flexible(
    counts: npt.ArrayLike,
    *,
    dates: npt.ArrayLike | None = None,
    start: int | None = None,
    freq: int = 52,
    b: int = 5,
    w: int = 3,
    blocks: int = 10,
    past_excluded: int | None = 26,
    reweight: bool = True,
    weights_threshold: float = 2.58,
    trend: bool = True,
    trend_p: float = 1.0,
    threshold: Threshold = "nbPlugin",
    power: Literal["none", "1/2", "2/3"] = "2/3",
    alpha: float = 0.05,
    limit: tuple[float, int] = (5, 4),
    population: npt.ArrayLike | None = None,
) -> FarringtonResult:
    r"""Find aberrations with the Farrington Flexible algorithm.

    A quasi-Poisson model :math:`\log E\,y = \theta + \beta t + \delta_{block}` is fitted to
    the `b` years before each step, without the most recent steps, refitted with past
    outbreaks muted, and predicted at the step. The bound is the :math:`1-\alpha` quantile
    of the prediction: of a power-transformed normal ("delta"), of a negative binomial with
    the mean plugged in ("nbPlugin"), or with an upper bound of the mean ("muan").

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts per step, 0 or more; NaN is missing.
    dates : array_like of int, shape (T,), optional
        Day number of each step. With weekly data the years before are then sought by
        calendar; without, `freq` steps are a year.
    start : int, optional
        Index of the first step to judge. Default: the first with `b` years before it.
    freq : int
        Steps per year: 52, 12 or 365.
    b, w, blocks : int
        Years back, half-width of the season window, and blocks of the year (1: only the
        windows are used, as in Farrington 1996).
    past_excluded : int, optional
        Most recent steps left out, so that a slow outbreak does not hide itself.
        Default `w` if None.
    reweight, weights_threshold
        Whether, and above which standardised residual, past counts are muted.
    trend, trend_p
        Whether to allow a trend, and the p-value below which it is kept.
    threshold, power, alpha
        Kind of bound, its transformation ("delta" only), and its level.
    limit : tuple
        (cases, steps): no alarm with fewer cases in the last steps.
    population : array_like, shape as counts, optional
        Enters as an offset.

    Returns
    -------
    FarringtonResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, TooShortError,
    InvalidParameterError

    Notes
    -----
    Equal to ``farringtonFlexible`` of R's surveillance 1.20.3, its rule for scaling
    standard errors after reweighting included.

    References
    ----------
    Noufaily A et al. An improved algorithm for outbreak detection in multiple surveillance
    systems. Stat Med 2013;32:1206-22. https://doi.org/10.1002/sim.5595
    Farrington CP et al. A statistical algorithm for the early detection of outbreaks of
    infectious disease. J R Stat Soc A 1996;159:547-63. https://doi.org/10.2307/2983331
    Salmon M, Schumacher D, Hohle M. Monitoring count time series in R: aberration detection
    in public health surveillance. J Stat Softw 2016;70:10.
    https://doi.org/10.18637/jss.v070.i10

    """
    table, single = as_series(counts, "counts")
    require(threshold in ("delta", "nbPlugin", "muan"), "threshold must be 'delta', 'nbPlugin' or 'muan'.")
    require(power in _POWER, "power must be 'none', '1/2' or '2/3'.")
    require(0 < alpha < 1, "alpha must lie strictly between 0 and 1.")
    require(b >= 1 and w >= 0 and blocks >= 1, "b and blocks must be 1 or more, w 0 or more.")
    calendar = _Calendar(
        _dates(dates, table.shape[0]), freq, b, w, blocks, w if past_excluded is None else past_excluded
    )
    first = freq * b + w if start is None else start
    if not 0 < first < table.shape[0]:
        raise TooShortError(f"{table.shape[0]} steps leave nothing to judge after {b} years: lower b or wait.")
    offsets = _offsets(population, table)
    fits = _fits(table, offsets, calendar, first, (trend, reweight, weights_threshold, trend_p))
    parts = _judge(table[first:], fits, (threshold, power, alpha), _enough(table, limit)[first:])
    return _result(table, first, parts, single=single)


@dataclass(frozen=True, slots=True)
class _Calendar:
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


def _dates(dates: npt.ArrayLike | None, steps: int) -> IntArray | None:
    if dates is None:
        return None
    days = np.asarray(dates)
    if days.shape != (steps,) or days.dtype.kind not in "iu":
        raise ShapeMismatchError("dates must be one whole day number per step.")
    require(bool((np.diff(days) > 0).all()), "dates must rise.")
    return days.astype(np.int64)


def _offsets(population: npt.ArrayLike | None, table: FloatArray) -> FloatArray:
    if population is None:
        return np.zeros(table.shape)
    people = np.asarray(population, dtype=np.float64).reshape(table.shape[0], -1)
    require(bool((people > 0).all()), "population must be above 0 everywhere.")
    return np.ascontiguousarray(np.broadcast_to(np.log(people), table.shape))


def _fits(
    table: FloatArray,
    offsets: FloatArray,
    calendar: _Calendar,
    first: int,
    options: tuple[bool, bool, float, float],
) -> FloatArray:
    """Predictor, its error, dispersion, slope, trend and success per step and series."""
    from salus.epi.farrington_kernel import fit_windows

    trend, reweight, weights_threshold, trend_p = options
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
        (trend, reweight, weights_threshold, calendar.b, calendar.blocks),
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


def _enough(table: FloatArray, limit: tuple[float, int]) -> BoolArray:
    """Whether the last steps hold enough cases to judge."""
    cases, steps = limit
    require(cases >= 0 and steps >= 1, "limit must be (0 or more cases, 1 or more steps).")
    total = np.cumsum(np.vstack([np.zeros((1, table.shape[1])), np.nan_to_num(table)]), axis=0)
    begin = np.maximum(np.arange(1, table.shape[0] + 1) - steps, 0)
    gaps = np.cumsum(np.vstack([np.zeros((1, table.shape[1])), np.isnan(table)]), axis=0)
    recent = total[1:] - total[begin]
    out: BoolArray = (recent >= cases) & (gaps[1:] == gaps[begin])
    return out


def _judge(
    observed: FloatArray,
    fits: FloatArray,
    bound: tuple[Threshold, str, float],
    enough: BoolArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, BoolArray, BoolArray]:
    """Expected, upper, score, p-value, dispersion, trend and alarm."""
    threshold, power, alpha = bound
    eta, error, phi = fits[..., 0], fits[..., 1], fits[..., 2]
    mean = np.exp(eta)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if threshold == "delta":
            upper, pvalue = _delta(observed, mean, error * mean, phi, _POWER[power], alpha)
            score = (observed - mean) / (upper - mean)
        else:
            high = mean if threshold == "nbPlugin" else np.exp(eta - ndtri(alpha) * error)
            upper, pvalue = _count_bound(observed, high, phi, alpha)
            # R scores on the scale of its prediction, here the log; the sign is what counts.
            score = (observed - eta) / (upper - eta)
    alarm = enough & (score > 1) & (observed != 0)
    shown = np.where(enough & ~np.isnan(upper), mean, np.nan)
    upper = np.where(enough, upper, np.nan)
    return shown, upper, score, pvalue, phi, fits[..., 4] == 1, alarm


def _delta(
    observed: FloatArray, mean: FloatArray, error: FloatArray, phi: FloatArray, power: float, alpha: float
) -> tuple[FloatArray, FloatArray]:
    tau = phi + error**2 / mean
    spread = np.sqrt(power**2 * mean ** (2 * power - 1) * tau)
    upper = (mean**power - ndtri(alpha) * spread) ** (1 / power)
    pvalue = ndtr(-(observed**power - mean**power) / spread)
    return upper, np.asarray(pvalue, dtype=np.float64)


def _count_bound(
    observed: FloatArray, mean: FloatArray, phi: FloatArray, alpha: float
) -> tuple[FloatArray, FloatArray]:
    wide = phi > 1
    size = np.where(wide, mean / np.where(wide, phi - 1, 1.0), 1.0)
    inside = np.where(wide, 1 / phi, 0.5)
    upper = np.where(
        wide,
        negative_binomial_quantile(1 - alpha, size, inside),
        poisson_quantile(1 - alpha, np.where(wide, 1.0, mean)),
    )
    none = observed <= 0
    at_least = np.where(none, 1.0, observed)
    tail = np.where(wide, betainc(at_least, size, 1 - inside), gammainc(at_least, mean))
    pvalue = np.where(none, 1.0, tail)
    lost = ~np.isfinite(mean)
    upper = np.where(lost, np.nan, upper)
    return upper, np.where(lost | np.isnan(observed), np.nan, pvalue)


def _result(
    table: FloatArray,
    first: int,
    parts: tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, BoolArray, BoolArray],
    *,
    single: bool,
) -> FarringtonResult:
    values = []
    for part in parts[:5]:
        whole = np.full(table.shape, np.nan)
        whole[first:] = part
        values.append(whole)
    flags = []
    for flag in parts[5:]:
        mark = np.zeros(table.shape, dtype=bool)
        mark[first:] = flag
        flags.append(mark)
    undefined = np.isnan(values[1]) | np.isnan(table)
    pick = (slice(None), 0) if single else (slice(None),)
    expected, upper, score, pvalue, dispersion = (value[pick] for value in values)
    return FarringtonResult(expected, upper, score, pvalue, dispersion, flags[0][pick], flags[1][pick], undefined[pick])
