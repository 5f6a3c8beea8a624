"""Writing who is responsible where."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited, note
from salus.base.errors import Invalid
from salus.base.versioned import record_create, record_revise
from salus.city import events
from salus.city.models import Territory
from salus.city.permissions import CITY_MANAGE
from salus.city.reading.zones import row_of
from salus.trust import policy
from salus.trust import selectors as trust
from salus.trust.schemas import Viewer


@audited("city.territory_set")
def territory_set(*, organisation: UUID, kind: str, zones: Sequence[UUID], by: Viewer) -> Territory:
    """Say for which zones an organisation is responsible; no zones means none any more."""
    policy.require(by, CITY_MANAGE)
    trust.organisation_get(viewer=by, organisation=organisation)
    if not kind:
        raise Invalid(_("A territory needs a kind."), remedy=_("Write for example 'health' or 'police'."))
    ids = sorted({str(row_of(zone).id) for zone in zones})
    before: Territory | None = Territory.objects.known().filter(organisation_id=organisation, kind=kind).first()
    if before is not None:
        row: Territory = record_revise(before, zone_ids=ids, by=by)
    else:
        row = record_create(Territory, organisation_id=organisation, kind=kind, zone_ids=ids, by=by)
    note(organisation=str(organisation), kind=kind, zones=len(ids))
    outbox.publish(topic=events.TERRITORY_CHANGED, record_kind="territory", record_id=row.id, by=by)
    return row
