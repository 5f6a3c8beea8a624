"""Compiled core of care: what a day's infections lead to, place by place.

Queues hold people by the day on which they move on; a queue is a ring of days.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.scenario.draws import INNER, OUTER, address, binomial, uniform

# Delays, and the queues that they fill.
REPORT, ADMIT, WARD, WAIT, INTENSIVE, RECOVER, HOME = range(7)
_REPORTS, _ADMIT, _LEAVE, _DIE, _ENTER, _EXIT, _GONE, _AWAY, _SHED = 0, 1, 5, 6, 7, 9, 11, 12, 13
QUEUES = 14
# Fates of a severe infection: ward and lives, ward and dies, intensive care and lives, and
# dies, dies at home.
FATES = 5
WARD_BEDS, ICU_BEDS, BACKLOG = range(3)
LEVELS = 3
OUTPUTS = ("infections", "reported", "admissions", "beds", "icu", "deaths", "wastewater", "work_days_lost", "doses")
# Moves of a day in order: from a queue, to a queue (or none), after a delay, and what each
# person adds to admissions, ward beds, intensive-care beds and deaths.
_MOVES = np.array(
    [
        (_ADMIT, _LEAVE, WARD, 1, 1, 0, 0),
        (_ADMIT + 1, _DIE, WARD, 1, 1, 0, 0),
        (_ADMIT + 2, _ENTER, WAIT, 1, 1, 0, 0),
        (_ADMIT + 3, _ENTER + 1, WAIT, 1, 1, 0, 0),
        (_ENTER, _EXIT, INTENSIVE, 0, -1, 1, 0),
        (_ENTER + 1, _EXIT + 1, INTENSIVE, 0, -1, 1, 0),
        (_EXIT, _LEAVE, RECOVER, 0, 1, -1, 0),
        (_EXIT + 1, -1, 0, 0, 0, -1, 1),
        (_LEAVE, -1, 0, 0, -1, 0, 0),
        (_DIE, -1, 0, 0, -1, 0, 1),
        (_GONE, -1, 0, 0, 0, 0, 1),
    ]
)
_BEFORE_ICU = 4
_FEW = 6.0
_SEVERE, _QUEUE, _SEEN, _MOVE, _SAMPLE, _TURN = 400, 600, 610, 620, 640, 650


class Chain(NamedTuple):
    """What does not change from day to day."""

    fate: FloatArray  # (A, J, V, FATES): probabilities
    ascertained: FloatArray  # (A,)
    weekday: FloatArray  # (7,)
    delay: FloatArray  # (7, L): probabilities by day
    hazard: FloatArray  # (7, L): of each day, given that it was not before
    length: IntArray  # (7,)
    ill_at_work: FloatArray  # (A,)
    away: FloatArray  # (L,)
    shedding: FloatArray  # (L,)
    noise: float
    beds: FloatArray  # (2,): ward, intensive care
    excess: FloatArray  # (2,)
    group: IntArray  # (A,): group of a stratum
    groups: int


@njit(**INNER)
def _thin(n, p, chance, key):  # type: ignore[no-untyped-def]
    """How many of n have an event of probability p: drawn, or expected."""
    if n <= 0.0 or p <= 0.0:
        return 0.0
    if p >= 1.0:
        return n
    if chance:
        return binomial(n, -np.log1p(-p), key)
    return n * p


@njit(**INNER)
def _push(queue, probability, hazard, length, n, day, c, r, chance, key):  # type: ignore[no-untyped-def]
    """Spread n people over the days on which they move on; `queue` is (L, C, R)."""
    size = queue.shape[0]
    if chance and n <= _FEW:
        for person in range(int(n)):
            u = uniform(key, person)
            k = 0
            while k < length - 1 and u > probability[k]:
                u -= probability[k]
                k += 1
            queue[(day + k) % size, c, r] += 1.0
        return
    for k in range(length):
        x = n * probability[k]
        if chance:
            x = n if k == length - 1 else binomial(n, hazard[k], key + np.uint64(7919 * (k + 1)))
            n -= x
        queue[(day + k) % size, c, r] += x


@njit(**INNER)
def _fates(fate, n, chance, key, out):  # type: ignore[no-untyped-def]
    """Add the severe courses among n infections to `out`, (FATES,)."""
    left = 0.0
    for f in range(FATES):
        left += fate[f]
    severe = _thin(n, left, chance, key)
    for f in range(FATES):
        if severe <= 0.0:
            return
        x = _thin(severe, fate[f] / left, chance, key + np.uint64(104729 * (f + 1)))
        out[f] += x
        severe -= x
        left = max(left - fate[f], 1e-300)


@njit(**INNER)
def _begin(chain, new, out, p, a, r, day, key, reported, chance, course):  # type: ignore[no-untyped-def]
    """Add up what becomes of a stratum's infections today: severe courses, reports, ill, all."""
    c = p * chain.groups + chain.group[a]
    total = 0.0
    for j in range(new.shape[2]):
        for v in range(new.shape[3]):
            n = new[p, a, j, v, r]
            if n > 0.0:
                total += n
                out[len(OUTPUTS) + v, c, r] += n
                purpose = _SEVERE + j * new.shape[3] + v
                _fates(chain.fate[a, j, v], n, chance, address(key, day, p, a, purpose), course)
    if total > 0.0:
        seen = min(chain.ascertained[a] * reported, 1.0)
        course[FATES] += _thin(total, seen, chance, address(key, day, p, a, _SEEN))
        course[FATES + 1] += total * chain.ill_at_work[a]
        course[FATES + 2] += total
        out[0, c, r] += total


