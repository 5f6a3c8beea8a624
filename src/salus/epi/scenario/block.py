"""Arrays of a block of runs that the compiled core changes."""

from __future__ import annotations

from typing import NamedTuple

from salus.epi.arrays import FloatArray, IntArray


class Block(NamedTuple):
    """State of a block of runs; changed in place."""

    people: FloatArray  # (J, Z, A, R)
    ring: FloatArray  # (V, D, Z, A, R): infections of the last D days
    load: FloatArray  # the same by infectiousness; the ring itself unless clustered
    stock: FloatArray  # (R,): doses
    dosed: FloatArray  # (Z, A, R): people who would not take another dose now
    queues: FloatArray  # (QUEUES, L, C, R)
    level: FloatArray  # (LEVELS, C, R)
    mood: FloatArray  # (1 + A, R): severe illness that is remembered, and how tired of caution each stratum is


class Ground(NamedTuple):
    """Where the output goes."""

    place: IntArray  # (Z,)
    cell: IntArray  # (Z, A)
    slot: IntArray  # (outputs,): row of the output that is kept, or -1
