"""What every write of act does: find the task that may be written, and tell of the change."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from salus.act import events
from salus.act.describers import TASK
from salus.act.models import OPEN_STATUSES, HandOver, Task
from salus.act.sight import seen, tier_of
from salus.base import clock, outbox
from salus.base.errors import Conflict
from salus.base.versioned import record_revise
from salus.plan.scope import require_everywhere
from salus.trust.schemas import Viewer


def mine_to_write(task: UUID, permission: str, by: Viewer) -> Task:
    """Return an open task that the viewer may report on."""
    row = seen(Task.objects.one(task), by)
    require_everywhere(by, permission, row.zone_ids, tier_of(row, by))
    refuse_closed(row)
    return row


def refuse_closed(row: Task) -> None:
    """Refuse to write a task that is closed."""
    if row.status not in OPEN_STATUSES:
        raise Conflict(_("This task is closed."), remedy=_("Make a new one if more is to be done."))


def close_offer(row: Task, by: Viewer) -> None:
    """Take back an offer that stands on a task."""
    offer = HandOver.objects.known().filter(task_id=row.id, status="offered").first()
    if offer is not None:
        record_revise(offer, by=by, status="withdrawn", answered_at=clock.now())


def tell(row: Task, by: Viewer) -> None:
    """Publish that a task changed."""
    payload = {
        "number": row.number,
        "status": row.status,
        "decision": str(row.decision_id) if row.decision_id else None,
        "progress": row.progress,
        "owner": str(row.owner_id) if row.owner_id else None,
    }
    outbox.publish(topic=events.TASK_CHANGED, record_kind=TASK, record_id=row.id, payload=payload, by=by)
