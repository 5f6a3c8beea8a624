"""Transmission of one day, at a cost that goes with infectious people and not with contacts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from salus.epi.agents.chance import INFECTION, advance, stream, unit
from salus.epi.agents.control import edge_open
from salus.epi.agents.course import infect, protection
from salus.epi.agents.disease import (
    SUSCEPTIBILITY,
    T_ASYMPTOMATIC,
    T_CAP,
    T_RATIO,
    T_SHARE,
    T_TRANSMISSION,
)
from salus.epi.agents.measures import D_FACTOR, D_OPEN, S_ISOLATED, S_QUARANTINED, S_WEIGHT
from salus.epi.agents.state import N_DANGERS, N_LOGGED, N_RUNNING, SUSCEPTIBLE, Rules, World
from salus.epi.arrays import FloatArray

_SURE = 0.95


@njit(cache=True, nogil=True, forceinline=True)
def _strength(case: Any, traits: FloatArray, day: int) -> float:
    """Probability to infect a contact of weight 1 today, at most."""
    ratio, share = traits[T_RATIO], traits[T_SHARE]
    length = float(min(case.recovery, case.death) - case.infectious)
    # Single precision puts the day on which a share of the period ends with the early days, as
    # in the published model, to which transmission was calibrated.
    turn = np.float64(np.float32(min(share, traits[T_CAP] / length)))
    early = (day - case.infectious) / length < turn
    load = (ratio if early else 1.0) / (1.0 + share * (ratio - 1.0))
    if case.symptoms > day:
        load *= traits[T_ASYMPTOMATIC]
    return float(traits[T_TRANSMISSION] * case.scale * load)


@njit(cache=True, nogil=True)
def spread(world: World, rules: Rules, day: int) -> None:
    """Let everyone who is infectious today meet his contacts."""
    hazard = np.empty(4)
    for slot in range(world.counts[N_RUNNING]):
        case = world.running[slot]
        if case.infectious > day:
            continue
        strength, total, contacts = _strength(case, rules.traits, day), 0.0, 0
        for layer in range(4):
            chance = min(_SURE, strength * rules.settings[S_WEIGHT + layer])
            # Above -log(1 - chance), and cheaper; thinning makes up for the difference.
            hazard[layer] = chance / (1.0 - chance)
            total += hazard[layer] * case.degrees[layer]
            contacts += case.degrees[layer]
        state = stream(rules.key, INFECTION, case.person, day)
        first = -np.log(unit(state))
        if first < total:
            if world.counts[N_DANGERS] + contacts > world.dangers.size:
                _settle(world, rules, day)
            _meet(world, slot, hazard, first, state)
    _settle(world, rules, day)


@njit(cache=True, nogil=True)
def _meet(world: World, slot: int, hazard: FloatArray, first: float, state: np.uint64) -> None:
    """Leap along the contacts of one person from one dangerous contact to the next.

    Contacts lie on a line, each as long as its hazard at most; points of a Poisson process on
    that line are dangerous contacts, which happen to be as many as they are likely to be.
    Whatever lowers a contact's danger (age, immunity, quarantine, closure) thins them.
    """
    case, at, layer, before = world.running[slot], first, 0, 0.0
    while True:
        while layer < 4 and at >= before + hazard[layer] * case.degrees[layer]:
            before += hazard[layer] * case.degrees[layer]
            layer += 1
        if layer == 4:
            return
        turn = min(int((at - before) / hazard[layer]), case.degrees[layer] - 1)
        danger = world.dangers[world.counts[N_DANGERS]]
        world.counts[N_DANGERS] += 1
        state = advance(state)
        danger.draw = unit(state) * (1.0 + hazard[layer]) * -np.expm1(-hazard[layer]) / hazard[layer]
        danger.source, danger.position, danger.layer = case.person, case.starts[layer] + turn, layer
        state = advance(state)
        at = before + (turn + 1) * hazard[layer] - np.log(unit(state))


@njit(cache=True, nogil=True)
def _settle(world: World, rules: Rules, day: int) -> None:
    """Decide the dangerous contacts that have gathered.

    People are looked up in loops that do nothing else: memory then answers many at a time.
    """
    dangers, count = world.dangers, world.counts[N_DANGERS]
    for at in range(count):
        dangers[at].target = world.contacts[dangers[at].position]
    for at in range(count):
        dangers[at].status = world.people[dangers[at].target].status
    for at in range(count):
        if dangers[at].status == SUSCEPTIBLE:
            _touch(world, rules, day, dangers[at])
    world.counts[N_DANGERS] = 0


@njit(cache=True, nogil=True)
def _touch(world: World, rules: Rules, day: int, contact: Any) -> None:
    """Infect the other person of a dangerous contact, unless something prevents it."""
    person, other = int(contact.source), int(contact.target)
    layer, draw = contact.layer, contact.draw
    source, target = world.people[person], world.people[other]
    danger = rules.daily[day, D_FACTOR + layer] * rules.by_band[SUSCEPTIBILITY, target.band]
    if draw >= danger or target.status != SUSCEPTIBLE:
        return
    if not edge_open(rules.key, person, other, layer, rules.daily[day, D_OPEN + layer]):
        return
    if source.isolated > day:
        danger *= rules.settings[S_ISOLATED + layer]
    if source.quarantined > day:
        danger *= rules.settings[S_QUARANTINED + layer]
    if target.quarantined > day:
        danger *= rules.settings[S_QUARANTINED + layer]
    if draw < danger and draw < danger * (1.0 - protection(target, rules, day, 0)):
        infect(world, rules, other, day)
        at = world.counts[N_LOGGED]
        if at < world.pairs.size:
            world.counts[N_LOGGED] += 1
            pair = world.pairs[at]
            pair.source, pair.target, pair.day, pair.layer = person, other, day, layer
