"""A call whose zone or topic a person has stated counts one more."""

from __future__ import annotations

from salus.gather.schemas import Defect
from salus.gather.sources.chunks import MendedLine
from salus.gather.sources.exercise_calls.judging import day_of, defects_of
from salus.gather.sources.exercise_calls.topics import topics
from salus.gather.sources.mending import Change, Known, Places


def mend(line: MendedLine, places: Places, known: Known) -> list[Change] | list[Defect]:
    """Return the call that is added to its zone, its district and the city."""
    row, day = dict(line.raw), day_of(line.raw)
    defects = defects_of(row, line.line, places.zones, topics())
    if defects or day is None:
        return defects
    if day > line.on:
        return [Defect(line.line, "received_at", day.isoformat(), "future_date", {"today": line.on.isoformat()})]
    zone, topic = row["zone"], row["topic"]
    return [
        Change("exercise.zone_calls", zone, day, 1.0, topic, adds=True),
        Change("exercise.calls", places.parents[zone], day, 1.0, topic, adds=True),
        Change("exercise.calls", places.root, day, 1.0, topic, adds=True),
    ]
