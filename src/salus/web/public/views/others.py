"""The statement on accessibility, and the page for an address that leads nowhere."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve

from salus.web.public.answers import public_page
from salus.web.public.scene import Page, Scene


@public_page
def accessibility(scene: Scene) -> Page:
    """Say what works for whom, what does not yet, and whom to tell."""
    return Page("public/accessibility.html", "", {}, level=scene.situation.level if scene.situation else None)


@public_page
def missing(scene: Scene, rest: str) -> Page | HttpResponse:
    """Say in the reader's language that there is no such page."""
    mended = f"{scene.request.path}/"
    try:
        found = resolve(mended)
    except Resolver404:
        found = None
    if not rest.endswith("/") and found is not None and found.url_name != "missing":
        return HttpResponsePermanentRedirect(mended)
    return Page("public/missing.html", status=404)
