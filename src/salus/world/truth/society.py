"""The city beside the emergency: its mood and its supplies, advanced day by day and kept each evening.

The mood feeds back: it moves how well measures are followed on the next day. Supplies and prices follow from the
truth and feed nothing back, so a world that is only replayed leaves them out.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from salus.epi.scenario.model import Model
from salus.world.errors import WorldError
from salus.world.happenings import Happening
from salus.world.truth import mood as moods
from salus.world.truth.customs import read_customs
from salus.world.truth.mood import Mood
from salus.world.truth.orders import Order
from salus.world.truth.place import FloatArray
from salus.world.truth.shelves import Shelves, read_shelves
from salus.world.truth.supplies import Circumstances, Stand, Supplies

if TYPE_CHECKING:
    from salus.world.truth.run import Day, Run

FOLDER = "society"
Write = Callable[[Path, bytes], None]
_COLUMNS = ("amount", "used", "received", "lacking", "given", "usual")


class LostEvening(WorldError):
    """What was kept of an evening is not there; the message says what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Evening:
    """The mood and the supplies of an evening."""

    number: int
    mood: Mood
    stand: Stand


class Society:
    """How a run's people and supplies stand; the next day is adopted once it is whole."""

    def __init__(self, run: Run) -> None:
        self._run, self._customs = run, read_customs()
        self._mood = self._next = moods.beginning(self._customs.mood)
        self._supplies: Supplies | None = None
        self._stand: Stand | None = None

    @property
    def mood(self) -> Mood:
        """Return the mood of the last whole day's evening."""
        return self._mood

    def recall(self, days: int) -> None:
        """Go on after so many whole days."""
        if days:
            kept = read_evening(self._run.folder, days - 1)
            self._mood = self._next = kept.mood
            self._stand = kept.stand

    def obeyed(self, model: Model) -> Model:
        """Return the model in which measures are followed as people's mood has it."""
        return moods.obeyed(model, moods.compliance(self._mood, self._customs.mood))

    def step(self, orders: Sequence[Order], happenings: Sequence[Happening], values: Mapping[str, FloatArray]) -> None:
        """See a day; it counts once `go_on` or `keep` has been called."""
        run = self._run
        today = moods.seen(run.place, run.day, run.today, orders, happenings, values)
        self._next = moods.evening(self._mood, today, run.place, self._customs.mood)

    def go_on(self) -> None:
        """Adopt the evening's mood: the day is whole."""
        self._mood = self._next

    def keep(self, day: Day, write: Write) -> None:
        """Move the supplies, keep the evening and adopt it."""
        if self._supplies is None:
            self._supplies = supplies_of(self._run)
        today = Circumstances(
            day.number, day.on, day.values, day.orders, day.happenings, self._next.anxiety,
            self._run.rng("supplies", day.number),
        )  # fmt: skip
        self._stand = self._supplies.evening(self._stand or self._supplies.beginning(), today)
        _write(self._run.folder / FOLDER, Evening(day.number, self._next, self._stand), write)
        self.go_on()


def supplies_of(run: Run) -> Supplies:
    """Return the shelves of a run's city, as its seed has them."""
    return Supplies(shelves_of(run), run.place, read_customs(), run.rng("habits of buying", 0))


def shelves_of(run: Run) -> Shelves:
    """Return who holds what in a run's city."""
    return read_shelves(run)


def _write(folder: Path, evening: Evening, write: Write) -> None:
    folder.mkdir(exist_ok=True)
    stand = evening.stand
    columns = pl.DataFrame({name: getattr(stand, name) for name in _COLUMNS})
    for name, frame in (("shelves", columns), ("ordered", stand.ordered)):
        content = io.BytesIO()
        frame.write_parquet(content)
        write(folder / f"{evening.number:05d}.{name}.parquet", content.getvalue())
    factor = [[None if np.isnan(value) else float(value) for value in row] for row in stand.factor]
    told = {"mood": evening.mood.as_json(), "prices": factor}
    # The last to be written: where it is there, the evening is whole.
    write(folder / f"{evening.number:05d}.json", json.dumps(told).encode())


def read_evening(folder: Path, number: int) -> Evening:
    """Return how a run's society stood on the evening of a day."""
    at = folder / FOLDER
    try:
        told = json.loads((at / f"{number:05d}.json").read_text(encoding="utf-8"))
        shelves = pl.read_parquet(at / f"{number:05d}.shelves.parquet")
        ordered = pl.read_parquet(at / f"{number:05d}.ordered.parquet")
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise LostEvening(
            f"The evening of day {number} is not whole in {at}: {error}. Branch from an earlier one"
        ) from error
    factor = np.array([[np.nan if value is None else value for value in row] for row in told["prices"]])
    columns = {name: shelves[name].to_numpy().astype(np.float64) for name in _COLUMNS}
    return Evening(number, Mood.from_json(told["mood"]), Stand(**columns, ordered=ordered, factor=factor))


class SocietyReader:
    """Reads kept evenings, keeping the last ones in memory."""

    def __init__(self, run: Run) -> None:
        self._folder = run.folder
        self.evening = lru_cache(maxsize=40)(self._read)

    def _read(self, number: int) -> Evening:
        return read_evening(self._folder, number)
