"""How a page of the operations room is made: its shell, its moment, and what is kept between requests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import get_language

from salus.base import clock, selectors
from salus.trust.policy import scope_key
from salus.web.ops.moment import known_at
from salus.web.ops.shell import ops_shell

# A page made for somebody is kept until an event is published or, as the clock itself makes
# facts known, for this long on the wall clock.
KEPT_SECONDS = 2


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, section: str, status: int = 200
) -> HttpResponse:
    """Answer with a page inside the shell; `section` is the rail's key (now, gather, ..., trust)."""
    shell = ops_shell(request, section=section)
    return render(request, template, {"shell": shell, "known_at": known_at(request), **(context or {})}, status=status)


def kept_page(request: HttpRequest, name: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer with a page that was made a moment ago for the same person, address, moment and change number."""
    # A message is said once and to one person: a page that carries one is never kept.
    if len(get_messages(request)):
        return _private(make())
    key = _key(request, name)
    kept: tuple[bytes, str] | None = cache.get(key)
    if kept is None:
        response = make()
        if response.status_code != 200:
            return response
        kept = (response.content, response["Content-Type"])
        cache.set(key, kept, 60)
    return _private(HttpResponse(kept[0], content_type=kept[1]))


def _key(request: HttpRequest, name: str) -> str:
    """Return what a kept page depends on; the forms in it carry the token of one browser."""
    viewer = request.viewer  # type: ignore[attr-defined]
    moment = known_at(request)
    beat = "" if moment else str(int(clock.wall_now().timestamp()) // KEPT_SECONDS)
    get_token(request)
    browser = request.META.get("CSRF_COOKIE", "")
    address = f"{request.get_host()}{request.get_full_path()}"
    parts = (name, viewer.id, scope_key(viewer), get_language(), moment, selectors.change_number(), beat, browser)
    text = "|".join(str(part) for part in (*parts, address))
    return "page:" + hashlib.sha256(text.encode()).hexdigest()


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-cache"
    return answer
