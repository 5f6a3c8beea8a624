"""Reads of changes of service."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import NotFound
from salus.decide.changes.rows import change_row
from salus.decide.changes.schemas import LINE_CLOSED, SITE_OPENED, ServiceChangeRow, ServiceWish
from salus.decide.models import ServiceChange
from salus.decide.permissions import SERVICE_VIEW
from salus.decide.schemas import DecisionRow
from salus.decide.selectors import decision_list
from salus.plan.schemas import CLOSE_LINES, ServiceTemplate
from salus.plan.scope import Sight
from salus.plan.selectors import measure_list
from salus.trust.schemas import Tier, Viewer


def _day(known_at: datetime | None) -> date:
    return (known_at or clock.now()).astimezone(clock.city_zone()).date()


def service_change_list(
    *,
    viewer: Viewer,
    decision: UUID | None = None,
    kind: str | None = None,
    current: bool = False,
    known_at: datetime | None = None,
) -> list[ServiceChangeRow]:
    """Return changes of service, the newest first; `current` keeps those that hold or will hold."""
    sight = Sight(viewer, SERVICE_VIEW, Tier.PARTNER)
    rows = ServiceChange.objects.known(known_at).order_by("-number")
    given = {"decision_id": decision, "kind": kind}
    rows = rows.filter(**{key: value for key, value in given.items() if value is not None})
    found = [change_row(row, known_at) for row in rows if sight.sees(row.zone_ids)]
    day = _day(known_at)
    return [row for row in found if not current or row.state(day) != "ended"]


def service_change_get(*, viewer: Viewer, change: UUID, known_at: datetime | None = None) -> ServiceChangeRow:
    """Return one change of service."""
    row: ServiceChange = ServiceChange.objects.one(change, known_at)
    if not Sight(viewer, SERVICE_VIEW, Tier.PARTNER).sees(row.zone_ids):
        raise NotFound(_("There is no such change of service."), remedy=_("It may not have been known at that moment."))
    return change_row(row, known_at)


def service_change_history(*, viewer: Viewer, change: UUID, known_at: datetime | None = None) -> list[ServiceChangeRow]:
    """Return every version of a change of service, the oldest first."""
    service_change_get(viewer=viewer, change=change, known_at=known_at)
    return [change_row(row, known_at) for row in ServiceChange.objects.history(change, known_at)]


def service_wish_list(*, viewer: Viewer, known_at: datetime | None = None) -> list[ServiceWish]:
    """Return what measures in force ask for and nobody has ordered yet, the newest decision first."""
    measures = {row.code: row for row in measure_list(viewer=viewer, known_at=known_at) if row.services}
    if not measures:
        return []
    done = service_change_list(viewer=viewer, known_at=known_at)
    return [
        ServiceWish(row, measures[code], asked)
        for row in decision_list(viewer=viewer, status="approved", in_force=True, known_at=known_at)
        for code in row.measures
        if code in measures
        for asked in measures[code].services
        if not any(_answers(one, row, asked) for one in done)
    ]


def _answers(change: ServiceChangeRow, decision: DecisionRow, asked: ServiceTemplate) -> bool:
    """Tell whether a change was ordered on a decision as one of its measures asks."""
    wanted = (LINE_CLOSED, "") if asked.what == CLOSE_LINES else (SITE_OPENED, asked.site)
    return change.decision_id == decision.id and (change.kind, change.site) == wanted
