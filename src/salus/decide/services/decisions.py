"""Writing, submitting, approving and ending decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from salus.base import chain, clock, outbox
from salus.base.audit import audited, note
from salus.base.chain import Ref
from salus.base.errors import Conflict, Invalid, Refused
from salus.base.versioned import record_create, record_revise
from salus.decide import drafting, events
from salus.decide.describers import DECISION
from salus.decide.gaps import gaps_of
from salus.decide.models import Decision
from salus.decide.permissions import DECISION_APPROVE, DECISION_DRAFT, DECISION_END, DECISION_SUBMIT
from salus.decide.schemas import DecisionEdit
from salus.plan.scope import require_everywhere
from salus.plan.selectors import proposal_get
from salus.plan.services import proposal_mark
from salus.trust.schemas import Tier, Viewer

_TIER = Tier.OPERATIONAL
_EDITABLE = ("draft", "rejected")


@audited("decision.draft")
def decision_draft(
    *,
    proposal: UUID | None = None,
    zone_ids: Sequence[UUID] | None = None,
    edit: DecisionEdit | None = None,
    by: Viewer,
) -> Decision:
    """Begin a decision, on a proposal or for some areas; its evidence is pinned to this moment."""
    desk = drafting.Desk.laid()
    if proposal is not None:
        asked = proposal_get(viewer=by, proposal=proposal)
        require_everywhere(by, DECISION_DRAFT, asked.zone_ids, _TIER)
        fields = drafting.from_proposal(asked)
    else:
        if not zone_ids:
            raise Invalid(_("A decision needs at least one area."), remedy=_("Choose the areas that it is about."))
        require_everywhere(by, DECISION_DRAFT, zone_ids, _TIER)
        fields = drafting.from_nothing(zone_ids, desk)
    head = drafting.head_of_centre()
    start = {**_blank(), "accountable_id": head, "accountable_role": "head" if head else "", "author_id": by.id}
    content = drafting.edited({**start, **fields}, edit or DecisionEdit(), desk)
    _require_areas(by, content)
    row = _create_numbered(content, by)
    if proposal is not None:
        proposal_mark(proposal=proposal, decision=row.id, by=by)
        _link(row, "drafted", row.created_at, by)
    _tell(row, events.DECISION_DRAFTED, by)
    return row


@audited("decision.revise")
def decision_revise(*, decision: UUID, edit: DecisionEdit, version: int | None = None, by: Viewer) -> Decision:
    """Change a draft, or a decision that was sent back; `version` refuses to write over somebody else's change."""
    row = _open(decision, DECISION_DRAFT, by)
    if row.status not in _EDITABLE:
        raise Conflict(_("A submitted decision cannot be changed."), remedy=_("Ask the approver to send it back."))
    if version is not None and version != row.version:
        raise Conflict(
            _("Somebody changed this since you opened it."), remedy=_("Look at the newest version and try again.")
        )
    content = drafting.edited(_content(row), edit, drafting.Desk.laid())
    _require_areas(by, content)
    note(fields=sorted(name for name in DecisionEdit.__slots__ if getattr(edit, name) is not None))
    return record_revise(row, by=by, **{**content, "status": "draft"})


@audited("decision.submit")
def decision_submit(*, decision: UUID, by: Viewer) -> Decision:
    """Hand a complete draft to a second person for approval."""
    row = _open(decision, DECISION_SUBMIT, by)
    if row.status not in _EDITABLE:
        raise Conflict(_("This decision has already been submitted."), remedy=_("Look at its newest version."))
    gaps = gaps_of(row)
    if gaps:
        raise Invalid(
            _("The decision is not complete: %(gaps)s") % {"gaps": " ".join(gap.what for gap in gaps)},
            remedy=gaps[0].remedy,
        )
    revised = record_revise(row, by=by, status="submitted", submitted_at=clock.now(), status_reason="")
    _tell(revised, events.DECISION_SUBMITTED, by)
    return revised


@audited("decision.approve")
def decision_approve(*, decision: UUID, by: Viewer) -> Decision:
    """Put a submitted decision in force; whoever wrote any part of it cannot."""
    row = _open(decision, DECISION_APPROVE, by)
    if row.status != "submitted":
        raise Conflict(_("Only a submitted decision can be approved."), remedy=_("Look at its newest version."))
    _refuse_author(row, by)
    now = clock.now()
    start = max(row.in_force_from or now, now)
    revised = record_revise(
        row,
        by=by,
        status="approved",
        approver_id=by.id,
        approved_at=now,
        in_force_from=start,
        in_force_until=row.in_force_until or start + timedelta(days=drafting.IN_FORCE_DAYS),
    )
    if row.proposal_id is not None:
        proposal_mark(proposal=row.proposal_id, decision=row.id, status="decided", by=by)
        _link(revised, "approved", now, by)
    _tell(revised, events.DECISION_APPROVED, by, measures=revised.measures, zone_ids=revised.zone_ids)
    return revised


