"""Hours from the approval of a decision to the end of each of its tasks."""

from __future__ import annotations

from salus.learn.indicators.facts import Facts
from salus.learn.indicators.taking import Taking, of


def values(facts: Facts) -> list[Taking]:
    """Return the hours from approval to done, for each task that is done."""
    return [of(step) for step in facts.between("decision", "task", "done")]
