"""Finding a zone by what people call it."""

from __future__ import annotations

from datetime import datetime

from salus.city.permissions import CITY_VIEW
from salus.city.reading import names
from salus.city.reading import zones as places
from salus.city.schemas import ZoneHit, ZoneRow
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

LIMIT = 20
_MOST = 100
# A rank up to this is the whole code or the whole name.
_EXACT = 1


def _hits(wanted: str, known_at: datetime | None) -> list[tuple[int, ZoneRow, str]]:
    """Return the zones that fit with their rank and the word that did, the best and innermost first."""
    rows = places.rows_at(known_at)
    if not wanted or not rows:
        return []
    hits = []
    for row, words in names.words_of(rows[0].generation_id):
        ranked = [(names.rank(wanted, word, is_code), written) for word, written, is_code in words]
        fitting = [(place, written) for place, written in ranked if place is not None]
        if fitting:
            place, written = min(fitting, key=lambda item: item[0])
            hits.append((place, row, written))
    return sorted(hits, key=lambda hit: (hit[0], -len(hit[1].path), hit[1].code))


def zone_search(*, viewer: Viewer, text: str, limit: int = LIMIT, known_at: datetime | None = None) -> list[ZoneHit]:
    """Return the zones whose code, postcode or name fits what was typed, the best first."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    best = _hits(names.fold(text[:_MOST]), known_at)[: max(0, min(limit, _MOST))]
    zones = places.with_population(tuple(row for _, row, _ in best), known_at)
    return [
        ZoneHit(zone=zone, matched=written, exact=place <= _EXACT)
        for zone, (place, _, written) in zip(zones, best, strict=True)
    ]
