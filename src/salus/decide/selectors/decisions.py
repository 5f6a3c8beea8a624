"""Reads of decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import NotFound
from salus.decide import evidence
from salus.decide.describers import tier_of
from salus.decide.gaps import Gap, gaps_of
from salus.decide.models import Decision
from salus.decide.permissions import DECISION_VIEW
from salus.decide.rows import decision_row
from salus.decide.schemas import DecisionRow, EvidenceCheck, MeasureInForce
from salus.plan.scope import Sight
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


class _Eyes:
    """What a viewer may see of decisions: by area, and drafts only within the centre."""

    def __init__(self, viewer: Viewer) -> None:
        self._sight = Sight(viewer, DECISION_VIEW, Tier.PARTNER)
        self._viewer = viewer

    def see(self, row: Decision) -> bool:
        return policy.may_somewhere(self._viewer, DECISION_VIEW, tier=tier_of(row.status)) and self._sight.sees(
            row.zone_ids
        )


def decision_list(
    *,
    viewer: Viewer,
    status: str | Sequence[str] | None = None,
    proposal: UUID | None = None,
    zone: UUID | None = None,
    in_force: bool = False,
    limit: int = 200,
    known_at: datetime | None = None,
) -> list[DecisionRow]:
    """Return decisions, the newest first; `in_force` keeps those that hold at the moment."""
    eyes = _Eyes(viewer)
    rows = Decision.objects.known(known_at).order_by("-number")
    if status is not None:
        rows = rows.filter(status__in=[status] if isinstance(status, str) else list(status))
    if proposal is not None:
        rows = rows.filter(proposal_id=proposal)
    seen = [row for row in rows if eyes.see(row) and (zone is None or str(zone) in row.zone_ids)]
    found = [decision_row(row) for row in seen]
    if in_force:
        found = [row for row in found if row.in_force(known_at or clock.now())]
    return found[:limit]


def _get(viewer: Viewer, decision: UUID, known_at: datetime | None) -> Decision:
    row: Decision = Decision.objects.one(decision, known_at)
    if not _Eyes(viewer).see(row):
        raise NotFound(_("There is no such decision."), remedy=_("It may not have been known at that moment."))
    return row


def decision_get(*, viewer: Viewer, decision: UUID, known_at: datetime | None = None) -> DecisionRow:
    """Return one decision."""
    return decision_row(_get(viewer, decision, known_at))


def decision_by_number(*, viewer: Viewer, number: int, known_at: datetime | None = None) -> DecisionRow:
    """Return one decision by the number that people say."""
    row = Decision.objects.known(known_at).filter(number=number).first()
    if row is None or not _Eyes(viewer).see(row):
        raise NotFound(_("There is no such decision."), remedy=_("It may not have been known at that moment."))
    return decision_row(row)


def decision_history(*, viewer: Viewer, decision: UUID, known_at: datetime | None = None) -> list[DecisionRow]:
    """Return every version of a decision, the oldest first."""
    eyes = _Eyes(viewer)
    _get(viewer, decision, known_at)
    return [decision_row(row) for row in Decision.objects.history(decision, known_at) if eyes.see(row)]


def decision_gaps(*, viewer: Viewer, decision: UUID, known_at: datetime | None = None) -> list[Gap]:
    """Return what is still missing before a decision can be submitted."""
    return gaps_of(_get(viewer, decision, known_at))


def decision_evidence_verify(
    *, viewer: Viewer, decision: UUID, known_at: datetime | None = None
) -> list[EvidenceCheck]:
    """Return for every piece of evidence whether it still reads as it did when it was pinned."""
    return [evidence.check(ref) for ref in decision_row(_get(viewer, decision, known_at)).evidence]


def measures_in_force(*, viewer: Viewer, known_at: datetime | None = None) -> list[MeasureInForce]:
    """Return the measures that hold at a moment, with the decision that each rests on."""
    found = []
    for row in decision_list(viewer=viewer, status="approved", in_force=True, known_at=known_at):
        for code in row.measures:
            assert row.in_force_from is not None
            held = MeasureInForce(code, row.id, row.number, row.zone_ids, row.in_force_from, row.in_force_until)
            found.append(held)
    return found
