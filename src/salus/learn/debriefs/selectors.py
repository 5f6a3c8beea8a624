"""Reading the director's judgement of a run."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from salus.learn.debriefs.schemas import DebriefRow, Judged
from salus.learn.models import Debrief
from salus.plan.exercises.selectors import run_design
from salus.trust.schemas import Viewer


def debrief_get(*, viewer: Viewer, run: UUID, known_at: datetime | None = None) -> DebriefRow:
    """Return how the objectives of a run were judged; those of its design, unjudged, where nobody has."""
    design = run_design(viewer=viewer, run=run)
    row: Debrief | None = Debrief.objects.known(known_at).filter(run_id=run).first()
    if row is None:
        return DebriefRow(None, run, tuple(Judged(title) for title in design.objectives), "", None, None)
    judged = tuple(Judged(one["title"], one["reached"], one["why"]) for one in row.objectives)
    return DebriefRow(row.id, run, judged, row.lessons, row.recorded_at, row.recorded_by)
