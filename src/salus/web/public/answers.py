"""Answers a request with a page: made once for each release, compressed, and kept by anybody.

A page changes only when something is published (or on a new day, when it may have become old), so
the hash of the newest release is its version.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path as File
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from salus.base import clock
from salus.base.errors import NotFound
from salus.trust.routes import PUBLIC, route
from salus.web.public.scene import Page, Scene, newest
from salus.web.public.shell import shell_of

KEPT = 24 * 3600
SECONDS = 60
# A replay shows a day in seconds: its pages must not lag behind it.
SECONDS_OF_EXERCISE = 5
SMALLEST_PACKED = 400
View = Callable[..., Page | HttpResponse]


@functools.cache
def build() -> str:
    """Return a mark of the product's own words and templates: a new version makes new pages."""
    web = File(__file__).resolve().parent.parent
    whole = hashlib.sha256()
    for folder, pattern in (
        (web / "public", "*.html"),
        (web / "public", "*.py"),
        (web / "ui", "*.html"),
        (web / "ui", "*.css"),
        (web.parent / "locale", "*.po"),
    ):
        for file in sorted(folder.rglob(pattern)):
            whole.update(file.read_bytes())
    return whole.hexdigest()[:8]


def public_page(view: View) -> Callable[..., HttpResponse]:
    """Make a page out of a view: its language, its frame, its headers."""

    @route(permission=PUBLIC)
    @require_safe
    @functools.wraps(view)
    def answered(request: HttpRequest, language: str, **kwargs: Any) -> HttpResponse:
        scene = Scene(request, language, newest())
        mark = _mark(scene)
        unchanged = get_conditional_response(request, etag=mark)
        if unchanged is not None:
            return _headed(unchanged, scene, mark)
        return _answer(request, scene, mark, lambda: _made(view, scene, kwargs))

    return answered


def _mark(scene: Scene) -> str:
    """The version of a page: the release, the language, the product, and the day."""
    release = scene.head.sha256[:24] if scene.head else "none"
    return f'W/"{release}-{scene.language}-{build()}-{clock.wall_now().toordinal()}"'


def _answer(request: HttpRequest, scene: Scene, mark: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    key = f"public:{request.get_host()}:{request.path}:{mark}"
    usable = not request.GET and not settings.DEBUG
    packed: bytes | None = cache.get(key) if usable else None
    if packed is None:
        made = make()
        if made.status_code != 200:
            return _headed(made, scene, "")
        packed = gzip.compress(made.content, 6, mtime=0)
        if usable:
            cache.set(key, packed, KEPT)
    return _headed(_unpacked(request, packed), scene, mark)


def _unpacked(request: HttpRequest, packed: bytes) -> HttpResponse:
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(packed, headers={"Content-Encoding": "gzip"})
    return HttpResponse(gzip.decompress(packed))


def _headed(response: HttpResponse, scene: Scene, mark: str) -> HttpResponse:
    exercise = scene.head is not None and scene.head.exercise
    response["Cache-Control"] = f"public, max-age={SECONDS_OF_EXERCISE if exercise else SECONDS}"
    response["Content-Language"] = scene.language
    response["Vary"] = "Accept-Encoding"
    response["X-Frame-Options"] = "DENY"
    if mark:
        response["ETag"] = mark
    return response


def _made(view: View, scene: Scene, kwargs: dict[str, Any]) -> HttpResponse:
    with translation.override(scene.language), timezone.override(scene.zone):
        try:
            found = view(scene, **kwargs)
        except NotFound:
            found = Page("public/missing.html", status=404)
        if isinstance(found, HttpResponse):
            return found
        context = {
            **found.context,
            "scene": scene,
            "situation": found.situation or scene.situation,
            "shell": shell_of(scene, found),
            "request": scene.request,
            "address": scene.request.build_absolute_uri(),
        }
        return HttpResponse(render_to_string(found.template, context), status=found.status)
