"""From indicators to a level: the highest that any counted indicator reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from salus.assess.rules.document import IndicatorRule, RuleDocument

ABOVE, BELOW, UNDEFINED, NOT_COUNTED = "above", "below", "undefined", "not_counted"


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator's value in one zone, or why there is none."""

    value: float | None
    why: str = ""
    on: str | None = None
    series: str = ""
    estimated: bool = False
    # How many people or events the number counts, where it counts any.
    count: float | None = None

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Reading:
        """Return the reading in a stored mapping."""
        return cls(**{key: raw[key] for key in cls.__dataclass_fields__ if key in raw})

    def as_dict(self) -> dict[str, Any]:
        """Return the reading as it is stored; what is empty is left out."""
        kept = {key: value for key, value in asdict(self).items() if value not in ("", False, None)}
        return {**kept, "value": self.value}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one indicator says about the level."""

    indicator: str
    outcome: str
    level: int | None = None
    value: float | None = None
    threshold: float | None = None
    why: str = ""
    on: str | None = None
    estimated: bool = False
    count: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome as it is stored; what is empty is left out."""
        return {key: value for key, value in asdict(self).items() if value not in ("", None, False)}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The level that the rules give, and each indicator's part in it, weightiest first."""

    level: int | None
    outcomes: tuple[Outcome, ...]
    why: str = ""


def judge(document: RuleDocument, area: str, readings: Mapping[str, Reading]) -> Judgement:
    """Return the level of a zone of one kind from its indicators."""
    rules = [row for row in document.indicators if area in row.areas]
    if not rules:
        return Judgement(None, (), "no_rule")
    outcomes = [_outcome(row, readings) for row in rules]
    outcomes.sort(key=lambda row: (row.level is None, -(row.level or 0)))
    required = {row.key for row in rules if row.required}
    lacking = next((o for o in outcomes if o.indicator in required and o.value is None), None)
    if lacking is not None:
        return Judgement(None, tuple(outcomes), lacking.why)
    reached = [row.level for row in outcomes if row.level is not None]
    if not reached:
        return Judgement(None, tuple(outcomes), outcomes[0].why or "no_data")
    return Judgement(max(reached), tuple(outcomes))


def _outcome(rule: IndicatorRule, readings: Mapping[str, Reading]) -> Outcome:
    reading = readings.get(rule.key, Reading(None, "not_computed"))
    value = reading.value
    if value is None:
        return Outcome(rule.key, UNDEFINED, why=reading.why or "no_data", on=reading.on)
    for key, least in rule.only_if.items():
        other = readings.get(key)
        if other is None or other.value is None or other.value < least:
            return Outcome(rule.key, NOT_COUNTED, value=value, why=key, on=reading.on)
    reached = [level for level, bound in rule.thresholds.items() if value > bound]
    level = max(reached, default=0)
    if reading.count is not None and reading.count < rule.least_count:
        # A handful of people in a small zone is no great wave, whatever the rate.
        level = min(level, 1)
        reached = [one for one in reached if one <= level]
    bound = rule.thresholds[level] if reached else min(rule.thresholds.values())
    return Outcome(
        rule.key,
        ABOVE if reached else BELOW,
        level,
        value,
        bound,
        on=reading.on,
        estimated=reading.estimated,
        count=reading.count,
    )
