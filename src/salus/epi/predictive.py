"""Predictive distribution of the reports still to come, judged by its own past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.delays import WEEK, Reports, by_report_day, completeness
from salus.epi.levels import View, level
from salus.epi.triangles import ReportingTriangle

_LOCAL = (1.0, 5.0, 20.0)
_SHRINK = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)
_REPLAYS = 42
_MATURE = 0.8
_BIAS_COUNTS = 50.0


@dataclass(frozen=True, slots=True)
class Predictive:
    """Reports still to come for the last K dates; index 0 of (K, S) arrays is the newest.

    Attributes
    ----------
    count, share, future : FloatArray, shape (K, S)
        Known count, its completeness, and expected change until final.
    bias, spread : FloatArray, shape (K,)
        Correction already in `future`, and log-scale spread of its rate.
    link : float
        Correlation of neighbouring dates' rates, in [0, 1).

    """

    count: FloatArray
    share: FloatArray
    future: FloatArray
    bias: FloatArray
    spread: FloatArray
    link: float

    def draw(self, samples: int, rng: np.random.Generator) -> FloatArray:
        """Draw final counts, oldest date first, shape (K, S, samples)."""
        size = (*self.count.shape, samples)
        shock = rng.standard_normal(size)
        fresh = np.sqrt(1.0 - self.link**2)
        for place in range(1, size[0]):
            shock[place] = self.link * shock[place - 1] + fresh * shock[place]
        spread = self.spread[:, None, None]
        rate = np.abs(self.future)[..., None] * np.exp(spread * shock - spread**2 / 2)
        # Beyond this the Poisson part is invisible and the generator refuses.
        moved = rng.poisson(np.minimum(rate, 1e12)).astype(np.float64)
        sign = np.where(self.future >= 0, 1.0, -1.0)[..., None]
        total: FloatArray = np.maximum(0.0, self.count[..., None] + sign * moved)
        return total[::-1]


@dataclass(frozen=True, slots=True)
class _State:
    """Counts, completeness and level of the newest D+1 dates as of J moments, (J, D+1, S)."""

    count: FloatArray
    share: FloatArray
    level: FloatArray

    def change(self, local: float, shrink: FloatArray, until: FloatArray) -> FloatArray:
        """Expected change until completeness `until`, with weights by delay (D+1,)."""
        share = np.clip(self.share, 0.0, None)
        pull = local + shrink[None, :, None] * share * self.level
        total = (self.count + pull) / (share + pull / self.level)
        return (until - self.share) * total


def predict(triangle: ReportingTriangle, *, window: int, weekday: bool) -> Predictive:
    """Fit the nowcast as of the triangle's last day."""
    span = triangle.max_delay + 1 + 8 * WEEK
    replays = min(_REPLAYS, max(0, triangle.now - triangle.first_report - window // 2))
    reports = by_report_day(triangle, window + replays + 1)
    last = reports.change.shape[0] - 1
    nows = np.arange(max(0, last - replays), last + 1)
    shares = completeness(reports, nows, window, weekday=weekday)
    state, future_share, future_count = _states(triangle, reports, nows, shares, span, weekday=weekday)
    local, shrink, bias, spread, link = _learn(state, future_share, future_count)
    newest = _State(state.count[-1:], state.share[-1:], state.level[-1:])
    change = newest.change(local, shrink, np.ones_like(newest.share))[0] * bias[:, None]
    # Delay D is final by definition: it is no estimate.
    keep = slice(0, triangle.max_delay)
    return Predictive(newest.count[0, keep], newest.share[0, keep], change[keep], bias[keep], spread[keep], link)


def _states(
    triangle: ReportingTriangle,
    reports: Reports,
    nows: IntArray,
    shares: FloatArray,
    span: int,
    *,
    weekday: bool,
) -> tuple[_State, FloatArray, FloatArray]:
    """State as of each moment, and the completeness and count of the same dates today."""
    cumulative = triangle.cumulative
    if cumulative.ndim == 2:
        cumulative = cumulative[:, None, :]
    steps, longest = cumulative.shape[0], triangle.max_delay
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
    state = _State(count[:, newest], share[:, newest], smooth)
    today = np.minimum(steps - 1 - date[:, newest], longest)
    later_share = shares[moment, days[:, newest], today]
    later_count = cumulative[np.maximum(date[:, newest], 0), :, today]
    usable = ~missing[:, newest] & (today > np.arange(longest + 1))[:, :, None]
    usable &= ~np.isnan(later_count)
    # A date that has matured little since then teaches little about its end.
    grown = (later_share - state.share) >= _MATURE * (1.0 - state.share)
    usable &= grown
    return state, later_share, np.where(usable, later_count - state.count, np.nan)


def _learn(
    state: _State, until: FloatArray, seen: FloatArray
) -> tuple[float, FloatArray, FloatArray, FloatArray, float]:
    """Choose the weights and measure bias, spread and correlation from the replays."""
    width = state.count.shape[1]
    used = ~np.isnan(seen)
    actual = np.where(used, seen, 0.0)
    neutral = np.ones(width)
    guess = state.change(_LOCAL[1], neutral, until)
    scale = np.abs(guess) + 1.0
    best: list[FloatArray] = []
    losses: list[FloatArray] = []
    for candidate in _LOCAL:
        table = []
        for factor in _SHRINK:
            guess = state.change(candidate, factor * neutral, until)
            loss = np.where(used, (actual - guess) ** 2 / scale, 0.0).sum(axis=(0, 2))
            table.append(_neighbours(loss))
        losses.append(np.min(table, axis=0).sum())
        best.append(np.asarray(_SHRINK)[np.argmin(table, axis=0)])
    chosen = int(np.argmin(losses))
    local, shrink = _LOCAL[chosen], best[chosen]
    guess = np.where(used, state.change(local, shrink, until), 0.0)
    bias = _bias(actual, guess)
    guess = guess * bias[None, :, None]
    spread, link = _spread(actual - guess, np.abs(guess), used)
    return local, shrink, bias, spread, link


def _neighbours(values: FloatArray) -> FloatArray:
    """Sum of each delay and the ones beside it: single delays are too noisy to choose by."""
    padded = np.pad(values, 1, mode="edge")
    out: FloatArray = padded[:-2] + padded[1:-1] + padded[2:]
    return out


def _bias(actual: FloatArray, guess: FloatArray) -> FloatArray:
    """Ratio of what came to what was expected by delay, half believed."""
    came = _neighbours(actual.sum(axis=(0, 2)))
    thought = _neighbours(guess.sum(axis=(0, 2)))
    top = np.maximum(came + np.sign(thought) * _BIAS_COUNTS, 0.0) * np.sign(thought)
    ratio = np.abs(came + np.sign(thought) * _BIAS_COUNTS) / (np.abs(thought) + _BIAS_COUNTS)
    ratio = np.where(top >= 0, ratio, 1.0)
    out: FloatArray = np.sqrt(np.clip(ratio, 0.25, 4.0))
    return out


def _spread(error: FloatArray, guess: FloatArray, used: FloatArray) -> tuple[FloatArray, float]:
    """Log-scale spread by delay beyond Poisson noise, and its correlation across dates."""
    square = np.where(used, error**2 - guess, 0.0).sum(axis=(0, 2))
    weight = (guess**2).sum(axis=(0, 2))
    prior_weight = 0.05 * float(weight.mean()) + 1e-9
    pooled = max(float(square.sum()) / (float(weight.sum()) + 1e-9), 0.02**2)
    variance = (_neighbours(square) + prior_weight * pooled) / (_neighbours(weight) + prior_weight)
    spread = np.sqrt(np.log1p(np.clip(variance, 0.02**2, 4.0)))
    rate = spread[None, :, None] * guess
    top = (error[:, 1:] * error[:, :-1]).sum()
    bottom = (rate[:, 1:] * rate[:, :-1]).sum()
    link = float(np.clip(top / (bottom + 1e-9), 0.0, 0.95))
    return spread, link
