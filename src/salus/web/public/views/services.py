"""Where people can go, and which lines do not run."""

from __future__ import annotations

from salus.web.public.answers import public_page
from salus.web.public.scene import Page, Scene
from salus.web.public.services import closed_lines, sites


@public_page
def where_to_go(scene: Scene) -> Page:
    """List the sites that are open for people, and the lines that are closed."""
    situation = scene.situation
    if situation is None:
        return Page("public/nothing.html", "where_to_go", {"help": True})
    context = {"sites": sites(situation), "lines": closed_lines(situation)}
    return Page("public/where_to_go.html", "where_to_go", context, level=situation.level)
