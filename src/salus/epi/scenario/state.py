"""The state of an epidemic between two days, which can be kept and taken up again."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from typing import Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray
from salus.epi.errors import InvalidParameterError, ShapeMismatchError
from salus.epi.scenario.block import Block
from salus.epi.scenario.care_kernel import LEVELS, QUEUES
from salus.epi.scenario.compiled import Compiled, queue_days
from salus.epi.scenario.model import NAIVE, VACCINATED, Model

_FORMAT = 1


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Everybody's state before a day.

    Attributes
    ----------
    day : int
        The next day to be run.
    block : Block
        Arrays of people by immunity class, recent infections, stock, queues, beds, mood.
    keys : array of uint64, shape (runs,)
        What chance depends on, with the day and place of each event.
    chance : bool
    by : tuple of str
        What outputs are told apart by.

    """

    day: int
    block: Block
    keys: npt.NDArray[np.uint64]
    chance: bool
    by: tuple[str, ...] = ()

    def copy(self) -> Self:
        """Return a copy that shares nothing."""
        ring = self.block.ring.copy()
        load = ring if self.block.load is self.block.ring else self.block.load.copy()
        rest = (part.copy() for part in self.block[3:])
        return replace(self, block=Block(self.block.people.copy(), ring, load, *rest), keys=self.keys.copy())

    def at(self, day: int) -> Self:
        """Return the same arrays before another day."""
        return replace(self, day=day)

    def people(self) -> FloatArray:
        """Residents by immunity class, the last of which is infected now, (J + 1, Z, A, runs)."""
        infected = self.block.ring.sum(axis=(0, 1))
        return np.concatenate([self.block.people, infected[None]])

    def check(self, model: Model, compiled: Compiled) -> None:
        """Raise unless the state is one of the model."""
        fresh = _shapes(model, compiled, self.keys.size)
        mine = tuple(part.shape for part in self.block)
        if mine != fresh:
            raise ShapeMismatchError(f"The state has shapes {mine}, the model {fresh}: resume with the model it had.")

    def to_bytes(self) -> bytes:
        """Return the state as a NumPy archive without pickles."""
        head = {"format": _FORMAT, "day": self.day, "chance": self.chance, "by": list(self.by)}
        alone = self.block.load is not self.block.ring
        parts = {name: part for name, part in self.block._asdict().items() if alone or name != "load"}
        out = io.BytesIO()
        text = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
        np.savez_compressed(out, head=text, keys=self.keys, **parts)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the state that `to_bytes` wrote.

        Raises
        ------
        InvalidParameterError
            If the bytes are not such a state.

        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                head = json.loads(archive["head"].tobytes())
                parts = {name: archive[name] for name in archive.files}
            if head["format"] != _FORMAT:
                raise ValueError
            parts.setdefault("load", parts["ring"])
            # States that were kept before there was caution have nothing to remember.
            parts.setdefault("mood", np.zeros((1 + parts["ring"].shape[3], parts["ring"].shape[4])))
            block = Block(*(parts[name] for name in Block._fields))
            return cls(int(head["day"]), block, parts["keys"], bool(head["chance"]), tuple(head["by"]))
        except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
            raise InvalidParameterError("These bytes are no state of a scenario: keep what to_bytes wrote.") from error


def _shapes(model: Model, compiled: Compiled, runs: int) -> tuple[tuple[int, ...], ...]:
    zones, strata, variants, classes = model.shape
    length = compiled.spread.weight.shape[1]
    cells = len(compiled.places) * len(compiled.groups)
    ring = (variants, length, zones, strata, runs)
    queues = (QUEUES, queue_days(compiled.chain), cells, runs)
    mood = (1 + strata, runs)
    return (classes, zones, strata, runs), ring, ring, (runs,), ring[2:], queues, (LEVELS, cells, runs), mood


def begin_block(model: Model, compiled: Compiled, keys: npt.NDArray[np.uint64], *, by: tuple[str, ...] = ()) -> State:
    """Make the state of a block of runs before the first day."""
    people, ring, _load, stock, dosed, queues, level, mood = (
        np.zeros(shape) for shape in _shapes(model, compiled, keys.size)
    )
    people += _start(model, whole=compiled.spread.chance)[..., None]
    dosed += people[VACCINATED]
    load = ring.copy() if compiled.spread.dispersion > 0 else ring
    return State(0, Block(people, ring, load, stock, dosed, queues, level, mood), keys, compiled.spread.chance, by)


def _start(model: Model, *, whole: bool) -> FloatArray:
    """People by immunity class, (J, Z, A); whole people if asked for."""
    _zones, _strata, _variants, classes = model.shape
    out = np.zeros((classes, *model.people.shape))
    if model.immune is None:
        out[NAIVE] = model.people
        return out
    reached = np.cumsum(model.immune, axis=0)
    reached[-1] = 1.0
    edges = reached[:, None, :] * model.people
    if whole:
        edges = np.floor(edges + 0.5)
    return np.diff(edges, axis=0, prepend=0.0)
