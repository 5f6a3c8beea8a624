"""What decisions mean for proposals: a question that is answered is not asked, and one whose answer ran out is."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from salus.assess.selectors import risk_level_list
from salus.base.chain import Ref
from salus.decide.schemas import DecisionRow
from salus.decide.selectors import decision_list
from salus.plan.phrases import fill
from salus.plan.queue import open_over
from salus.plan.scope import zones_by_id
from salus.plan.selectors import playbook_get, proposal_get, proposal_list
from salus.plan.services import proposal_drop, proposal_raise
from salus.trust.actors import system_viewer


def answering(zone_ids: Sequence[UUID], level: int, *, after: int = 0) -> list[DecisionRow]:
    """Return the decisions in force that together bring a level's measures to all of the areas, or none.

    A decision answers a level when it was made for that level or a higher one, or brings all of its measures.
    `after` leaves out decisions up to a number.
    """
    viewer = system_viewer("decide")
    playbook = playbook_get(viewer=viewer)
    step = playbook.level(level) if playbook else None
    wanted = set(step.measures) if step else set()
    rows = [row for row in decision_list(viewer=viewer, in_force=True) if row.number > after]
    # A decision to do nothing more answers its own question, not the next one.
    held = [r for r in rows if r.measures and ((r.level_to or 0) >= level or wanted <= set(r.measures))]
    ground = {zone_id for row in held for zone_id in row.zone_ids}
    paths = {zone_id: set(zone.path) for zone_id, zone in zones_by_id().items()}
    return held if all(paths.get(zone_id, set()) & ground for zone_id in zone_ids) else []


def drop_if_covered(proposal_id: UUID) -> None:
    """Drop an open proposal where decisions in force already bring the measures of its level to all of its areas."""
    viewer = system_viewer("decide")
    proposal = proposal_get(viewer=viewer, proposal=proposal_id)
    playbook = playbook_get(viewer=viewer)
    if proposal.status != "open" or proposal.taken or proposal.outcome_id is not None or playbook is None:
        return
    held = answering(proposal.zone_ids, proposal.level_to)
    if held:
        numbers = ", ".join(str(row.number) for row in sorted(held, key=lambda row: row.number))
        reason = fill(playbook.phrases["covered_by_decision"], numbers=numbers)
        proposal_drop(proposal=proposal.id, reason=reason, by=viewer)


def drop_all_covered() -> None:
    """Drop every open proposal that a new decision answers too."""
    for row in proposal_list(viewer=system_viewer("decide"), status="open"):
        drop_if_covered(row.id)


def ask_again(row: DecisionRow) -> None:
    """Raise a proposal where a decision ran out and its areas still stand at its level."""
    viewer = system_viewer("decide")
    playbook = playbook_get(viewer=viewer)
    wanted = set(row.zone_ids)
    found = risk_level_list(viewer=viewer, level=None)
    level = max((one.level for one in found if one.zone_id in wanted and one.level is not None), default=0)
    if playbook is None or level < max(row.level_to or 1, 1) or open_over(row.zone_ids, level) is not None:
        return
    words = playbook.phrases["reason_period_over"]
    proposal_raise(
        zone_ids=row.zone_ids,
        level_from=level,
        level_to=level,
        cause=f"period:{row.id}",
        reason=fill(words, number=str(row.number), level=playbook.name_of(level)),
        links=[(Ref("decision", row.id, row.approved_at or row.created_at), "ran_out")],
        by=viewer,
    )
