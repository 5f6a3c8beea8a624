"""Hours from the approval of a decision to the first measurement of its effect."""

from __future__ import annotations

from salus.learn.indicators.facts import Facts
from salus.learn.indicators.taking import Taking, first_of_each_source, of


def values(facts: Facts) -> list[Taking]:
    """Return the hours from approval to outcome, for each decision that was measured."""
    return [of(step) for step in first_of_each_source(facts.between("decision", "outcome", "measured"))]
