"""Reads of alerts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.decide.models import Alert
from salus.decide.permissions import ALERT_VIEW
from salus.decide.rows import alert_row
from salus.decide.schemas import AlertRow
from salus.plan.scope import Sight
from salus.trust.schemas import Viewer


def alert_list(
    *,
    viewer: Viewer,
    decision: UUID | None = None,
    status: str | None = None,
    live_at: datetime | None = None,
    known_at: datetime | None = None,
) -> list[AlertRow]:
    """Return alerts, the newest first; `live_at` keeps the published ones that have not expired then."""
    sight = Sight(viewer, ALERT_VIEW)
    rows = Alert.objects.known(known_at).order_by("-sent_at", "-created_at")
    if decision is not None:
        rows = rows.filter(decision_id=decision)
    if status is not None:
        rows = rows.filter(status=status)
    if live_at is not None:
        rows = rows.filter(status="published", expires_at__gt=live_at).exclude(message_type="Cancel")
    return [alert_row(row) for row in rows if sight.sees(row.zone_ids)]


def alert_get(*, viewer: Viewer, alert: UUID, known_at: datetime | None = None) -> AlertRow:
    """Return one alert."""
    row = Alert.objects.one(alert, known_at)
    if not Sight(viewer, ALERT_VIEW).sees(row.zone_ids):
        raise NotFound(_("There is no such alert."), remedy=_("It may not have been known at that moment."))
    return alert_row(row)
