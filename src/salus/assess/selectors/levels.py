"""Reads of risk levels: now, at any past moment, and under rules that are only proposed."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from salus.assess.models import RiskLevel
from salus.assess.permissions import RISK_LEVEL_VIEW, RULE_VIEW
from salus.assess.rule_store import document_of, documents_numbered, rule_table_in_force
from salus.assess.rules.document import RuleDocument, parse_document, read_document
from salus.assess.rules.hysteresis import Standing, settle
from salus.assess.rules.judge import Judgement, Reading, judge
from salus.assess.schemas import LEVEL_TIER, PreviewRow, RiskLevelRow, RuleTableRow
from salus.assess.selectors.rows import risk_level_row, rule_table_row
from salus.assess.selectors.scope import visible_numbers, zone_number
from salus.base import clock
from salus.trust import policy
from salus.trust.schemas import Viewer


def _rows(viewer: Viewer, level: str | None, known_at: datetime | None) -> list[RiskLevel]:
    numbers = visible_numbers(viewer, RISK_LEVEL_VIEW, tier=LEVEL_TIER, known_at=known_at)
    rows = RiskLevel.objects.known(known_at).filter(ended_at__isnull=True)
    if level is not None:
        rows = rows.filter(zone_level=level)
    if numbers is not None:
        rows = rows.filter(zone_number__in=numbers)
    return list(rows.order_by("zone_number"))


def _as_schemas(rows: list[RiskLevel]) -> list[RiskLevelRow]:
    documents = documents_numbered({(row.rule_table_id, row.rule_table_number) for row in rows})
    return [
        risk_level_row(row, documents[row.rule_table_id, row.rule_table_number]) for row in rows
    ]


def risk_level_list(
    *, viewer: Viewer, level: str | None = "zone", known_at: datetime | None = None
) -> list[RiskLevelRow]:
    """Return the level of every zone of a kind (None: of every kind) by the zones' numbers."""
    return _as_schemas(_rows(viewer, level, known_at))


def risk_level_of(
    *, viewer: Viewer, zone: UUID, known_at: datetime | None = None
) -> RiskLevelRow | None:
    """Return the level of one zone, or None where it was never assessed."""
    number = zone_number(viewer, zone, known_at)
    rows = [row for row in _rows(viewer, None, known_at) if row.zone_number == number]
    return next(iter(_as_schemas(rows)), None)


def city_level(*, viewer: Viewer, known_at: datetime | None = None) -> RiskLevelRow | None:
    """Return the level of the whole city, or None where it was never assessed."""
    return next(iter(risk_level_list(viewer=viewer, level="city", known_at=known_at)), None)


def risk_level_get(
    *, viewer: Viewer, risk_level: UUID, known_at: datetime | None = None
) -> RiskLevelRow:
    """Return one stay of a zone at a level, the newest version known at the moment."""
    numbers = visible_numbers(viewer, RISK_LEVEL_VIEW, tier=LEVEL_TIER, known_at=known_at)
    row: RiskLevel = RiskLevel.objects.one(risk_level, known_at)
    if numbers is not None and row.zone_number not in numbers:
        policy.require(viewer, RISK_LEVEL_VIEW, tier=LEVEL_TIER)
    return _as_schemas([row])[0]


def risk_level_history(
    *, viewer: Viewer, zone: UUID, limit: int = 100, known_at: datetime | None = None
) -> list[RiskLevelRow]:
    """Return a zone's stays at its levels, newest first."""
    number = zone_number(viewer, zone, known_at)
    numbers = visible_numbers(viewer, RISK_LEVEL_VIEW, tier=LEVEL_TIER, known_at=known_at)
    if numbers is not None and number not in numbers:
        return []
    rows = RiskLevel.objects.known(known_at).filter(zone_number=number)
    return _as_schemas(list(rows.order_by("-since", "-version")[:limit]))


def rule_table_get(*, viewer: Viewer, known_at: datetime | None = None) -> RuleTableRow:
    """Return the rule table in force."""
    policy.require_somewhere(viewer, RULE_VIEW)
    row = rule_table_in_force(known_at)
    return rule_table_row(row, document_of(row))


def rule_table_history(
    *, viewer: Viewer, known_at: datetime | None = None
) -> list[RuleTableRow]:
    """Return every version of the rule table in force, newest first."""
    policy.require_somewhere(viewer, RULE_VIEW)
    row = rule_table_in_force(known_at)
    versions = type(row).objects.history(row.id, known_at)
    return [rule_table_row(one, document_of(one)) for one in versions][::-1]


def risk_level_preview(
    *,
    viewer: Viewer,
    rule_table_draft: str | dict[str, Any],
    level: str | None = None,
    known_at: datetime | None = None,
) -> list[PreviewRow]:
    """Return what a draft of the rules would make of the numbers that are stored.

    An indicator that no assessment has worked out yet is named as such; the rule against
    flapping is replayed over the assessments of its last days.
    """
    document = _draft(rule_table_draft)
    rows = _rows(viewer, level, known_at)
    past = _past_readings(rows, document, known_at)
    shown = []
    for row in rows:
        standing, judgement = _replay(past[row.zone_number] or [row], document)
        shown.append(PreviewRow(row.level, _as_draft(row, document, standing, judgement)))
    return shown


def _draft(given: str | dict[str, Any]) -> RuleDocument:
    if isinstance(given, str):
        return parse_document(given, name="that you gave")
    return read_document(given, name="that you gave")


def _past_readings(
    rows: list[RiskLevel], document: RuleDocument, known_at: datetime | None
) -> dict[int, list[RiskLevel]]:
    """Return each zone's versions over the days that the rule against flapping looks back."""
    moment = known_at or clock.now()
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


def _replay(
    versions: list[RiskLevel], document: RuleDocument
) -> tuple[Standing, Judgement]:
    standing: Standing | None = None
    judgement = Judgement(None, (), "no_data")
    for row in versions:
        readings = {key: Reading.of(raw) for key, raw in row.indicators.items()}
        judgement = judge(document, row.zone_level, readings)
        day = row.recorded_at.astimezone(clock.city_zone()).date()
        days = document.hysteresis.lower_after_days
        standing = settle(standing, judgement.level, day, lower_after_days=days)
    return standing or Standing(None), judgement


def _as_draft(
    row: RiskLevel, document: RuleDocument, standing: Standing, judgement: Judgement
) -> RiskLevelRow:
    """Return the row as it would stand; it is never saved."""
    row = RiskLevel(**{f.attname: getattr(row, f.attname) for f in RiskLevel._meta.concrete_fields})
    row.level, row.raw_level = standing.level, judgement.level
    row.below_since, row.ceiling = standing.below_since, standing.ceiling
    row.why_undefined = judgement.why if standing.level is None else ""
    row.reasons = [outcome.as_dict() for outcome in judgement.outcomes]
    return risk_level_row(row, document)
