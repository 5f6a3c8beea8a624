"""Server-sent events: says that something changed, never what; the page then asks for it itself."""

from __future__ import annotations

import asyncio
import json
import os
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salus.config.settings")
django.setup()

from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import close_old_connections  # noqa: E402
from django.utils.crypto import constant_time_compare  # noqa: E402

from salus.base import clock, selectors  # noqa: E402

POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 15
MAX_STREAMS = 2000


class Hub:
    """Reads the newest events once for all listeners and hands them on."""

    def __init__(self) -> None:
        self.listeners: set[asyncio.Queue[dict[str, Any]]] = set()
        self.seq: int | None = None
        self.task: asyncio.Task[None] | None = None

    def join(self) -> asyncio.Queue[dict[str, Any]]:
        """Add a listener with a bounded queue."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=20)
        self.listeners.add(queue)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._poll())
        return queue

    def leave(self, queue: asyncio.Queue[dict[str, Any]]) -> None:
        """Remove a listener."""
        self.listeners.discard(queue)

    async def _poll(self) -> None:
        while self.listeners:
            news = await sync_to_async(self._read, thread_sensitive=True)()
            if news:
                self._tell(news)
            await asyncio.sleep(POLL_SECONDS)

    def _read(self) -> dict[str, Any] | None:
        close_old_connections()
        if self.seq is None:
            self.seq = selectors.change_number()
            return None
        events = selectors.events_after(self.seq)
        if not events:
            return None
        self.seq = events[-1].seq
        return {"seq": self.seq, "topics": sorted({e.topic for e in events}), "now": clock.now().isoformat()}

    def _tell(self, news: dict[str, Any]) -> None:
        for queue in list(self.listeners):
            if queue.full():
                # A slow listener loses the detail, not the news: its page refreshes everything.
                queue.get_nowait()
            queue.put_nowait(news)


hub = Hub()


def _header(scope: dict[str, Any], name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _is_known(cookie_header: str) -> bool:
    close_old_connections()
    cookie = SimpleCookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    if cookie is None:
        return False
    session = SessionStore(session_key=cookie.value)
    person_id, stamp = session.get(SESSION_KEY), session.get(HASH_SESSION_KEY, "")
    person = get_user_model().objects.filter(pk=person_id, is_active=True).first() if person_id else None
    return person is not None and constant_time_compare(stamp, person.get_session_auth_hash())


def _allowed_origin(scope: dict[str, Any]) -> str:
    """Return the page's origin when it is this host on another port, so that its cookie may be used."""
    origin = _header(scope, b"origin")
    host = _header(scope, b"host").rsplit(":", 1)[0]
    return origin if origin and urlsplit(origin).hostname == host.strip("[]") else ""


async def _refuse(send: Any, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


async def _stream(send: Any, gone: asyncio.Event) -> None:
    queue = hub.join()
    try:
        await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
        while not gone.is_set():
            try:
                news = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                body = f"id: {news['seq']}\nevent: changed\ndata: {json.dumps(news)}\n\n"
            except TimeoutError:
                body = ": still here\n\n"
            await send({"type": "http.response.body", "body": body.encode(), "more_body": True})
    finally:
        hub.leave(queue)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve `/live/stream` to people who are signed in."""
    if scope["type"] != "http":
        return None
    if scope["path"] != "/live/stream" or scope["method"] != "GET":
        return await _refuse(send, 404, "Only /live/stream is served here.")
    if not await sync_to_async(_is_known, thread_sensitive=True)(_header(scope, b"cookie")):
        return await _refuse(send, 403, "Sign in first.")
    if len(hub.listeners) >= MAX_STREAMS:
        return await _refuse(send, 429, "Too many live pages are open; this page will poll instead.")
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    origin = _allowed_origin(scope)
    if origin:
        headers += [(b"access-control-allow-origin", origin.encode()), (b"access-control-allow-credentials", b"true")]
        headers += [(b"vary", b"origin")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.Event()
    watcher = asyncio.create_task(_watch(receive, gone))
    try:
        await _stream(send, gone)
    finally:
        watcher.cancel()


async def _watch(receive: Any, gone: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()
