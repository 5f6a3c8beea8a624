"""Reading zones."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.city.models import Zone
from salus.city.permissions import CITY_VIEW
from salus.city.reading import zones as places
from salus.city.schemas import ZoneRow
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def _require(viewer: Viewer) -> None:
    # Names and outlines of zones are public; what happens in them is guarded by its own records.
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)


def zone_list(
    *, viewer: Viewer, level: str | None = None, inside: UUID | None = None, known_at: datetime | None = None
) -> list[ZoneRow]:
    """Return the zones in force at a moment, with their populations as known then."""
    _require(viewer)
    rows = places.with_population(places.rows_at(known_at), known_at)
    return [row for row in rows if (level is None or row.level == level) and (inside is None or inside in row.path[1:])]


def level_list(*, viewer: Viewer, known_at: datetime | None = None) -> list[str]:
    """Return the levels of zones from the city down."""
    _require(viewer)
    depths: dict[str, int] = {}
    for row in places.rows_at(known_at):
        depths[row.level] = max(depths.get(row.level, 0), len(row.path))
    return sorted(depths, key=lambda level: (depths[level], level))


def zone_get(*, viewer: Viewer, zone: UUID, known_at: datetime | None = None) -> ZoneRow:
    """Return one zone."""
    _require(viewer)
    return places.with_population((places.row_of(zone, known_at),), known_at)[0]


def zone_by_code(*, viewer: Viewer, code: str, level: str | None = None, known_at: datetime | None = None) -> ZoneRow:
    """Return the zone in force that has a code."""
    _require(viewer)
    for row in places.rows_at(known_at):
        if row.code == code and (level is None or row.level == level):
            return places.with_population((row,), known_at)[0]
    raise NotFound(_("There is no zone '%(code)s'.") % {"code": code}, remedy=_("Check the code, or search by name."))


def zone_by_number(*, viewer: Viewer, number: int, known_at: datetime | None = None) -> ZoneRow:
    """Return the zone that has a number in the observation store, of older boundaries too."""
    _require(viewer)
    for row in places.rows_at(known_at):
        if row.number == number:
            return places.with_population((row,), known_at)[0]
    found = Zone.objects.filter(number=number).values_list("id", flat=True).first()
    if found is None:
        raise NotFound(_("There is no zone number %(number)d.") % {"number": number})
    return places.with_population((places.row_of(found, known_at),), known_at)[0]


def zone_at(*, viewer: Viewer, lon: float, lat: float, known_at: datetime | None = None) -> ZoneRow | None:
    """Return the innermost zone at a place, or nothing outside the city."""
    _require(viewer)
    row = places.row_at(lon, lat, known_at)
    return places.with_population((row,), known_at)[0] if row else None
