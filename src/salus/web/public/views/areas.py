"""What holds where somebody lives: found by name or postcode, then on a page of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect

from salus.base.errors import NotFound
from salus.web.public import places
from salus.web.public.answers import public_page
from salus.web.public.curves import figure
from salus.web.public.scene import Page, Scene
from salus.web.public.services import closed_lines, sites
from salus.web.public.situation import Situation, Zone, moment

LONGEST = 60


@public_page
def areas(scene: Scene) -> Page | HttpResponse:
    """Answer a search, or list every area."""
    situation = scene.situation
    if situation is None:
        return Page("public/nothing.html", "areas")
    asked = scene.request.GET.get("q", "").strip()[:LONGEST]
    only = places.certain(situation.zones.values(), asked)
    if only is not None:
        return HttpResponseRedirect(scene.url("area", only["code"]))
    found = places.search(situation.zones.values(), asked)
    context = {"asked": asked, "found": found, "groups": [] if found else groups(situation)}
    return Page("public/areas.html", "areas", context, level=situation.level)


def groups(situation: Situation) -> list[tuple[Zone, list[Zone]]]:
    """Return the areas by the area around them."""
    leaves = situation.leaves
    tops = [zone for zone in situation.zones.values() if any(leaf.get("parent") == zone["code"] for leaf in leaves)]
    return [(top, [leaf for leaf in leaves if leaf.get("parent") == top["code"]]) for top in tops]


@public_page
def area(scene: Scene, code: str) -> Page:
    """Show one area: the level, why, what to do, and the figures."""
    situation = scene.situation
    if situation is None:
        return Page("public/nothing.html", "areas")
    zone = situation.zones.get(code)
    if zone is None:
        raise NotFound("There is no such area.", remedy="Look for it by name.")
    return Page("public/area.html", "areas", _contents(situation, zone))


def _contents(situation: Situation, zone: Zone) -> dict[str, Any]:
    measures = situation.measures(zone)
    own = situation.body["level"] if zone is situation.root else zone
    return {
        "zone": zone,
        "path": situation.path(zone),
        "level": situation.badge(zone.get("level")),
        "step": situation.step(zone.get("level")),
        "since": moment(zone.get("since")),
        "reasons": own.get("reasons", []),
        "measures": [row for row in measures if any(not term["coming"] for term in row["terms"])],
        "coming": [row for row in measures if all(term["coming"] for term in row["terms"])],
        "leaf": not situation.inside(zone),
        "sites": sites(situation, zone),
        "lines": closed_lines(situation, zone),
        "values": list(situation.indicators(zone)),
        "figures": [figure(situation, row) for row in situation.curves(zone)],
        "inside": situation.inside(zone),
        "near": places.near(situation.zones.values(), zone),
    }
