"""Counts under the null hypothesis, one replicate at a time.

Each model has a way for few cases (case by case) and one for many (cell by cell); both draw
from exactly the same distribution, and the cheaper one is taken. Cells are zone by time,
zone first.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from salus.epi.scan.draws import below, from_alias, hypergeometric, poisson, seat, uniform

_CASES_PER_CELL = 12
"""From so many cases a cell, drawing the cell's count is cheaper than drawing its cases."""
_MANY_PER_CELL = 40
_MARGIN = 5.0
"""Standard deviations left to be drawn case by case, so that a total is rarely exceeded."""


@njit(cache=True, nogil=True, error_model="numpy")
def _cell_by_cell(state, means, total, out):  # type: ignore[no-untyped-def]
    """Draw independent Poisson counts somewhat short of the total; return what is missing.

    Poisson counts given their sum are multinomial, so adding the missing cases one by one
    gives a multinomial of the total exactly.
    """
    aim = (total - _MARGIN * math.sqrt(total)) / total
    while True:
        drawn = 0
        for i in range(means.size):
            out[i] = poisson(state, means[i] * aim) if means[i] > 0 else 0
            drawn += out[i]
        if drawn <= total:
            return total - drawn


@njit(cache=True, nogil=True, error_model="numpy")
def poisson_counts(state, means, total, accept, alias, out):  # type: ignore[no-untyped-def]
    """Distribute the cases over the cells in proportion to their expected counts."""
    missing = total
    if total > _CASES_PER_CELL * means.size:
        missing = _cell_by_cell(state, means, total, out)
    else:
        out[:] = 0
    for _ in range(missing):
        out[from_alias(state, accept, alias)] += 1


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
def _table(state, by_zone, by_time, columns, steps, out):  # type: ignore[no-untyped-def]
    """Fill a table with given margins cell by cell, each zone from what the last ones left."""
    left = by_time.copy()
    pool = left.sum()
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


@njit(cache=True, nogil=True, error_model="numpy")
def permuted_counts(state, by_zone, by_time, stratum, steps, out):  # type: ignore[no-untyped-def]
    """Permute the times of the cases within each stratum of times.

    `by_zone` has the cases of each stratum and zone, `by_time` those of each column of time,
    `stratum` the stratum of each column.
    """
    out[:] = 0
    for s in range(by_zone.shape[0]):
        columns = np.flatnonzero((stratum == s) & (by_time > 0))
        here = by_time[columns]
        total = here.sum()
        if total == 0:
            continue
        if total > _MANY_PER_CELL * columns.size * by_zone.shape[1]:
            _table(state, by_zone[s], here, columns, steps, out)
            continue
        times = np.repeat(columns.astype(np.int32), here)
        zone_of = np.repeat(np.arange(by_zone.shape[1]).astype(np.int32), by_zone[s])
        _shuffle(state, times, zone_of, steps, out)


@njit(cache=True, nogil=True, error_model="numpy")
def lay(out, rounded, lane, steps, paths):  # type: ignore[no-untyped-def]
    """Write one replicate's running excess, with its sign turned, into its lane."""
    for z in range(rounded.shape[0]):
        running = 0
        for t in range(steps):
            running += out[z * steps + t]
            paths[z, t + 1, lane] = rounded[z, t + 1] - running


@njit(cache=True, nogil=True, error_model="numpy")
def fill_poisson(seed, numbers, means, total, accept, alias, rounded, paths):  # type: ignore[no-untyped-def]
    """Simulate replicates of the Poisson model into lanes of a group."""
    state = np.zeros(1, dtype=np.uint64)
    out = np.zeros(means.size, dtype=np.int64)
    lanes = paths.shape[3]
    for i in range(numbers.size):
        seat(state, seed, numbers[i])
        poisson_counts(state, means, total, accept, alias, out)
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
def fill_permuted(seed, numbers, by_zone, by_time, stratum, rounded, paths):  # type: ignore[no-untyped-def]
    """Simulate replicates of the permutation model into lanes of a group."""
    state = np.zeros(1, dtype=np.uint64)
    steps = rounded.shape[1] - 1
    out = np.zeros(rounded.shape[0] * steps, dtype=np.int64)
    lanes = paths.shape[3]
    for i in range(numbers.size):
        seat(state, seed, numbers[i])
        permuted_counts(state, by_zone, by_time, stratum, steps, out)
        lay(out, rounded, i % lanes, steps, paths[i // lanes])
