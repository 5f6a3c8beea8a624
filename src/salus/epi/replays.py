"""What replays of the past teach about a nowcast: weights, spread and dependence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, IntArray

_LOCAL = (1.0, 5.0, 20.0)
_SHRINK = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)
# What reporting may do even if the replays never saw it, worth some independent replays of
# some ten days each: variance of the log rate for the newest and the oldest dates, variance
# over mean of late batches, relative revisions, and how much of it dates have in common.
_PRIOR = 1.5
_REPEATS = 10.0
_PRIOR_VARIANCE = (0.04, 0.16)
_PRIOR_BATCH = 2.0
_PRIOR_DRIFT = 0.01
_PRIOR_COMMON = 0.7
_SMALL = 6.0
# Days of replays that teach what to expect; older ones teach only how far off that was.
RECENT = 42


@dataclass(frozen=True, slots=True)
class State:
    """Counts, completeness and level of the newest D+1 dates as of J moments, (J, D+1, S).

    `withdrawn` is the count that is expected to be taken back again until final.
    """

    count: FloatArray
    share: FloatArray
    level: FloatArray
    withdrawn: FloatArray

    def change(self, local: float, shrink: FloatArray, until: FloatArray) -> FloatArray:
        """Expected change until completeness `until`, with weights by delay (D+1,)."""
        share = np.clip(self.share, 0.0, None)
        pull = local + shrink[None, :, None] * share * self.level
        total = (self.count + pull) / (share + pull / self.level)
        return (until - self.share) * total


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the replays taught; arrays are by delay, (D+1,).

    Attributes
    ----------
    local : float
        Counts' worth of the local level, beside what is reported.
    shrink : FloatArray
        Weight of the local level relative to what is reported.
    spread : FloatArray
        Log-scale spread of the rate of what is to come.
    link, common : float
        Correlation of neighbouring dates' own shocks, and the share of the shocks' variance
        that all dates have in common; both in [0, 1).
    batch : float
        Variance over mean of arrivals at a given rate, 1 or more.
    drift : float
        Relative spread by which a whole count is revised up or down.

    """

    local: float
    shrink: FloatArray
    spread: FloatArray
    link: float
    common: float
    batch: float
    drift: float


@dataclass(frozen=True, slots=True)
class _Errors:
    """Errors of the replays, root sum of squares and sum of what comes and goes, and weights: 0 where unknown.

    `independent` is how many replays that do not repeat each other there are of each delay.
    """

    error: FloatArray
    size: FloatArray
    moved: FloatArray
    weight: FloatArray
    independent: FloatArray


def learn(state: State, until: FloatArray, seen: FloatArray, ago: IntArray) -> Learnt:
    """Compare what replays expected with what came.

    Parameters
    ----------
    state : State
        As of each replayed moment.
    until : FloatArray, shape (J, D+1, S)
        Completeness that the same dates have reached today.
    seen : FloatArray, shape (J, D+1, S)
        What came since; NaN where too little time has passed to tell.
    ago : IntArray, shape (J,)
        Days before today of each moment, falling.

    """
    used = ~np.isnan(seen)
    actual = np.where(used, seen, 0.0)
    # A moment stands for the days until the next one.
    weight = used * np.append(-np.diff(ago), 1)[:, None, None].astype(np.float64)
    recent = weight * (ago <= RECENT)[:, None, None]
    local, shrink = _weights(state, until, actual, recent)
    guess = np.where(used, state.change(local, shrink, until), 0.0)
    back = np.where(used, state.withdrawn, 0.0)
    # Neighbouring moments repeat each other's errors.
    independent = _neighbours(weight.max(axis=2).sum(axis=0)) / 3 / _REPEATS
    up, down = flows(guess, back)
    errors = _Errors(actual - guess, np.hypot(up, down), up + down, weight, independent)
    batch = _batch(errors)
    spread = _spread(errors, batch)
    variance = np.expm1(spread**2)[None, :, None] * errors.size**2
    link, common = _dependence(errors, np.sqrt(variance + (batch - 1) * errors.moved))
    drift = _drift(errors, state.count, variance + batch * errors.moved)
    return Learnt(local, shrink, spread, link, common, batch, drift)


