"""Reading generations of boundaries."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from salus.city.models import Crosswalk, Generation
from salus.city.permissions import CITY_VIEW
from salus.city.reading import generations as boundaries
from salus.city.schemas import CrosswalkRow, GenerationRow
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def generation_list(*, viewer: Viewer, known_at: datetime | None = None) -> list[GenerationRow]:
    """Return the generations of boundaries, oldest first."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    rows = Generation.objects.known(known_at).order_by("valid_from", "version")
    return [boundaries.as_generation(row) for row in rows]


def generation_current(*, viewer: Viewer, known_at: datetime | None = None) -> GenerationRow | None:
    """Return the boundaries in force at a moment, or nothing where there are none yet."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    row = boundaries.generation_in_force(boundaries.day_of(known_at), known_at)
    return boundaries.as_generation(row) if row else None


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
