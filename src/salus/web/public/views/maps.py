"""The map, on request: drawn on the server, with its table."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salus.web.public.answers import public_page
from salus.web.public.scene import Page, Scene
from salus.web.public.situation import Situation, amount, moment
from salus.web.ui import figures, maps
from salus.web.ui.components import Column, Link, Tab, Table, sort_table
from salus.web.ui.figures import MapFigure
from salus.web.ui.formats import Suppressed, plain
from salus.web.ui.moments import Fresh


@public_page
def level_map(scene: Scene) -> Page:
    """Draw the levels, or one of the rates."""
    situation = scene.situation
    if situation is None or not (situation.body.get("map") or {}).get("features"):
        return Page("public/nothing.html", "areas")
    shown = [row for row in situation.body.get("indicators", []) if _is_drawn(situation, row)]
    chosen = next((row for row in shown if row["key"] == scene.request.GET.get("show")), None)
    figure = _rates(scene, situation, chosen) if chosen else _levels(scene, situation)
    context = {"figure": figure, "views": _tabs(scene, situation, shown, chosen) if shown else []}
    return Page("public/map.html", "areas", context, level=situation.level)


def _is_drawn(situation: Situation, row: dict[str, Any]) -> bool:
    return len(row.get("bins", [])) == 4 and any(row["key"] in (zone.get("values") or {}) for zone in situation.leaves)


def _tabs(scene: Scene, situation: Situation, shown: list[dict[str, Any]], chosen: dict[str, Any] | None) -> list[Tab]:
    here = scene.url("map")
    first = Tab(_("Level"), here, chosen is None)
    return [first, *(Tab(situation.say(row["name"]), f"{here}?show={row['key']}", row is chosen) for row in shown)]


def _layout(scene: Scene, situation: Situation) -> maps.Layout:
    rings = {feature["code"]: feature["rings"] for feature in situation.body["map"]["features"]}
    return maps.lay_out(
        [
            maps.Zone(zone["code"], situation.say(zone["name"]), rings[zone["code"]], scene.url("area", zone["code"]))
            for zone in situation.leaves
            if zone["code"] in rings
        ]
    )


def _table(scene: Scene, situation: Situation) -> Table:
    drawn = [row for row in situation.body.get("indicators", []) if _is_drawn(situation, row)]
    rows = []
    for zone in situation.leaves:
        line: dict[str, Any] = {
            "area": Link(situation.say(zone["name"]), scene.url("area", zone["code"])),
            "level": situation.badge(zone.get("level")) or _("Not known"),
            "since": moment(zone.get("since")),
        }
        line.update({row["key"]: amount((zone.get("values") or {}).get(row["key"])) for row in drawn})
        rows.append(line)
    columns = [
        Column("area", _("Area")),
        Column("level", _("Level")),
        *(
            Column(row["key"], f"{situation.say(row['name'])}, {situation.say(row['unit'])}", numeric=True)
            for row in drawn
        ),
        Column("since", _("Since")),
    ]
    note = situation.say((situation.body.get("suppression") or {}).get("sentence"))
    return sort_table(Table(_("Every area"), columns, rows, note=note), scene.request.GET)


def _levels(scene: Scene, situation: Situation) -> MapFigure:
    known = {zone["code"]: situation.badge(zone.get("level")) for zone in situation.leaves}
    badges = {code: badge for code, badge in known.items() if badge}
    title = _sentence(situation, badges)
    drawn = {code: maps.ZoneLevel(badge.shape, badge.name, badge.act_now) for code, badge in badges.items()}
    levels = [badge for step in situation.scale if (badge := situation.badge(step["value"]))]
    return MapFigure(
        title=title,
        svg_text=maps.level_map(_layout(scene, situation), drawn, title=title, words=figures.map_words()),
        legend=figures.level_legend(levels, missing=len(badges) < len(known)),
        table=_table(scene, situation),
        unit=_("Level"),
        csv_href=reverse("public:file", args=[situation.release.number, "csv"]),
        fresh=Fresh(situation.release.known_at, next_at=situation.next_update),
    )


def _sentence(situation: Situation, badges: dict[str, Any]) -> str:
    if not badges:
        return _("No area has a level yet")
    top = max(badge.rank for badge in badges.values())
    many = sum(badge.rank == top for badge in badges.values())
    badge = situation.badge(top)
    words = ngettext("%(many)s area is at the level “%(level)s”", "%(many)s areas are at the level “%(level)s”", many)
    return words % {"many": plain(many), "level": badge.name if badge else ""}


def _rates(scene: Scene, situation: Situation, row: dict[str, Any]) -> MapFigure:
    values: dict[str, maps.Value] = {}
    labels: dict[str, str] = {}
    unit = situation.say(row["unit"])
    for zone in situation.leaves:
        found = amount((zone.get("values") or {}).get(row["key"]))
        values[zone["code"]] = maps.SUPPRESSED if isinstance(found, Suppressed) else found
        if isinstance(found, int | float):
            labels[zone["code"]] = f"{plain(found, 0 if found >= 10 else 1)} {unit}"
    title = _("%(name)s by area, %(unit)s") % {"name": situation.say(row["name"]), "unit": unit}
    edges = tuple(row["bins"])
    hidden, missing = (any(value == kind for value in values.values()) for kind in (maps.SUPPRESSED, None))
    drawing = maps.choropleth(
        _layout(scene, situation), values, edges, title=title, labels=labels, words=figures.map_words()
    )
    return MapFigure(
        title=title,
        svg_text=drawing,
        legend=figures.bin_legend(edges, suppressed=hidden, missing=missing),
        table=_table(scene, situation),
        unit=unit,
        csv_href=reverse("public:file", args=[situation.release.number, "csv"]),
        fresh=Fresh(situation.release.known_at, next_at=situation.next_update),
    )