def flows(change: FloatArray, withdrawn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Counts that come and counts that are taken back, whose difference is the change."""
    down = np.maximum(withdrawn, -change)
    return change + down, down


def _weights(state: State, until: FloatArray, actual: FloatArray, weight: FloatArray) -> tuple[float, FloatArray]:
    """Weights of the local level that would have done best."""
    neutral = np.ones(state.count.shape[1])
    scale = np.abs(state.change(_LOCAL[1], neutral, until)) + 1.0
    best: list[FloatArray] = []
    losses: list[float] = []
    for candidate in _LOCAL:
        table = []
        for factor in _SHRINK:
            guess = state.change(candidate, factor * neutral, until)
            loss = (weight * (actual - guess) ** 2 / scale).sum(axis=(0, 2))
            table.append(_neighbours(loss))
        losses.append(float(np.min(table, axis=0).sum()))
        best.append(np.asarray(_SHRINK)[np.argmin(table, axis=0)])
    chosen = int(np.argmin(losses))
    return _LOCAL[chosen], best[chosen]


def _neighbours(values: FloatArray) -> FloatArray:
    """Sum of each delay and the ones beside it: single delays are too noisy to choose by."""
    padded = np.pad(values, 1, mode="edge")
    out: FloatArray = padded[:-2] + padded[1:-1] + padded[2:]
    return out


def _spread(errors: _Errors, batch: float) -> FloatArray:
    """Log-scale spread of the rate by delay, beyond Poisson noise and batches.

    How steady a source is shows at all delays: the prior's size is learnt from all of them,
    and each delay is drawn towards it.
    """
    chance = batch * errors.moved
    square = _neighbours((errors.weight * (errors.error**2 - chance)).sum(axis=(0, 2)))
    weight = _neighbours((errors.weight * errors.size**2).sum(axis=(0, 2))) + 1e-9
    learnt = np.clip(square / weight, 0.0, 4.0)
    prior = np.linspace(*_PRIOR_VARIANCE, learnt.size)
    # Where chance hides the rate, a replay tells little about it.
    known = prior * weight / (prior * weight + _neighbours((errors.weight * chance).sum(axis=(0, 2))) + 1e-9)
    evidence = errors.independent * known
    most = float(evidence.max())
    usual = float((evidence * learnt / prior).sum() / (evidence.sum() + 1e-9))
    scale = (most * usual + _PRIOR) / (most + _PRIOR)
    variance = (evidence * learnt + _PRIOR * scale * prior) / (evidence + _PRIOR)
    return np.sqrt(np.log1p(variance))


def _batch(errors: _Errors) -> float:
    """Variance over mean of small remainders: late reports come in batches."""
    weight = np.where(errors.moved < _SMALL, errors.weight, 0.0)
    total = float((weight * errors.moved).sum())
    square = float((weight * errors.error**2).sum())
    return float(np.clip((square + 10.0 * _PRIOR_BATCH) / (total + 10.0), 1.0, 30.0))


def _drift(errors: _Errors, count: FloatArray, thought: FloatArray) -> float:
    """Relative spread of revisions that have nothing to do with what is still to come."""
    small = np.where(errors.size < 0.05 * count, errors.weight, 0.0)
    square = float((small * (errors.error**2 - thought)).sum())
    weight = float((small * count**2).sum())
    independent = float(small.max(axis=(1, 2)).sum()) / _REPEATS
    learnt = float(np.clip(square / (weight + 1e-9), 0.0, 0.05**2))
    variance = (independent * learnt + _PRIOR * _PRIOR_DRIFT**2) / (independent + _PRIOR)
    return float(np.sqrt(variance))


def _dependence(errors: _Errors, rate: FloatArray) -> tuple[float, float]:
    """Correlation of neighbouring dates' shocks, and the share common to all dates.

    Dates far apart share what changes reporting as a whole, such as staff or rules; it is
    what keeps the error of a weekly sum from averaging out.
    """
    width, weight = rate.shape[1], np.sqrt(errors.weight)
    error, rate = weight * errors.error, weight * rate
    replays = float(errors.independent.max())

    def at(lags: range) -> float:
        top = sum(float((error[:, lag:] * error[:, :-lag]).sum()) for lag in lags)
        bottom = sum(float((rate[:, lag:] * rate[:, :-lag]).sum()) for lag in lags)
        return top / (bottom + 1e-9)

    near = float(np.clip(at(range(1, min(2, width))), 0.0, 0.95))
    far = at(range(7, 15)) if width > 15 else near / 2
    common = (replays * float(np.clip(far, 0.0, 0.9 * near)) + _PRIOR * _PRIOR_COMMON) / (replays + _PRIOR)
    return float(np.clip((near - common) / (1.0 - common), 0.0, 0.95)), common
