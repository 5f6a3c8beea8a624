"""How a page of the operations room is made: its shell, its moment, and what is kept between requests."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.html import escape
from django.utils.translation import get_language

from salus.base import clock, selectors
from salus.trust.policy import scope_key
from salus.web.ops.moment import known_at
from salus.web.ops.packed import Part, gzipped, part, plain
from salus.web.ops.shell import ops_shell

# A page is kept until an event is published or, as the clock itself makes facts known, for this
# long on the wall clock.
KEPT_SECONDS = 10
# What stands in a kept page where it speaks of one reader.
PERSON_MARK = "salus-reader-5d0c9f"
TOKEN_MARK = b"salus-token-5d0c9f"
_TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
_MARKS = re.compile(b"(" + TOKEN_MARK + b"|" + PERSON_MARK.encode() + b")")
_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value="|name="csrf-token" content=")[A-Za-z0-9]{64}')
_making = Lock()
# What stands between marks, the marks, and the content type; in this process's memory, as a cache would
# copy the page each time.
Kept = tuple[tuple[Part | bytes, ...], str]
_KEPT_PAGES = 64
_kept: OrderedDict[str, Kept] = OrderedDict()


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
    kept: Kept | HttpResponse | None = _kept.get(key)
    if kept is None:
        # One thread makes the page; the others wait for it instead of making it as well.
        with _making:
            kept = _kept.get(key) or _make(request, make, key)
    if isinstance(kept, HttpResponse):
        return kept
    return _answer(request, kept)


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    """Return a kept page with the reader's own words in it, compressed for whoever takes that."""
    own = {TOKEN_MARK: get_token(request).encode(), PERSON_MARK.encode(): escape(request.viewer.name).encode()}  # type: ignore[attr-defined]
    parts = [own[piece] if isinstance(piece, bytes) else piece for piece in kept[0]]
    packed = _TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")) is not None
    answer = HttpResponse(gzipped(parts) if packed else plain(parts), content_type=kept[1])
    if packed:
        answer["Content-Encoding"] = "gzip"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return _private(answer)


def _make(request: HttpRequest, make: Callable[[], HttpResponse], key: str) -> Kept | HttpResponse:
    """Make a page with marks where it speaks of one reader, and keep it; what is not a page is passed on."""
    request.salus_reader_mark = PERSON_MARK  # type: ignore[attr-defined]
    response = make()
    if response.status_code != 200:
        return response
    body = _TOKEN.sub(rb"\1" + TOKEN_MARK, response.content)
    pieces = tuple(piece if _MARKS.fullmatch(piece) else part(piece) for piece in _MARKS.split(body) if piece)
    kept = _kept[key] = (pieces, response["Content-Type"])
    while len(_kept) > _KEPT_PAGES:
        _kept.popitem(last=False)
    return kept


def forget_pages() -> None:
    """Forget every kept page, as where another city takes this one's place."""
    with _making:
        _kept.clear()


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
