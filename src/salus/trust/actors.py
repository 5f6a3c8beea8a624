"""Viewers that are not people: the product's own machinery, and nobody."""

from __future__ import annotations

from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from salus.trust.permissions import EVERYTHING
from salus.trust.schemas import Grant, Tier, Viewer

ANONYMOUS = Viewer(id=UUID(int=0), kind="anonymous", name="")

_LETTERS = " abcdefghijklmnopqrstuvwxyz0123456789._-"
_LONGEST = 22
_VERSION = 0x8 << 76
_VARIANT = 0b10 << 62


def system_id(name: str) -> UUID:
    """Return the fixed identity of a part of the product; short names can be read back from it.

    The letters are packed into the free bits of a version 8 UUID, so that an audit row names the
    machine even in a process that never ran it.
    """
    if len(name) > _LONGEST or any(letter not in _LETTERS[1:] for letter in name):
        return uuid5(NAMESPACE_URL, f"salus:system:{name}")
    packed = 0
    for letter in name.ljust(_LONGEST):
        packed = packed * len(_LETTERS) + _LETTERS.index(letter)
    high, middle, low = packed >> 74, (packed >> 62) & 0xFFF, packed & ((1 << 62) - 1)
    return UUID(int=(high << 80) | _VERSION | (middle << 64) | _VARIANT | low)


def system_name(identity: UUID) -> str:
    """Return the name of a part of the product, or nothing where the id is not of that kind."""
    if identity.version != 8:
        return ""
    packed = ((identity.int >> 80) << 74) | (((identity.int >> 64) & 0xFFF) << 62) | (identity.int & ((1 << 62) - 1))
    letters = []
    for _ in range(_LONGEST):
        packed, index = divmod(packed, len(_LETTERS))
        letters.append(_LETTERS[index])
    name = "".join(reversed(letters)).rstrip()
    return name if packed == 0 and name and " " not in name else ""


@lru_cache(maxsize=128)
def system_viewer(name: str) -> Viewer:
    """Return the viewer for a part of the product that acts by itself."""
    grant = Grant(role="system", permissions=frozenset({EVERYTHING}), max_tier=Tier.PERSONAL)
    return Viewer(id=system_id(name), kind="system", name=name, grants=(grant,))
