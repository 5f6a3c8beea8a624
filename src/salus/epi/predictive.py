"""Predictive distribution of the reports still to come, judged by its own past."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from salus.epi.arrays import BoolArray, FloatArray, IntArray
from salus.epi.delays import Hazards, by_report_day, completeness, hazards
from salus.epi.levels import View, level
from salus.epi.replays import RECENT, Learnt, State, flows, learn
from salus.epi.reporting_days import WEEK, reporting_weekday
from salus.epi.tempo import paced, persistence, tempo
from salus.epi.triangles import ReportingTriangle

_LEAST_HISTORY = 3 * WEEK
_SELDOM = 3
_MATURE = 0.8
_SETTLE = 7
_ENOUGH = 0.1
_MANY = 1000
_FREEDOM = 5.0
_WILDEST = 4.0


@dataclass(frozen=True, slots=True)
class Predictive:
    """Reports still to come for the last K dates; index 0 of (K, S) arrays is the newest.

    Attributes
    ----------
    count, share, future, withdrawn : FloatArray, shape (K, S)
        Known count, its completeness, expected change until final, and the part of the count
        that is expected to be taken back meanwhile.
    learnt : Learnt
        How uncertain that change is.
    lasting : float
        Which part of a deviation from the usual pace of reporting lasts.

    """

    count: FloatArray
    share: FloatArray
    future: FloatArray
    withdrawn: FloatArray
    learnt: Learnt
    lasting: float

    def draw(self, samples: int, rng: np.random.Generator) -> FloatArray:
        """Draw final counts, oldest date first, shape (K, S, samples)."""
        size = (*self.count.shape, samples)
        # How large the shocks are today is uncertain too: Student's t of the learnt variance.
        wildness = np.minimum(np.sqrt((_FREEDOM - 2) / rng.chisquare(_FREEDOM, samples)), _WILDEST)
        up, down = flows(self.future, self.withdrawn)
        shared, shock = self._shocks(size, rng)
        moved = self._counts(up, shock, wildness, rng)
        if down.any():
            moved -= self._counts(down, self._shocks(size, rng)[1], wildness, rng)
        known = self.count[..., None]
        revised = np.rint(known * self.learnt.drift * shared * wildness)
        total: FloatArray = np.maximum(0.0, known + revised + moved)
        return total[::-1]

    def _counts(
        self, mean: FloatArray, shock: FloatArray, wildness: FloatArray, rng: np.random.Generator
    ) -> FloatArray:
        """Counts of a mean (K, S) whose rate is uncertain, shape (K, S, samples)."""
        # Batches add variance in proportion to the mean, on top of the rate's own.
        batches = (self.learnt.batch - 1) / np.maximum(mean, 0.05)
        own = np.expm1(self.learnt.spread[: mean.shape[0]] ** 2)[:, None]
        spread = np.sqrt(np.log1p(own + batches))[..., None] * wildness
        rate = mean[..., None] * np.exp(spread * shock - np.minimum(spread**2 / 2, 0.5))
        # Beyond this the Poisson part is invisible and the generator refuses.
        return rng.poisson(np.minimum(rate, 1e12)).astype(np.float64)

    def _shocks(self, size: tuple[int, ...], rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Shocks that dates share (S, samples), and those of each date (K, S, samples)."""
        shock = rng.standard_normal(size)
        link, common = self.learnt.link, self.learnt.common
        fresh = np.sqrt(1.0 - link**2)
        for place in range(1, size[0]):
            shock[place] = link * shock[place - 1] + fresh * shock[place]
        # Half of what dates have in common, series have in common too: one office reports all.
        everyone, each = rng.standard_normal((1, size[2])), rng.standard_normal(size[1:])
        shared: FloatArray = (everyone + each) / np.sqrt(2.0)
        return shared, np.sqrt(common) * shared + np.sqrt(1.0 - common) * shock


def predict(
    triangle: ReportingTriangle,
    *,
    window: int,
    weekday: bool,
    holidays: Collection[int] = (),
) -> Predictive:
    """Fit the nowcast as of the triangle's last day."""
    triangle = replace(triangle, cumulative=_heal(triangle.cumulative))
    moments = _moments(triangle)
    reports = by_report_day(triangle, window + RECENT, holidays)
    last = reports.change.shape[0] - 1
    nows = np.maximum(last - moments, 0)
    found = hazards(reports, nows, weekday=weekday)
    past = _past(triangle, (reports.first + nows, reports.idle[nows]), found, holidays)
    pace = tempo(reports, found, nows)
    lasting = _lasting(past, pace, moments <= RECENT)
    state, until, seen = _states(triangle, past, lasting * pace, weekday=weekday)
    learnt = learn(state, until, seen, moments)
    newest = State(state.count[-1:], state.share[-1:], state.level[-1:], state.withdrawn[-1:])
    change = newest.change(learnt.local, learnt.shrink, np.ones_like(newest.share))[0]
    # Delay D is final by definition: it is no estimate.
    keep = slice(0, triangle.max_delay)
    expected = change[keep], newest.withdrawn[0, keep]
    return Predictive(newest.count[0, keep], newest.share[0, keep], *expected, learnt, lasting)


