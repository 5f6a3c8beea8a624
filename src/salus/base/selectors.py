"""The reads of the base."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from salus.base.errors import NotFound
from salus.base.models import (
    AuditCheckpoint,
    AuditEntry,
    AuditSeal,
    ClockState,
    Event,
    FailedDelivery,
    Job,
    Subscription,
)


def change_number() -> int:
    """Return the number of the newest event: any page made before it may be out of date."""
    # Asked by every page that is kept: as plain SQL it takes a quarter of what the ORM's aggregate takes.
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(seq) FROM base_event")
        return int(cursor.fetchone()[0] or 0)


def events_after(seq: int, limit: int = 500) -> list[Event]:
    """Return the events after a number, oldest first."""
    return list(Event.objects.filter(seq__gt=seq).order_by("seq")[:limit])


def speed_label() -> str:
    """Return the speed of the clock in the words in which it was set."""
    return ClockState.objects.filter(name="main").values_list("speed_label", flat=True).first() or ""


def job_get(*, job: UUID) -> Job:
    """Return one job."""
    row = Job.objects.filter(id=job).first()
    if row is None:
        raise NotFound("There is no such job.")
    return row


def job_list(*, open_only: bool = False, limit: int = 50) -> list[Job]:
    """Return the newest jobs first."""
    rows = Job.objects.order_by("-created_wall")
    return list((rows.filter(status__in=["waiting", "running"]) if open_only else rows)[:limit])


def failed_delivery_list(*, status: str = "dead") -> list[FailedDelivery]:
    """Return the deliveries that wait for a person."""
    return list(FailedDelivery.objects.filter(status=status).select_related("event").order_by("first_failed_wall"))


def subscription_list() -> QuerySet[Subscription]:
    """Return how far each subscriber has read."""
    return Subscription.objects.order_by("name")


def failed_delivery_counts() -> dict[str, int]:
    """Return the number of failed deliveries by status."""
    rows = FailedDelivery.objects.values_list("status").annotate(n=Count("id"))
    return dict(rows)


def audit_list(
    *, record_id: UUID | None = None, limit: int = 100, known_at: datetime | None = None
) -> list[AuditEntry]:
    """Return the newest audit rows first; callers check the right to see them."""
    rows = AuditEntry.objects.order_by("-id")
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    return list((rows.filter(record_id=record_id) if record_id else rows)[:limit])


def event_list(
    *,
    known_at: datetime | None = None,
    limit: int = 100,
    topics: Sequence[str] | None = None,
    leave_out: Sequence[str] = (),
) -> list[Event]:
    """Return events, newest first; `topics` are whole names or the part before the dot."""
    rows = Event.objects.exclude(topic__in=leave_out).order_by("-seq")
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    if topics is not None:
        wanted = Q()
        for topic in topics:
            wanted |= Q(topic=topic) if "." in topic else Q(topic__startswith=f"{topic}.")
        rows = rows.filter(wanted)
    return list(rows[:limit])


def topic_numbers() -> dict[str, int]:
    """Return the newest number of each topic."""
    return dict(Event.objects.values_list("topic").annotate(newest=Max("seq")))


def audit_summary(*, known_at: datetime | None = None) -> dict[str, object]:
    """Return how long the audit is, how much of it is sealed, and the newest signed checkpoint.

    At a past moment only its length is told: seals and checkpoints are made by the wall clock.
    """
    if known_at is not None:
        return {"rows": AuditEntry.objects.filter(recorded_at__lte=known_at).count()}
    newest = AuditCheckpoint.objects.order_by("-position").first()
    return {
        "rows": AuditEntry.objects.count(),
        "sealed": AuditSeal.objects.count(),
        "checkpoint": newest.position if newest else None,
        "checkpoint_wall": newest.wall_at if newest else None,
    }


def last_recorded() -> datetime | None:
    """Return the newest moment of which anything was recorded."""
    newest: datetime | None = AuditEntry.objects.aggregate(newest=Max("recorded_at"))["newest"]
    return newest
