"""Compiled core of transmission: days of a block of runs.

Axes: variant, immunity class, zone, stratum, run.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.scenario.draws import INNER, OUTER, address, binomial, draw_row, gamma, odds_of, uniform
from salus.epi.scenario.force_kernel import force
from salus.epi.scenario.vaccine_kernel import vaccinate

# Purposes of a draw; immunity classes take one each.
_CATCH, _SPLIT, _WANE, _LOAD, _SEED = 0, 64, 128, 192, 256
_VACCINATED = 2
_RECOVERED = 3


class Spread(NamedTuple):
    """What does not change from day to day."""

    weight: FloatArray  # (V, D): infectiousness by day since infection, from day 1
    caught: FloatArray  # (V, D): the part of it after a found case is isolated
    link: FloatArray  # (settings, A, A): connectivity
    beta: FloatArray  # (V,)
    risk: FloatArray  # (J, V): susceptibility by immunity class
    leaving: FloatArray  # (J,): hazard of waning per day
    people: FloatArray  # (Z, A)
    imported: FloatArray  # (V,): hazard per person and day
    uptake: FloatArray  # (A,)
    turn: IntArray  # (A,)
    per_day: float
    dispersion: float  # 0: Poisson
    chance: bool


class Day(NamedTuple):
    """What is given for each of D days, and for each run of the block."""

    contact: FloatArray  # (D, settings, Z, A)
    isolation: FloatArray  # (D, Z, A)
    doses: FloatArray  # (D,)
    local: FloatArray  # (D, Z): most doses that the sites of a zone give beside
    factor: FloatArray  # (D, R): on transmission
    seed_where: IntArray  # (N, 4): day, zone, stratum, variant
    seed_count: FloatArray  # (N, R)
    key: npt.NDArray[np.uint64]  # (R,)


@njit(**INNER)
def _split(x, shares, total, chance, key):  # type: ignore[no-untyped-def]
    """Divide infections among variants by their hazards, in place of these."""
    last = shares.size - 1
    for v in range(last):
        rest = total - shares[v]
        part = 0.0
        if shares[v] > 0.0:
            part = x if rest <= 0.0 else x * shares[v] / total
            if chance and rest > 0.0:
                part = binomial(x, np.log(total / rest), key + np.uint64(977 * (v + 1)))
        total = rest
        x -= part
        shares[v] = part
    shares[last] = x


@njit(**INNER)
def _take_row(n, hazard, chance, keys, day, i, a, purpose, u, x):  # type: ignore[no-untyped-def]
    """People of every run who have an event: drawn, or expected."""
    if chance:
        draw_row(n, hazard, keys, day, i, a, purpose, u, x)
    else:
        for r in range(x.size):
            x[r] = -n[r] * odds_of(-hazard[r])


@njit(**INNER)
def _total(risk, hazard, i, a, total):  # type: ignore[no-untyped-def]
    """Hazard of all variants on one class of a zone and stratum, by run."""
    runs = total.size
    total[:] = 0.0
    for v in range(risk.size):
        if risk[v] > 0.0:
            row, part = hazard[v, i, a * runs : (a + 1) * runs], risk[v]
            for r in range(runs):
                total[r] += part * row[r]


@njit(**INNER)
def _catch(risk, people, ring, slot, hazard, new, i, a, day, keys, chance, room):  # type: ignore[no-untyped-def]
    """Infect the runs of one zone and stratum; by variant into `ring`, by class too into `new`."""
    runs, (total, u, x, shares) = keys.size, room
    for j in range(people.shape[0]):
        if not risk[j].any():
            continue
        n = people[j, i, a]
        _total(risk[j], hazard, i, a, total)
        _take_row(n, total, chance, keys, day, i, a, _CATCH + j, u, x)
        for r in range(runs):
            if x[r] <= 0.0:
                continue
            n[r] -= x[r]
            if shares.size == 1:
                ring[0, slot, i, a, r] += x[r]
                new[j, 0, r] += x[r]
                continue
            for v in range(shares.size):
                shares[v] = risk[j, v] * hazard[v, i, a * runs + r]
            _split(x[r], shares, total[r], chance, address(keys[r], day, i, a, _SPLIT + j))
            for v in range(shares.size):
                ring[v, slot, i, a, r] += shares[v]
                new[j, v, r] += shares[v]


@njit(**INNER)
def _infect(spread, block, hazard, place, new, day, keys, room):  # type: ignore[no-untyped-def]
    """Move people out of infection and into it."""
    variants, length, zones, strata, runs = block.ring.shape
    slot, people, ring, risk = day % length, block.people, block.ring, spread.risk
    for i in range(zones):
        for a in range(strata):
            if spread.people[i, a] <= 0.0:
                continue
            for v in range(variants):
                for r in range(runs):
                    people[_RECOVERED + v, i, a, r] += ring[v, slot, i, a, r]
                    ring[v, slot, i, a, r] = 0.0
            _catch(risk, people, ring, slot, hazard, new[place[i], a], i, a, day, keys, spread.chance, room)
            if spread.dispersion > 0.0:
                for v in range(variants):
                    for r in range(runs):
                        key = address(keys[r], day, i, a, _LOAD + v)
                        cases = ring[v, slot, i, a, r]
                        block.load[v, slot, i, a, r] = _clustered(spread.dispersion, spread.chance, cases, key)


@njit(**INNER)
def _clustered(dispersion, chance, cases, key):  # type: ignore[no-untyped-def]
    """Infectiousness of cases whose offspring are negative binomial: a sum of gamma draws."""
    if not chance or cases <= 0.0:
        return cases
    return gamma(cases * dispersion, key) / dispersion


@njit(**INNER)
def _wane(spread, people, dosed, day, keys, room):  # type: ignore[no-untyped-def]
    """Let protection wane, class by class."""
    hazard, u, x, _shares = room
    for j in range(_VACCINATED, people.shape[0]):
        if spread.leaving[j] <= 0.0:
            continue
        hazard[:] = spread.leaving[j]
        for i in range(people.shape[1]):
            for a in range(people.shape[2]):
                n, to = people[j, i, a], people[1, i, a]
                _take_row(n, hazard, spread.chance, keys, day, i, a, _WANE + j, u, x)
                for r in range(keys.size):
                    n[r] -= x[r]
                    to[r] += x[r]
                    if j == _VACCINATED:
                        dosed[i, a, r] = max(dosed[i, a, r] - x[r], 0.0)


@njit(**INNER)
def _seed(spread, block, place, new, given, day):  # type: ignore[no-untyped-def]
    """Infect people from outside, as far as there are any: naive ones first."""
    slot = day % block.ring.shape[1]
    for n in range(given.seed_where.shape[0]):
        if given.seed_where[n, 0] != day:
            continue
        i, a, v = given.seed_where[n, 1], given.seed_where[n, 2], given.seed_where[n, 3]
        for r in range(given.key.size):
            want = given.seed_count[n, r]
            if spread.chance:
                want = np.floor(want + uniform(address(given.key[r], day, i, a, _SEED), n))
            for j in range(block.people.shape[0]):
                x = min(want, block.people[j, i, a, r]) if spread.risk[j, v] > 0.0 else 0.0
                block.people[j, i, a, r] -= x
                block.ring[v, slot, i, a, r] += x
                new[place[i], a, j, v, r] += x
                if spread.dispersion > 0.0:
                    block.load[v, slot, i, a, r] += x
                want -= x


@njit(**INNER)
def _echo(load, slot, past):  # type: ignore[no-untyped-def]
    """Copy a day's infections to where, in shorter numbers, they are summed from."""
    runs = load.shape[4]
    for v in range(load.shape[0]):
        for i in range(load.shape[2]):
            for a in range(load.shape[3]):
                to, row = past[v, slot, i, a * runs : (a + 1) * runs], load[v, slot, i, a]
                for r in range(runs):
                    to[r] = row[r]


