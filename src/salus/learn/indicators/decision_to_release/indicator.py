"""Hours from the approval of a decision to its first release."""

from __future__ import annotations

from salus.learn.indicators.facts import Facts
from salus.learn.indicators.taking import Taking, first_of_each_source, of


def values(facts: Facts) -> list[Taking]:
    """Return the hours from approval to the first release, for each published decision."""
    return [of(step) for step in first_of_each_source(facts.between("decision", "release", "published"))]
