"""Predictive distribution of the reports still to come, judged by its own past."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.delays import WEEK, Reports, by_report_day, completeness
from salus.epi.levels import View, level
from salus.epi.replays import Learnt, State, learn
from salus.epi.triangles import ReportingTriangle

_REPLAYS = 42
_LEAST_HISTORY = 3 * WEEK
_MATURE = 0.8
_SETTLE = 7


@dataclass(frozen=True, slots=True)
class Predictive:
    """Reports still to come for the last K dates; index 0 of (K, S) arrays is the newest.

    Attributes
    ----------
    count, share, future : FloatArray, shape (K, S)
        Known count, its completeness, and expected change until final.
    learnt : Learnt
        How uncertain that change is.

    """

    count: FloatArray
    share: FloatArray
    future: FloatArray
    learnt: Learnt

    def draw(self, samples: int, rng: np.random.Generator) -> FloatArray:
        """Draw final counts, oldest date first, shape (K, S, samples)."""
        size = (*self.count.shape, samples)
        shared, shock = self._shocks(size, rng)
        due = np.abs(self.future)
        # Batches add variance in proportion to the mean, on top of the rate's own.
        batches = (self.learnt.batch - 1) / np.maximum(due, 0.05)
        own = np.expm1(self.learnt.spread[: size[0]] ** 2)[:, None]
        spread = np.sqrt(np.log1p(own + batches))[..., None]
        rate = due[..., None] * np.exp(spread * shock - spread**2 / 2)
        # Beyond this the Poisson part is invisible and the generator refuses.
        moved = rng.poisson(np.minimum(rate, 1e12)).astype(np.float64)
        sign = np.where(self.future >= 0, 1.0, -1.0)[..., None]
        known = self.count[..., None]
        revised = np.rint(known * self.learnt.drift * shared)
        total: FloatArray = np.maximum(0.0, known + revised + sign * moved)
        return total[::-1]

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


def predict(triangle: ReportingTriangle, *, window: int, weekday: bool) -> Predictive:
    """Fit the nowcast as of the triangle's last day."""
    history = triangle.now - triangle.first_report
    # Many series teach together, so that fewer moments will do.
    most = _REPLAYS if triangle.cumulative[0].size <= 1000 else _REPLAYS // 2
    replays = min(most, max(0, history - _LEAST_HISTORY))
    triangle = replace(triangle, cumulative=_heal(triangle.cumulative))
    reports = by_report_day(triangle, window + replays + 1)
    last = reports.change.shape[0] - 1
    nows = np.arange(max(0, last - replays), last + 1)
    shares = completeness(reports, nows, window, weekday=weekday)
    state, future_share, future_count = _states(triangle, reports, nows, shares, weekday=weekday)
    learnt = learn(state, future_share, future_count)
    newest = State(state.count[-1:], state.share[-1:], state.level[-1:])
    whole = np.ones_like(newest.share)
    change = newest.change(learnt.local, learnt.shrink, whole)[0] * learnt.bias[:, None]
    # Delay D is final by definition: it is no estimate.
    keep = slice(0, triangle.max_delay)
    return Predictive(newest.count[0, keep], newest.share[0, keep], change[keep], learnt)


def _heal(cumulative: FloatArray) -> FloatArray:
    """Undo counts that vanished on one day and were back on the next: a fault, not a revision."""
    out = cumulative.copy()
    middle = out[..., 1:-1]
    around = np.minimum(cumulative[..., :-2], cumulative[..., 2:])
    np.copyto(middle, around, where=middle < around)
    return out


def _states(
    triangle: ReportingTriangle,
    reports: Reports,
    nows: IntArray,
    shares: FloatArray,
    *,
    weekday: bool,
) -> tuple[State, FloatArray, FloatArray]:
    """State as of each moment, and the completeness and count of the same dates today."""
    cumulative = triangle.cumulative
    if cumulative.ndim == 2:
        cumulative = cumulative[:, None, :]
    steps, longest = cumulative.shape[0], triangle.max_delay
    span = longest + 1 + 8 * WEEK
    offset = steps - reports.change.shape[0]
    age = np.arange(span)[::-1]
    date = (nows + offset)[:, None] - age
    days = (int(triangle.dates[0]) + date) % WEEK
    delay = np.broadcast_to(np.minimum(age, longest), date.shape)
    count = cumulative[np.maximum(date, 0), :, delay]
    moment = np.arange(len(nows))[:, None]
    share = shares[moment, days, delay]
    missing = np.isnan(count) | (date < 0)[:, :, None]
    count = np.where(missing, 0.0, count)
    share = np.where(missing, 0.0, share)
    smooth = level(View(count, np.clip(share, 0, None), days), longest + 1, weekday=weekday)
    newest = slice(None, -longest - 2, -1)
    state = State(count[:, newest], share[:, newest], smooth)
    today = np.minimum(steps - 1 - date[:, newest], longest)
    later_share = shares[moment, days[:, newest], today]
    later_count = cumulative[np.maximum(date[:, newest], 0), :, today]
    usable = ~missing[:, newest] & (today > np.arange(longest + 1))[:, :, None]
    usable &= ~np.isnan(later_count)
    usable &= (today >= np.minimum(longest, np.arange(longest + 1) + _SETTLE))[:, :, None]
    # A date that has matured little since then teaches little about its end.
    grown = (later_share - state.share) >= _MATURE * (1.0 - state.share)
    usable &= grown
    return state, later_share, np.where(usable, later_count - state.count, np.nan)
