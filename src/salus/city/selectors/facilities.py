"""Reading facilities, their spaces, and who is responsible where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.city.models import Facility, Space, Territory
from salus.city.permissions import CITY_VIEW, FACILITY_VIEW
from salus.city.reading import zones as places
from salus.city.schemas import FacilityRow, SpaceRow, StatusChange, TerritoryRow
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def _row(row: Facility, spaces: Iterable[SpaceRow] = (), history: Iterable[StatusChange] = ()) -> FacilityRow:
    return FacilityRow(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=row.kind,
        organisation_id=row.organisation_id,
        zone_id=row.zone_id,
        location=(row.lon, row.lat),
        status=row.status,
        status_note=row.status_note,
        capacity=row.capacity,
        recorded_at=row.recorded_at,
        spaces=tuple(spaces),
        history=tuple(history),
    )


def _paths(known_at: datetime | None) -> dict[UUID, tuple[UUID, ...]]:
    return {row.id: row.path for row in places.rows_at(known_at)}


def facility_list(
    *,
    viewer: Viewer,
    zone: UUID | None = None,
    kind: str | None = None,
    organisation: UUID | None = None,
    status: str | None = None,
    known_at: datetime | None = None,
) -> list[FacilityRow]:
    """Return the facilities in the zones that the viewer may see, by code."""
    policy.require_somewhere(viewer, FACILITY_VIEW, tier=Tier.PARTNER)
    zones = policy.visible_zones(viewer, FACILITY_VIEW, tier=Tier.PARTNER)
    paths = _paths(known_at)
    rows = Facility.objects.known(known_at).order_by("code")
    given = {"kind": kind, "organisation_id": organisation, "status": status}
    rows = rows.filter(**{key: value for key, value in given.items() if value is not None})
    found = []
    for row in rows:
        path = paths.get(row.zone_id) or places.row_of(row.zone_id, known_at).path
        if policy.within(path, zones) and (zone is None or zone in path):
            found.append(_row(row))
    return found


def facility_get(*, viewer: Viewer, facility: UUID, known_at: datetime | None = None) -> FacilityRow:
    """Return one facility with its spaces and the history of its status."""
    policy.require_somewhere(viewer, FACILITY_VIEW, tier=Tier.PARTNER)
    row: Facility = Facility.objects.one(facility, known_at)
    path = places.row_of(row.zone_id, known_at).path
    if not policy.may(viewer, FACILITY_VIEW, zone=path, tier=Tier.PARTNER):
        # The same answer as for one that does not exist: a refusal must not tell.
        raise NotFound(_("There is no such facility."), remedy=_("It may not have been known at that moment."))
    return _row(row, _spaces(row.id, known_at), _history(row.id, known_at))


def _spaces(facility: UUID, known_at: datetime | None) -> list[SpaceRow]:
    rows = Space.objects.known(known_at).filter(facility_id=facility).order_by("code")
    return [
        SpaceRow(
            id=row.id,
            facility_id=row.facility_id,
            code=row.code,
            name=row.name,
            kind=row.kind,
            capacity=row.capacity,
            in_use=row.in_use,
            status=row.status,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]


def _history(facility: UUID, known_at: datetime | None) -> list[StatusChange]:
    """Return the steps at which status, note or capacity changed."""
    steps: list[StatusChange] = []
    for row in Facility.objects.history(facility, known_at):
        step = StatusChange(row.recorded_at, row.status, row.status_note, row.capacity, row.recorded_by)
        last = steps[-1] if steps else None
        if last is None or (last.status, last.note, last.capacity) != (step.status, step.note, step.capacity):
            steps.append(step)
    return steps


def space_list(*, viewer: Viewer, facility: UUID, known_at: datetime | None = None) -> list[SpaceRow]:
    """Return the spaces of one facility."""
    return list(facility_get(viewer=viewer, facility=facility, known_at=known_at).spaces)


def territory_list(*, viewer: Viewer, zone: UUID | None = None, known_at: datetime | None = None) -> list[TerritoryRow]:
    """Return who is responsible where; for a zone, also those responsible for a zone around it."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PARTNER)
    path = set(places.row_of(zone, known_at).path) if zone is not None else None
    found = []
    for row in Territory.objects.known(known_at).order_by("kind", "version"):
        ids = tuple(UUID(text) for text in row.zone_ids)
        if ids and (path is None or path.intersection(ids)):
            found.append(TerritoryRow(row.id, row.organisation_id, row.kind, ids, row.recorded_at))
    return found
