"""Who lives with whom: ages shared out over households so that children live with adults."""

from __future__ import annotations

import numpy as np

from salus.epi.arrays import FloatArray, IntArray

ADULT = 18.0
_PARENT_AGE, _PARENT_SPREAD = 29.0, 5.5
_PARTNER_SPREAD = 4.0
_SIBLING_SPREAD = 0.15
_COUPLE_SPREAD = 0.06


def household_bounds(people: int, shares: FloatArray, rng: np.random.Generator) -> IntArray:
    """First person of each household, and the number of people last.

    The last household takes whoever is left, so that everyone has one.
    """
    sizes = np.arange(1, shares.size + 1)
    mean = float(sizes @ shares)
    guess = int(people / mean + 10 * np.sqrt(people) + 100)
    ends = np.cumsum(rng.choice(sizes, size=guess, p=shares))
    while ends[-1] < people:
        ends = np.concatenate([ends, ends[-1] + np.cumsum(rng.choice(sizes, size=guess, p=shares))])
    last = int(np.searchsorted(ends, people))
    bounds: IntArray = np.concatenate([[0], ends[:last], [people]]).astype(np.int64)
    return bounds


def place_families(ages: FloatArray, bounds: IntArray, rng: np.random.Generator) -> FloatArray:
    """Order ages by seat, so that homes look like homes.

    Every household has an adult as long as there are adults enough. Children live in homes of
    three or more first, with siblings near in age and parents about 29 years older than the
    eldest; couples without children are near in age. The ages themselves are never changed.
    """
    sizes = np.diff(bounds)
    home = np.repeat(np.arange(sizes.size), sizes)
    place = np.arange(home.size) - bounds[home]
    children, adults = np.sort(ages[ages < ADULT]), np.sort(ages[ages >= ADULT])
    out = np.full(ages.size, np.nan)
    seats = _child_seats(home, place, sizes, (children.size, rng))
    liking = rng.random(sizes.size)[home[seats]] + _SIBLING_SPREAD * rng.standard_normal(seats.size)
    out[seats[np.argsort(liking)]] = children
    eldest = np.full(sizes.size, -np.inf)
    np.maximum.at(eldest, home[seats], out[seats])
    _seat_adults(out, adults, (home, place, eldest), rng)
    return out


def _child_seats(home: IntArray, place: IntArray, sizes: IntArray, draw: tuple[int, np.random.Generator]) -> IntArray:
    """Seats of the children: third seats of random homes first, a first seat only at need."""
    children, rng = draw
    if children == 0:
        return np.zeros(0, dtype=np.int64)
    last_resort = np.where(place == 0, 4.0, np.where(place == 1, np.where(sizes[home] < 3, 2.0, 1.0), 0.0))
    turn = rng.random(sizes.size)[home] + last_resort
    return np.asarray(np.argpartition(turn, children - 1)[:children], dtype=np.int64)


def _seat_adults(
    out: FloatArray, adults: FloatArray, homes: tuple[IntArray, IntArray, FloatArray], rng: np.random.Generator
) -> None:
    home, place, eldest = homes
    empty = np.flatnonzero(np.isnan(out))
    parent = np.isfinite(eldest[home[empty]]) & (place[empty] < 2)
    parents, others = empty[parent], empty[~parent]
    age = eldest + _PARENT_AGE + _PARENT_SPREAD * rng.standard_normal(eldest.size)
    wish = age[home[parents]] + _PARTNER_SPREAD * rng.standard_normal(parents.size)
    taken = _nearest_distinct(adults, np.sort(wish))
    out[parents[np.argsort(wish)]] = adults[taken]
    left = np.ones(adults.size, dtype=bool)
    left[taken] = False
    couple = rng.random(eldest.size)[home[others]] + _COUPLE_SPREAD * rng.standard_normal(others.size)
    liking = np.where(place[others] < 2, couple, rng.random(others.size))
    out[others[np.argsort(liking)]] = adults[left]


def _nearest_distinct(pool: FloatArray, wishes: FloatArray) -> IntArray:
    """Distinct positions in a sorted pool near sorted wishes."""
    turn = np.arange(wishes.size)
    at = np.searchsorted(pool, wishes) - turn
    return np.minimum(np.maximum.accumulate(at), pool.size - wishes.size) + turn