@njit(**INNER)
def _queue(chain, queues, course, c, r, day, key, chance):  # type: ignore[no-untyped-def]
    """Queue what `_begin` added up for one cell, and forget it."""
    for f in range(FATES + 1):
        queue, delay = _ADMIT + f, ADMIT
        if f == FATES:
            queue, delay = _REPORTS, REPORT
        elif f == FATES - 1:
            queue, delay = _GONE, HOME
        if course[f] > 0.0:
            start = address(key, day, c, 0, _QUEUE + f)
            pmf, hazard, length = chain.delay[delay], chain.hazard[delay], chain.length[delay]
            _push(queues[queue], pmf, hazard, length, course[f], day, c, r, chance, start)
    if course[FATES + 2] > 0.0:
        for k in range(chain.away.size):
            queues[_AWAY, (day + k) % queues.shape[1], c, r] += course[FATES + 1] * chain.away[k]
        for k in range(chain.shedding.size):
            queues[_SHED, (day + k) % queues.shape[1], c, r] += course[FATES + 2] * chain.shedding[k]
    for f in range(course.size):
        course[f] = 0.0


@njit(**INNER)
def _turn(chain, queues, level, slot, kind, source, arrivals, day, r, key, chance):  # type: ignore[no-untyped-def]
    """Let some of those for whom there is no bed die who would have lived."""
    entering, occupied = 0.0, 0.0
    for c in range(level.shape[1]):
        occupied += level[kind, c, r]
        for q in range(source, source + arrivals):
            entering += queues[q, slot, c, r]
    short = occupied + entering - chain.beds[kind]
    if entering <= 0.0 or short <= 0.0:
        return
    lost = chain.excess[kind] * min(short / entering, 1.0)
    for c in range(level.shape[1]):
        x = _thin(queues[source, slot, c, r], lost, chance, address(key, day, c, kind, _TURN))
        queues[source, slot, c, r] -= x
        queues[source + 1, slot, c, r] += x


