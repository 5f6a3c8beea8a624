"""A message of which nothing could be counted brings a case once a person has said what it reports."""

from __future__ import annotations

from datetime import date

from salus.gather.schemas import Defect
from salus.gather.sources.chunks import MendedLine
from salus.gather.sources.exercise_fhir.reader import MESSAGES, NAME
from salus.gather.sources.exercise_lab import mending as laboratories
from salus.gather.sources.mending import Change, Known, Places

# Cases that come by message are counted with those that come by line.
COUNTS_WITH, ONE = "exercise_lab", "report_id"
# What a person can say of a message that cannot be counted: they ask the laboratory.
ASKED = ("report_id", "zone", "specimen_on", "status")


def mend(line: MendedLine, places: Places, known: Known) -> list[Change] | list[Defect]:
    """Return the case, and the report that came on the day of the message."""
    found = laboratories.mend(line, places, known)
    changes = [row for row in found if isinstance(row, Change)]
    if not changes:
        return found
    came = date.fromisoformat(line.label.removeprefix(f"{NAME}-"))
    return [*changes, Change(MESSAGES, line.raw["zone"], came, 1.0, adds=True)]
