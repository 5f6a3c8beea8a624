"""Writing facilities and the spaces inside them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited, note
from salus.base.errors import Conflict, Invalid
from salus.base.texts import LocalText
from salus.base.versioned import record_create, record_revise
from salus.city import events
from salus.city.models import Facility, Space
from salus.city.permissions import FACILITY_MANAGE, FACILITY_REPORT
from salus.city.reading.zones import row_at, row_of
from salus.city.schemas import Point, ZoneRow
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

STATUSES = ("planned", "open", "limited", "full", "closed")


def _check_status(status: str) -> None:
    if status not in STATUSES:
        raise Invalid(
            _("'%(status)s' is not a status.") % {"status": status},
            remedy=_("Choose one of %(list)s.") % {"list": ", ".join(STATUSES)},
        )


def _check_capacity(capacity: int | None, in_use: int | None = None) -> None:
    for value in (capacity, in_use):
        if value is not None and not 0 <= value <= 1_000_000:
            raise Invalid(
                _("A capacity is a whole number from 0 to 1,000,000, not %(value)s.") % {"value": value},
                remedy=_("Correct the number."),
            )


def _place(location: Point, zone_id: UUID | None) -> ZoneRow:
    """Return the zone of a facility: the one named, or the one in which it stands."""
    lon, lat = location
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid(
            _("The place (%(lon)s, %(lat)s) lies outside the world.") % {"lon": lon, "lat": lat},
            remedy=_("Write longitude, then latitude."),
        )
    if zone_id is not None:
        return row_of(zone_id)
    found = row_at(lon, lat)
    if found is None:
        swapped = row_at(lat, lon) if -90 <= lon <= 90 else None
        raise Invalid(
            _("The place (%(lon)s, %(lat)s) lies in no zone of the city.") % {"lon": lon, "lat": lat},
            remedy=_("Longitude and latitude look swapped.") if swapped else _("Correct the place."),
        )
    return found


def _check_new(code: str, name: LocalText, status: str, capacity: int | None) -> None:
    _check_status(status)
    _check_capacity(capacity)
    if not code or not name:
        raise Invalid(_("A facility needs a code and a name."), remedy=_("Write both."))
    if Facility.objects.known().filter(code=code).exists():
        raise Conflict(_("The code '%(code)s' is taken.") % {"code": code}, remedy=_("Choose another code."))


@audited("facility.create")
def facility_create(
    *,
    code: str,
    name: LocalText,
    kind: str,
    location: Point,
    zone_id: UUID | None = None,
    organisation_id: UUID | None = None,
    capacity: int | None = None,
    status: str = "open",
    by: Viewer,
) -> Facility:
    """Write down a facility; without a zone it is put into the one in which it stands."""
    zone = _place(location, zone_id)
    policy.require(by, FACILITY_MANAGE, zone=zone.path)
    _check_new(code, name, status, capacity)
    row = record_create(
        Facility,
        code=code,
        name=dict(name),
        kind=kind,
        organisation_id=organisation_id,
        zone_id=zone.id,
        lon=location[0],
        lat=location[1],
        status=status,
        capacity=capacity,
        by=by,
    )
    return _told(row, by)


@audited("facility.revise")
def facility_revise(
    *,
    facility: UUID,
    name: LocalText | None = None,
    kind: str | None = None,
    organisation_id: UUID | None = None,
    capacity: int | None = None,
    by: Viewer,
) -> Facility:
    """Change what is known of a facility; what is not given stays."""
    row: Facility = Facility.objects.one(facility)
    policy.require(by, FACILITY_MANAGE, zone=row_of(row.zone_id).path)
    _check_capacity(capacity)
    given: dict[str, Any] = {
        "name": dict(name) if name is not None else None,
        "kind": kind,
        "organisation_id": organisation_id,
        "capacity": capacity,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    return _told(record_revise(row, by=by, **changes), by)


def _require_report(by: Viewer, facility: Facility) -> None:
    """A facility's own organisation reports for it; others need the right to manage it."""
    path = row_of(facility.zone_id).path
    own = by.organisation_id is not None and by.organisation_id == facility.organisation_id
    if own and policy.may(by, FACILITY_REPORT, zone=path, tier=Tier.PARTNER):
        return
    policy.require(by, FACILITY_MANAGE, zone=path)


@audited("facility.status_set")
def facility_status_set(*, facility: UUID, status: str, note_text: str = "", by: Viewer) -> Facility:
    """Say that a facility is open, limited, full, closed or planned, and why."""
    row: Facility = Facility.objects.one(facility)
    _require_report(by, row)
    _check_status(status)
    revised = record_revise(row, status=status, status_note=note_text[:400], by=by)
    note(before=row.status, status=status)
    return _told(revised, by)


@audited("facility.space_set")
def space_set(
    *,
    facility: UUID,
    code: str,
    kind: str,
    capacity: int,
    name: LocalText | None = None,
    in_use: int | None = None,
    status: str = "open",
    by: Viewer,
) -> Space:
    """Write a space of a facility with its capacity and what is in use, or its next state."""
    row: Facility = Facility.objects.one(facility)
    _require_report(by, row)
    _check_status(status)
    _check_capacity(capacity, in_use)
    before: Space | None = Space.objects.known().filter(facility_id=row.id, code=code).first()
    fields: dict[str, Any] = {"kind": kind, "capacity": capacity, "in_use": in_use, "status": status}
    if name is not None:
        fields["name"] = dict(name)
    if before is not None:
        space: Space = record_revise(before, by=by, **fields)
    else:
        space = record_create(Space, facility_id=row.id, code=code, by=by, **fields)
    note(code=code, capacity=capacity, in_use=in_use)
    _told(row, by)
    return space


def _told(row: Facility, by: Viewer) -> Facility:
    outbox.publish(
        topic=events.FACILITY_CHANGED,
        record_kind="facility",
        record_id=row.id,
        by=by,
        payload={"status": row.status, "zone": str(row.zone_id)},
    )
    return row
