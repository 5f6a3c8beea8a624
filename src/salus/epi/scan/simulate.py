"""Counts under the null hypothesis, one replicate at a time.

Each model has a way for few cases (case by case) and one for many (cell by cell); both draw
from exactly the same distribution, and the cheaper one is taken. Cells are zone by time,
zone first.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.scan.draws import (
    alias_table,
    below,
    from_alias,
    from_table,
    hypergeometric,
    poisson,
    poisson_tables,
    seat,
    uniform,
)

_CASES_PER_CELL = 12
"""From so many cases a cell, drawing the cell's count is cheaper than drawing its cases."""
_MANY_PER_CELL = 40
_MARGIN = 2.0
"""Standard deviations left to be drawn case by case, so that a total is seldom exceeded."""


class Cells(NamedTuple):
    """Expected counts by cell, and what it takes to draw cases or whole cells."""

    total: int
    means: FloatArray  # of the cells' own draws, somewhat short of the expected counts
    accept: npt.NDArray[np.uint64]  # alias method: the cell of a case
    alias: npt.NDArray[np.int32]
    first: IntArray  # alias tables of the cells' Poisson numbers, if they are few enough
    lowest: IntArray
    table: npt.NDArray[np.uint64]


def cells_of(expected: FloatArray, total: int) -> Cells:
    """Prepare to distribute cases over cells in proportion to their expected counts."""
    aim = max(1.0 - _MARGIN / math.sqrt(total), 0.0)
    means = expected * (aim * total / expected.sum())
    dense = total > _CASES_PER_CELL * expected.size
    accept, alias = alias_table(expected)
    first, lowest, table = poisson_tables(means if dense else means[:0])
    return Cells(total, means, accept, alias, first, lowest, table)


@njit(cache=True, nogil=True, error_model="numpy")
def _cell_by_cell(state, cells, out):  # type: ignore[no-untyped-def]
    """Draw independent Poisson counts somewhat short of the total; return what is missing.

    Poisson counts given their sum are multinomial, so adding the missing cases one by one
    gives a multinomial of the total exactly.
    """
    first, lowest = cells.first, cells.lowest
    while True:
        drawn = 0
        if first.size > 0:
            for i in range(out.size):
                out[i] = lowest[i] + from_table(state, cells.table, first[i], first[i + 1] - first[i])
                drawn += out[i]
        else:
            for i in range(out.size):
                out[i] = poisson(state, cells.means[i]) if cells.means[i] > 0 else 0
                drawn += out[i]
        if drawn <= cells.total:
            return cells.total - drawn


@njit(cache=True, nogil=True, error_model="numpy")
def poisson_counts(state, cells, out):  # type: ignore[no-untyped-def]
    """Distribute the cases over the cells in proportion to their expected counts."""
    missing = cells.total
    if cells.total > _CASES_PER_CELL * out.size:
        missing = _cell_by_cell(state, cells, out)
    else:
        out[:] = 0
    for _ in range(missing):
        out[from_alias(state, cells.accept, cells.alias)] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def bernoulli_counts(state, people, total, accept, alias, out):  # type: ignore[no-untyped-def]
    """Draw the cases among all people without replacement."""
    crowd = 0
    for i in range(people.size):
        crowd += people[i]
    if 2 * total > crowd or total > _CASES_PER_CELL * people.size:
        need = total
        for i in range(people.size):
            out[i] = hypergeometric(state, people[i], crowd, need)
            crowd -= people[i]
            need -= out[i]
        return
    out[:] = 0
    need = total
    while need > 0:
        i = from_alias(state, accept, alias)
        if uniform(state) * people[i] < people[i] - out[i]:
            out[i] += 1
            need -= 1


@njit(cache=True, nogil=True, error_model="numpy")
def _shuffle(state, times, zone_of, steps, out):  # type: ignore[no-untyped-def]
    """Give the cases, in order of their zones, the times in random order."""
    size = times.size
    for i in range(size):
        j = i + below(state, size - i)
        taken = times[j]
        times[j] = times[i]
        times[i] = taken
        out[zone_of[i] * steps + taken] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _table(state, by_zone, left, columns, steps, out):  # type: ignore[no-untyped-def]
    """Fill a table with given margins cell by cell, each zone from what the last ones left."""
    pool = 0
    for k in range(columns.size):
        pool += left[k]
    for z in range(by_zone.size):
        need, rest = by_zone[z], pool
        for k in range(columns.size):
            if need == 0:
                break
            drawn = hypergeometric(state, left[k], rest, need)
            rest -= left[k]
            left[k] -= drawn
            need -= drawn
            out[z * steps + columns[k]] = drawn
        pool -= by_zone[z]


