"""Changes of service, as they cross the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from salus.decide.schemas import DecisionRow
from salus.plan.schemas import MeasureRow, ServiceTemplate

LINE_CLOSED, SITE_OPENED = "line_closed", "site_opened"
EVERY_DAY = tuple(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From which day, and up to and including which; without an end as long as the decision holds."""

    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHours:
    """When a site is open, and for how many people a day."""

    per_day: int
    weekdays: Sequence[int] = EVERY_DAY
    opens: str = "08:00"
    closes: str = "18:00"


@dataclass(frozen=True, slots=True)
class ServiceChangeRow:
    """A change of service as it was known at a moment."""

    id: UUID
    number: int
    decision_id: UUID
    decision_number: int
    measure: str
    kind: str
    line_id: UUID | None
    facility_id: UUID | None
    site: str
    per_day: int | None
    weekdays: tuple[int, ...]
    opens: str
    closes: str
    zone_ids: tuple[UUID, ...]
    whole: bool
    from_on: date
    until_on: date | None
    # The last day on which it holds: its own end or that of its decision, whichever comes first.
    last_on: date | None
    reason: str
    accountable_id: UUID
    status: str
    ended_at: datetime | None
    ended_reason: str
    created_at: datetime
    recorded_at: datetime
    recorded_by: UUID
    version: int

    def state(self, day: date) -> str:
        """Return how it stands on a day: planned, in_force or ended."""
        if self.status == "ended" or (self.last_on is not None and self.last_on < day):
            return "ended"
        return "planned" if self.from_on > day else "in_force"


@dataclass(frozen=True, slots=True)
class ServiceWish:
    """A change of service that a measure in force asks for, and that nobody has ordered yet."""

    decision: DecisionRow
    measure: MeasureRow
    asked: ServiceTemplate
