"""Opening the plan again where a decision did less than was expected and the danger still stands."""

from __future__ import annotations

from uuid import UUID

from salus.assess.selectors import risk_level_list
from salus.base.chain import Ref
from salus.decide.schemas import DecisionRow
from salus.learn import words
from salus.learn.measuring import Measured
from salus.learn.models import Outcome
from salus.plan.schemas import ProposalRow
from salus.plan.selectors import playbook_get, proposal_get
from salus.plan.services import proposal_raise
from salus.trust.actors import system_viewer
from salus.trust.schemas import Viewer


def reopen(outcome: Outcome, decision: DecisionRow, found: Measured, by: Viewer) -> ProposalRow | None:
    """Raise a proposal for the areas of a decision that fell short, unless the level has fallen meanwhile."""
    viewer = system_viewer("learn")
    playbook = playbook_get(viewer=viewer)
    level = standing_level(decision)
    wanted = decision.level_to or 1
    if playbook is None or found.expected is None or (level is not None and level < wanted):
        return None
    made = proposal_raise(
        zone_ids=decision.zone_ids,
        level_from=wanted,
        level_to=max(level or 0, wanted),
        cause=f"outcome:{outcome.id}",
        outcome=outcome.id,
        reason=words.fell_short(decision, found.expected, found.observed, playbook),
        links=[(Ref("outcome", outcome.id, outcome.created_at), "reopened")],
        by=viewer,
    )
    return proposal_get(viewer=viewer, proposal=made.id)


def standing_level(decision: DecisionRow) -> int | None:
    """Return the highest level at which the areas of a decision stand, or None where none is defined."""
    wanted: set[UUID] = set(decision.zone_ids)
    rows = risk_level_list(viewer=system_viewer("learn"), level=None)
    return max((row.level for row in rows if row.zone_id in wanted and row.level is not None), default=None)
