"""Where the city stands and what to do: now, and as any release said it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from salus.decide.releases import ReleaseRow, release_get, release_list
from salus.trust.routes import PUBLIC, route
from salus.web.public.answers import public_page
from salus.web.public.languages import preferred
from salus.web.public.scene import NOT_MORE, Page, Scene
from salus.web.public.single import alert_page, data_page
from salus.web.public.situation import Situation
from salus.web.public.views.decisions import decision_page


@route(permission=PUBLIC)
@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """Lead to the reader's language; the answer is theirs alone, so nobody keeps it."""
    language = preferred(request.headers.get("Accept-Language", ""))
    answer = HttpResponseRedirect(reverse("public:home", args=[language]))
    answer["Cache-Control"] = "no-store"
    answer["Vary"] = "Accept-Language"
    return answer


@public_page
def home(scene: Scene) -> Page:
    """Say the level, what to do, and the few numbers that carry it."""
    if scene.situation is None:
        return Page("public/nothing.html", "home")
    return Page("public/home.html", "home", _contents(scene, scene.situation))


def _contents(scene: Scene, situation: Situation) -> dict[str, Any]:
    root = situation.root
    return {
        "level": situation.level,
        "asked": situation.body.get("level") or {},
        "cards": list(situation.indicators(root)) if root else [],
        "measures": [row for row in situation.measures() if any(not term["coming"] for term in row["terms"])],
        "counts": counts(situation),
    }


def counts(situation: Situation) -> list[dict[str, Any]]:
    """Return how many areas stand at each level, the gravest first."""
    found = situation.body.get("counts") or {}
    rows = [
        {"level": situation.badge(step["value"]), "many": found.get(str(step["value"]), 0)} for step in situation.scale
    ]
    return [*reversed(rows), *([{"level": None, "many": found["unknown"]}] if found.get("unknown") else [])]


@public_page
def release(scene: Scene, number: int) -> Page:
    """Show what a release said; it is marked where something newer was said since."""
    row = release_get(number=number)
    makers = {"situation": _situation_page, "decision": decision_page, "alert": alert_page, "data": data_page}
    page = makers[row.kind](scene, row)
    page.context.update(row=row, newer=_newer(row), corrected_by=_corrected_by(row))
    return page


def _situation_page(scene: Scene, row: ReleaseRow) -> Page:
    situation = Situation(row, scene.language)
    context = {**_contents(scene, situation), "then": True}
    return Page("public/home.html", "", context, situation=situation)


def _newer(row: ReleaseRow) -> int | None:
    newest = next(iter(release_list(kind=row.kind, subject=row.subject, limit=1)), None)
    return newest.number if newest and newest.number > row.number else None


def _corrected_by(row: ReleaseRow) -> int | None:
    later = release_list(kind=row.kind, subject=row.subject, limit=NOT_MORE)
    return next((other.number for other in later if other.correction_of == row.number), None)
