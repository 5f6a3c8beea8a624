"""Replicates of the null hypothesis: in groups, on any number of workers, as many as needed."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass, replace
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
_LOWER = 0.7
_LEAST = 0.05


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


def at_level(plan: Plan, numbers: IntArray, level: float) -> FloatArray:
    """Return the largest statistic of each replicate that reaches a level, else zero."""
    tables = thresholds(level, plan.weights, plan.cases, plan.share, plan.cases, plan.fewest)
    paths = simulate(plan, numbers)
    best = np.zeros((paths.shape[0], LANES))
    cap = 16_000 if plan.narrow else 10**9
    whole = tuple(table.astype(np.int64) for table in tables)
    facts = (plan.cases, plan.share, cap, np.array([1, -1])[[plan.high, plan.low]])
    sweep(paths, plan.steps, plan.means, plan.rounded, plan.span, whole, plan.weights, facts, best)
    found = best.ravel()[: numbers.size]
    return np.where(found >= level, found, 0.0)


def maxima(plan: Plan, numbers: IntArray, level: float) -> FloatArray:
    """Return the largest statistic of each replicate exactly, whatever the level tried first."""
    found = at_level(plan, numbers, level)
    while level > 0 and not found.all():
        level = level * _LOWER if level > _LEAST else 0.0
        missing = np.flatnonzero(found == 0)
        found[missing] = at_level(plan, numbers[missing], level)
    return found


def replicate(
    plan: Plan, replicates: int, observed: float, early_stop: int | None, executor: Executor | None
) -> FloatArray:
    """Return the replicates' largest statistics, all or until `early_stop` reach the observed one."""
    level = 0.5 * math.log(max(plan.windows(), 2))
    done = maxima(plan, np.arange(min(LANES, replicates)), level)
    level = float(np.quantile(done, 0.04)) * 0.98
    bounds = np.arange(done.size, replicates, plan.chunk)
    waves = 1 if executor is None else 8
    reached = early_stop or replicates + 1
    for first in range(0, bounds.size, waves):
        if int((done >= observed).sum()) >= reached:
            break
        some = [np.arange(b, min(b + plan.chunk, replicates)) for b in bounds[first : first + waves]]
        if executor is None:
            parts = [maxima(plan, numbers, level) for numbers in some]
        else:
            parts = list(executor.map(maxima, [plan] * len(some), some, [level] * len(some)))
        done = np.concatenate([done, *parts])
    return _stopped(done, observed, early_stop)


def _stopped(done: FloatArray, observed: float, early_stop: int | None) -> FloatArray:
    """Cut after the replicate at which sequential sampling would have stopped."""
    if early_stop is None:
        return done
    hits = np.flatnonzero(done >= observed)
    return done[: hits[early_stop - 1] + 1] if hits.size >= early_stop else done


def with_seed(plan: Plan, rng: np.random.Generator) -> Plan:
    """Return the plan with a seed drawn from the generator."""
    return replace(plan, seed=int(rng.integers(2**63)))
