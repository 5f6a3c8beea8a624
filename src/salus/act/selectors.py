"""The reads of act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from salus.act.models import OPEN_STATUSES, HandOver, Task
from salus.act.permissions import TASK_VIEW
from salus.act.schemas import HandOverRow, TaskRow
from salus.act.sight import Eyes, seen
from salus.base import clock
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

__all__ = [
    "hand_over_list",
    "task_counts",
    "task_get",
    "task_history",
    "task_list",
]

_SAME = (
    "id number decision_id template measure title detail role owner_id organisation_id due_at status progress note "
    "started_at done_at created_at recorded_at recorded_by version"
).split()
_OFFER = (
    "id task_id from_person_id from_organisation_id to_person_id to_organisation_id reason offered_at answered_at "
    "status recorded_at"
).split()


def task_list(
    *,
    viewer: Viewer,
    status: str | Sequence[str] | None = None,
    owner: UUID | None = None,
    decision: UUID | None = None,
    zone: UUID | None = None,
    open_only: bool = False,
    overdue: bool = False,
    limit: int = 500,
    known_at: datetime | None = None,
) -> list[TaskRow]:
    """Return tasks, the soonest due first; `overdue` keeps those that are late at the moment."""
    eyes = Eyes(viewer)
    rows = Task.objects.known(known_at).order_by("due_at", "number")
    if status is not None:
        rows = rows.filter(status__in=[status] if isinstance(status, str) else list(status))
    if open_only or overdue:
        rows = rows.filter(status__in=OPEN_STATUSES)
    if overdue:
        rows = rows.filter(due_at__lt=known_at or clock.now())
    if owner is not None:
        rows = rows.filter(owner_id=owner)
    if decision is not None:
        rows = rows.filter(decision_id=decision)
    found = (row for row in rows if eyes.see(row) and (zone is None or str(zone) in row.zone_ids))
    return [_task(row) for row in found][:limit]


def task_get(*, viewer: Viewer, task: UUID, known_at: datetime | None = None) -> TaskRow:
    """Return one task."""
    return _task(seen(Task.objects.one(task, known_at), viewer))


def task_history(*, viewer: Viewer, task: UUID, known_at: datetime | None = None) -> list[TaskRow]:
    """Return every version of a task, the oldest first."""
    task_get(viewer=viewer, task=task, known_at=known_at)
    return [_task(row) for row in Task.objects.history(task, known_at)]


def task_counts(*, viewer: Viewer, decision: UUID | None = None, known_at: datetime | None = None) -> dict[str, int]:
    """Return how many tasks there are of each status, and how many are late."""
    rows = task_list(viewer=viewer, decision=decision, limit=100_000, known_at=known_at)
    moment = known_at or clock.now()
    counts = dict.fromkeys(("open", "doing", "blocked", "done", "cancelled"), 0)
    for row in rows:
        counts[row.status] += 1
    return {**counts, "overdue": sum(row.overdue_by(moment) is not None for row in rows)}


def hand_over_list(
    *,
    viewer: Viewer,
    task: UUID | None = None,
    for_me: bool = False,
    status: str | None = None,
    known_at: datetime | None = None,
) -> list[HandOverRow]:
    """Return hand-overs, the newest first; `for_me` keeps those that wait for the viewer's answer."""
    policy.require_somewhere(viewer, TASK_VIEW, tier=Tier.PARTNER)
    rows = HandOver.objects.known(known_at).order_by("-offered_at", "-id")
    if task is not None:
        rows = rows.filter(task_id=task)
    if status is not None:
        rows = rows.filter(status=status)
    eyes = Eyes(viewer)
    tasks = {row.id: row for row in Task.objects.known(known_at).filter(id__in=[offer.task_id for offer in rows])}
    found = [row for row in rows if row.task_id in tasks and (_mine(row, viewer) or eyes.see(tasks[row.task_id]))]
    if for_me:
        found = [row for row in found if row.status == "offered" and _mine(row, viewer)]
    return [HandOverRow(**{name: getattr(row, name) for name in _OFFER}) for row in found]


def _mine(row: HandOver, viewer: Viewer) -> bool:
    if row.to_person_id is not None:
        return bool(row.to_person_id == viewer.id)
    return row.to_organisation_id is not None and row.to_organisation_id == viewer.organisation_id


def _task(row: Task) -> TaskRow:
    return TaskRow(**{name: getattr(row, name) for name in _SAME}, zone_ids=tuple(UUID(text) for text in row.zone_ids))
