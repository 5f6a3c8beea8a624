"""How assessments, signals and levels are titled on the chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.assess.models import Assessment, RiskLevel, Signal
from salus.assess.permissions import ASSESSMENT_VIEW, RISK_LEVEL_VIEW, SIGNAL_VIEW
from salus.assess.schemas import LEVEL_TIER, SIGNAL_TIER
from salus.assess.selectors.scope import visible_numbers
from salus.assess.shaping import rows as shaped
from salus.base import chain as base_chain
from salus.base import clock
from salus.base.chain import Described
from salus.base.texts import pick
from salus.city import selectors as city
from salus.gather import selectors as gather
from salus.trust import policy


def describe_assessments(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles of the assessments that were there at the moment."""
    if not policy.may_somewhere(viewer, ASSESSMENT_VIEW, tier=SIGNAL_TIER):
        return {}
    rows = Assessment.objects.filter(id__in=ids, recorded_at__lte=known_at or clock.now())
    return {
        row.id: Described(
            title=_("Assessment as known on %(day)s")
            % {"day": date_format(row.known_at.astimezone(clock.city_zone()), "DATE_FORMAT")},
            url=f"/ops/assessments/{row.id}/",
            status=row.status,
        )
        for row in rows
    }


def describe_signals(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles of the signals that the viewer may see."""
    if not policy.may_somewhere(viewer, SIGNAL_VIEW, tier=SIGNAL_TIER):
        return {}
    numbers = visible_numbers(viewer, SIGNAL_VIEW, tier=SIGNAL_TIER, known_at=known_at)
    names = {row.code: row.name for row in gather.series_list(viewer=viewer, known_at=known_at)}
    zones = _zone_names(viewer, known_at)
    rows = Signal.objects.known(known_at).filter(id__in=ids, series__in=list(names))
    language = get_language() or "en"
    return {
        row.id: Described(
            title=_("%(series)s above the expected in %(zone)s")
            % {
                "series": pick(names[row.series], language),
                "zone": zones.get(row.zone_number, str(row.zone_number)),
            },
            url=f"/ops/signals/{row.id}/",
            status=row.status,
        )
        for row in rows
        if numbers is None or row.zone_number in numbers
    }


def describe_levels(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles of the levels that the viewer may see."""
    if not policy.may_somewhere(viewer, RISK_LEVEL_VIEW, tier=LEVEL_TIER):
        return {}
    numbers = visible_numbers(viewer, RISK_LEVEL_VIEW, tier=LEVEL_TIER, known_at=known_at)
    rows = list(RiskLevel.objects.known(known_at).filter(id__in=ids))
    zones = _zone_names(viewer, known_at)
    language = get_language() or "en"
    return {
        row.id: Described(
            title=_("%(zone)s: %(level)s")
            % {"zone": zones.get(row.number, str(row.number)), "level": pick(row.name, language)},
            url=f"/ops/zones/{row.zone_id}/",
            status="" if row.ended_at is None else "ended",
        )
        for row in shaped.risk_level_rows([one for one in rows if numbers is None or one.zone_number in numbers])
    }


def _zone_names(viewer: Any, known_at: datetime | None) -> dict[int, str]:
    language = get_language() or "en"
    rows = city.zone_list(viewer=viewer, known_at=known_at)
    return {row.number: pick(row.name, language) for row in rows}


base_chain.register("assessment", describe_assessments)
base_chain.register("signal", describe_signals)
base_chain.register("risk_level", describe_levels)
