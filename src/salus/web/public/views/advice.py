"""What to do: what is in force and where, and what each level asks."""

from __future__ import annotations

from salus.web.public.answers import public_page
from salus.web.public.scene import Page, Scene
from salus.web.public.services import closed_lines, sites
from salus.web.public.situation import Item


@public_page
def what_to_do(scene: Scene) -> Page:
    """List the measures in force, those that begin soon, and the advice of every level."""
    situation = scene.situation
    if situation is None:
        return Page("public/nothing.html", "what_to_do", {"help": True})
    measures = situation.measures()
    context = {
        "in_force": _holding(measures, coming=False),
        "coming": _holding(measures, coming=True),
        "steps": [(situation.badge(step["value"]), step) for step in situation.scale],
        "places": sum(not row["coming"] for _kind, rows in sites(situation) for row in rows),
        "closed": sum(not row["coming"] for row in closed_lines(situation)),
        "now": (situation.body.get("level") or {}).get("value"),
    }
    return Page("public/what_to_do.html", "what_to_do", context, level=situation.level)


def _holding(measures: list[Item], *, coming: bool) -> list[Item]:
    """Keep the terms that hold now, or those that will."""
    found = []
    for row in measures:
        terms = [term for term in row["terms"] if term["coming"] is coming]
        if terms:
            found.append({**row, "terms": terms})
    return found
