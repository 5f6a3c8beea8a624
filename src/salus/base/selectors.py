"""The reads of the base."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Max, QuerySet

from salus.base.errors import NotFound
from salus.base.models import AuditEntry, ClockState, Event, FailedDelivery, Job, Subscription


def change_number() -> int:
    """Return the number of the newest event: any page made before it may be out of date."""
    return Event.objects.aggregate(newest=Max("seq"))["newest"] or 0


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


def audit_list(*, record_id: UUID | None = None, limit: int = 100) -> list[AuditEntry]:
    """Return the newest audit rows first; callers check the right to see them."""
    rows = AuditEntry.objects.order_by("-id")
    return list((rows.filter(record_id=record_id) if record_id else rows)[:limit])
