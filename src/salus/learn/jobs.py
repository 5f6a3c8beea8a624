"""Looking every day which decisions can be judged."""

from __future__ import annotations

from typing import Any

from salus.base import clock
from salus.base.errors import Invalid
from salus.base.jobs import Progress, handles
from salus.decide.schemas import DecisionRow
from salus.decide.selectors import decision_list
from salus.learn.models import Outcome
from salus.trust.actors import system_viewer

MEASURE = "learn.measure"


def waiting() -> list[DecisionRow]:
    """Return the decisions that were in force, whose window has passed, and that have no outcome yet."""
    today = clock.today()
    judged = set(Outcome.objects.known().values_list("decision_id", flat=True))
    rows = decision_list(viewer=system_viewer("learn"), status=("approved", "ended"), limit=100_000)
    return [row for row in rows if row.id not in judged and (row.expected is None or row.expected.until_on < today)]


@handles(MEASURE)
def measure_due(progress: Progress, args: dict[str, Any]) -> dict[str, Any]:
    """Measure every decision whose figures are in; what is too early waits for another day."""
    from salus.learn.services import outcome_measure

    rows = waiting()
    made = 0
    for place, row in enumerate(rows):
        progress.update(place, len(rows))
        try:
            outcome_measure(decision=row.id, by=system_viewer("learn"))
            made += 1
        except Invalid:
            # Too early, or too little has come in: that is no failure.
            continue
    return {"looked_at": len(rows), "measured": made}
