"""From a row of the table to what crosses the edge."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from salus.base import clock
from salus.decide.changes.schemas import ServiceChangeRow
from salus.decide.models import Decision, ServiceChange

_SAME = (
    "id number decision_id measure kind line_id facility_id site per_day opens closes whole from_on until_on reason "
    "accountable_id status ended_at ended_reason created_at recorded_at recorded_by version"
).split()


def change_row(row: ServiceChange, known_at: datetime | None = None) -> ServiceChangeRow:
    """Return a change of service as its schema."""
    decision: Decision = Decision.objects.one(row.decision_id, known_at)
    return ServiceChangeRow(
        **{name: getattr(row, name) for name in _SAME},
        decision_number=decision.number,
        weekdays=tuple(row.weekdays),
        zone_ids=tuple(UUID(text) for text in row.zone_ids),
        last_on=last_day(row, decision),
    )


def last_day(row: ServiceChange, decision: Decision) -> date | None:
    """Return the last day on which a change of service holds: nothing outlives the decision that it rests on."""
    end = decision.ended_at or decision.in_force_until
    ends = [row.until_on] if row.until_on else []
    if end is not None:
        ends.append(end.astimezone(clock.city_zone()).date())
    return min(ends, default=None)