@njit(**OUTER)
def run_spread(spread, mixing, ground, given, block, held, past, start, first, last, new, doses):  # type: ignore[no-untyped-def]
    """Advance days `first` to `last` (exclusive) of those given; day `start` is the first given.

    `held` is what voluntary caution leaves on these days, (settings, A, R), or without strata if
    there is none. `past` is the block's load with strata and runs as one axis: the same memory, or
    a copy in numbers of half the length, which are enough where chance blurs more than they do.
    Infections go into `new`, (days, places, A, J, V, R); doses into `doses`, (days, C, R).
    """
    variants, length, zones, strata, runs = block.ring.shape
    hazard = np.empty((variants, zones, strata * runs), dtype=past.dtype)
    work = np.empty((3, zones, strata * runs), dtype=past.dtype)
    room = np.empty(runs), np.empty(runs), np.empty(runs), np.empty(variants)
    for index in range(first, last):
        day, now = start + index, index - first
        contact, isolation, factor = given.contact[index], given.isolation[index], given.factor[index : index + 1]
        force(spread, mixing, contact, isolation, factor, held, past, day, hazard, work)
        _infect(spread, block, hazard, ground.place, new[now], day, given.key, room)
        _wane(spread, block.people, block.dosed, day, given.key, room)
        fresh, local = given.doses[index], given.local[index]
        vaccinate(spread, block.people, block.stock, block.dosed, fresh, local, doses[now], ground.cell, day, given.key)
        _seed(spread, block, ground.place, new[now], given, day)
        if spread.chance:
            _echo(block.load, day % length, past)
