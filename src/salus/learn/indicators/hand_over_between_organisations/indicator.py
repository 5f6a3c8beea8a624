"""Hours from the offer of a task to the moment at which the other side took it, by pair of organisations."""

from __future__ import annotations

from salus.learn.indicators.facts import Facts
from salus.learn.indicators.taking import Taking, hours


def values(facts: Facts) -> list[Taking]:
    """Return the hours from offer to taking, for each hand-over, by the two organisations."""
    taken = facts.between("organisation", "organisation", "handed_over")
    return [Taking(step.source_id, step.target_id, hours(step)) for step in taken]