def _moments(triangle: ReportingTriangle) -> IntArray:
    """Days before today of the moments to replay, oldest first, today last.

    Some lie so far back that what became of their oldest dates can be seen too.
    """
    history = triangle.now - triangle.first_report
    # Many series teach together, so that fewer moments will do.
    step = 1 if triangle.cumulative[0].size <= _MANY else 2
    late = np.arange(0, RECENT + 1, step, dtype=np.int64)
    early = np.arange(RECENT, RECENT + triangle.max_delay + 1, _SELDOM * step, dtype=np.int64)
    ago = np.union1d(late, early)
    # A moment that had not yet seen all delays errs more than today does.
    most = max(history - _LEAST_HISTORY - triangle.max_delay, min(RECENT, history - _LEAST_HISTORY), 0)
    return ago[ago <= most][::-1]


def _heal(cumulative: FloatArray) -> FloatArray:
    """Undo counts that vanished on one day and were back on the next: a fault, not a revision."""
    out = cumulative.copy()
    middle = out[..., 1:-1]
    around = np.minimum(cumulative[..., :-2], cumulative[..., 2:])
    np.copyto(middle, around, where=middle < around)
    return out


@dataclass(frozen=True, slots=True)
class _Past:
    """The newest U dates as of J moments, oldest date first: then, and as known today.

    `weekday` is (J, U), the others (J, U, S); `usable` says where both counts were seen.
    """

    weekday: IntArray
    count: FloatArray
    share: FloatArray
    later_count: FloatArray
    later_share: FloatArray
    seen: BoolArray
    usable: BoolArray


def _past(
    triangle: ReportingTriangle,
    moments: tuple[IntArray, IntArray],
    found: Hazards,
    holidays: Collection[int],
) -> _Past:
    """Look up what each moment saw of its dates, and what became of them.

    A moment at which the source has stood still for some days knows what it knew before.
    """
    nows, idle = moments
    cumulative, longest = triangle.cumulative, triangle.max_delay
    if cumulative.ndim == 2:
        cumulative = cumulative[:, None, :]
    age = np.arange(longest + 1 + 8 * WEEK)[::-1]
    date = nows[:, None] - age
    row = date - int(triangle.dates[0])
    delay = np.broadcast_to(np.minimum(age, longest), date.shape)
    today = np.minimum(triangle.now - date, longest)
    known = np.maximum(row, 0)
    count, later = cumulative[known, :, delay], cumulative[known, :, today]
    seen = ~np.isnan(count) & (row >= 0)[:, :, None]
    ripe = np.minimum(age - idle[:, None], longest)
    share = completeness(found, date, np.maximum(ripe, 0), nows, holidays)
    share = np.where(seen & (ripe >= 0)[:, :, None], share, 0.0)
    ripe = np.minimum(triangle.now - date - idle[-1], longest)
    later_share = completeness(found, date, np.maximum(ripe, 0), np.full(nows.size, triangle.now), holidays)
    aged = (today > delay) & (today >= np.minimum(longest, delay + _SETTLE)) & (age <= longest)
    # A date that has matured little since then teaches little about its end.
    grown = (later_share - share) >= _MATURE * (1.0 - share)
    usable = seen & aged[:, :, None] & grown & ~np.isnan(later)
    weekday = reporting_weekday(date, holidays)
    return _Past(weekday, np.where(seen, count, 0.0), share, later, later_share, seen, usable)


def _lasting(past: _Past, pace: FloatArray, recent: BoolArray) -> float:
    """Which part of the pace of reporting has lasted in replays of plain completeness."""
    enough = past.usable & (past.share > _ENOUGH) & recent[:, None, None]
    total = np.where(enough, past.count / np.where(enough, past.share, 1.0), 0.0)
    came = np.where(enough, past.later_count - past.count, 0.0)
    return persistence(pace, (past.later_share - past.share) * total, came, enough)


def _states(
    triangle: ReportingTriangle,
    past: _Past,
    pace: FloatArray,
    *,
    weekday: bool,
) -> tuple[State, FloatArray, FloatArray]:
    """State as of each moment, and the completeness and change of the same dates today."""
    longest = triangle.max_delay
    share = paced(past.share, pace[:, None])
    view = View(past.count, np.clip(share, 0, None), past.weekday)
    smooth = level(view, longest + 1, weekday=weekday)
    newest = slice(None, -longest - 2, -1)
    withdrawn = past.count[:, newest] * _taken_back(triangle)[:, None]
    state = State(past.count[:, newest], share[:, newest], smooth, withdrawn)
    until = paced(past.later_share, pace[:, None])[:, newest]
    change = np.where(past.usable, past.later_count - past.count, np.nan)[:, newest]
    return state, until, change


def _taken_back(triangle: ReportingTriangle) -> FloatArray:
    """Share of a known count that is taken back later, by its age (D+1,), all series together."""
    change = np.diff(triangle.cumulative, axis=-1)
    seen = ~np.isnan(change)
    around = tuple(range(change.ndim - 1))
    lost = np.where(seen, -np.minimum(change, 0.0), 0.0).sum(axis=around)
    known = np.where(seen, triangle.cumulative[..., :-1], 0.0).sum(axis=around)
    rate = lost / np.maximum(known, 1.0)
    out: FloatArray = np.append(np.cumsum(rate[::-1])[::-1], 0.0)
    return out
