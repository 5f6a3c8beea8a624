"""The transactional outbox: events, subscribers with their own cursors, retries and dead letters."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction

from salus.base import clock
from salus.base.actors import Actor
from salus.base.models import Event, FailedDelivery, Subscription
from salus.base.transactions import current_txid, settled_txid

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 6
BATCH = 200


@dataclass(frozen=True, slots=True)
class Happened:
    """What a subscriber is told."""

    seq: int
    id: UUID
    topic: str
    record_kind: str
    record_id: UUID
    payload: dict[str, Any]
    recorded_at: Any


Handler = Callable[[Happened], None]
_handlers: dict[str, tuple[frozenset[str], Handler]] = {}


def publish(*, topic: str, record_kind: str, record_id: UUID, by: Actor, payload: dict[str, Any] | None = None) -> None:
    """Write an event in the running transaction; called inside a service."""
    Event.objects.create(
        txid=current_txid(),
        topic=topic,
        record_kind=record_kind,
        record_id=record_id,
        payload=payload or {},
        recorded_at=clock.now(),
        wall_at=clock.wall_now(),
        by_id=by.id,
    )


def publish_many(events: Iterable[tuple[str, str, UUID, dict[str, Any]]], *, by: Actor) -> None:
    """Write many events (topic, record kind, record id, payload) in order; called inside a service."""
    txid, moment, wall = current_txid(), clock.now(), clock.wall_now()
    rows = [
        Event(
            txid=txid,
            topic=topic,
            record_kind=record_kind,
            record_id=record_id,
            payload=payload,
            recorded_at=moment,
            wall_at=wall,
            by_id=by.id,
        )
        for topic, record_kind, record_id, payload in events
    ]
    Event.objects.bulk_create(rows, batch_size=500)


def subscribe(name: str, *, topics: list[str]) -> Callable[[Handler], Handler]:
    """Register a handler under a stable name; it may be called twice for an event and must bear it."""

    def wrap(handler: Handler) -> Handler:
        _handlers[name] = (frozenset(topics), handler)
        return handler

    return wrap


def subscribers() -> dict[str, frozenset[str]]:
    """Return the names of the subscribers and the topics that they hear."""
    return {name: topics for name, (topics, _) in _handlers.items()}


def _happened(event: Event) -> Happened:
    return Happened(
        event.seq, event.id, event.topic, event.record_kind, event.record_id, event.payload, event.recorded_at
    )


def _pending(cursor: Subscription) -> list[Event]:
    rows = Event.objects.filter(
        models.Q(txid__gt=cursor.txid) | models.Q(txid=cursor.txid, seq__gt=cursor.seq)
    ).order_by("txid", "seq")
    settled = settled_txid()
    if settled is not None:
        rows = rows.filter(txid__lt=settled)
    return list(rows[:BATCH])


def _try(name: str, handler: Handler, event: Event) -> str:
    try:
        with transaction.atomic():
            handler(_happened(event))
    except Exception:
        log.exception("subscriber %s failed on event %s", name, event.seq)
        return traceback.format_exc(limit=8)
    return ""


def _fail(name: str, event: Event, error: str) -> None:
    wall = clock.wall_now()
    FailedDelivery.objects.update_or_create(
        subscriber=name,
        event=event,
        defaults={
            "error": error,
            "status": "retrying",
            "attempts": 1,
            "next_try_wall": wall + timedelta(seconds=2),
            "first_failed_wall": wall,
        },
    )


def _deliver_to(name: str) -> int:
    topics, handler = _handlers[name]
    cursor, _ = Subscription.objects.get_or_create(name=name)
    count, passed = 0, None
    for event in _pending(cursor):
        passed = event
        if event.topic not in topics:
            continue
        error = _try(name, handler, event)
        with transaction.atomic():
            if error:
                _fail(name, event, error)
            _move(name, event, delivered=0 if error else 1)
        count, passed = count + 1, None
    if passed is not None:
        # What does not concern it is passed over in one step: a commit for each would cost the heart its beat.
        _move(name, passed, delivered=0)
    return count


def _move(name: str, event: Event, *, delivered: int) -> None:
    Subscription.objects.filter(name=name).update(
        txid=event.txid,
        seq=event.seq,
        delivered=models.F("delivered") + delivered,
        updated_wall=clock.wall_now(),
    )


def deliver_pending() -> int:
    """Give every subscriber what it has not had yet, and return how many events were taken."""
    return sum(_deliver_to(name) for name in list(_handlers)) + retry_due()


def deliver_all(limit: int = 100) -> int:
    """Deliver until nothing is left, for tests and commands."""
    total = 0
    for _ in range(limit):
        count = deliver_pending()
        total += count
        if not count:
            break
    return total


def retry_due(*, now_too: bool = False) -> int:
    """Try failed deliveries again, ever later, and leave them for a person after the last try."""
    rows = FailedDelivery.objects.filter(status="retrying").select_related("event")
    if not now_too:
        rows = rows.filter(next_try_wall__lte=clock.wall_now())
    count = 0
    for failed in rows[:BATCH]:
        entry = _handlers.get(failed.subscriber)
        error = _try(failed.subscriber, entry[1], failed.event) if entry else "There is no such subscriber any more."
        failed.attempts += 1
        failed.error = error or failed.error
        failed.status = "done" if not error else ("dead" if failed.attempts >= MAX_ATTEMPTS else "retrying")
        failed.next_try_wall = clock.wall_now() + timedelta(seconds=2**failed.attempts)
        failed.save()
        count += not error
    return count