@audited("decision.reject")
def decision_reject(*, decision: UUID, reason: str, by: Viewer) -> Decision:
    """Send a submitted decision back to its author, and say why."""
    row = _open(decision, DECISION_APPROVE, by)
    if row.status != "submitted":
        raise Conflict(_("Only a submitted decision can be sent back."), remedy=_("Look at its newest version."))
    _require_words(reason, _("Say why the decision is sent back."))
    revised = record_revise(row, by=by, status="rejected", status_reason=reason.strip())
    _tell(revised, events.DECISION_REJECTED, by)
    return revised


@audited("decision.withdraw")
def decision_withdraw(*, decision: UUID, reason: str, by: Viewer) -> Decision:
    """Give up a draft; its proposal is free again."""
    row = _open(decision, DECISION_DRAFT, by)
    if row.status not in _EDITABLE:
        raise Conflict(_("Only a draft can be given up."), remedy=_("End a decision that is in force."))
    _require_words(reason, _("Say why the draft is given up."))
    if row.proposal_id is not None:
        proposal_mark(proposal=row.proposal_id, decision=None, by=by)
    return record_revise(row, by=by, status="withdrawn", status_reason=reason.strip())


@audited("decision.end")
def decision_end(*, decision: UUID, reason: str, by: Viewer) -> Decision:
    """End a decision that is in force, and say why."""
    row = _open(decision, DECISION_END, by)
    if row.status != "approved":
        raise Conflict(_("Only a decision that is in force can be ended."), remedy=_("Look at its newest version."))
    _require_words(reason, _("Say why the decision is ended."))
    revised = record_revise(row, by=by, status="ended", ended_at=clock.now(), status_reason=reason.strip())
    _tell(revised, events.DECISION_ENDED, by, reason=reason.strip())
    return revised


def _refuse_author(row: Decision, by: Viewer) -> None:
    """Refuse the approval of anybody who wrote, changed or submitted the decision, and of machines."""
    writers = set(Decision.objects.history(row.id).values_list("recorded_by", flat=True)) | {row.author_id}
    if by.kind == "system" or by.id in writers:
        raise Refused(
            _("A decision needs a second person: you had a part in writing this one."),
            remedy=_("Ask somebody else with the right to approve it."),
        )


def _open(decision: UUID, permission: str, by: Viewer) -> Decision:
    row: Decision = Decision.objects.one(decision)
    require_everywhere(by, permission, row.zone_ids, _TIER)
    return row


def _require_areas(by: Viewer, content: dict[str, Any]) -> None:
    # The areas can be changed while writing: the right is needed in the new ones too.
    require_everywhere(by, DECISION_DRAFT, content["zone_ids"], _TIER)


def _require_words(text: str, message: str) -> None:
    if not text.strip():
        raise Invalid(message, remedy=_("One sentence is enough."))


def _blank() -> dict[str, Any]:
    return {
        "title": {},
        "option_key": "",
        "measures": [],
        "rationale": "",
        "dissent": "",
        "expected": {},
        "public_text": {},
        "in_force_from": None,
        "in_force_until": None,
        "status": "draft",
    }


def _content(row: Decision) -> dict[str, Any]:
    names = ("zone_ids", "options", "option_key", "measures", "rationale", "dissent", "evidence", "expected", "baseline",
             "pinned_at", "accountable_id", "accountable_role", "title", "public_text", "public_reason", "in_force_from",
             "in_force_until")  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _create_numbered(content: dict[str, Any], by: Viewer) -> Decision:
    for _attempt in range(20):
        newest = Decision.objects.aggregate(newest=Max("number"))["newest"] or 0
        try:
            with transaction.atomic():
                return record_create(Decision, by=by, number=newest + 1, **content)
        except IntegrityError:
            # Two people began a decision in the same moment: take the next number.
            continue
    raise Conflict(_("Too many decisions are begun at once."), remedy=_("Try again."))


def _link(row: Decision, relation: str, at: Any, by: Viewer) -> None:
    if row.proposal_id is None:
        return
    asked = proposal_get(viewer=by, proposal=row.proposal_id)
    source = Ref("proposal", asked.id, asked.created_at)
    chain.link(source=source, target=Ref(DECISION, row.id, at), relation=relation, by=by)


def _tell(row: Decision, topic: str, by: Viewer, **more: Any) -> None:
    payload = {
        "number": row.number,
        "status": row.status,
        "proposal": str(row.proposal_id) if row.proposal_id else None,
        **more,
    }
    outbox.publish(topic=topic, record_kind=DECISION, record_id=row.id, payload=payload, by=by)
