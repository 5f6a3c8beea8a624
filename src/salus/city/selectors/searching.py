"""Finding a zone by what people call it."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from salus.city.permissions import CITY_VIEW
from salus.city.schemas import ZoneHit, ZoneRow
from salus.city.selectors.zones import rows_at, with_population, zones_of
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

LIMIT = 20
_BREAK = re.compile(r"[\s/,.;:_'’()–-]+")


def fold(text: str) -> str:
    """Return a text without accents, case and punctuation, to compare what people type."""
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _BREAK.sub(" ", bare.casefold()).strip()


@lru_cache(maxsize=8)
def _words(generation: UUID) -> tuple[tuple[ZoneRow, tuple[tuple[str, str, bool], ...]], ...]:
    """Return for every zone what it is called: folded, as written, and whether it is a code."""
    return tuple(
        (
            row,
            (
                *((fold(word), word, True) for word in (row.code, *row.aliases)),
                *((fold(word), word, False) for word in dict.fromkeys(row.name.values())),
            ),
        )
        for row in zones_of(generation)
    )


def _rank(wanted: str, word: str, is_code: bool) -> int | None:
    if word == wanted:
        return 0 if is_code else 1
    if word.startswith(wanted):
        return 2 if is_code else 3
    if is_code:
        # A postcode written with or without its spaces is the same postcode.
        return 2 if word.replace(" ", "") == wanted.replace(" ", "") else None
    if f" {wanted}" in f" {word}":
        return 4
    return 5 if len(wanted) >= 3 and wanted in word else None


def zone_search(*, viewer: Viewer, text: str, limit: int = LIMIT, known_at: datetime | None = None) -> list[ZoneHit]:
    """Return the zones whose code, postcode or name fits what was typed, the best first."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    wanted, rows = fold(text[:100]), rows_at(known_at)
    if not wanted or not rows:
        return []
    hits = []
    for row, words in _words(rows[0].generation_id):
        ranked = [
            (rank, written) for word, written, is_code in words if (rank := _rank(wanted, word, is_code)) is not None
        ]
        if ranked:
            rank, matched = min(ranked, key=lambda item: item[0])
            hits.append((rank, len(row.path), row, matched))
    hits.sort(key=lambda hit: (hit[0], -hit[1], hit[2].code))
    best = hits[: max(0, min(limit, 100))]
    found = with_population(tuple(hit[2] for hit in best), known_at)
    return [ZoneHit(zone=zone, matched=hit[3], exact=hit[0] <= 1) for zone, hit in zip(found, best, strict=True)]
