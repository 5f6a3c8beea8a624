"""The queue of open proposals: whether a question is already asked."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from salus.plan.models import Proposal
from salus.plan.scope import zones_by_id


def open_over(zone_ids: Iterable[UUID], level_to: int) -> Proposal | None:
    """Return an open proposal of at least this level whose areas hold all of the zones."""
    paths = {zone_id: {str(step) for step in zone.path} for zone_id, zone in zones_by_id().items()}
    wanted = [paths.get(zone_id, set()) for zone_id in zone_ids]
    rows = Proposal.objects.known().filter(status="open", level_to__gte=level_to)
    for row in rows.order_by("-level_to", "created_at"):
        ground = set(row.zone_ids)
        if wanted and all(path & ground for path in wanted):
            return row
    return None
