"""What crosses the edge of the debriefs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from salus.base.texts import LocalText


@dataclass(frozen=True, slots=True)
class Judged:
    """An objective, how it was reached (`met`, `partly`, `not_met`, or empty) and why it is seen so."""

    title: LocalText
    reached: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class DebriefRow:
    """The director's judgement of a run, as it was known at a moment; without an id nobody has judged yet."""

    id: UUID | None
    run_id: UUID
    objectives: tuple[Judged, ...]
    lessons: str
    recorded_at: datetime | None
    recorded_by: UUID | None
