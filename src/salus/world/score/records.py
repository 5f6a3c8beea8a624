"""What an installation's own records say of a run: when it knew, decided and acted; a file beside the truth.

An installation writes it into the run's folder; whoever scores the run reads it there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from salus.world.errors import WorldError
from salus.world.feeds.truth import TruthReader
from salus.world.truth.run import Run, write_whole

NAME = "records.json"
# A signal or an alert is false where nobody in its area was infected in so many days before.
_LOOK_BACK = 28


class BadRecords(WorldError):
    """The records beside a run cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Warned:
    """A signal or an alert: when, and in which zones; without zones in the whole city."""

    at: datetime
    on: date
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskKept:
    """A task: when it was due, and when it was done; one that was called off is left out."""

    due_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """What an installation did.

    Attributes
    ----------
    known_at : datetime
        As known at this moment.
    signals, alerts : tuple of Warned
        In the order in which they were raised.
    decisions : tuple of datetime
        When each was approved.
    tasks : tuple of TaskKept

    """

    known_at: datetime
    signals: tuple[Warned, ...] = ()
    alerts: tuple[Warned, ...] = ()
    decisions: tuple[datetime, ...] = ()
    tasks: tuple[TaskKept, ...] = ()

    @property
    def overdue(self) -> int:
        """Return how many tasks were done late, or are late now."""
        return sum((task.done_at or self.known_at) > task.due_at for task in self.tasks)


_READ: TypeAdapter[Records] = TypeAdapter(Records)


def keep_records(run: Path, records: Records) -> None:
    """Write the records into a run's folder; one that says the same is left alone."""
    path, content = run / NAME, _READ.dump_json(records)
    if not path.is_file() or path.read_bytes() != content:
        write_whole(path, content)


def read_records(run: Path) -> Records | None:
    """Return the records beside a run; none where no installation has heard of it."""
    path = run / NAME
    if not path.is_file():
        return None
    try:
        return _READ.validate_python(_READ.validate_json(path.read_bytes()))
    except (ValidationError, ValueError, json.JSONDecodeError) as error:
        raise BadRecords(f"{path} cannot be read. Delete it: the installation writes it again.") from error


def false_ones(run: Run, warned: Sequence[Warned]) -> list[bool]:
    """Tell of each signal or alert whether it was false: nobody in its area had been infected of late."""
    by_zone = _infections_by_zone(run)
    number = {zone: place for place, zone in enumerate(run.place.zones)}
    return [
        not _any_infected(by_zone, _span(run, row), [number[z] for z in row.zones if z in number]) for row in warned
    ]


def _infections_by_zone(run: Run) -> np.ndarray:
    truth = TruthReader(run)
    return np.stack([truth.day(day).values["infections"].sum(axis=1) for day in range(run.day)])


def _span(run: Run, row: Warned) -> slice:
    last = (row.on - run.start) // timedelta(days=1)
    return slice(max(last - _LOOK_BACK, 0), max(last + 1, 0))


def _any_infected(by_zone: np.ndarray, span: slice, zones: list[int]) -> bool:
    days = by_zone[span]
    return bool((days[:, zones] if zones else days).sum() > 0)
