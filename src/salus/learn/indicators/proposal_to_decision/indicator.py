"""Hours from a proposal to the approval of the decision on it."""

from __future__ import annotations

from salus.learn.indicators.facts import Facts
from salus.learn.indicators.taking import Taking, first_of_each_source, of


def values(facts: Facts) -> list[Taking]:
    """Return the hours from proposal to approval, for each decided proposal."""
    return [of(step) for step in first_of_each_source(facts.between("proposal", "decision", "approved"))]
