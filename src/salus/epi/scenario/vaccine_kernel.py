"""Compiled core of vaccination: who gets the doses of a day."""

from __future__ import annotations

import numpy as np
from numba import njit

from salus.epi.scenario.draws import INNER, address, uniform

_DOSE = 320


@njit(**INNER)
def _willing(spread, people, dosed, i, a, r):  # type: ignore[no-untyped-def]
    """People without protection who would accept a dose."""
    left = spread.uptake[a] * spread.people[i, a] - dosed[i, a, r]
    return max(min(left, people[0, i, a, r] + people[1, i, a, r]), 0.0)


@njit(**INNER)
def _asking(spread, people, dosed, r, turn, first, last):  # type: ignore[no-untyped-def]
    """People of one turn who would accept a dose, in some zones."""
    out = 0.0
    for i in range(first, last):
        for a in range(people.shape[2]):
            if spread.turn[a] == turn:
                out += _willing(spread, people, dosed, i, a, r)
    return out


@njit(**INNER)
def _offer(spread, people, dosed, given, cell, r, turn, first, last, hands, share, error):  # type: ignore[no-untyped-def]
    """Give a share of the willing of one turn their dose; whole people in stochastic runs."""
    used = 0.0
    for i in range(first, last):
        for a in range(people.shape[2]):
            willing = _willing(spread, people, dosed, i, a, r) if spread.turn[a] == turn else 0.0
            if willing <= 0.0:
                continue
            each = share * willing / (people[0, i, a, r] + people[1, i, a, r])
            for j in range(2):
                x = exact = each * people[j, i, a, r]
                if spread.chance:
                    # Carry what rounding leaves to the next, so that the sum is right.
                    most = min(people[j, i, a, r], np.floor(min(hands - used, willing) + 1e-6))
                    x = min(np.floor(exact + error), most)
                    error += exact - x
                    willing -= x
                people[j, i, a, r] -= x
                people[2, i, a, r] += x
                dosed[i, a, r] += x
                given[cell[i, a], r] += x
                used += x
    return used, error


@njit(**INNER)
def _by_turns(spread, people, dosed, given, cell, r, turns, first, last, hands, error):  # type: ignore[no-untyped-def]
    """Offer as many doses as there are hands in some zones, turn by turn; return how many were given."""
    total = 0.0
    for turn in range(turns):
        if hands < 1e-9:
            break
        asking = _asking(spread, people, dosed, r, turn, first, last)
        if asking > 0.0:
            share = min(hands / asking, 1.0)
            used, error = _offer(spread, people, dosed, given, cell, r, turn, first, last, hands, share, error)
            hands -= used
            total += used
    return total


@njit(**INNER)
def vaccinate(spread, people, stock, dosed, doses, local, given, cell, day, keys):  # type: ignore[no-untyped-def]
    """Offer the day's doses turn by turn, as far as stock and hands reach; then those of each zone's own sites."""
    turns, zones = 0, people.shape[1]
    for a in range(spread.turn.size):
        turns = max(turns, spread.turn[a] + 1)
    for r in range(stock.size):
        stock[r] += doses
        hands = min(stock[r], spread.per_day)
        error = uniform(address(keys[r], day, 0, 0, _DOSE), 0)
        stock[r] -= _by_turns(spread, people, dosed, given, cell, r, turns, 0, zones, hands, error)
        for i in range(zones):
            if local[i] > 0.0:
                error = uniform(address(keys[r], day, i, 1, _DOSE), 0)
                _by_turns(spread, people, dosed, given, cell, r, turns, i, i + 1, local[i], error)
