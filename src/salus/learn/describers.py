"""How outcomes are titled on a chain, and how they are read as evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from salus.base import chain
from salus.base.chain import Described
from salus.base.texts import pick
from salus.decide import evidence
from salus.decide.evidence import Content, Wanted
from salus.learn.models import Outcome
from salus.learn.permissions import OUTCOME_VIEW
from salus.plan.scope import Sight
from salus.trust import policy

OUTCOME = "outcome"


def describe(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles for the outcomes that the viewer may see."""
    if not policy.may_somewhere(viewer, OUTCOME_VIEW):
        return {}
    sight = Sight(viewer, OUTCOME_VIEW)
    return {
        row.id: Described(title(row, get_language() or "en"), f"/ops/outcomes/{row.id}/", row.verdict)
        for row in Outcome.objects.known(known_at).filter(id__in=ids)
        if sight.sees(row.zone_ids)
    }


def title(row: Outcome, language: str) -> str:
    """Return the sentence that says the verdict."""
    return pick(row.reasons[min(1, len(row.reasons) - 1)], language) if row.reasons else row.verdict


def read(wanted: Wanted, known_at: datetime) -> Content:
    """Read an outcome as evidence of a later decision."""
    row: Outcome = Outcome.objects.one(wanted.id, known_at)
    content = {
        "id": row.id,
        "decision": row.decision_id,
        "verdict": row.verdict,
        "observed": row.observed.get("mean_per_day"),
        "effect": row.effect,
        "measured_known_at": row.measured_known_at,
    }
    return title(row, "en"), content


chain.register(OUTCOME, describe)
evidence.register(OUTCOME, read)
