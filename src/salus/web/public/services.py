"""The city's own services as a release tells them: lines that are closed, and where one can go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from salus.web.public.situation import Item, Situation, Zone, day
from salus.web.ui.timetable import days_word, mode_word

# In the order in which they are shown.
KINDS = ("water", "cooling", "testing", "vaccination")


def kind_word(kind: str) -> str:
    """Return what a site is for."""
    words = {
        "testing": _("Tests"),
        "vaccination": _("Vaccines"),
        "cooling": _("Cool rooms"),
        "water": _("Drinking water"),
    }
    return words.get(kind, kind)


def closed_lines(situation: Situation, zone: Zone | None = None) -> list[Item]:
    """Return the lines that are closed, or will be; of one area those that do not stop in it."""
    return [
        {**_span(situation, row), "name": row["name"], "mode": mode_word(row["mode"]), "all": row["whole"]}
        for row in situation.body.get("closed_lines", [])
        if _concerns(situation, row, zone)
    ]


def sites(situation: Situation, zone: Zone | None = None) -> list[tuple[str, list[Item]]]:
    """Return the sites that are open, or will be, by what they are for; of one area those for its people."""
    found: dict[str, list[Item]] = {}
    for row in situation.body.get("sites", []):
        if _concerns(situation, row, zone):
            found.setdefault(row["kind"], []).append(
                {
                    **_span(situation, row),
                    "name": row["name"],
                    "at": situation.zones.get(row["zone"] or ""),
                    "days": days_word(row["weekdays"]),
                    "opens": row["opens"],
                    "closes": row["closes"],
                    "per_day": row["per_day"],
                    "place": row["place"],
                }
            )
    order = sorted(found, key=lambda kind: (KINDS.index(kind) if kind in KINDS else len(KINDS), kind))
    return [(kind_word(kind), found[kind]) for kind in order]


def _concerns(situation: Situation, row: Mapping[str, Any], zone: Zone | None) -> bool:
    """Tell whether a change is about an area, one inside it, or is asked for by nobody in particular."""
    if zone is None:
        return True
    return any(zone["code"] == code or zone in situation.path(situation.zones[code])
               for code in row["zones"] if code in situation.zones)  # fmt: skip


def _span(situation: Situation, row: Mapping[str, Any]) -> Item:
    begins = day(row["from"])
    told = situation.release.known_at.date()
    return {
        "zones": _fewest(situation, row["zones"]),
        "whole": _fewest(situation, row["zones"]) == [situation.root],
        "from": begins,
        "until": day(row["until"]),
        "decision": row["decision"],
        "coming": begins is not None and begins > told,
    }


def _fewest(situation: Situation, codes: Iterable[str]) -> list[Zone]:
    """Return the fewest areas that cover the same ground: a district instead of all of its areas."""
    chosen = {code for code in codes if code in situation.zones}
    for zone in sorted(situation.zones.values(), key=lambda one: -len(situation.path(one))):
        inside = {one["code"] for one in situation.inside(zone)}
        if inside and inside <= chosen:
            chosen = (chosen - inside) | {zone["code"]}
    return [zone for code, zone in situation.zones.items() if code in chosen]
