"""Kernels that bring the rows of a person together and walk along them in time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from salus.epi.arrays import IntArray

Keys = npt.NDArray[np.uint64]

PARTS = 1024
_SHIFT = np.uint64(54)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)


@njit(cache=True, nogil=True)
def _mix(value: np.uint64) -> np.uint64:
    """Finaliser of splitmix64 (Steele, Lea & Flood 2014, https://doi.org/10.1145/2714064.2660195)."""
    value = (value ^ (value >> _30)) * _FIRST
    value = (value ^ (value >> _27)) * _SECOND
    return value ^ (value >> _31)


@njit(cache=True, nogil=True)
def scatter(person: IntArray, time: IntArray, zone: IntArray, bits: int, persons: IntArray, keys: IntArray) -> IntArray:
    """Write rows in order of the hash of their person; return where each part begins.

    A key is the time with the zone in its last bits, so that equal times have a fixed order.
    Rows outside all zones (below 0) are left out.
    """
    starts = np.zeros(PARTS + 1, dtype=np.int64)
    for row in range(person.size):
        if zone[row] >= 0:
            starts[int(_mix(np.uint64(person[row])) >> _SHIFT) + 1] += 1
    for part in range(PARTS):
        starts[part + 1] += starts[part]
    cursor = starts.copy()
    for row in range(person.size):
        if zone[row] >= 0:
            part = int(_mix(np.uint64(person[row])) >> _SHIFT)
            persons[cursor[part]] = person[row]
            keys[cursor[part]] = (time[row] << bits) | zone[row]
            cursor[part] += 1
    return starts


@njit(cache=True, nogil=True)
def group(persons: IntArray, keys: IntArray, grouped: IntArray) -> IntArray:
    """Bring the keys of each person together; return where each person's begin."""
    size = 4
    while size < 2 * persons.size:
        size *= 2
    mask, held = np.uint64(size - 1), np.full(size, -1, dtype=np.int64)
    number, first = np.empty(persons.size, dtype=np.int64), np.empty(persons.size, dtype=np.int64)
    counts, people = np.zeros(persons.size + 1, dtype=np.int64), 0
    for row in range(persons.size):
        slot = _mix(np.uint64(persons[row])) & mask
        while held[slot] >= 0 and first[held[slot]] != persons[row]:
            slot = (slot + np.uint64(1)) & mask
        if held[slot] < 0:
            held[slot], first[people] = people, persons[row]
            people += 1
        number[row] = held[slot]
        counts[held[slot] + 1] += 1
    starts = np.cumsum(counts[: people + 1])
    cursor = starts.copy()
    for row in range(persons.size):
        grouped[cursor[number[row]]] = keys[row]
        cursor[number[row]] += 1
    return starts


@njit(cache=True, nogil=True)
def _in_order(keys: IntArray) -> None:
    """Sort one person's keys; logs mostly come in order already."""
    for at in range(1, keys.size):
        if keys[at] < keys[at - 1]:
            keys.sort()
            return


@njit(cache=True, nogil=True)
def walk(
    grouped: IntArray,
    starts: IntArray,
    rule: tuple[int, int, int, int, int],
    seen: IntArray,
    occupancy: IntArray,
    flows: IntArray,
) -> None:
    """Count each person once in a zone and step, and each change of zone as a trip.

    `rule` is bits of the zone, first time, step, flow step, longest gap; `seen` remembers by zone
    the last person and step that were counted there.
    """
    bits, origin, step, flow_step, gap = rule
    zones, stamp = np.int64((1 << bits) - 1), np.int64(0)
    steps = occupancy.shape[0]
    seen[:] = -1
    for person in range(starts.size - 1):
        keys = grouped[starts[person] : starts[person + 1]]
        _in_order(keys)
        before, then = np.int64(-1), np.int64(0)
        for at in range(keys.size):
            zone, time = keys[at] & zones, keys[at] >> bits
            slot = (time - origin) // step
            stamp = person * steps + slot
            if seen[zone] != stamp:
                seen[zone] = stamp
                occupancy[slot, zone] += 1
            if before >= 0 and zone != before and time - then <= gap:
                flows[(time - origin) // flow_step, before, zone] += 1
            before, then = zone, time