@njit(**INNER)
def _move(chain, queues, level, out, low, high, day, r, key, chance):  # type: ignore[no-untyped-def]
    """Make some of the moves of today."""
    slot = day % queues.shape[1]
    for m in range(low, high):
        source, target, delay = _MOVES[m, 0], _MOVES[m, 1], _MOVES[m, 2]
        for c in range(level.shape[1]):
            n = queues[source, slot, c, r]
            if n <= 0.0:
                continue
            out[2, c, r] += n * _MOVES[m, 3]
            level[WARD_BEDS, c, r] += n * _MOVES[m, 4]
            level[ICU_BEDS, c, r] += n * _MOVES[m, 5]
            out[5, c, r] += n * _MOVES[m, 6]
            if target >= 0:
                start = address(key, day, c, 0, _MOVE + m)
                pmf, hazard, length = chain.delay[delay], chain.hazard[delay], chain.length[delay]
                _push(queues[target], pmf, hazard, length, n, day, c, r, chance, start)


@njit(**INNER)
def _close(chain, queues, level, out, closed, doses, day, r, key, chance):  # type: ignore[no-untyped-def]
    """Make the day's reports, sample sewage, count what is left, and empty the day."""
    slot = day % queues.shape[1]
    for c in range(level.shape[1]):
        start = address(key, day, c, 0, _SAMPLE)
        due = level[BACKLOG, c, r] + queues[_REPORTS, slot, c, r]
        made = _thin(due, chain.weekday[day % 7], chance, start)
        level[BACKLOG, c, r] = due - made
        noise = 1.0
        if chance and chain.noise > 0.0:
            radius = np.sqrt(-2.0 * np.log(uniform(start, 1000)))
            z = radius * np.cos(2.0 * np.pi * uniform(start, 1001))
            noise = np.exp(chain.noise * z - 0.5 * chain.noise * chain.noise)
        out[1, c, r] = made
        out[3, c, r] = level[WARD_BEDS, c, r]
        out[4, c, r] = level[ICU_BEDS, c, r]
        out[6, c, r] = noise * queues[_SHED, slot, c, r]
        out[7, c, r] = queues[_AWAY, slot, c, r] + closed[c]
        out[8, c, r] = doses[c, r]
        for q in range(QUEUES):
            queues[q, slot, c, r] = 0.0


@njit(**INNER)
def _tell(today, slots, out, seen):  # type: ignore[no-untyped-def]
    """Keep the outputs that are asked for, and add up what people hear of."""
    for c in range(today.shape[1]):
        for r in range(today.shape[2]):
            seen[0, r] += today[2, c, r]
            seen[1, r] += today[5, c, r]
            for k in range(slots.size):
                if slots[k] >= 0:
                    out[slots[k], c, r] = today[k, c, r]


@njit(**OUTER)
def run_care(chain, slots, new, doses, closed, queues, level, start, keys, reported, chance, out, seen):  # type: ignore[no-untyped-def]
    """Advance care by as many days as there are of `new`; day `start` is the first.

    `out` is (days, kept outputs, C, R); `slots` says where each output goes, or -1. Admissions and
    deaths of these days in the city are added to `seen`, (2, R).
    """
    course, strata, groups = np.zeros(FATES + 3), new.shape[2], chain.groups
    today = np.empty((slots.size, level.shape[1], keys.size))
    for index in range(new.shape[0]):
        day = start + index
        slot = day % queues.shape[1]
        today.fill(0.0)
        for r in range(keys.size):
            for p in range(new.shape[1]):
                for a in range(strata):
                    _begin(chain, new[index], today, p, a, r, day, keys[r], reported[r], chance, course)
                    # Strata of one group are queued together: fewer draws of the same law.
                    if groups > 1 or a == strata - 1:
                        _queue(chain, queues, course, p * groups + chain.group[a], r, day, keys[r], chance)
            _turn(chain, queues, level, slot, WARD_BEDS, _ADMIT, 4, day, r, keys[r], chance)
            _move(chain, queues, level, today, 0, _BEFORE_ICU, day, r, keys[r], chance)
            _turn(chain, queues, level, slot, ICU_BEDS, _ENTER, 2, day, r, keys[r], chance)
            _move(chain, queues, level, today, _BEFORE_ICU, _MOVES.shape[0], day, r, keys[r], chance)
            _close(chain, queues, level, today, closed[index], doses[index], day, r, keys[r], chance)
        _tell(today, slots, out[index], seen)
