"""What crosses the edge of the training records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from salus.base.texts import LocalText

# How an objective was reached; empty where nobody has judged it.
REACHED = ("met", "partly", "not_met", "")
VALID, SOON, EXPIRED, WITHDRAWN = "valid", "soon", "expired", "withdrawn"


@dataclass(frozen=True, slots=True)
class Trained:
    """An objective of an exercise, and how it was reached."""

    title: LocalText
    reached: str = ""


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """That somebody took part in an exercise, as it was known at a moment; `state` is that of the same moment."""

    id: UUID
    person_id: UUID
    run_id: UUID | None
    title: LocalText
    team: str
    role: str
    objectives: tuple[Trained, ...]
    completed_on: date
    expires_on: date
    attested_by: UUID
    remark: str
    state: str
    reason: str
    created_at: datetime
    recorded_at: datetime
    recorded_by: UUID

    @property
    def status(self) -> str:
        """Return the state, under the name by which a history asks for it."""
        return self.state
