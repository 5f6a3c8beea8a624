"""Wakes act: a decision that was approved brings its tasks, one that ended takes the open ones along."""

from __future__ import annotations

from datetime import timedelta

from salus.act.models import OPEN_STATUSES, Task
from salus.act.services import task_cancel, task_create
from salus.base import outbox
from salus.base.outbox import Happened
from salus.decide.events import DECISION_APPROVED, DECISION_ENDED
from salus.decide.schemas import DecisionRow
from salus.decide.selectors import decision_get
from salus.plan.schemas import MeasureRow, TaskTemplate
from salus.plan.selectors import measure_list
from salus.trust.actors import system_viewer


@outbox.subscribe("act.decision_approved", topics=[DECISION_APPROVED])
def decision_approved(event: Happened) -> None:
    """Make the tasks of the measures that were decided on; what was made before is left as it is."""
    viewer = system_viewer("act")
    decision = decision_get(viewer=viewer, decision=event.record_id)
    if decision.status != "approved":
        return
    made = set(Task.objects.known().filter(decision_id=decision.id).values_list("template", flat=True))
    measures = measure_list(viewer=viewer, codes=list(decision.measures), known_at=decision.approved_at)
    for measure in measures:
        for template in measure.task_templates:
            if _key(measure, template) not in made:
                _make(decision, measure, template)


def _key(measure: MeasureRow, template: TaskTemplate) -> str:
    return f"{measure.code}:{template.key}"


def _make(decision: DecisionRow, measure: MeasureRow, template: TaskTemplate) -> None:
    assert decision.approved_at is not None
    task_create(
        title=template.title,
        detail=template.detail,
        zone_ids=decision.zone_ids,
        decision=decision.id,
        measure=measure.code,
        template=_key(measure, template),
        role=template.role,
        due_at=decision.approved_at + timedelta(hours=template.due_hours),
        by=system_viewer("act"),
    )


@outbox.subscribe("act.decision_ended", topics=[DECISION_ENDED])
def decision_ended(event: Happened) -> None:
    """Call off what is still open of a decision that ended."""
    rows = Task.objects.known().filter(decision_id=event.record_id, status__in=OPEN_STATUSES)
    for task in rows.values_list("id", flat=True):
        task_cancel(task=task, reason=event.payload["reason"], by=system_viewer("act"))
