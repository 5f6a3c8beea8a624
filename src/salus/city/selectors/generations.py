"""Reading generations of boundaries."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from salus.base import clock
from salus.city.models import Crosswalk, Generation
from salus.city.permissions import CITY_VIEW
from salus.city.schemas import CrosswalkRow, GenerationRow, Repair
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def day_of(known_at: datetime | None) -> date:
    """Return the civil day of a moment."""
    return clock.today() if known_at is None else known_at.astimezone(clock.city_zone()).date()


def generation_in_force(day: date, known_at: datetime | None = None) -> Generation | None:
    """Return the boundaries in force on a day, as known at a moment.

    Before the first boundaries begin, those stand in: a city has zones on every day.
    """
    known = list(Generation.objects.known(known_at).order_by("valid_from", "version"))
    begun = [row for row in known if row.valid_from <= day]
    if begun:
        return begun[-1]
    return next((row for row in known if row.valid_from == known[0].valid_from), None) if known else None


def as_generation(row: Generation) -> GenerationRow:
    """Return the row as it crosses the edge."""
    return GenerationRow(
        id=row.id,
        name=row.name,
        valid_from=row.valid_from,
        zone_count=row.zone_count,
        repairs=tuple(Repair(**repair) for repair in row.repairs),
        recorded_at=row.recorded_at,
    )


def generation_list(*, viewer: Viewer, known_at: datetime | None = None) -> list[GenerationRow]:
    """Return the generations of boundaries, oldest first."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    rows = Generation.objects.known(known_at).order_by("valid_from", "version")
    return [as_generation(row) for row in rows]


def generation_current(*, viewer: Viewer, known_at: datetime | None = None) -> GenerationRow | None:
    """Return the boundaries in force at a moment, or nothing where there are none yet."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    row = generation_in_force(day_of(known_at), known_at)
    return as_generation(row) if row else None


def crosswalk(
    *, viewer: Viewer, from_generation: UUID, to_generation: UUID, known_at: datetime | None = None
) -> list[CrosswalkRow]:
    """Return which share of each older zone's area lies in which newer zone; each older sums to one."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    known = set(
        Generation.objects.known(known_at).filter(id__in=[from_generation, to_generation]).values_list("id", flat=True)
    )
    if known != {from_generation, to_generation}:
        return []
    rows = Crosswalk.objects.filter(from_generation_id=from_generation, to_generation_id=to_generation).order_by(
        "from_number", "to_number"
    )
    return [CrosswalkRow(row.from_number, row.to_number, row.share) for row in rows]
