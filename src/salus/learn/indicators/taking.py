"""How long one hand-over took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from salus.learn.indicators.facts import Step


@dataclass(frozen=True, slots=True)
class Taking:
    """The hours between two records or two owners."""

    source: str
    target: str
    hours: float


def of(step: Step) -> Taking:
    """Return what a step took, by the kinds of its two records."""
    return Taking(step.source_kind, step.target_kind, hours(step))


def hours(step: Step) -> float:
    """Return the hours of a step; a target that was there before its source took no time."""
    return max((step.target_at - step.source_at).total_seconds() / 3600, 0.0)


def first_of_each_source(steps: Iterable[Step]) -> list[Step]:
    """Keep for each source the step to its first target."""
    kept: dict[str, Step] = {}
    for step in steps:
        kept.setdefault(step.source_id, step)
    return list(kept.values())


def earliest_for_each_target(steps: Iterable[Step]) -> list[Step]:
    """Keep for each target the step from its earliest source."""
    kept: dict[str, Step] = {}
    for step in steps:
        if step.target_id not in kept or step.source_at < kept[step.target_id].source_at:
            kept[step.target_id] = step
    return list(kept.values())
