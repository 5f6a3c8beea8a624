"""Reading the lines of public transport."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from salus.city.models import Line
from salus.city.permissions import CITY_VIEW
from salus.city.schemas import LineRow
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def _row(row: Line) -> LineRow:
    return LineRow(
        id=row.id,
        code=row.code,
        name=row.name,
        mode=row.mode,
        zone_ids=tuple(UUID(text) for text in row.zone_ids),
        stops=row.stops,
        recorded_at=row.recorded_at,
    )


def line_list(*, viewer: Viewer, zone: UUID | None = None, known_at: datetime | None = None) -> list[LineRow]:
    """Return the city's lines by code; where they run is a public fact. With a zone, those that stop in it."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PARTNER)
    rows = [_row(row) for row in Line.objects.known(known_at)]
    found = [row for row in rows if zone is None or zone in row.zone_ids]
    return sorted(found, key=lambda row: (len(row.code), row.code))


def line_get(*, viewer: Viewer, line: UUID, known_at: datetime | None = None) -> LineRow:
    """Return one line."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PARTNER)
    return _row(Line.objects.one(line, known_at))
