"""How decisions, alerts and releases are titled on a chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.base import chain
from salus.base.chain import Described
from salus.base.texts import pick
from salus.decide.models import Alert, Decision, Release, ServiceChange
from salus.decide.permissions import ALERT_VIEW, DECISION_VIEW, SERVICE_VIEW
from salus.decide.releases.envelope import as_summary
from salus.plan.scope import Sight
from salus.trust import policy
from salus.trust.schemas import Tier

DECISION, ALERT, RELEASE, SERVICE_CHANGE = "decision", "alert", "release", "service_change"
# A decision in force is for partners to know; a draft is the centre's own.
SHARED = ("approved", "ended")


def tier_of(status: str) -> Tier:
    """Return how far a decision may travel."""
    return Tier.PARTNER if status in SHARED else Tier.OPERATIONAL


def _language() -> str:
    return get_language() or "en"


def describe_decisions(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles for the decisions that the viewer may see."""
    if not policy.may_somewhere(viewer, DECISION_VIEW, tier=Tier.PARTNER):
        return {}
    sight = Sight(viewer, DECISION_VIEW, Tier.PARTNER)
    found = {}
    for row in Decision.objects.known(known_at).filter(id__in=ids):
        allowed = policy.may_somewhere(viewer, DECISION_VIEW, tier=tier_of(row.status))
        if allowed and sight.sees(row.zone_ids):
            title = pick(row.title, _language()) or f"#{row.number}"
            found[row.id] = Described(title, f"/ops/decisions/{row.id}/", row.status)
    return found


def describe_alerts(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles for the alerts that the viewer may see."""
    if not policy.may_somewhere(viewer, ALERT_VIEW):
        return {}
    return {
        row.id: Described(
            pick(row.headline, _language()), f"/ops/decisions/{row.decision_id}/#alert-{row.id}", row.status
        )
        for row in Alert.objects.known(known_at).filter(id__in=ids)
    }


def describe_releases(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles for releases: everybody may see them."""
    rows = Release.objects.filter(id__in=ids).defer("body")
    if known_at is not None:
        rows = rows.filter(published_at__lte=known_at)
    return {
        row.id: Described(pick(as_summary(row).title, _language()), f"/ops/releases/{row.number}/", row.kind)
        for row in rows
    }


def describe_service_changes(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles for the changes of service that the viewer may see."""
    if not policy.may_somewhere(viewer, SERVICE_VIEW, tier=Tier.PARTNER):
        return {}
    sight = Sight(viewer, SERVICE_VIEW, Tier.PARTNER)
    return {
        row.id: Described(_of_service(row), f"/ops/lines-and-sites/{row.id}/", row.status)
        for row in ServiceChange.objects.known(known_at).filter(id__in=ids)
        if sight.sees(row.zone_ids)
    }


def _of_service(row: ServiceChange) -> str:
    words = _("Line closed, %(number)s") if row.line_id else _("Site opened, %(number)s")
    return words % {"number": row.number}


chain.register(DECISION, describe_decisions)
chain.register(SERVICE_CHANGE, describe_service_changes)
chain.register(ALERT, describe_alerts)
chain.register(RELEASE, describe_releases)
