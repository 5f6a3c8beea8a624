"""Zones as they stand. Rows of a generation never change, so they are kept in the process.

Asks nobody's right, so selectors and services ask first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.city.models import Generation, Zone
from salus.city.reading.generations import day_of, generation_in_force
from salus.city.reading.totals import Stamp, stamp_at, totals_on
from salus.city.schemas import ZoneRow


@lru_cache(maxsize=16)
def zones_of(generation: UUID) -> tuple[ZoneRow, ...]:
    """Return the zones of one generation in their order, without populations."""
    rows = list(Zone.objects.filter(generation_id=generation).order_by("order").defer("geometry"))
    numbers = {row.id: row.number for row in rows}
    return tuple(
        ZoneRow(
            id=row.id,
            number=row.number,
            code=row.code,
            name=row.name,
            level=row.level,
            parent_id=row.parent_id,
            path=tuple(UUID(step) for step in row.path),
            population=None,
            centroid=(row.lon, row.lat),
            generation_id=generation,
            aliases=tuple(row.aliases),
            area_km2=row.area_km2,
            parent_number=numbers.get(row.parent_id) if row.parent_id else None,
        )
        for row in rows
    )


def rows_at(known_at: datetime | None = None) -> tuple[ZoneRow, ...]:
    """Return the zones in force at a moment, without populations."""
    generation = generation_in_force(day_of(known_at), known_at)
    return zones_of(generation.id) if generation else ()


def row_of(zone: UUID, known_at: datetime | None = None) -> ZoneRow:
    """Return a zone in the boundaries in force, or as it last was in older or coming ones."""
    for row in rows_at(known_at):
        if row.id == zone:
            return row
    known = Generation.objects.known(known_at).order_by("-valid_from", "-version").values_list("id", flat=True)
    for generation in known:
        for row in zones_of(generation):
            if row.id == zone:
                return row
    raise NotFound(_("There is no such zone."), remedy=_("It may not have been known at that moment."))


@lru_cache(maxsize=4)
def _locator(generation: UUID) -> tuple[object, tuple[ZoneRow, ...]]:
    import shapely

    leaves = {row.id for row in zones_of(generation)} - {row.parent_id for row in zones_of(generation)}
    stored = dict(Zone.objects.filter(generation_id=generation, id__in=leaves).values_list("id", "geometry"))
    rows = tuple(row for row in zones_of(generation) if row.id in leaves)
    return shapely.STRtree([shapely.from_wkb(bytes(stored[row.id])) for row in rows]), rows


def row_at(lon: float, lat: float, known_at: datetime | None = None) -> ZoneRow | None:
    """Return the innermost zone at a place, or nothing outside the city."""
    import shapely

    generation = generation_in_force(day_of(known_at), known_at)
    if generation is None:
        return None
    tree, rows = _locator(generation.id)
    found = tree.query(shapely.Point(lon, lat), predicate="intersects")  # type: ignore[attr-defined]
    return rows[min(found)] if len(found) else None


@lru_cache(maxsize=16)
def _peopled(generation: UUID, stamp: Stamp, day: date) -> dict[UUID, ZoneRow]:
    totals = totals_on(zones_of(generation), stamp, day)
    return {row.id: replace(row, population=totals.get(row.number)) for row in zones_of(generation)}


def with_population(rows: Sequence[ZoneRow], known_at: datetime | None) -> list[ZoneRow]:
    """Return zones of one generation with the populations known at a moment."""
    if not rows:
        return []
    peopled = _peopled(rows[0].generation_id, stamp_at(known_at), day_of(known_at))
    return [peopled[row.id] for row in rows]
