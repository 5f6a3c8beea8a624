"""Writes the level of every zone: a new record where the level changes, a new version otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from salus.assess.models import RiskLevel
from salus.assess.rules.hysteresis import Standing, settle
from salus.assess.rules.judge import Judgement, judge
from salus.assess.run.areas import Area
from salus.assess.run.versions import create_many, revise_many
from salus.base.ids import new_id

if TYPE_CHECKING:
    from salus.assess.run.recording import Recording


@dataclass(frozen=True)
class LevelChange:
    """A new stay at a level: `raised`, `lowered` or `set` (undefined, or calm at the first look)."""

    row: RiskLevel
    before: int | None
    direction: str


def record_levels(work: Recording) -> list[LevelChange]:
    """Write every zone's level and return those that changed."""
    standing = {row.zone_number: row for row in RiskLevel.objects.known().filter(ended_at__isnull=True)}
    kept: list[tuple[RiskLevel, dict[str, Any]]] = []
    begun: list[dict[str, Any]] = []
    for area, readings in zip(work.computed.areas.rows, work.computed.readings, strict=True):
        judgement = judge(work.document, area.level, readings)
        row = standing.pop(area.number, None)
        now = _settled(work, row, judgement)
        fields = _fields(work, area, judgement, now)
        fields["indicators"] = {key: reading.as_dict() for key, reading in readings.items()}
        if row is not None and row.level == now.level:
            kept.append((row, fields))
            continue
        if row is not None:
            kept.append((row, {"ended_at": work.moment}))
        begun.append(_begun(work, row, fields))
    # Zones that are no longer part of the city.
    kept += [(row, {"ended_at": work.moment}) for row in standing.values()]
    revise_many(kept, moment=work.moment, by=work.by)
    made = create_many(RiskLevel, begun, moment=work.moment, by=work.by)
    return [LevelChange(row, row.previous, direction(row.previous, row.level)) for row in made]


def _settled(work: Recording, row: RiskLevel | None, judgement: Judgement) -> Standing:
    before = Standing(row.level, row.below_since, row.ceiling) if row is not None else None
    days = work.document.hysteresis.lower_after_days
    return settle(before, judgement.level, work.computed.today, lower_after_days=days)


def _fields(work: Recording, area: Area, judgement: Judgement, now: Standing) -> dict[str, Any]:
    return {
        "zone_id": area.id,
        "zone_number": area.number,
        "zone_level": area.level,
        "level": now.level,
        "why_undefined": judgement.why if now.level is None else "",
        "raw_level": judgement.level,
        "below_since": now.below_since,
        "ceiling": now.ceiling,
        "reasons": [outcome.as_dict() for outcome in judgement.outcomes],
        "rule_table_id": work.rule_table.id,
        "rule_table_number": work.rule_table.number,
        "assessment_id": work.assessment.id,
    }


def _begun(work: Recording, row: RiskLevel | None, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        **fields,
        "id": new_id(),
        "previous": row.level if row is not None else None,
        "has_previous": row is not None,
        "since": work.moment,
    }


def direction(before: int | None, level: int | None) -> str:
    """Return which way a level went; nothing before counts as calm, so that a first high level is told."""
    if level is None:
        return "set"
    if level > (before or 0):
        return "raised"
    return "lowered" if before is not None and level < before else "set"
