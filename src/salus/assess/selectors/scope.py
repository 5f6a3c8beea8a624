"""Which zones and series a viewer may see, for every read of assess."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from salus.city import selectors as city
from salus.gather import selectors as gather
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def visible_numbers(viewer: Viewer, permission: str, *, tier: Tier, known_at: datetime | None) -> frozenset[int] | None:
    """Return the numbers of the zones that the viewer may see, None for all; refuse where none."""
    policy.require_somewhere(viewer, permission, tier=tier)
    granted = policy.visible_zones(viewer, permission, tier=tier)
    if granted is None:
        return None
    rows = city.zone_list(viewer=viewer, known_at=known_at)
    return frozenset(row.number for row in rows if policy.within(row.path, granted))


def visible_series(viewer: Viewer, known_at: datetime | None) -> frozenset[str]:
    """Return the codes of the series that the viewer may know of."""
    return frozenset(row.code for row in gather.series_list(viewer=viewer, known_at=known_at))


def zone_number(viewer: Viewer, zone: UUID, known_at: datetime | None) -> int:
    """Return a zone's number, or say that there is no such zone."""
    return city.zone_get(viewer=viewer, zone=zone, known_at=known_at).number
