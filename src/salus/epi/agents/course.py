"""The course of one infection: what will happen to a person, drawn when he is infected."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from salus.epi.agents.chance import COURSE, advance, from_table, stream, unit
from salus.epi.agents.disease import (
    INFECTIOUSNESS,
    NEVER,
    T_BOOST,
    T_BREAKTHROUGH,
    T_GRADE,
    T_PROTECTION,
    T_SCALE,
    T_SPREAD,
    T_STEP,
)
from salus.epi.agents.measures import V_INFECTION, V_ONSET, V_WANING
from salus.epi.agents.state import (
    DEAD,
    F_CRITICAL,
    F_DEAD,
    F_INFECTED,
    F_RECOVERED,
    F_SEVERE,
    F_SYMPTOMATIC,
    IMMUNE,
    INFECTED,
    N_RUNNING,
    SUSCEPTIBLE,
    Persons,
    Records,
    Rules,
    World,
)
from salus.epi.arrays import FloatArray, IntArray

_LATENT, _PRESYMPTOMATIC, _TO_SEVERE, _TO_CRITICAL, _ASYMPTOMATIC, _MILD, _SEVERE, _CRITICAL, _TO_DEATH = range(9)


@njit(cache=True, nogil=True)
def antibody_level(one: Any, kinetics: FloatArray, day: int) -> float:
    """Neutralising antibodies of a person today; 0 before any infection."""
    if one.event == NEVER:
        return 0.0
    return float(min(float(one.peak), one.base + one.peak * kinetics[day - one.event]))


@njit(cache=True, nogil=True)
def protection(one: Any, rules: Rules, day: int, kind: int) -> float:
    """Share of infections (kind 0), symptoms (1) or severe courses (2) that immunity prevents."""
    natural = 0.0
    if rules.kinetics.size and one.event != NEVER:
        level = antibody_level(one, rules.kinetics, day)
        if level > 0.0:
            at = T_PROTECTION + 2 * kind
            odds = np.exp(rules.traits[at]) * level ** rules.traits[at + 1]
            natural = odds / (1.0 + odds)
    if one.vaccine_day == NEVER:
        return natural
    since = day - one.vaccine_day - rules.vaccines[one.vaccine, V_ONSET]
    if since < 0:
        return natural
    waning = np.exp(-rules.vaccines[one.vaccine, V_WANING] * since)
    return float(max(natural, rules.vaccines[one.vaccine, V_INFECTION + kind] * waning))


@njit(cache=True, nogil=True)
def _wait(laws: FloatArray, which: int, state: np.uint64) -> int:
    return from_table(laws, which, unit(state))


@njit(cache=True, nogil=True)
def _outcomes(case: Any, laws: FloatArray, odds: tuple[float, float, float, float], state: np.uint64) -> int:
    """Set the days of a running infection; return how bad it gets, 0 to 4."""
    case.symptoms = case.severe = case.critical = case.recovery = case.death = NEVER
    if unit(state) >= odds[0]:
        case.recovery = case.infectious + _wait(laws, _ASYMPTOMATIC, advance(state))
        return 0
    case.symptoms = case.infectious + _wait(laws, _PRESYMPTOMATIC, advance(state))
    state = advance(advance(state))
    if unit(state) >= odds[1]:
        case.recovery = case.symptoms + _wait(laws, _MILD, advance(state))
        return 1
    case.severe = case.symptoms + _wait(laws, _TO_SEVERE, advance(state))
    state = advance(advance(state))
    if unit(state) >= odds[2]:
        case.recovery = case.severe + _wait(laws, _SEVERE, advance(state))
        return 2
    case.critical = case.severe + _wait(laws, _TO_CRITICAL, advance(state))
    state = advance(advance(state))
    if unit(state) >= odds[3]:
        case.recovery = case.critical + _wait(laws, _CRITICAL, advance(state))
        return 3
    case.death = case.critical + _wait(laws, _TO_DEATH, advance(state))
    return 4


@njit(cache=True, nogil=True)
def _remember(one: Any, rules: Rules, day: int, grade: int, state: np.uint64) -> None:
    """Set the antibody response to an infection of a grade."""
    if rules.kinetics.size == 0:
        return
    level, traits = antibody_level(one, rules.kinetics, day), rules.traits
    if level > 0.0:
        one.peak *= traits[T_BOOST]
    else:
        normal = np.sqrt(-2.0 * np.log(unit(state))) * np.cos(2.0 * np.pi * unit(advance(state)))
        one.peak = 2.0 ** (normal * traits[T_SPREAD]) * traits[T_SCALE] * traits[T_GRADE + min(grade, 2)]
    one.base = level
    one.event = day


@njit(cache=True, nogil=True)
def infect(world: World, rules: Rules, person: int, day: int) -> None:
    """Infect a person: draw the course, and add it to the running infections."""
    one, case = world.people[person], world.running[world.counts[N_RUNNING]]
    world.counts[N_RUNNING] += 1
    world.flows[day, F_INFECTED, one.band] += 1
    # Infectiousness belongs to the person; the course to the person's first, second... infection.
    luck = unit(stream(rules.key, COURSE, person, 0))
    case.person, case.band = person, one.band
    case.scale = from_table(rules.laws, INFECTIOUSNESS, luck) * rules.traits[T_STEP]
    if one.infections > 0 or one.vaccine_day <= day:
        case.scale *= rules.traits[T_BREAKTHROUGH]
    state = stream(rules.key, COURSE, person, 1 + one.infections)
    case.infectious = day + _wait(rules.laws, _LATENT, state)
    ill = rules.by_band[0, one.band] * (1.0 - protection(one, rules, day, 1))
    severe = rules.by_band[1, one.band] * (1.0 - protection(one, rules, day, 2))
    odds = (ill, severe, rules.by_band[2, one.band], rules.by_band[3, one.band])
    grade = _outcomes(case, rules.laws, odds, advance(state))
    _remember(one, rules, day, grade, stream(rules.key, COURSE, person, -1 - one.infections))
    _admit(one, case, day)
    for layer in range(4):
        case.starts[layer] = world.starts[person, layer]
        case.degrees[layer] = world.starts[person + 1, layer] - world.starts[person, layer]


@njit(cache=True, nogil=True)
def _admit(one: Any, case: Any, day: int) -> None:
    """Note a new infection with its person; its stages are seen from tomorrow on."""
    case.symptoms, case.severe = max(case.symptoms, day + 1), max(case.severe, day + 1)
    case.critical, case.recovery = max(case.critical, day + 1), max(case.recovery, day + 1)
    case.death = max(case.death, day + 1)
    one.status = INFECTED
    one.infections = min(254, one.infections) + 1
    one.infectious, one.symptoms = case.infectious, case.symptoms
    one.end = min(case.recovery, case.death)
    one.diagnosed = 0


@njit(cache=True, nogil=True)
def progress(people: Records, running: Records, counts: IntArray, flows: Persons, waning: bool, day: int) -> None:
    """Let running infections reach today: count new stages, take out the recovered and the dead."""
    kept = 0
    for slot in range(counts[N_RUNNING]):
        case = running[slot]
        if case.symptoms == day:
            flows[day, F_SYMPTOMATIC, case.band] += 1
        if case.severe == day:
            flows[day, F_SEVERE, case.band] += 1
        if case.critical == day:
            flows[day, F_CRITICAL, case.band] += 1
        if case.death == day:
            flows[day, F_DEAD, case.band] += 1
            people[case.person].status = DEAD
        elif case.recovery == day:
            flows[day, F_RECOVERED, case.band] += 1
            people[case.person].status = SUSCEPTIBLE if waning else IMMUNE
        else:
            if slot != kept:
                running[kept] = running[slot]
            kept += 1
    counts[N_RUNNING] = kept
