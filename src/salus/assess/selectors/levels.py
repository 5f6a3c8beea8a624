"""Reads of risk levels: now, at any past moment, and under rules that are only proposed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from salus.assess import rule_store
from salus.assess.models import RiskLevel
from salus.assess.permissions import RISK_LEVEL_VIEW, RULE_VIEW
from salus.assess.schemas import LEVEL_TIER, PreviewRow, RiskLevelRow, RuleTableRow
from salus.assess.selectors.scope import visible_numbers, zone_number
from salus.assess.shaping import previews
from salus.assess.shaping import rows as shaped
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


def risk_level_list(
    *, viewer: Viewer, level: str | None = "zone", known_at: datetime | None = None
) -> list[RiskLevelRow]:
    """Return the level of every zone of a kind (None: of every kind) by the zones' numbers."""
    return shaped.risk_level_rows(_rows(viewer, level, known_at))


def risk_level_of(*, viewer: Viewer, zone: UUID, known_at: datetime | None = None) -> RiskLevelRow | None:
    """Return the level of one zone, or None where it was never assessed."""
    number = zone_number(viewer, zone, known_at)
    rows = [row for row in _rows(viewer, None, known_at) if row.zone_number == number]
    return next(iter(shaped.risk_level_rows(rows)), None)


def city_level(*, viewer: Viewer, known_at: datetime | None = None) -> RiskLevelRow | None:
    """Return the level of the whole city, or None where it was never assessed."""
    return next(iter(risk_level_list(viewer=viewer, level="city", known_at=known_at)), None)


def risk_level_get(*, viewer: Viewer, risk_level: UUID, known_at: datetime | None = None) -> RiskLevelRow:
    """Return one stay of a zone at a level, the newest version known at the moment."""
    numbers = visible_numbers(viewer, RISK_LEVEL_VIEW, tier=LEVEL_TIER, known_at=known_at)
    row: RiskLevel = RiskLevel.objects.one(risk_level, known_at)
    if numbers is not None and row.zone_number not in numbers:
        policy.require(viewer, RISK_LEVEL_VIEW, tier=LEVEL_TIER)
    return shaped.risk_level_rows([row])[0]


def risk_level_history(
    *, viewer: Viewer, zone: UUID, limit: int = 100, known_at: datetime | None = None
) -> list[RiskLevelRow]:
    """Return a zone's stays at its levels, newest first."""
    number = zone_number(viewer, zone, known_at)
    numbers = visible_numbers(viewer, RISK_LEVEL_VIEW, tier=LEVEL_TIER, known_at=known_at)
    if numbers is not None and number not in numbers:
        return []
    rows = RiskLevel.objects.known(known_at).filter(zone_number=number)
    return shaped.risk_level_rows(list(rows.order_by("-since", "-version")[:limit]))


def rule_table_get(*, viewer: Viewer, known_at: datetime | None = None) -> RuleTableRow:
    """Return the rule table in force."""
    policy.require_somewhere(viewer, RULE_VIEW)
    row = rule_store.rule_table_in_force(known_at)
    return shaped.rule_table_row(row, rule_store.document_of(row))


def rule_table_history(*, viewer: Viewer, known_at: datetime | None = None) -> list[RuleTableRow]:
    """Return every version of the rule table in force, newest first."""
    policy.require_somewhere(viewer, RULE_VIEW)
    row = rule_store.rule_table_in_force(known_at)
    versions = type(row).objects.history(row.id, known_at)
    return [shaped.rule_table_row(one, rule_store.document_of(one)) for one in versions][::-1]


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
    document = previews.read_draft(rule_table_draft)
    rows = _rows(viewer, level, known_at)
    return previews.preview(rows, document, known_at or clock.now())
