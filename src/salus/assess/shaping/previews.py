"""Levels under rules that are only proposed, from numbers that are stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from salus.assess.models import RiskLevel
from salus.assess.rules.document import RuleDocument, parse_document, read_document
from salus.assess.rules.hysteresis import Standing, settle
from salus.assess.rules.judge import Judgement, Reading, judge
from salus.assess.schemas import PreviewRow, RiskLevelRow
from salus.assess.shaping.rows import risk_level_row
from salus.base import clock


def read_draft(given: str | dict[str, Any]) -> RuleDocument:
    """Return a draft given as YAML or as its fields, or say what is wrong with it."""
    if isinstance(given, str):
        return parse_document(given, name="that you gave")
    return read_document(given, name="that you gave")


def preview(rows: Sequence[RiskLevel], document: RuleDocument, moment: datetime) -> list[PreviewRow]:
    """Return each level beside what the draft would make of it."""
    past = _past_readings(rows, document, moment)
    shown = []
    for row in rows:
        standing, judgement = _replay(past[row.zone_number] or [row], document)
        shown.append(PreviewRow(row.level, _as_draft(row, document, standing, judgement)))
    return shown


def _past_readings(rows: Sequence[RiskLevel], document: RuleDocument, moment: datetime) -> dict[int, list[RiskLevel]]:
    """Return each zone's versions over the days that the rule against flapping looks back."""
    since = moment - timedelta(days=document.hysteresis.lower_after_days + 1)
    versions = RiskLevel.objects.filter(
        zone_number__in=[row.zone_number for row in rows],
        recorded_at__gt=since,
        recorded_at__lte=moment,
        ended_at__isnull=True,
    )
    found: dict[int, list[RiskLevel]] = defaultdict(list)
    for row in versions.order_by("recorded_at", "version"):
        found[row.zone_number].append(row)
    return found


def _replay(versions: list[RiskLevel], document: RuleDocument) -> tuple[Standing, Judgement]:
    standing: Standing | None = None
    judgement = Judgement(None, (), "no_data")
    for row in versions:
        readings = {key: Reading.of(raw) for key, raw in row.indicators.items()}
        judgement = judge(document, row.zone_level, readings)
        day = row.recorded_at.astimezone(clock.city_zone()).date()
        days = document.hysteresis.lower_after_days
        standing = settle(standing, judgement.level, day, lower_after_days=days)
    return standing or Standing(None), judgement


def _as_draft(row: RiskLevel, document: RuleDocument, standing: Standing, judgement: Judgement) -> RiskLevelRow:
    """Return the row as it would stand; it is never saved."""
    row = RiskLevel(**{f.attname: getattr(row, f.attname) for f in RiskLevel._meta.concrete_fields})
    row.level, row.raw_level = standing.level, judgement.level
    row.below_since, row.ceiling = standing.below_since, standing.ceiling
    row.why_undefined = judgement.why if standing.level is None else ""
    row.reasons = [outcome.as_dict() for outcome in judgement.outcomes]
    return risk_level_row(row, document)
