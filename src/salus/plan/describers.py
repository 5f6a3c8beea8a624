"""How proposals are titled on a chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from salus.base import chain
from salus.base.chain import Described
from salus.base.texts import pick
from salus.plan.models import Proposal
from salus.plan.permissions import PROPOSAL_VIEW
from salus.plan.scope import Sight
from salus.trust import policy

PROPOSAL = "proposal"


def describe(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles for the proposals that the viewer may see."""
    if not policy.may_somewhere(viewer, PROPOSAL_VIEW):
        return {}
    sight = Sight(viewer, PROPOSAL_VIEW)
    return {
        row.id: Described(pick(row.title, get_language() or "en"), f"/ops/proposals/{row.id}/", row.status)
        for row in Proposal.objects.known(known_at).filter(id__in=ids)
        if sight.sees(row.zone_ids)
    }


chain.register(PROPOSAL, describe)
