"""Long work and dead letters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base import selectors
from salus.base.permissions import DELIVERY_MANAGE, JOB_CANCEL, JOB_VIEW
from salus.base.services import delivery_drop, delivery_retry, job_cancel
from salus.trust import policy
from salus.trust.routes import route
from salus.web.ops.forms import attempt
from salus.web.ops.moment import known_at
from salus.web.ops.pages import page
from salus.web.ui.components import Column, Job, Link, Table, sort_table

STATES: dict[str, str] = {"cancelled": "failed"}


def kind_words(kind: str) -> str:
    """Return what a kind of work is called."""
    names = {
        "gather.import": _("Import of a file"),
        "assess.run": _("Assessment of the city"),
        "assess.serial_interval": _("Serial interval from pairs"),
        "decide.situation": _("Publication of the situation"),
        "exercise.prepare": _("The stage of a run"),
        "exercise.branch": _("The stage of a branched run"),
        "learn.score": _("Score of a run"),
    }
    return names.get(kind, kind)


def job_part(request: HttpRequest, job_id: UUID | None) -> Job | None:
    """Return a job as the progress bar shows it, or None where there is none to be seen."""
    if job_id is None or not policy.may_somewhere(request.viewer, JOB_VIEW):  # type: ignore[attr-defined]
        return None
    return _part(selectors.job_get(job=job_id))


def _part(row: Any) -> Job:
    href = reverse("ops:job", args=[row.id])
    label = f"{kind_words(row.kind)}: {row.message}" if row.message else kind_words(row.kind)
    error = _("cancelled") if row.status == "cancelled" else row.error.splitlines()[-1] if row.error else ""
    return Job(label, STATES.get(row.status, row.status), row.done, row.total, href, href, error)


def _no_past(request: HttpRequest, title: str) -> HttpResponse:
    return page(request, "ops/no_past.html", {"title": title}, section="trust")


@route(permission=JOB_VIEW)
def jobs(request: HttpRequest) -> HttpResponse:
    """List long work, newest first."""
    if known_at(request):
        return _no_past(request, _("Long work"))
    rows: list[dict[str, Any]] = [
        {
            "work": Link(kind_words(row.kind), reverse("ops:job", args=[row.id])),
            "state": row.status,
            "at": row.created_wall,
            "ended": row.finished_wall,
        }
        for row in selectors.job_list(limit=200)
    ]
    columns = [
        Column("work", _("Work")),
        Column("state", _("State")),
        Column("at", _("Asked for")),
        Column("ended", _("Ended")),
    ]
    note = _("These times are of the wall clock.")
    table = sort_table(Table(_("Long work"), columns, rows, tall=True, note=note), request.GET)
    return page(request, "ops/jobs.html", {"table": table}, section="trust")


@route(permission=JOB_VIEW)
def job(request: HttpRequest, job: UUID) -> HttpResponse:
    """Show one piece of work; htmx asks for the bar alone."""
    if known_at(request):
        return _no_past(request, _("Long work"))
    row = selectors.job_get(job=job)
    runs = row.status in ("waiting", "running")
    if request.headers.get("HX-Request"):
        answer = render(request, "ops/parts/job.html", {"job": _part(row)})
        if not runs:
            # What the work has made is all over the page that waits for it.
            answer["HX-Refresh"] = "true"
        return answer
    may = runs and not row.cancel_requested and policy.may_somewhere(request.viewer, JOB_CANCEL)  # type: ignore[attr-defined]
    return page(request, "ops/job.html", {"job": _part(row), "row": row, "may_cancel": may}, section="trust")


@require_POST
@route(permission=JOB_CANCEL)
def job_stop(request: HttpRequest, job: UUID) -> HttpResponse:
    """Ask the work to stop."""
    attempt(
        request,
        lambda: job_cancel(job=job, by=request.viewer),  # type: ignore[attr-defined]
        done=_("It stops at its next step."),
    )
    return redirect("ops:job", job)


@route(permission=DELIVERY_MANAGE)
def deliveries(request: HttpRequest) -> HttpResponse:
    """Show the dead letters and how far each subscriber has read."""
    if known_at(request):
        return _no_past(request, _("Dead letters"))
    newest = selectors.change_number()
    context = {
        "dead": selectors.failed_delivery_list(status="dead"),
        "retrying": selectors.failed_delivery_list(status="retrying"),
        "subscribers": [(row, max(newest - row.seq, 0)) for row in selectors.subscription_list()],
    }
    return page(request, "ops/deliveries.html", context, section="trust")


@require_POST
@route(permission=DELIVERY_MANAGE)
def delivery_step(request: HttpRequest, delivery: UUID, step: str) -> HttpResponse:
    """Try a dead letter again, or give it up."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if step == "retry":
        attempt(request, lambda: delivery_retry(delivery=delivery, by=viewer), done=_("It is tried again."))
    elif step == "drop":
        attempt(request, lambda: delivery_drop(delivery=delivery, by=viewer), done=_("It is given up."))
    else:
        raise Http404
    return redirect("ops:deliveries")
