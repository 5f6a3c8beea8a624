"""Hours from the first signal behind a rise of a level to the proposal that the rise raised. A rise without a signal counts from the rise."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from salus.learn.indicators.facts import Facts
from salus.learn.indicators.taking import Taking, earliest_for_each_target, hours


def values(facts: Facts) -> list[Taking]:
    """Return the hours from detection to proposal, for each proposal."""
    seen: dict[str, datetime] = {}
    for step in facts.between("signal", "risk_level", "contributed"):
        seen[step.target_id] = min(step.source_at, seen.get(step.target_id, step.source_at))
    raised = facts.between("risk_level", "proposal", "raised")
    found = [replace(step, source_at=min(seen.get(step.source_id, step.source_at), step.source_at)) for step in raised]
    return [Taking("signal", "proposal", hours(step)) for step in earliest_for_each_target(found)]
