"""Counting who reads what, without making a reader wait.

Counts gather in memory and are written about once a minute, in one short statement a row, only when the
database is free at that moment; otherwise they wait for the next read.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import DatabaseError, connection, transaction
from django.db.models import F

from salus.base import clock
from salus.gather.models import SeriesRead
from salus.trust.schemas import Viewer

EVERY_SECONDS = 60.0
_MOST_WAITING = 5_000

_lock = threading.Lock()
_waiting: Counter[tuple[date, str, str]] = Counter()
_written_at = time.monotonic()


def readers_of(viewer: Viewer) -> tuple[str, ...]:
    """Return as what a viewer reads: a part of the product, the roles held, or the public."""
    if viewer.kind == "system":
        return (f"system:{viewer.name}"[:80],)
    return tuple(f"role:{role}"[:80] for role in viewer.roles) or ("role:public",)


def note_read(viewer: Viewer, series: str) -> None:
    """Count one read of a series."""
    global _written_at
    day = clock.today()
    with _lock:
        if len(_waiting) < _MOST_WAITING:
            _waiting.update((day, series, reader) for reader in readers_of(viewer))
        due = time.monotonic() - _written_at > EVERY_SECONDS and not connection.in_atomic_block
        if due:
            _written_at = time.monotonic()
    if due:
        flush()


def flush() -> int:
    """Write the counts that wait, unless somebody else is writing; return how many rows were written."""
    with _lock:
        taken = dict(_waiting)
        _waiting.clear()
    try:
        with _at_once(), transaction.atomic():
            for (day, series, reader), reads in taken.items():
                _add(day, series, reader, reads)
    except DatabaseError:
        with _lock:
            _waiting.update(taken)
        return 0
    return len(taken)


def _add(day: date, series: str, reader: str, reads: int) -> None:
    key = {"day": day, "series": series, "reader": reader}
    if not SeriesRead.objects.filter(**key).update(reads=F("reads") + reads):
        SeriesRead.objects.create(**key, reads=reads)


@contextmanager
def _at_once() -> Iterator[None]:
    """Make SQLite give up at once instead of waiting for a writer that may take long."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    before = connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.connection.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout = {int(before)}")
