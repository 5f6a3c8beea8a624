"""The reads of plan."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.plan.models import Measure, Playbook, Proposal
from salus.plan.permissions import MEASURE_VIEW, PLAYBOOK_VIEW, PROPOSAL_VIEW
from salus.plan.rows import measure_row, playbook_row, proposal_row
from salus.plan.schemas import MeasureRow, PlaybookRow, ProposalRow
from salus.plan.scope import Sight
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

__all__ = [
    "measure_get",
    "measure_list",
    "playbook_get",
    "playbook_list",
    "proposal_get",
    "proposal_history",
    "proposal_list",
]

# What a measure says is meant for everybody; only changing it needs a right of weight.
_POLICY_TIER = Tier.PARTNER


def measure_list(
    *,
    viewer: Viewer,
    codes: list[str] | None = None,
    include_withdrawn: bool = False,
    known_at: datetime | None = None,
) -> list[MeasureRow]:
    """Return the measures of the city by code, or in the order of the codes that were asked for."""
    policy.require_somewhere(viewer, MEASURE_VIEW, tier=_POLICY_TIER)
    rows = Measure.objects.known(known_at).order_by("code")
    if codes is not None:
        rows = rows.filter(code__in=codes)
    found = [measure_row(row) for row in rows if include_withdrawn or codes is not None or not row.withdrawn]
    return found if codes is None else sorted(found, key=lambda row: codes.index(row.code))


def measure_get(*, viewer: Viewer, code: str, known_at: datetime | None = None) -> MeasureRow:
    """Return one measure by its code."""
    found = measure_list(viewer=viewer, codes=[code], known_at=known_at)
    if not found:
        raise NotFound(
            _("There is no measure '%(code)s'.") % {"code": code},
            remedy=_("It may not have been known at that moment."),
        )
    return found[0]


def playbook_list(*, viewer: Viewer, known_at: datetime | None = None) -> list[PlaybookRow]:
    """Return the playbooks of the city, the oldest first."""
    policy.require_somewhere(viewer, PLAYBOOK_VIEW, tier=_POLICY_TIER)
    return [playbook_row(row) for row in Playbook.objects.known(known_at).order_by("created_at", "code")]


def playbook_get(*, viewer: Viewer, code: str = "", known_at: datetime | None = None) -> PlaybookRow | None:
    """Return a playbook by its code, or the city's first one; None where none was loaded."""
    rows = playbook_list(viewer=viewer, known_at=known_at)
    return next((row for row in rows if not code or row.code == code), None)


def proposal_list(
    *,
    viewer: Viewer,
    status: str | None = None,
    zone: UUID | None = None,
    limit: int = 200,
    known_at: datetime | None = None,
) -> list[ProposalRow]:
    """Return proposals, the newest first."""
    sight = Sight(viewer, PROPOSAL_VIEW)
    rows = Proposal.objects.known(known_at).order_by("-created_at", "-id")
    if status is not None:
        rows = rows.filter(status=status)
    seen = [row for row in rows[: limit * 4] if sight.sees(row.zone_ids)]
    if zone is not None:
        seen = [row for row in seen if str(zone) in row.zone_ids or str(zone) in row.moves]
    return [proposal_row(row) for row in seen[:limit]]


def proposal_get(*, viewer: Viewer, proposal: UUID, known_at: datetime | None = None) -> ProposalRow:
    """Return one proposal."""
    sight = Sight(viewer, PROPOSAL_VIEW)
    row = Proposal.objects.one(proposal, known_at)
    if not sight.sees(row.zone_ids):
        raise NotFound(_("There is no such proposal."), remedy=_("It may not have been known at that moment."))
    return proposal_row(row)


def proposal_history(*, viewer: Viewer, proposal: UUID, known_at: datetime | None = None) -> list[ProposalRow]:
    """Return every version of a proposal, the oldest first."""
    proposal_get(viewer=viewer, proposal=proposal, known_at=known_at)
    return [proposal_row(row) for row in Proposal.objects.history(proposal, known_at)]
