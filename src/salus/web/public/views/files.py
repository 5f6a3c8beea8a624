"""Releases as files, the feed of alerts, and what search engines ask for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from salus.base import clock
from salus.base.errors import NotFound
from salus.decide import releases
from salus.decide.releases import release_latest, release_list
from salus.trust.routes import PUBLIC, route
from salus.web.public import feed
from salus.web.public.languages import codes
from salus.web.public.scene import Scene, newest

FOREVER = "public, max-age=31536000, immutable"
SHORT = "public, max-age=60"
OFTEN = "public, max-age=5"
XML = "application/xml; charset=utf-8"


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


@route(permission=PUBLIC)
@require_safe
def release_file(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Answer with one file of a release, which never changes."""
    return _file(request, number, name, FOREVER)


def _file(request: HttpRequest, number: int, name: str, kept: str) -> HttpResponse:
    try:
        found = releases.release_file(number=number, name=name)
    except NotFound as error:
        return _plain(str(error), 404)
    answer = HttpResponse(found.content, content_type=found.media_type)
    answer["Content-Disposition"] = f'inline; filename="{found.filename}"'
    if found.filename.startswith(releases.EXERCISE_FILE):
        answer["X-Salus-Exercise"] = "true"
    # Anybody's page may read what is open to everybody.
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = kept
    answer["ETag"] = f'"{found.sha256}"'
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer


@route(permission=PUBLIC)
@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Answer with the newest situation."""
    row = release_latest(kind="situation")
    if row is None:
        return _plain("Nothing has been published yet.", 404)
    answer = _file(request, row.number, "json", OFTEN if row.exercise else SHORT)
    answer["Content-Location"] = reverse("public:file", args=[row.number, "json"])
    return answer


@route(permission=PUBLIC)
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Answer with the alerts as an Atom feed."""
    asked = request.GET.get("language", "")
    scene = Scene(request, asked if asked in codes() else "en", newest())
    answer = HttpResponse(feed.alerts(scene), content_type="application/atom+xml; charset=utf-8")
    answer["Cache-Control"] = OFTEN if scene.head and scene.head.exercise else SHORT
    answer["Access-Control-Allow-Origin"] = "*"
    mark = scene.head.sha256[:24] if scene.head else "none"
    answer["ETag"] = f'W/"{mark}-{scene.language}"'
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer


@route(permission=PUBLIC)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let everybody read what is public, and keep the rest out of search engines."""
    head = newest()
    if head.exercise if head else clock.reading().mode != "wall":
        # Nothing of an exercise is to be found by a search.
        return _plain("User-agent: *\nDisallow: /")
    site = request.build_absolute_uri(reverse("public:sitemap"))
    answer = _plain(f"User-agent: *\nDisallow: /ops/\nDisallow: /accounts/\nSitemap: {site}")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@route(permission=PUBLIC)
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the pages in every language."""
    scene = Scene(request, "en", newest())
    names: list[tuple[str, tuple[object, ...]]] = [
        (name, ())
        for name in ("home", "areas", "map", "what_to_do", "where_to_go", "decisions", "data", "accessibility")
    ]
    if scene.situation:
        names += [("area", (code,)) for code in scene.situation.zones]
    names += [("decision", (row.subject,)) for row in release_list(kind="decision", newest_of_subject=True)]
    answer = HttpResponse(feed.sitemap(scene, names), content_type=XML)
    answer["Cache-Control"] = SHORT
    return answer
