"""What an installation's own records say of a run: when it knew, decided and acted; a file beside the truth.

An installation writes it into the run's folder; whoever scores the run reads it there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from salus.world.errors import WorldError

NAME = "records.json"


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
    # Numerics come with it, and processes that only read records have no use for them.
    from salus.world.truth.run import write_whole

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
