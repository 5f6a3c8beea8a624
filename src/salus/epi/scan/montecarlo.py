"""Replicates of the null hypothesis: in groups, on any number of workers, as many as needed."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.scan.simulate import fill_bernoulli, fill_permuted, fill_poisson
from salus.epi.scan.statistic import thresholds
from salus.epi.scan.sweep import LANES, sweep

_MOST_GROUPS = 4
_MOST_BYTES = 2**25
_SMALL_CASES = 2_000_000
"""Up to here an excess stays within 16 bits: 20 standard deviations are under 15,000."""
_SMALL_ZONES = 8_000
_FIRST = 0.4
"""Of the logarithm of the number of windows: a level that the first replicates mostly reach."""
_MISSED = 0.04
"""Share of many replicates to be done again at a lower level."""
_FEW = 50 * LANES
"""Of fewer replicates none should be done again: a pass takes as long for one as for a group."""
_LOWER = 0.7
_LEAST = 0.05

Tables = tuple[float, npt.NDArray[np.int64], npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a worker needs to simulate replicates and find their largest statistics."""

    model: Literal["poisson", "bernoulli", "permutation"]
    source: tuple[Any, ...]
    """Arguments of the model's simulation between the replicate numbers and the rounded means."""
    steps: tuple[npt.NDArray[Any], ...]
    means: FloatArray
    """Running expected counts, shape (S, T + 1)."""
    rounded: npt.NDArray[np.int64]
    span: tuple[int, int, int, int]
    """First end, shortest and longest duration, earliest start, in columns of time."""
    weights: FloatArray
    cases: float
    share: float
    fewest: float
    high: bool
    low: bool
    seed: int

    @property
    def narrow(self) -> bool:
        """Whether 16 bits hold every excess."""
        return self.cases <= _SMALL_CASES and self.means.shape[0] <= _SMALL_ZONES

    @property
    def chunk(self) -> int:
        """Replicates to do at once."""
        lane = self.means.size * (2 if self.narrow else 4)
        groups = max(1, min(_MOST_GROUPS, _MOST_BYTES // (lane * LANES)))
        return groups * LANES

    def windows(self) -> int:
        """Return the number of windows that a replicate is scanned for."""
        first, shortest, longest, earliest = self.span
        ends = range(first, self.means.shape[1])
        pairs = sum(max(0, end - shortest + 1 - max(earliest, end - longest)) for end in ends)
        return pairs * int(self.steps[3].sum())


def simulate(plan: Plan, numbers: IntArray) -> npt.NDArray[Any]:
    """Return the paths of numbered replicates, shape (groups, S, T + 1, lanes)."""
    groups = -(-numbers.size // LANES)
    kind = np.int16 if plan.narrow else np.int32
    paths = np.zeros((groups, *plan.means.shape, LANES), dtype=kind)
    fill: Any = {"poisson": fill_poisson, "bernoulli": fill_bernoulli, "permutation": fill_permuted}[plan.model]
    fill(np.uint64(plan.seed), numbers, *plan.source, plan.rounded, paths)
    return paths


def tables_at(plan: Plan, level: float) -> Tables:
    """Return the level and the counts that reach it, for every worker to share."""
    above, below = thresholds(level, plan.weights, plan.cases, plan.share, plan.cases, plan.fewest, plan.high, plan.low)
    return level, above.astype(np.int64), below.astype(np.int64)


def at_level(plan: Plan, numbers: IntArray, tables: Tables) -> FloatArray:
    """Return the largest statistic of each replicate that reaches a level, else zero."""
    paths = simulate(plan, numbers)
    best = np.zeros((paths.shape[0], LANES))
    cap = 16_000 if plan.narrow else 10**9
    facts = (plan.cases, plan.share, cap, np.array([1, -1])[[plan.high, plan.low]])
    sweep(paths, plan.steps, plan.means, plan.rounded, plan.span, tables[1:], plan.weights, facts, best)
    found = best.ravel()[: numbers.size]
    return np.where(found >= tables[0], found, 0.0)


def settle(plan: Plan, found: FloatArray, level: float, executor: Executor | None) -> None:
    """Find the largest statistics that did not reach a level, at lower and lower levels."""
    while level > 0 and not found.all():
        level = level * _LOWER if level > _LEAST else 0.0
        missing = np.flatnonzero(found == 0)
        found[missing] = _all(plan, missing, tables_at(plan, level), executor)


def _all(plan: Plan, numbers: IntArray, tables: Tables, executor: Executor | None) -> FloatArray:
    """Do numbered replicates chunk by chunk, on the workers if there are any."""
    parts = [numbers[k : k + plan.chunk] for k in range(0, numbers.size, plan.chunk)]
    each = map if executor is None else executor.map
    return np.concatenate(list(each(at_level, [plan] * len(parts), parts, [tables] * len(parts))))


def replicate(
    plan: Plan, replicates: int, observed: float, early_stop: int | None, executor: Executor | None
) -> FloatArray:
    """Return the replicates' largest statistics, all or until `early_stop` reach the observed one.

    The first replicates tell the level that nearly all others reach; what stays below is
    settled at the end together. As the level is below the observed statistic, stopping does
    not need to wait for it.
    """
    numbers = np.arange(replicates)
    level = _FIRST * math.log(max(plan.windows(), 2))
    done = _all(plan, numbers[:LANES], tables_at(plan, level), executor)
    settle(plan, done, level, executor)
    level = min(_level(done, replicates), 0.98 * observed)
    tables = tables_at(plan, level)
    wave = replicates if early_stop is None else plan.chunk * (1 if executor is None else 8)
    for first in range(done.size, replicates, wave):
        if early_stop is not None and int((done >= observed).sum()) >= early_stop:
            break
        done = np.concatenate([done, _all(plan, numbers[first : first + wave], tables, executor)])
    done = _stopped(done, observed, early_stop)
    settle(plan, done, level, executor)
    return done


def _level(maxima: FloatArray, replicates: int) -> float:
    """Return a level that nearly all of so many replicates reach, judged by the first.

    Of few replicates all should reach it: below the first ones' smallest, by the Gumbel
    distribution of largest values.
    """
    if replicates >= _FEW:
        return 0.98 * float(np.quantile(maxima, _MISSED))
    scale = math.sqrt(6) / math.pi * float(maxima.std())
    low = float(maxima.mean()) - scale * (np.euler_gamma + math.log(math.log(2 * replicates)))
    return max(low, 0.5 * float(maxima.min()))


def _stopped(done: FloatArray, observed: float, early_stop: int | None) -> FloatArray:
    """Cut after the replicate at which sequential sampling would have stopped."""
    if early_stop is None:
        return done
    hits = np.flatnonzero(done >= observed)
    return done[: hits[early_stop - 1] + 1] if hits.size >= early_stop else done
