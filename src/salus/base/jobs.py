"""Long work: a registry of handlers, progress, cancelling, and recovery after a crash."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django_tasks import task

from salus.base import clock
from salus.base.actors import Actor
from salus.base.errors import Conflict, NotFound, SalusError
from salus.base.models import Job

log = logging.getLogger(__name__)
_SILENT = timedelta(seconds=120)
_handlers: dict[str, Callable[[Progress, dict[str, Any]], Any]] = {}


class JobCancelled(Exception):
    """Somebody asked for the work to stop."""


class Progress:
    """How a handler tells how far it is and hears that it should stop."""

    def __init__(self, job_id: UUID) -> None:
        self.job_id = job_id
        self._written = 0.0

    def update(self, done: int, total: int | None = None, message: str = "") -> None:
        """Write progress at most four times a second; raises JobCancelled when asked to stop."""
        moment = time.monotonic()
        if moment - self._written < 0.25 and done != total:
            return
        self._written = moment
        rows = Job.objects.filter(id=self.job_id)
        if rows.filter(cancel_requested=True).exists():
            raise JobCancelled
        rows.update(done=done, total=total, message=message[:400], heartbeat_wall=clock.wall_now())


Handler = Callable[[Progress, dict[str, Any]], Any]


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job; what it returns must be JSON."""

    def wrap(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return wrap


def kinds() -> tuple[str, ...]:
    """Return the kinds of job that have a handler."""
    return tuple(sorted(_handlers))


def start(*, kind: str, args: dict[str, Any] | None = None, by: Actor, dedupe_key: str = "") -> Job:
    """Queue a job after the running transaction commits; an open one with the same key is returned instead."""
    if kind not in _handlers:
        raise NotFound(f"No handler is registered for '{kind}'.")
    fields = {
        "kind": kind,
        "args": args or {},
        "requested_by": by.id,
        "recorded_at": clock.now(),
        "created_wall": clock.wall_now(),
        "dedupe_key": dedupe_key,
    }
    try:
        with transaction.atomic():
            job = Job.objects.create(**fields)
    except IntegrityError:
        return Job.objects.get(kind=kind, dedupe_key=dedupe_key, status__in=["waiting", "running"])
    transaction.on_commit(lambda: _enqueue(job.id))
    return job


def _enqueue(job_id: UUID) -> None:
    run_job.enqueue(str(job_id))


@task()
def run_job(job_id: str) -> None:
    """Run one queued job in the worker."""
    run(UUID(job_id))


def run(job_id: UUID) -> Job:
    """Run a job here and now, and write how it ended."""
    wall = clock.wall_now()
    claimed = Job.objects.filter(id=job_id, status="waiting").update(
        status="running", started_wall=wall, heartbeat_wall=wall
    )
    job = Job.objects.get(id=job_id)
    if not claimed:
        return job
    status, result, error = _perform(job)
    Job.objects.filter(id=job_id).update(status=status, result=result, error=error, finished_wall=clock.wall_now())
    job.refresh_from_db()
    return job


def _perform(job: Job) -> tuple[str, Any, str]:
    if job.cancel_requested:
        return "cancelled", None, ""
    try:
        return "done", _handlers[job.kind](Progress(job.id), job.args), ""
    except JobCancelled:
        return "cancelled", None, ""
    except SalusError as refusal:
        return "failed", None, str(refusal)
    except Exception:
        log.exception("job %s (%s) failed", job.id, job.kind)
        return "failed", None, traceback.format_exc(limit=12)


def recover() -> int:
    """Queue again the jobs whose worker died, and return how many there were."""
    silent = Job.objects.filter(status="running", heartbeat_wall__lt=clock.wall_now() - _SILENT)
    ids = list(silent.values_list("id", flat=True))
    for job_id in ids:
        if Job.objects.filter(id=job_id, status="running").update(status="waiting", message="resumed"):
            _enqueue(job_id)
    return len(ids)


def is_open(job_id: UUID) -> str:
    """Return `waiting` or `running` while a job has not ended, else nothing."""
    open_rows = Job.objects.filter(id=job_id, status__in=["waiting", "running"])
    return open_rows.values_list("status", flat=True).first() or ""


def request_cancel(job_id: UUID) -> Job:
    """Ask a job to stop at its next step; called by the service that audits it."""
    if not Job.objects.filter(id=job_id, status__in=["waiting", "running"]).update(cancel_requested=True):
        raise Conflict("This work has already ended.", remedy="There is nothing to cancel.")
    return Job.objects.get(id=job_id)
