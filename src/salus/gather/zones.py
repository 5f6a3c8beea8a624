"""The city's zones as gather needs them."""

from __future__ import annotations

from uuid import UUID

from salus.city import selectors as city
from salus.city.schemas import ZoneRow
from salus.trust.schemas import Viewer


def zone_of(zone: UUID, viewer: Viewer) -> ZoneRow:
    """Return a zone by its id."""
    return city.zone_get(viewer=viewer, zone=zone)
