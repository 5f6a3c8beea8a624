"""Who meets whom: contact lists in compressed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy.special import pdtr

from salus.epi.agents.chance import GROUP, advance, from_table, stream, unit
from salus.epi.arrays import FloatArray, IntArray

Persons = npt.NDArray[np.int32]

_ROUNDING = np.uint64(0xD1B54A32D192ED03)
_BLOCK = 12


@dataclass(frozen=True, slots=True)
class ContactLayer:
    """Contacts of one kind.

    Attributes
    ----------
    starts : IntArray, shape (N + 1,)
        Contacts of person *i* are ``contacts[starts[i]:starts[i + 1]]``.
    contacts : array of int32
        The other person; each contact is listed from both sides.

    """

    starts: IntArray
    contacts: Persons

    @property
    def mean_contacts(self) -> float:
        """Contacts per person, over all people."""
        return self.contacts.size / max(1, self.starts.size - 1)


def everyone_in_group(people: int, groups: IntArray) -> ContactLayer:
    """Contacts of all with all in groups of neighbours, as in a household.

    Parameters
    ----------
    people : int
        Number of people in all.
    groups : IntArray, shape (G + 1,)
        First person of each group, and the number of people last.

    """
    starts = np.zeros(people + 1, dtype=np.int64)
    sizes = np.diff(groups)
    np.cumsum(np.repeat(sizes - 1, sizes), out=starts[1:])
    contacts = np.empty(starts[-1], dtype=np.int32)
    _fill_groups(groups, starts, contacts)
    return ContactLayer(starts, contacts)


@njit(cache=True, nogil=True)
def _fill_groups(groups: IntArray, starts: IntArray, contacts: Persons) -> None:
    for group in range(groups.size - 1):
        for person in range(groups[group], groups[group + 1]):
            at = starts[person]
            for other in range(groups[group], groups[group + 1]):
                if other != person:
                    contacts[at] = other
                    at += 1


class _Naming(NamedTuple):
    """Who may name whom, and how many."""

    members: Persons
    groups: IntArray
    named: IntArray
    law: FloatArray
    mean: float
    key: np.uint64


def random_in_group(people: int, members: IntArray, groups: IntArray, mean: float, key: np.uint64) -> ContactLayer:
    """Contacts at random within groups, as in a school, a workplace or the whole city.

    Each member names a Poisson number of others of half the mean, and is named by others.

    Parameters
    ----------
    people : int
        Number of people in all.
    members : IntArray, shape (M,)
        Persons, group by group.
    groups : IntArray, shape (G + 1,)
        First position of each group in `members`, and M last. In a group too small for that
        many contacts people have as many as there are others, on average.
    mean : float
        Contacts per member.
    key : uint64
        Key of the random numbers.

    """
    counts = np.arange(int(mean + 8 * np.sqrt(mean)) + 20)
    # Each contact has two ends: half of a person's contacts are of his own naming.
    named = np.round(counts / 2.0).astype(np.int64)
    law = np.asarray(pdtr(counts, mean), dtype=np.float64)[None]
    naming = _Naming(members.astype(np.int32), groups, named, law, mean, key)
    starts, blocks = np.zeros(people + 1, dtype=np.int64), np.zeros((people >> _BLOCK) + 2, dtype=np.int64)
    _count(naming, starts, blocks)
    pairs = np.empty((int(blocks.sum()), 2), dtype=np.int32)
    np.cumsum(blocks, out=blocks)
    _sort_into_blocks(naming, blocks, pairs)
    _count_named_by(pairs, starts)
    np.cumsum(starts, out=starts)
    contacts = np.empty(starts[-1], dtype=np.int32)
    _fill(naming, pairs, starts, contacts)
    starts[1:] = starts[:-1].copy()
    starts[0] = 0
    return ContactLayer(starts, contacts)


@njit(cache=True, nogil=True)
def _names(naming: _Naming, state: np.uint64, size: int) -> int:
    """How many others a member names; fewer where the group is small."""
    names = naming.named[from_table(naming.law, 0, unit(state))]
    if size - 1 >= naming.mean:
        return int(min(names, size - 1))
    scaled = names * (size - 1) / naming.mean
    whole = int(scaled)
    return int(whole + (1 if unit(state ^ _ROUNDING) < scaled - whole else 0))


@njit(cache=True, nogil=True)
def _other(naming: _Naming, first: int, size: int, at: int, state: np.uint64) -> int:
    """Another member of the group: a step of 1 to size - 1 from oneself, around, all alike."""
    step = at - first + 1 + int(unit(state) * (size - 1))
    return int(naming.members[first + (step if step < size else step - size)])


@njit(cache=True, nogil=True)
def _count(naming: _Naming, counts: IntArray, blocks: IntArray) -> None:
    """Count whom each member names into `counts[person + 1]`, and the named by block."""
    for group in range(naming.groups.size - 1):
        first, size = naming.groups[group], naming.groups[group + 1] - naming.groups[group]
        for at in range(first, first + size):
            state = advance(stream(naming.key, GROUP, at, 0))
            names = _names(naming, state, size)
            counts[naming.members[at] + 1] += names
            for _ in range(names):
                state = advance(state)
                blocks[(_other(naming, first, size, at, state) >> _BLOCK) + 1] += 1


@njit(cache=True, nogil=True)
def _sort_into_blocks(naming: _Naming, blocks: IntArray, pairs: Persons) -> None:
    """Write (named, naming) pairs so that neighbours in memory are named together."""
    for group in range(naming.groups.size - 1):
        first, size = naming.groups[group], naming.groups[group + 1] - naming.groups[group]
        for at in range(first, first + size):
            state = advance(stream(naming.key, GROUP, at, 0))
            for _ in range(_names(naming, state, size)):
                state = advance(state)
                other = _other(naming, first, size, at, state)
                pair = blocks[other >> _BLOCK]
                blocks[other >> _BLOCK] += 1
                pairs[pair, 0], pairs[pair, 1] = other, naming.members[at]


@njit(cache=True, nogil=True)
def _count_named_by(pairs: Persons, counts: IntArray) -> None:
    for pair in range(pairs.shape[0]):
        counts[pairs[pair, 0] + 1] += 1


@njit(cache=True, nogil=True)
def _fill(naming: _Naming, pairs: Persons, starts: IntArray, contacts: Persons) -> None:
    """Write the contacts; `starts` then holds ends, shifted by one person."""
    for group in range(naming.groups.size - 1):
        first, size = naming.groups[group], naming.groups[group + 1] - naming.groups[group]
        for at in range(first, first + size):
            state, person = advance(stream(naming.key, GROUP, at, 0)), naming.members[at]
            for _ in range(_names(naming, state, size)):
                state = advance(state)
                contacts[starts[person]] = _other(naming, first, size, at, state)
                starts[person] += 1
    for pair in range(pairs.shape[0]):
        person = pairs[pair, 0]
        contacts[starts[person]] = pairs[pair, 1]
        starts[person] += 1
