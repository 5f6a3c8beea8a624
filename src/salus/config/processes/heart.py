"""The heart: delivers events, seals the audit, begins the days, and revives lost jobs."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db import close_old_connections

from salus.base import clock, jobs, outbox, selectors
from salus.base.audit import audited, sealing
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer

log = logging.getLogger(__name__)
BEAT_SECONDS = 0.25
DAY_BEGAN = "base.day_began"


@audited("clock.day_began")
def day_begin(*, day: date, by: Viewer) -> UUID:
    """Tell everybody that a day of the city's clock has begun."""
    mark = UUID(int=day.toordinal())
    outbox.publish(topic=DAY_BEGAN, record_kind="day", record_id=mark, payload={"day": day.isoformat()}, by=by)
    return mark


def begin_day_if_new() -> bool:
    """Announce today once; days that a fast clock skipped are not announced late."""
    today = clock.today()
    newest = next(iter(selectors.event_list(topics=[DAY_BEGAN], limit=1)), None)
    if newest is not None and newest.payload["day"] >= today.isoformat():
        return False
    day_begin(day=today, by=system_viewer("clock"))
    return True


class Every:
    """Runs something at most once in so many seconds of wall time."""

    def __init__(self, seconds: float, action: Callable[[], object]) -> None:
        self.seconds, self.action, self.last = seconds, action, 0.0

    def __call__(self) -> None:
        moment = time.monotonic()
        if moment - self.last < self.seconds:
            return
        self.last = moment
        try:
            self.action()
        except Exception:
            log.exception("the heart's step %s failed", getattr(self.action, "__name__", self.action))


def steps() -> list[Every]:
    """Return what the heart does, in its order."""
    return [
        Every(0.0, begin_day_if_new),
        Every(0.0, outbox.deliver_pending),
        Every(1.0, sealing.seal_pending),
        Every(30.0, sealing.checkpoint),
        Every(15.0, jobs.recover),
    ]


def run(extra: list[Every] | None = None) -> None:
    """Beat until the process is told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    todo = steps() + (extra or [])
    while not stop.wait(BEAT_SECONDS):
        close_old_connections()
        for step in todo:
            step()
    sealing.seal_pending()
    sealing.checkpoint()
