"""What zones are called, and how well a typed text fits."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from uuid import UUID

from salus.city.reading.zones import zones_of
from salus.city.schemas import ZoneRow

_BREAK = re.compile(r"[\s/,.;:_'’()–-]+")
# Shorter texts are not looked for inside of words.
_INSIDE = 3


def fold(text: str) -> str:
    """Return a text without accents, case and punctuation, to compare what people type."""
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _BREAK.sub(" ", bare.casefold()).strip()


@lru_cache(maxsize=8)
def words_of(generation: UUID) -> tuple[tuple[ZoneRow, tuple[tuple[str, str, bool], ...]], ...]:
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


def rank(wanted: str, word: str, is_code: bool) -> int | None:
    """Return how well a word fits, 0 best, or None where it does not."""
    if word == wanted:
        return 0 if is_code else 1
    if word.startswith(wanted):
        return 2 if is_code else 3
    if is_code:
        # A postcode written with or without its spaces is the same postcode.
        return 2 if word.replace(" ", "") == wanted.replace(" ", "") else None
    if f" {wanted}" in f" {word}":
        return 4
    return 5 if len(wanted) >= _INSIDE and wanted in word else None
