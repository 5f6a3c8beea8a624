"""Reading outlines."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.city.models import Zone, ZoneShapes
from salus.city.permissions import CITY_VIEW
from salus.city.reading import generations as boundaries
from salus.city.reading import zones as places
from salus.city.schemas import ZoneFeature
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

DETAILS = ("overview", "map", "full")


@lru_cache(maxsize=24)
def _features(generation: UUID, level: str, detail: str) -> tuple[ZoneFeature, ...]:
    zones = {row.number: row for row in places.zones_of(generation)}
    stored = ZoneShapes.objects.filter(generation_id=generation, level=level, detail=detail).first()
    return tuple(
        ZoneFeature(
            id=zones[number].id,
            number=number,
            code=zones[number].code,
            name=zones[number].name,
            level=level,
            rings=[[(x, y) for x, y in ring] for ring in rings],
            label_point=(label[0], label[1]),
        )
        for number, rings, label in (stored.features if stored else [])
    )


def zone_features(
    *, viewer: Viewer, level: str, detail: str = "map", known_at: datetime | None = None
) -> list[ZoneFeature]:
    """Return the outlines of one level in force at a moment; neighbours share their borders."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    if detail not in DETAILS:
        raise Invalid(
            _("'%(detail)s' is not a detail.") % {"detail": detail},
            remedy=_("Choose one of %(list)s.") % {"list": ", ".join(DETAILS)},
        )
    generation = boundaries.generation_in_force(boundaries.day_of(known_at), known_at)
    return list(_features(generation.id, level, detail)) if generation else []


def zone_geojson(*, viewer: Viewer, level: str, known_at: datetime | None = None) -> dict[str, Any]:
    """Return the zones of one level as they came in, as GeoJSON."""
    import shapely
    from shapely.geometry import mapping

    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    generation = boundaries.generation_in_force(boundaries.day_of(known_at), known_at)
    rows = Zone.objects.filter(generation_id=generation.id, level=level).order_by("order") if generation else []
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(row.id),
                "properties": {"code": row.code, "name": row.name, "level": row.level, "number": row.number},
                "geometry": mapping(shapely.from_wkb(bytes(row.geometry))),
            }
            for row in rows
        ],
    }
