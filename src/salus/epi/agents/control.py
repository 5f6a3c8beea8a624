"""Tests, results, tracing and quarantine of one day."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from salus.epi.agents.chance import COMPLIANCE, EDGE, ROUTINE, TEST, TRACE, advance, single, stream, unit
from salus.epi.agents.disease import NEVER
from salus.epi.agents.measures import (
    D_CAPACITY,
    D_DELAY,
    D_FALSE,
    D_FOUND,
    D_ILL,
    D_OPEN,
    D_OTHERS,
    D_QUARANTINED,
    D_SENSITIVITY,
    D_WAIT,
    S_DAYS,
    S_ISOLATES,
    S_STAYS,
    S_UNCONFIRMED,
)
from salus.epi.agents.state import (
    DEAD,
    F_POSITIVE,
    F_QUARANTINED,
    F_TESTED,
    F_TRACED,
    INFECTED,
    N_AWAY,
    N_FRESH,
    N_RUNNING,
    NOTICES,
    RESULTS,
    Persons,
    Rules,
    World,
)

_FALSE, _TRUE = 1, 2
_ISOLATES, _STAYS = 0, 1


@njit(cache=True, nogil=True)
def _enter(heads: Persons, links: Persons, calendar: int, day: int, person: int) -> None:
    """Put a person at the head of a day's list."""
    first = heads[calendar, day]
    links[person, 2 * calendar], links[person, 2 * calendar + 1] = first, -1
    if first >= 0:
        links[first, 2 * calendar + 1] = person
    heads[calendar, day] = person


@njit(cache=True, nogil=True)
def _leave(heads: Persons, links: Persons, calendar: int, day: int, person: int) -> None:
    """Take a person out of a day's list."""
    after, before = links[person, 2 * calendar], links[person, 2 * calendar + 1]
    if before >= 0:
        links[before, 2 * calendar] = after
    else:
        heads[calendar, day] = after
    if after >= 0:
        links[after, 2 * calendar + 1] = before


@njit(cache=True, nogil=True)
def edge_open(key: np.uint64, person: int, other: int, layer: int, share: float) -> bool:
    """Whether a contact still takes place; the same answer from both sides and every day."""
    if share >= 1.0:
        return True
    low, high = min(person, other), max(person, other)
    return single(key, EDGE + 16 * (layer + 1), low, high) < share


@njit(cache=True, nogil=True)
def complies(key: np.uint64, what: int, person: int, share: float) -> bool:
    """Whether a person isolates or stays in quarantine, always or never."""
    return share >= 1.0 or single(key, COMPLIANCE, person, what) < share


@njit(cache=True, nogil=True)
def _test(world: World, rules: Rules, person: int, day: int) -> None:
    """Test a person, and send a positive result on its way."""
    one = world.people[person]
    if one.status == DEAD or day < one.diagnosed or one.waiting:
        return
    world.flows[day, F_TESTED, one.band] += 1
    infectious = one.status == INFECTED and one.infectious <= day
    positive = rules.daily[day, D_SENSITIVITY if infectious else D_FALSE]
    if single(rules.key, TEST, person, day) < positive:
        one.waiting = _TRUE if infectious else _FALSE
        _enter(world.heads, world.links, RESULTS, day + int(rules.daily[day, D_DELAY]), person)


@njit(cache=True, nogil=True)
def hold_tests(world: World, rules: Rules, day: int) -> None:
    """Test people with symptoms, others at random, and those who entered quarantine yesterday."""
    ill, quarantined = rules.daily[day, D_ILL], rules.daily[day, D_QUARANTINED]
    if ill > 0.0:
        for slot in range(world.counts[N_RUNNING]):
            case = world.running[slot]
            if case.symptoms <= day and single(rules.key, ROUTINE, case.person, day) < ill:
                _test(world, rules, int(case.person), day)
    if quarantined > 0.0:
        for at in range(world.counts[N_FRESH]):
            person = int(world.fresh[at])
            if _seems_well(world, person, day) and single(rules.key, ROUTINE, person, day) < quarantined:
                _test(world, rules, person, day)
    if rules.daily[day, D_OTHERS] > 0.0:
        _test_at_random(world, rules, day, rules.daily[day, D_OTHERS])


@njit(cache=True, nogil=True)
def _seems_well(world: World, person: int, day: int) -> bool:
    one = world.people[person]
    return bool(one.status != INFECTED or one.symptoms > day)


