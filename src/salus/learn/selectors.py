"""The reads of learn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.learn.debriefs.selectors import debrief_get
from salus.learn.indicators import registry
from salus.learn.indicators.facts import facts_known
from salus.learn.models import Outcome
from salus.learn.permissions import INDICATOR_VIEW, OUTCOME_VIEW
from salus.learn.rows import outcome_row
from salus.learn.schemas import IndicatorRow, OutcomeRow
from salus.learn.scores.selectors import score_get, score_history, score_list
from salus.learn.trainees.selectors import training_get, training_history, training_list
from salus.plan.scope import Sight
from salus.trust import policy
from salus.trust.schemas import Viewer

__all__ = [
    "debrief_get",
    "indicator_list",
    "outcome_get",
    "outcome_list",
    "score_get",
    "score_history",
    "score_list",
    "training_get",
    "training_history",
    "training_list",
]


def outcome_list(
    *,
    viewer: Viewer,
    decision: UUID | None = None,
    verdict: str | None = None,
    limit: int = 200,
    known_at: datetime | None = None,
) -> list[OutcomeRow]:
    """Return outcomes, the newest first."""
    sight = Sight(viewer, OUTCOME_VIEW)
    rows = Outcome.objects.known(known_at).order_by("-created_at", "-id")
    if decision is not None:
        rows = rows.filter(decision_id=decision)
    if verdict is not None:
        rows = rows.filter(verdict=verdict)
    return [outcome_row(row) for row in rows if sight.sees(row.zone_ids)][:limit]


def outcome_get(*, viewer: Viewer, outcome: UUID, known_at: datetime | None = None) -> OutcomeRow:
    """Return one outcome."""
    row: Outcome = Outcome.objects.one(outcome, known_at)
    if not Sight(viewer, OUTCOME_VIEW).sees(row.zone_ids):
        raise NotFound(_("There is no such outcome."), remedy=_("It may not have been known at that moment."))
    return outcome_row(row)


def indicator_list(
    *, viewer: Viewer, since: datetime | None = None, known_at: datetime | None = None
) -> list[IndicatorRow]:
    """Return every indicator of the chain over a period: how long each hand-over took, and by which pair."""
    policy.require(viewer, INDICATOR_VIEW)
    facts = facts_known(since, known_at)
    return [entry.row(facts) for entry in registry.entries()]
