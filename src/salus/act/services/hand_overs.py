"""Handing a task over: offered by one, taken or declined by the other, and timed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.act import events
from salus.act.describers import TASK
from salus.act.models import HandOver, Task
from salus.act.permissions import TASK_HAND_OVER, TASK_TAKE
from salus.act.writing import mine_to_write, tell
from salus.base import clock, outbox
from salus.base.audit import audited
from salus.base.errors import Conflict, Invalid
from salus.base.versioned import record_create, record_revise
from salus.trust.actors import system_viewer
from salus.trust.schemas import Viewer
from salus.trust.selectors import organisation_get, person_get


@audited("task.hand_over")
def task_hand_over(
    *, task: UUID, to_person: UUID | None = None, to_organisation: UUID | None = None, reason: str, by: Viewer
) -> HandOver:
    """Offer a task to another person or organisation; until they take it, the owner stays answerable."""
    row = mine_to_write(task, TASK_HAND_OVER, by)
    if (to_person is None) == (to_organisation is None):
        raise Invalid(_("Choose either a person or an organisation."), remedy=_("Exactly one of the two."))
    if not reason.strip():
        raise Invalid(_("Say why the task is handed over."), remedy=_("One sentence is enough."))
    if to_person is not None and to_person == row.owner_id:
        raise Invalid(_("This person has the task already."), remedy=_("Choose somebody else."))
    _refuse_second(row)
    receiver = _organisation_of(to_person) if to_person else _known(to_organisation)
    made = record_create(
        HandOver,
        by=by,
        task_id=row.id,
        from_person_id=row.owner_id,
        from_organisation_id=_organisation_of(row.owner_id) if row.owner_id else row.organisation_id,
        to_person_id=to_person,
        to_organisation_id=receiver,
        reason=reason.strip(),
        offered_at=clock.now(),
    )
    _tell(made, by)
    return made


@audited("task.take")
def task_take(*, task: UUID, by: Viewer) -> Task:
    """Take a task: one that is free, or one that was offered to the viewer or their organisation."""
    row = mine_to_write(task, TASK_TAKE, by)
    offer = HandOver.objects.known().filter(task_id=row.id, status="offered").first()
    if offer is not None and _is_for(offer, by):
        _tell(record_revise(offer, by=by, status="taken", answered_at=clock.now()), by)
    elif row.owner_id == by.id:
        return row
    elif row.owner_id is not None:
        raise Conflict(_("Somebody else has this task."), remedy=_("Ask them to hand it over."))
    elif row.organisation_id not in (None, by.organisation_id):
        raise Conflict(_("This task belongs to another organisation."), remedy=_("Ask them to hand it over."))
    changes: dict[str, Any] = {"owner_id": by.id, "organisation_id": by.organisation_id}
    if row.status == "open":
        changes |= {"status": "doing", "started_at": row.started_at or clock.now()}
    revised = record_revise(row, by=by, **changes)
    tell(revised, by)
    return revised


@audited("task.hand_over_decline")
def hand_over_decline(*, task: UUID, reason: str, by: Viewer) -> HandOver:
    """Decline a task that was offered; it stays with its owner."""
    row = mine_to_write(task, TASK_TAKE, by)
    offer = HandOver.objects.known().filter(task_id=row.id, status="offered").first()
    if offer is None or not _is_for(offer, by):
        raise Conflict(_("This task was not offered to you."), remedy=_("Look at its newest state."))
    if not reason.strip():
        raise Invalid(_("Say why you decline."), remedy=_("One sentence is enough."))
    words = f"{offer.reason}\n{reason.strip()}"
    made: HandOver = record_revise(offer, by=by, status="declined", answered_at=clock.now(), reason=words)
    _tell(made, by)
    return made


@audited("task.hand_over_withdraw")
def hand_over_withdraw(*, task: UUID, by: Viewer) -> HandOver:
    """Take an offer back that nobody has answered."""
    row = mine_to_write(task, TASK_HAND_OVER, by)
    offer = HandOver.objects.known().filter(task_id=row.id, status="offered").first()
    if offer is None:
        raise Conflict(_("This task is not on offer."), remedy=_("Look at its newest state."))
    made: HandOver = record_revise(offer, by=by, status="withdrawn", answered_at=clock.now())
    _tell(made, by)
    return made


def _refuse_second(row: Task) -> None:
    if HandOver.objects.known().filter(task_id=row.id, status="offered").exists():
        raise Conflict(_("This task is already on offer."), remedy=_("Take the offer back first."))


def _is_for(offer: HandOver, by: Viewer) -> bool:
    if offer.to_person_id is not None:
        return bool(offer.to_person_id == by.id)
    return offer.to_organisation_id is not None and offer.to_organisation_id == by.organisation_id


def _organisation_of(person: UUID | None) -> UUID | None:
    return person_get(viewer=system_viewer("act"), person=person).organisation_id if person else None


def _known(organisation: UUID | None) -> UUID | None:
    if organisation is None:
        return None
    return organisation_get(viewer=system_viewer("act"), organisation=organisation).id


def _tell(offer: HandOver, by: Viewer) -> None:
    payload = {
        "hand_over": str(offer.id),
        "status": offer.status,
        "to_person": str(offer.to_person_id) if offer.to_person_id else None,
        "to_organisation": str(offer.to_organisation_id) if offer.to_organisation_id else None,
    }
    outbox.publish(topic=events.TASK_HANDED_OVER, record_kind=TASK, record_id=offer.task_id, payload=payload, by=by)
