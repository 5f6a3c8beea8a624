"""Making tasks, reporting on them, and closing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from salus.act.describers import TASK
from salus.act.models import Task
from salus.act.owners import owner_for
from salus.act.permissions import TASK_CREATE, TASK_DONE, TASK_UPDATE
from salus.act.writing import close_offer, mine_to_write, refuse_closed, tell
from salus.base import chain, clock
from salus.base.audit import audited
from salus.base.chain import Ref
from salus.base.errors import Conflict, Invalid
from salus.base.texts import LocalText
from salus.base.versioned import record_create, record_revise
from salus.decide.selectors import decision_get
from salus.plan.scope import require_everywhere
from salus.trust.actors import system_viewer
from salus.trust.schemas import Tier, Viewer

WRITABLE = ("open", "doing", "blocked")


@audited("task.create")
def task_create(
    *,
    title: LocalText,
    due_at: datetime,
    zone_ids: Sequence[UUID] = (),
    detail: LocalText | None = None,
    decision: UUID | None = None,
    measure: str = "",
    template: str = "",
    role: str = "",
    owner: UUID | None = None,
    organisation: UUID | None = None,
    by: Viewer,
) -> Task:
    """Make a task; without an owner it goes to whoever holds its role where it is."""
    require_everywhere(by, TASK_CREATE, zone_ids, Tier.OPERATIONAL)
    if not any(text.strip() for text in title.values()):
        raise Invalid(_("A task needs a title."), remedy=_("Say in a few words what is to be done."))
    if not (role or owner or organisation):
        raise Invalid(_("Nobody would do this task."), remedy=_("Choose a person, an organisation or a role."))
    found = owner or (None if organisation else owner_for(role, zone_ids, clock.now()))
    row = _create_numbered(
        {
            "title": dict(title),
            "detail": dict(detail or {}),
            "zone_ids": [str(zone_id) for zone_id in zone_ids],
            "decision_id": decision,
            "measure": measure,
            "template": template,
            "role": role,
            "owner_id": found,
            "organisation_id": organisation,
            "due_at": due_at,
        },
        by,
    )
    if decision is not None:
        _link(decision, Ref(TASK, row.id, row.created_at), "assigned", by)
    tell(row, by)
    return row


@audited("task.update")
def task_update(
    *, task: UUID, status: str | None = None, progress: int | None = None, note: str | None = None, by: Viewer
) -> Task:
    """Report on a task: begun, held up, or how far it is."""
    row = mine_to_write(task, TASK_UPDATE, by)
    if status is not None and status not in WRITABLE:
        raise Invalid(
            _("'%(status)s' is not a state that can be reported.") % {"status": status},
            remedy=_("Choose one of %(value)s.") % {"value": ", ".join(WRITABLE)},
        )
    if status == "blocked" and not (note or row.note).strip():
        raise Invalid(_("Say what holds the task up."), remedy=_("One sentence is enough."))
    if progress is not None and not 0 <= progress <= 100:
        raise Invalid(_("Progress is a share between 0 and 100."), remedy=_("Give a number from 0 to 100."))
    changes = {"status": status, "progress": progress, "note": note}
    kept: dict[str, Any] = {name: value for name, value in changes.items() if value is not None}
    if row.started_at is None and (status == "doing" or progress):
        kept["started_at"] = clock.now()
        kept.setdefault("status", "doing" if row.status == "open" else row.status)
    revised = record_revise(row, by=by, **kept)
    tell(revised, by)
    return revised


@audited("task.done")
def task_done(*, task: UUID, note: str = "", by: Viewer) -> Task:
    """Report that a task is done."""
    row = mine_to_write(task, TASK_DONE, by)
    now = clock.now()
    close_offer(row, by)
    revised = record_revise(
        row, by=by, status="done", progress=100, done_at=now, started_at=row.started_at or now, note=note or row.note
    )
    if row.decision_id is not None:
        _link(row.decision_id, Ref(TASK, row.id, now), "done", by)
    tell(revised, by)
    return revised


@audited("task.cancel")
def task_cancel(*, task: UUID, reason: str, by: Viewer) -> Task:
    """Call a task off, and say why."""
    row: Task = Task.objects.one(task)
    require_everywhere(by, TASK_CREATE, row.zone_ids, Tier.OPERATIONAL)
    refuse_closed(row)
    if not reason.strip():
        raise Invalid(_("Say why the task is called off."), remedy=_("One sentence is enough."))
    close_offer(row, by)
    revised = record_revise(row, by=by, status="cancelled", note=reason.strip())
    tell(revised, by)
    return revised


def _link(decision: UUID, target: Ref, relation: str, by: Viewer) -> None:
    made = decision_get(viewer=system_viewer("act"), decision=decision)
    source = Ref("decision", made.id, made.approved_at or made.created_at)
    chain.link(source=source, target=target, relation=relation, by=by)


def _create_numbered(content: dict[str, Any], by: Viewer) -> Task:
    for _attempt in range(20):
        newest = Task.objects.aggregate(newest=Max("number"))["newest"] or 0
        try:
            with transaction.atomic():
                return record_create(Task, by=by, number=newest + 1, **content)
        except IntegrityError:
            # Either the number was taken in the same moment, or this template has made its task.
            there = Task.objects.known().filter(decision_id=content["decision_id"], template=content["template"])
            kept: Task | None = there.first() if content["template"] else None
            if kept is not None:
                return kept
    raise Conflict(_("Too many tasks are made at once."), remedy=_("Try again."))
