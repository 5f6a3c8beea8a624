"""A laboratory report that a person has put right counts one case more."""

from __future__ import annotations

from datetime import date

from salus.gather.schemas import Defect
from salus.gather.sources.chunks import MendedLine
from salus.gather.sources.exercise_lab.reader import VOID, defects_of
from salus.gather.sources.mending import Change, Known, Places

ONE = "report_id"


def mend(line: MendedLine, places: Places, known: Known) -> list[Change] | list[Defect]:
    """Return the case that the report brings to its zone, its district and the city."""
    row = dict(line.raw)
    try:
        day = date.fromisoformat(row["specimen_on"])
    except ValueError:
        day = None
    defects = defects_of({**row, "line": line.line}, places.zones, known_day=day is not None)
    if day is None or defects:
        return list(defects)
    if day > line.on:
        return [Defect(line.line, "specimen_on", day.isoformat(), "future_date", {"today": line.on.isoformat()})]
    if row["status"] == VOID:
        return []
    zone = row["zone"]
    return [
        Change("exercise.zone_cases", zone, day, 1.0, adds=True),
        Change("exercise.cases", places.parents[zone], day, 1.0, adds=True),
        Change("exercise.cases", places.root, day, 1.0, adds=True),
    ]
