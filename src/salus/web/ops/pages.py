"""How a page of the operations room is made: its shell, its moment, and what is kept between requests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any, cast

from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.html import escape
from django.utils.translation import get_language

from salus.base import clock, selectors
from salus.trust.policy import scope_key
from salus.web.ops.moment import known_at
from salus.web.ops.shell import ops_shell

# A page is kept until an event is published or, as the clock itself makes facts known, for this
# long on the wall clock.
KEPT_SECONDS = 10
# What stands in a kept page where it speaks of one reader.
PERSON_MARK = "salus-reader-5d0c9f"
TOKEN_MARK = b"salus-token-5d0c9f"
_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value="|name="csrf-token" content=")[A-Za-z0-9]{64}')
_making = Lock()
Kept = tuple[bytes, str]


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, section: str, status: int = 200
) -> HttpResponse:
    """Answer with a page inside the shell; `section` is the rail's key (now, gather, ..., trust)."""
    shell = ops_shell(request, section=section)
    return render(request, template, {"shell": shell, "known_at": known_at(request), **(context or {})}, status=status)


def kept_page(request: HttpRequest, name: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer with a page made a moment ago for somebody who may see the same, with this reader's name and token."""
    # A message is said once and to one person: a page that carries one is never kept.
    if len(get_messages(request)):
        return _private(make())
    key = _key(request, name)
    kept: Kept | HttpResponse | None = cache.get(key)
    if kept is None:
        # One thread makes the page; the others wait for it instead of making it as well.
        with _making:
            kept = cast("Kept | None", cache.get(key)) or _make(request, make, key)
    if isinstance(kept, HttpResponse):
        return kept
    body = kept[0].replace(TOKEN_MARK, get_token(request).encode())
    body = body.replace(PERSON_MARK.encode(), escape(request.viewer.name).encode())  # type: ignore[attr-defined]
    return _private(HttpResponse(body, content_type=kept[1]))


def _make(request: HttpRequest, make: Callable[[], HttpResponse], key: str) -> Kept | HttpResponse:
    """Make a page with marks where it speaks of one reader, and keep it; what is not a page is passed on."""
    request.salus_reader_mark = PERSON_MARK  # type: ignore[attr-defined]
    response = make()
    if response.status_code != 200:
        return response
    body = _TOKEN.sub(rb"\1" + TOKEN_MARK, response.content)
    kept = (body, response["Content-Type"])
    cache.set(key, kept, 60)
    return kept


def _beat(moment: datetime | None) -> str:
    """Return what moves on as the clock itself makes facts known: nothing where the clock stands."""
    if moment is not None or clock.reading().paused:
        return ""
    return str(int(clock.wall_now().timestamp()) // KEPT_SECONDS)


def _key(request: HttpRequest, name: str) -> str:
    """Return what a kept page depends on."""
    viewer = request.viewer  # type: ignore[attr-defined]
    moment = known_at(request)
    address = f"{request.get_host()}{request.get_full_path()}"
    parts = (name, scope_key(viewer), viewer.roles, get_language(), moment, selectors.change_number(), _beat(moment))
    text = "|".join(str(part) for part in (*parts, address))
    return "page:" + hashlib.sha256(text.encode()).hexdigest()


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-cache"
    return answer
