"""The writes of the base."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Max

from salus.base import clock, jobs, outbox
from salus.base.actors import Actor
from salus.base.audit import audited, note
from salus.base.errors import Invalid, NotFound
from salus.base.models import AuditEntry, ClockState, FailedDelivery, Job


@audited("clock.set")
def clock_set(*, mode: str, at: datetime | None = None, speed: str = "", paused: bool = False, by: Actor) -> ClockState:
    """Set the clock to a mode, a moment and a speed; it cannot be turned back."""
    if mode not in clock.MODES:
        raise Invalid(f"'{mode}' is not a clock mode.", remedy=f"Choose one of {', '.join(clock.MODES)}.")
    before = ClockState.objects.filter(name="main").first()
    moment = at or ClockState.current().at(clock.wall_now())
    newest = AuditEntry.objects.aggregate(newest=Max("recorded_at"))["newest"]
    if before is not None and newest is not None and moment < newest:
        raise Invalid(
            f"The clock cannot be set to before {newest:%Y-%m-%d %H:%M} UTC: what was recorded would lie in the future.",
            remedy="Look at a past moment with the clock in the header, or start a new replay.",
        )
    rate = clock.parse_speed(speed) if speed else (before.rate if before else 1.0)
    row, _ = ClockState.objects.update_or_create(
        name="main",
        defaults={
            "mode": mode,
            "anchor_at": moment,
            "anchor_wall": clock.wall_now(),
            "rate": rate,
            "paused": paused,
            "speed_label": speed or (before.speed_label if before else ""),
        },
    )
    note(mode=mode, at=moment.isoformat(), speed=row.speed_label, paused=paused)
    clock.forget()
    outbox.publish(topic="base.clock_set", record_kind="clock", record_id=UUID(int=0), by=by)
    return row


@audited("job.start")
def job_start(*, kind: str, args: dict[str, object] | None = None, dedupe_key: str = "", by: Actor) -> Job:
    """Queue long work."""
    note(kind=kind)
    return jobs.start(kind=kind, args=args, by=by, dedupe_key=dedupe_key)


@audited("job.cancel")
def job_cancel(*, job: UUID, by: Actor) -> Job:
    """Ask long work to stop."""
    return jobs.request_cancel(job)


@audited("delivery.retry")
def delivery_retry(*, delivery: UUID, by: Actor) -> FailedDelivery:
    """Try a dead letter again."""
    return _delivery_move(delivery, "retrying")


@audited("delivery.drop")
def delivery_drop(*, delivery: UUID, by: Actor) -> FailedDelivery:
    """Give up on a dead letter."""
    return _delivery_move(delivery, "dropped")


def _delivery_move(delivery: UUID, status: str) -> FailedDelivery:
    row = FailedDelivery.objects.filter(id=delivery, status__in=["dead", "retrying"]).first()
    if row is None:
        raise NotFound("There is no such dead letter.", remedy="It may have been delivered meanwhile.")
    row.status, row.attempts, row.next_try_wall = status, 0, clock.wall_now()
    row.save()
    return row
