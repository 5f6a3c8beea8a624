"""Everything that was published, as files that anybody can use and check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator

from salus.decide.releases import ReleaseSummary, release_list
from salus.web.public.answers import public_page
from salus.web.public.scene import Page, Scene
from salus.web.public.situation import day

A_PAGE = 20
ALL = 5000


@public_page
def data(scene: Scene) -> Page:
    """List the newest files, all releases, corrections, definitions and sources."""
    if scene.head is None:
        return Page("public/nothing.html", "data")
    every = release_list(limit=ALL)
    page = Paginator(every, A_PAGE).get_page(scene.request.GET.get("page"))
    situation = scene.situation
    context = {
        "page": page,
        "sets": release_list(kind="data", newest_of_subject=True),
        "corrections": corrections(every),
        "definitions": situation.body.get("indicators", []) if situation else [],
        "freshness": _freshness(situation.body.get("freshness", [])) if situation else [],
        "sources": situation.body.get("sources", []) if situation else [],
        "suppression": situation.body.get("suppression") if situation else None,
    }
    return Page("public/data.html", "data", context, level=situation.level if situation else None)


def corrections(rows: Sequence[ReleaseSummary]) -> list[ReleaseSummary]:
    """Return the releases that put an earlier one right."""
    return [row for row in rows if row.correction_of is not None]


def _freshness(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "until": day(row.get("until_on")), "next": day(row.get("next_expected_on"))} for row in rows]
