"""What crosses the edge of act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from salus.base.texts import LocalText

OPEN = ("open", "doing", "blocked")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as it was known at a moment."""

    id: UUID
    number: int
    decision_id: UUID | None
    template: str
    measure: str
    title: LocalText
    detail: LocalText
    zone_ids: tuple[UUID, ...]
    role: str
    owner_id: UUID | None
    organisation_id: UUID | None
    due_at: datetime
    status: str
    progress: int
    note: str
    started_at: datetime | None
    done_at: datetime | None
    created_at: datetime
    recorded_at: datetime
    recorded_by: UUID
    version: int

    @property
    def is_open(self) -> bool:
        """Return whether there is still something to do."""
        return self.status in OPEN

    def overdue_by(self, moment: datetime) -> timedelta | None:
        """Return by how much the task is late at a moment, or None where it is not."""
        late = moment - self.due_at
        return late if self.is_open and late > timedelta(0) else None


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """A task offered from one owner to another, and how long the answer took."""

    id: UUID
    task_id: UUID
    from_person_id: UUID | None
    from_organisation_id: UUID | None
    to_person_id: UUID | None
    to_organisation_id: UUID | None
    reason: str
    offered_at: datetime
    answered_at: datetime | None
    status: str
    recorded_at: datetime

    @property
    def took(self) -> timedelta | None:
        """Return the time between the offer and the answer."""
        return self.answered_at - self.offered_at if self.answered_at else None
