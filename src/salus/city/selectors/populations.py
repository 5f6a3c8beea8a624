"""Reading populations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from salus.city.permissions import CITY_VIEW, POPULATION_VIEW
from salus.city.reading import generations as boundaries
from salus.city.reading import totals
from salus.city.reading import zones as places
from salus.city.schemas import AgeBand
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def population_of(
    *, viewer: Viewer, zones: Sequence[UUID] | None = None, known_at: datetime | None = None
) -> dict[int, float]:
    """Return the people in each zone by the zone's number; zones without a figure are left out."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    wanted = places.rows_at(known_at) if zones is None else [places.row_of(zone, known_at) for zone in zones]
    found: dict[int, float] = {}
    for generation in {row.generation_id for row in wanted}:
        rows = [row for row in wanted if row.generation_id == generation]
        for row in places.with_population(rows, known_at):
            if row.population is not None:
                found[row.number] = row.population
    return found


def population_by_age(
    *,
    viewer: Viewer,
    zones: Sequence[UUID] | None = None,
    segment: str = totals.ALL,
    known_at: datetime | None = None,
) -> list[AgeBand]:
    """Return the people of each age in each zone; a zone without ages gives one band for all."""
    policy.require_somewhere(viewer, POPULATION_VIEW)
    rows = places.rows_at(known_at) if zones is None else tuple(places.row_of(zone, known_at) for zone in zones)
    numbers = {row.number for row in rows}
    found = [
        band
        for band in totals.bands_on(totals.stamp_at(known_at), boundaries.day_of(known_at))
        if band.number in numbers and band.segment == segment
    ]
    aged = {band.number for band in found if band.age_from is not None or band.age_to is not None}
    kept = [band for band in found if band.number not in aged or band.age_from is not None or band.age_to is not None]
    return sorted(kept, key=lambda band: (band.number, band.age_from or 0))


def segment_list(*, viewer: Viewer, known_at: datetime | None = None) -> list[str]:
    """Return the segments for which there are populations."""
    policy.require_somewhere(viewer, POPULATION_VIEW)
    return sorted({band.segment for band in totals.bands_on(totals.stamp_at(known_at), boundaries.day_of(known_at))})
