"""Who counts as a case under a definition, and how surely."""

from __future__ import annotations

from datetime import datetime

from salus.assess.investigations.document import Definition
from salus.gather.cases.schemas import CASE, CaseFacts

SUSPECTED, PROBABLE, CONFIRMED = "suspected", "probable", "confirmed"
CLASSES = (SUSPECTED, PROBABLE, CONFIRMED)


def class_of(row: CaseFacts, definition: Definition) -> str:
    """Return how surely somebody is a case; nothing where they are none."""
    if row.asked_as != CASE or row.duplicate or not _in_time(row, definition) or not _in_place(row, definition):
        return ""
    met = sum(name in definition.symptoms for name in row.symptoms)
    if met < definition.at_least:
        return ""
    if definition.laboratory and row.laboratory == "positive":
        return CONFIRMED
    return PROBABLE if _linked(row, definition) else SUSPECTED


def _in_time(row: CaseFacts, definition: Definition) -> bool:
    # Without an onset the day of the report stands for it.
    at = row.onset_at or row.reported_at
    since, until = _moment(definition.since), _moment(definition.until)
    return (since is None or at >= since) and (until is None or at < until)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _in_place(row: CaseFacts, definition: Definition) -> bool:
    return not definition.zones or bool({row.zone, row.work_zone} & set(definition.zones))


def _linked(row: CaseFacts, definition: Definition) -> bool:
    here = bool({row.zone, row.work_zone} & set(definition.link_zones))
    there = row.workplace in definition.link_workplaces
    said = any(row.answers.get(code) == "yes" for code in definition.link_answers)
    return here or there or said
