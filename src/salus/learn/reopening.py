"""Opening the plan again where a decision did less than was expected and the danger still stands."""

from __future__ import annotations

from uuid import UUID

from salus.assess.selectors import risk_level_list
from salus.base.chain import Ref
from salus.decide.following import answering
from salus.decide.schemas import DecisionRow
from salus.learn import words
from salus.learn.measuring import Measured
from salus.learn.models import Outcome
from salus.plan.queue import open_over
from salus.plan.schemas import ProposalRow
from salus.plan.selectors import playbook_get, proposal_get
from salus.plan.services import proposal_join, proposal_raise
from salus.trust.actors import system_viewer
from salus.trust.schemas import Viewer


def reopen(outcome: Outcome, decision: DecisionRow, found: Measured, by: Viewer) -> ProposalRow | None:
    """Ask again about the areas of a decision that fell short, unless that was asked or decided meanwhile.

    Where the level has fallen below the one that was decided on, there is nothing to ask.
    """
    viewer = system_viewer("learn")
    playbook = playbook_get(viewer=viewer)
    level, wanted = standing_level(decision), decision.level_to or 1
    if playbook is None or found.expected is None or (level is not None and level < wanted):
        return None
    level = max(level or 0, wanted)
    if answering(decision.zone_ids, level, after=decision.number):
        return None
    links = [(Ref("outcome", outcome.id, outcome.created_at), "reopened")]
    asked = open_over(decision.zone_ids, level)
    if asked is not None:
        return proposal_get(viewer=viewer, proposal=proposal_join(proposal=asked.id, links=links, by=viewer).id)
    made = proposal_raise(
        zone_ids=decision.zone_ids,
        level_from=wanted,
        level_to=level,
        cause=f"outcome:{outcome.id}",
        outcome=outcome.id,
        reason=words.fell_short(decision, found.expected, found.observed, playbook),
        links=links,
        by=viewer,
    )
    return proposal_get(viewer=viewer, proposal=made.id)


def standing_level(decision: DecisionRow) -> int | None:
    """Return the highest level at which the areas of a decision stand, or None where none is defined."""
    wanted: set[UUID] = set(decision.zone_ids)
    rows = risk_level_list(viewer=system_viewer("learn"), level=None)
    return max((row.level for row in rows if row.zone_id in wanted and row.level is not None), default=None)
