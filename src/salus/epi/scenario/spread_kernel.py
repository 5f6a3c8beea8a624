"""Compiled core of transmission: days of a block of runs.

Axes: variant, immunity class, zone, stratum, run. Runs lie last, so that the sums over
zones run over neighbours in memory; there strata and runs are one axis of width A R.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.scenario.draws import INNER, OUTER, address, binomial, gamma, odds_of, uniform
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
    factor: FloatArray  # (D, R): on transmission
    seed_where: IntArray  # (N, 4): day, zone, stratum, variant
    seed_count: FloatArray  # (N, R)
    key: npt.NDArray[np.uint64]  # (R,)


@njit(**INNER, fastmath={"contract"})
def _mix_pair(begin, length, column, value, x, one, two):  # type: ignore[no-untyped-def]
    """Multiply two rows that have the same columns, four terms at a time."""
    for m in range(one.size):
        one[m], two[m] = 0.0, 0.0
    for k in range(begin, begin + length - 3, 4):
        a, b, c, d = x[column[k]], x[column[k + 1]], x[column[k + 2]], x[column[k + 3]]
        p, q, r, s = value[k], value[k + 1], value[k + 2], value[k + 3]
        e = k + length
        t, u, v, w = value[e], value[e + 1], value[e + 2], value[e + 3]
        for m in range(one.size):
            one[m] += p * a[m] + q * b[m] + r * c[m] + s * d[m]
            two[m] += t * a[m] + u * b[m] + v * c[m] + w * d[m]
    for k in range(begin + length // 4 * 4, begin + length):
        a, p, q = x[column[k]], value[k], value[k + length]
        for m in range(one.size):
            one[m] += p * a[m]
            two[m] += q * a[m]


@njit(**INNER, fastmath={"contract"})
def _mix_row(begin, end, column, value, x, row):  # type: ignore[no-untyped-def]
    """Multiply one row."""
    for m in range(row.size):
        row[m] = 0.0
    for k in range(begin, end):
        a, p = x[column[k]], value[k]
        for m in range(row.size):
            row[m] += p * a[m]


@njit(**INNER)
def _mix(first, column, value, x, out):  # type: ignore[no-untyped-def]
    """Multiply sparse rows with a dense matrix; neighbours alike go in pairs, which is faster."""
    i, zones = 0, out.shape[0]
    while i < zones:
        begin, end = first[i], first[i + 1]
        length = end - begin
        alike = i + 1 < zones and first[i + 2] - end == length and length > 3
        if alike:
            for k in range(begin, end):
                if column[k] != column[k + length]:
                    alike = False
                    break
        if alike:
            _mix_pair(begin, length, column, value, x, out[i], out[i + 1])
            i += 2
        else:
            _mix_row(begin, end, column, value, x, out[i])
            i += 1


@njit(**INNER, fastmath={"contract"})
def _infectiousness(load, weight, caught, isolation, factor, day, out):  # type: ignore[no-untyped-def]
    """Sum past infections by their infectiousness today; return whether there is any."""
    length, zones, strata, runs = load.shape
    some = 0.0
    # Day by day through memory as it lies: a zone's days lie far apart.
    for since in range(1, length + 1):
        slot = load[(day - since) % length]
        for i in range(zones):
            for a in range(strata):
                part = weight[since - 1] - isolation[i, a] * caught[since - 1]
                row, total = slot[i, a], out[i, a * runs : (a + 1) * runs]
                if since == 1:
                    for r in range(runs):
                        total[r] = part * row[r]
                else:
                    for r in range(runs):
                        total[r] += part * row[r]
    for i in range(zones):
        for a in range(strata):
            for r in range(runs):
                out[i, a * runs + r] *= factor[r]
                some += out[i, a * runs + r]
    return some > 0.0


@njit(**INNER)
def _free(contact):  # type: ignore[no-untyped-def]
    """Whether no measure binds anybody in a setting."""
    for i in range(contact.shape[0]):
        for a in range(contact.shape[1]):
            if contact[i, a] != 1.0:
                return False
    return True


@njit(**INNER)
def _scale(push, contact, out):  # type: ignore[no-untyped-def]
    runs = push.shape[1] // contact.shape[1]
    for i in range(push.shape[0]):
        for a in range(contact.shape[1]):
            for m in range(a * runs, (a + 1) * runs):
                out[i, m] = push[i, m] * contact[i, a]


@njit(**INNER, fastmath={"contract"})
def _receive(hazard, met, link, contact, held, runs, beta):  # type: ignore[no-untyped-def]
    """Add what one setting does to the hazard on each zone and stratum."""
    for i in range(contact.shape[0]):
        row, other = hazard[i], met[i]
        for a in range(contact.shape[1]):
            for b in range(contact.shape[1]):
                part = beta * contact[i, a] * link[a, b]
                if held.shape[0] > 0:
                    for r in range(runs):
                        row[a * runs + r] += part * held[a, r] * other[b * runs + r]
                else:
                    for r in range(runs):
                        row[a * runs + r] += part * other[b * runs + r]


@njit(**INNER)
def _hold(push, held):  # type: ignore[no-untyped-def]
    """Multiply by what voluntary caution leaves, if there is any."""
    runs = held.shape[1]
    for i in range(push.shape[0]):
        for a in range(held.shape[0]):
            for r in range(runs):
                push[i, a * runs + r] *= held[a, r]


@njit(**INNER)
def _force(spread, mixing, contact, isolation, factor, held, load, day, hazard, work):  # type: ignore[no-untyped-def]
    """Hazard of infection on a naive person today, (V, Z, A R)."""
    for v in range(hazard.shape[0]):
        for i in range(hazard.shape[1]):
            for m in range(hazard.shape[2]):
                hazard[v, i, m] = spread.imported[v]
        if not _infectiousness(load[v], spread.weight[v], spread.caught[v], isolation, factor, day, work[0]):
            continue
        for s in range(contact.shape[0]):
            sent = 0 if _free(contact[s]) and held.shape[1] == 0 else 1
            if sent == 1:
                _scale(work[0], contact[s], work[1])
                _hold(work[1], held[s])
            _mix(mixing.first[s], mixing.column, mixing.value, work[sent], work[2])
            _receive(hazard[v], work[2], spread.link[s], contact[s], held[s], factor.size, spread.beta[v])


@njit(**INNER)
def take(n, hazard, chance, key):  # type: ignore[no-untyped-def]
    """People of n who have an event: drawn, or expected."""
    if chance:
        return binomial(n, hazard, key)
    return -n * odds_of(-hazard)


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
def _catch(risk, people, ring, slot, hazard, new, i, a, day, keys, chance, shares):  # type: ignore[no-untyped-def]
    """Infect the runs of one zone and stratum; by variant into `ring`, by class too into `new`."""
    runs = keys.size
    for j in range(people.shape[0]):
        open_to = 0.0
        for v in range(shares.size):
            open_to += risk[j, v]
        if open_to <= 0.0:
            continue
        for r in range(runs):
            n = people[j, i, a, r]
            if n <= 0.0:
                continue
            total = 0.0
            for v in range(shares.size):
                shares[v] = risk[j, v] * hazard[v, i, a * runs + r]
                total += shares[v]
            if total <= 0.0:
                continue
            x = take(n, total, chance, address(keys[r], day, i, a, _CATCH + j))
            if x <= 0.0:
                continue
            people[j, i, a, r] = n - x
            if shares.size == 1:
                shares[0] = x
            else:
                _split(x, shares, total, chance, address(keys[r], day, i, a, _SPLIT + j))
            for v in range(shares.size):
                ring[v, slot, i, a, r] += shares[v]
                new[j, v, r] += shares[v]


@njit(**INNER)
def _infect(spread, block, hazard, place, new, day, keys, shares):  # type: ignore[no-untyped-def]
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
            _catch(risk, people, ring, slot, hazard, new[place[i], a], i, a, day, keys, spread.chance, shares)
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
def _wane(spread, people, dosed, day, keys):  # type: ignore[no-untyped-def]
    """Let protection wane, class by class."""
    for j in range(_VACCINATED, people.shape[0]):
        if spread.leaving[j] <= 0.0:
            continue
        for i in range(people.shape[1]):
            for a in range(people.shape[2]):
                for r in range(people.shape[3]):
                    n = people[j, i, a, r]
                    if n > 0.0:
                        x = take(n, spread.leaving[j], spread.chance, address(keys[r], day, i, a, _WANE + j))
                        people[j, i, a, r] = n - x
                        people[1, i, a, r] += x
                        if j == _VACCINATED:
                            dosed[i, a, r] = max(dosed[i, a, r] - x, 0.0)


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


@njit(**OUTER)
def run_spread(spread, mixing, ground, given, block, held, start, first, last, new, doses):  # type: ignore[no-untyped-def]
    """Advance days `first` to `last` (exclusive) of those given; day `start` is the first given.

    `held` is what voluntary caution leaves on these days, (settings, A, R), or without strata if
    there is none. Infections go into `new`, (days, places, A, J, V, R); doses into `doses`, (days, C, R).
    """
    variants, _length, zones, strata, runs = block.ring.shape
    hazard, work = np.empty((variants, zones, strata * runs)), np.empty((3, zones, strata * runs))
    shares = np.empty(variants)
    for index in range(first, last):
        day, now = start + index, index - first
        factor = given.factor[index]
        contact, isolation = given.contact[index], given.isolation[index]
        _force(spread, mixing, contact, isolation, factor, held, block.load, day, hazard, work)
        _infect(spread, block, hazard, ground.place, new[now], day, given.key, shares)
        _wane(spread, block.people, block.dosed, day, given.key)
        vaccinate(
            spread, block.people, block.stock, block.dosed, given.doses[index], doses[now], ground.cell, day, given.key
        )
        _seed(spread, block, ground.place, new[now], given, day)
