"""Finds a place by its name, its postcode or its code, however it is written."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

MOST = 20
_SAME = str.maketrans({"ة": "ه", "ى": "ي", "ـ": None})


def plain(text: str) -> str:
    """Return a text as it is compared: no accents, no case, no signs, digits of one script."""
    parts = unicodedata.normalize("NFKD", text.translate(_SAME)).casefold()
    kept = [_letter(sign) for sign in parts if not unicodedata.combining(sign)]
    return " ".join("".join(kept).split())


def _letter(sign: str) -> str:
    if sign.isdigit():
        return str(unicodedata.digit(sign, sign))
    return sign if sign.isalpha() else " "


def _tight(text: str) -> str:
    return plain(text).replace(" ", "")


def _names(zone: Mapping[str, Any]) -> list[str]:
    name = zone["name"]
    return [name] if isinstance(name, str) else list(name.values())


def rank(zone: Mapping[str, Any], asked: str) -> int | None:
    """Return how well a zone answers what was asked, 0 best; None where it does not."""
    tight, words = _tight(asked), plain(asked)
    if tight in {_tight(one) for one in (zone["code"], *zone.get("aliases", ()))}:
        return 0
    names = [plain(name) for name in _names(zone)]
    if words in names:
        return 0
    if any(name.startswith(words) for name in names):
        return 1
    if any(f" {words}" in f" {name}" for name in names):
        return 2
    if len(words) >= 3 and any(words in name for name in names):
        return 3
    begun = len(tight) >= 2 and any(_tight(alias).startswith(tight) for alias in zone.get("aliases", ()))
    return 4 if begun else None


def search(zones: Iterable[Mapping[str, Any]], asked: str) -> list[Mapping[str, Any]]:
    """Return the zones that answer best, the best first."""
    if not plain(asked):
        return []
    ranked = [(value, index, zone) for index, zone in enumerate(zones) if (value := rank(zone, asked)) is not None]
    ranked.sort(key=lambda row: row[:2])
    return [zone for _value, _index, zone in ranked[:MOST]]


def certain(zones: Iterable[Mapping[str, Any]], asked: str) -> Mapping[str, Any] | None:
    """Return the only zone that is meant, where there is no doubt."""
    if not plain(asked):
        return None
    exact = [zone for zone in zones if rank(zone, asked) == 0]
    return exact[0] if len(exact) == 1 else None


def near(zones: Iterable[Mapping[str, Any]], zone: Mapping[str, Any], many: int = 6) -> list[Mapping[str, Any]]:
    """Return the zones of the same kind whose centres are closest."""
    here = zone.get("centre")
    if not here:
        return []
    # A degree of longitude is shorter away from the equator; enough to order neighbours in one city.
    shrink = math.cos(math.radians(here[1]))
    others = [
        (((other["centre"][0] - here[0]) * shrink) ** 2 + (other["centre"][1] - here[1]) ** 2, other["code"], other)
        for other in zones
        if other["code"] != zone["code"] and other["kind"] == zone["kind"] and other.get("centre")
    ]
    return [other for _distance, _code, other in sorted(others, key=lambda row: row[:2])[:many]]
