"""Measuring what became of a decision, and opening the plan again where it fell short."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import chain, clock, outbox
from salus.base.audit import audited, note
from salus.base.chain import Ref
from salus.base.errors import Conflict, Invalid
from salus.base.versioned import record_create, record_revise
from salus.decide.releases import ReleaseRow, release_get
from salus.decide.schemas import DecisionRow
from salus.decide.selectors import decision_get
from salus.decide.services import release_publish
from salus.learn import events, words
from salus.learn.describers import OUTCOME
from salus.learn.measuring import Measured, measure
from salus.learn.models import Outcome
from salus.learn.permissions import OUTCOME_COMMENT, OUTCOME_MEASURE
from salus.learn.reopening import reopen
from salus.learn.rows import outcome_row
from salus.plan.scope import require_everywhere
from salus.plan.selectors import playbook_get
from salus.trust.actors import system_viewer
from salus.trust.schemas import Tier, Viewer


@audited("outcome.measure")
def outcome_measure(*, decision: UUID, by: Viewer) -> Outcome:
    """Compare what a decision expected with what was seen; measured again, it is a new version."""
    row = decision_get(viewer=by, decision=decision)
    require_everywhere(by, OUTCOME_MEASURE, row.zone_ids, Tier.OPERATIONAL)
    if row.status not in ("approved", "ended"):
        raise Conflict(_("Only a decision that was in force has an outcome."), remedy=_("Have it approved first."))
    found = measure(row, clock.now())
    kept = Outcome.objects.known().filter(decision_id=row.id).first()
    made = record_revise(kept, by=by, **found.fields) if kept else _first(row, found, by)
    note(verdict=made.verdict)
    payload = {"decision": str(row.id), "verdict": made.verdict}
    outbox.publish(topic=events.OUTCOME_RECORDED, record_kind=OUTCOME, record_id=made.id, payload=payload, by=by)
    if found.fell_short and (kept is None or kept.verdict != made.verdict):
        proposal = reopen(made, row, found, by)
        payload["proposal"] = str(proposal.id) if proposal else ""
        outbox.publish(topic=events.FELL_SHORT, record_kind=OUTCOME, record_id=made.id, payload=payload, by=by)
    return made


def _first(row: DecisionRow, found: Measured, by: Viewer) -> Outcome:
    made = record_create(Outcome, by=by, decision_id=row.id, **found.fields)
    source = Ref("decision", row.id, row.approved_at or row.created_at)
    chain.link(source=source, target=Ref(OUTCOME, made.id, made.created_at), relation="measured", by=by)
    return made


@audited("outcome.comment")
def outcome_comment(*, outcome: UUID, comment: str, by: Viewer) -> Outcome:
    """Write what people think of an outcome beside it."""
    row: Outcome = Outcome.objects.one(outcome)
    require_everywhere(by, OUTCOME_COMMENT, row.zone_ids, Tier.OPERATIONAL)
    if not comment.strip():
        raise Invalid(_("The comment is empty."), remedy=_("Write what the figures do not say."))
    return record_revise(row, by=by, comment=comment.strip())


@audited("outcome.publish")
def outcome_publish(*, outcome: UUID, by: Viewer) -> ReleaseRow:
    """Tell the public what became of a decision: its release is published again, with the outcome."""
    row = outcome_row(Outcome.objects.one(outcome))
    playbook = playbook_get(viewer=system_viewer("learn"))
    if row.observed is None or playbook is None:
        raise Conflict(_("There is nothing to tell yet."), remedy=_("Wait until the outcome was measured."))
    told: dict[str, Any] = dict(
        words.for_public(row.verdict, row.observed, row.effect, row.measured_known_at.isoformat(), playbook)
    )
    made = release_publish(kind="decision", decision=row.decision_id, outcome=told, by=by)
    source, target = Ref(OUTCOME, row.id, row.created_at), Ref("release", made.id, made.published_at)
    chain.link(source=source, target=target, relation="published", by=by)
    return release_get(number=made.number)