@njit(cache=True, nogil=True)
def _test_at_random(world: World, rules: Rules, day: int, share: float) -> None:
    """Test people without symptoms with a probability, leaping from one to the next."""
    gap = -np.log1p(-share) if share < 1.0 else np.inf
    state = stream(rules.key, ROUTINE, -1, day)
    person = -1
    while True:
        state = advance(state)
        person += 1 + int(min(-np.log(unit(state)) / gap, 2.0**40))
        if person >= world.people.size:
            return
        if _seems_well(world, person, day):
            _test(world, rules, person, day)


@njit(cache=True, nogil=True)
def give_results(world: World, rules: Rules, day: int) -> None:
    """Tell people of positive results; they isolate, and their contacts are looked for."""
    person, interviews = world.heads[RESULTS, day], 0.0
    while person >= 0:
        one = world.people[person]
        if one.status != DEAD:
            world.flows[day, F_POSITIVE, one.band] += 1
            one.diagnosed = _until(one, rules, day)
            one.quarantined = min(one.quarantined, day)
            if complies(rules.key, _ISOLATES, person, rules.settings[S_ISOLATES]):
                one.isolated = one.diagnosed
                _send_away(world, person)
            if interviews < rules.daily[day, D_CAPACITY]:
                interviews += 1.0
                _trace(world, rules, person, day)
        one.waiting = 0
        person = world.links[person, 2 * RESULTS]


@njit(cache=True, nogil=True)
def _send_away(world: World, person: int) -> None:
    """List a person among those in quarantine or isolation, once."""
    if not world.people[person].away:
        world.people[person].away = 1
        world.away[world.counts[N_AWAY]] = person
        world.counts[N_AWAY] += 1


@njit(cache=True, nogil=True)
def _until(one: Any, rules: Rules, day: int) -> int:
    """Day on which isolation after a positive result ends."""
    if one.waiting == _FALSE:
        return day + int(rules.settings[S_UNCONFIRMED])
    return int(one.end) if one.status == INFECTED else day + 1


@njit(cache=True, nogil=True)
def _trace(world: World, rules: Rules, person: int, day: int) -> None:
    """Look for the contacts of a person in every layer."""
    for layer in range(4):
        chance, share = rules.daily[day, D_FOUND + layer], rules.daily[day, D_OPEN + layer]
        if chance <= 0.0:
            continue
        for at in range(world.starts[person, layer], world.starts[person + 1, layer]):
            other = world.contacts[at]
            found = single(rules.key, TRACE + 16 * (layer + 1), person, other) < chance
            if found and edge_open(rules.key, person, other, layer, share):
                _notify(world, rules, other, day, day + int(rules.daily[day, D_WAIT + layer]))


@njit(cache=True, nogil=True)
def _notify(world: World, rules: Rules, person: int, day: int, start: int) -> None:
    """Ask a contact to stay in quarantine from a day; an earlier day replaces a later one."""
    one = world.people[person]
    if one.status == DEAD:
        return
    world.flows[day, F_TRACED, one.band] += 1
    if not complies(rules.key, _STAYS, person, rules.settings[S_STAYS]):
        return
    one.due_until = max(one.due_until, day + int(rules.settings[S_DAYS]))
    if start < one.due:
        if one.due != NEVER:
            _leave(world.heads, world.links, NOTICES, one.due, person)
        one.due = start
        _enter(world.heads, world.links, NOTICES, start, person)


@njit(cache=True, nogil=True)
def begin_quarantine(world: World, day: int) -> None:
    """Let contacts whose day has come enter quarantine, or stay in it for longer.

    People who are known to be infected, or who had the infection before, do not enter.
    """
    person = world.heads[NOTICES, day]
    world.counts[N_FRESH] = 0
    while person >= 0:
        one = world.people[person]
        past = one.infections > 0 and one.status != INFECTED
        if one.quarantined > day:
            one.quarantined = max(one.quarantined, one.due_until)
        elif not (past or day < one.diagnosed or day < one.isolated):
            one.quarantined = one.due_until
            world.flows[day, F_QUARANTINED, one.band] += 1
            world.fresh[world.counts[N_FRESH]] = person
            world.counts[N_FRESH] += 1
            _send_away(world, person)
        one.due, one.due_until = NEVER, 0
        person = world.links[person, 2 * NOTICES]