class Margins(NamedTuple):
    """What a permutation keeps, stratum by stratum.

    Columns of time lie in the order of their strata, between `first[s]` and `first[s + 1]`;
    cases likewise between `case[s]` and `case[s + 1]`, where a stratum has few enough to be
    shuffled one by one.
    """

    by_zone: IntArray
    columns: IntArray
    by_time: IntArray
    first: IntArray
    times: npt.NDArray[np.int32]
    zone_of: npt.NDArray[np.int32]
    case: IntArray


def margins(counts: FloatArray, stratum: IntArray) -> Margins:
    """Prepare the margins of counts (zones, columns of time) for `fill_permuted`."""
    whole = counts.astype(np.int64)
    columns = np.argsort(stratum, kind="stable")
    sizes = np.bincount(stratum)
    by_zone, times, zone_of = [], [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
    case = [0]
    for s in range(sizes.size):
        here = np.flatnonzero(stratum == s)
        part = whole[:, here]
        by_zone.append(part.sum(axis=1))
        few = int(part.sum()) <= _MANY_PER_CELL * part.size
        case.append(case[-1] + (int(part.sum()) if few else 0))
        if few:
            times.append(np.repeat(here, part.sum(axis=0)).astype(np.int32))
            zone_of.append(np.repeat(np.arange(part.shape[0]), by_zone[-1]).astype(np.int32))
    first = np.concatenate([[0], np.cumsum(sizes)])
    by_time = whole.sum(axis=0)[columns]
    return Margins(
        np.array(by_zone), columns, by_time, first, np.concatenate(times), np.concatenate(zone_of), np.array(case)
    )


@njit(cache=True, nogil=True, error_model="numpy")
def permuted_counts(state, kept, left, times, steps, out):  # type: ignore[no-untyped-def]
    """Permute the times of the cases within each stratum of times."""
    out[:] = 0
    left[:] = kept.by_time
    times[:] = kept.times
    for s in range(kept.by_zone.shape[0]):
        a, b = kept.first[s], kept.first[s + 1]
        c, d = kept.case[s], kept.case[s + 1]
        if d > c:
            _shuffle(state, times[c:d], kept.zone_of[c:d], steps, out)
        else:
            _table(state, kept.by_zone[s], left[a:b], kept.columns[a:b], steps, out)


@njit(cache=True, nogil=True, error_model="numpy")
def lay(out, rounded, lane, steps, paths):  # type: ignore[no-untyped-def]
    """Write one replicate's running excess, with its sign turned, into its lane."""
    for z in range(rounded.shape[0]):
        running = 0
        for t in range(steps):
            running += out[z * steps + t]
            paths[z, t + 1, lane] = rounded[z, t + 1] - running


@njit(cache=True, nogil=True, error_model="numpy")
def fill_poisson(seed, numbers, cells, rounded, paths):  # type: ignore[no-untyped-def]
    """Simulate replicates of the Poisson model into lanes of a group."""
    state = np.zeros(1, dtype=np.uint64)
    out = np.zeros(cells.means.size, dtype=np.int64)
    lanes = paths.shape[3]
    for i in range(numbers.size):
        seat(state, seed, numbers[i])
        poisson_counts(state, cells, out)
        lay(out, rounded, i % lanes, rounded.shape[1] - 1, paths[i // lanes])


@njit(cache=True, nogil=True, error_model="numpy")
def fill_bernoulli(seed, numbers, people, total, accept, alias, rounded, paths):  # type: ignore[no-untyped-def]
    """Simulate replicates of the Bernoulli model into lanes of a group."""
    state = np.zeros(1, dtype=np.uint64)
    out = np.zeros(people.size, dtype=np.int64)
    lanes = paths.shape[3]
    for i in range(numbers.size):
        seat(state, seed, numbers[i])
        bernoulli_counts(state, people, total, accept, alias, out)
        lay(out, rounded, i % lanes, rounded.shape[1] - 1, paths[i // lanes])


@njit(cache=True, nogil=True, error_model="numpy")
def fill_permuted(seed, numbers, kept, rounded, paths):  # type: ignore[no-untyped-def]
    """Simulate replicates of the permutation model into lanes of a group."""
    state = np.zeros(1, dtype=np.uint64)
    steps = rounded.shape[1] - 1
    out = np.zeros(rounded.shape[0] * steps, dtype=np.int64)
    left, times = np.zeros_like(kept.by_time), np.zeros_like(kept.times)
    lanes = paths.shape[3]
    for i in range(numbers.size):
        seat(state, seed, numbers[i])
        permuted_counts(state, kept, left, times, steps, out)
        lay(out, rounded, i % lanes, steps, paths[i // lanes])
