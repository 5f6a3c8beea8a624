"""What the director does with a run: start, pause, speed, injects now, stepping back, ending, passwords, records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from salus.base.errors import Invalid, SalusError
from salus.plan.exercises.permissions import EXERCISE_DIRECT
from salus.plan.exercises.rules import Contradiction
from salus.plan.exercises.schemas import RunRow
from salus.plan.exercises.services import (
    inject_fire,
    run_end,
    run_handover,
    run_pause,
    run_prepare_cancel,
    run_review,
    run_speed,
    run_start,
    run_step_back,
)
from salus.trust.routes import route
from salus.trust.schemas import Viewer
from salus.web.ops.exercises.design_form import inject_of
from salus.web.ops.exercises.desk import Desk, desk_page
from salus.web.ops.exercises.fields import InjectForm
from salus.web.ops.exercises.sheet import run_name
from salus.web.ops.exercises.shown import role_names
from salus.web.ops.exercises.words import role_word, say
from salus.web.ops.forms import attempt, refuse_past
from salus.web.ops.pages import page

Act = Callable[[UUID, Viewer], Any]
PLAIN: dict[str, Act] = {
    "start": lambda run, by: run_start(run=run, by=by),
    "pause": lambda run, by: run_pause(run=run, by=by),
    "end": lambda run, by: run_end(run=run, by=by),
    "review": lambda run, by: run_review(run=run, by=by),
    "cancel": lambda run, by: run_prepare_cancel(run=run, by=by),
}


def _done(step: str) -> str:
    return {
        "start": _("The run goes on."),
        "pause": _("The run is paused. The teams can read and write, but the clock stands."),
        "end": _("The run has ended. Its stage is kept."),
        "review": _("The stage opens again, with its clock stopped."),
        "cancel": _("The work on the stage is asked to stop."),
    }[step]


@require_POST
@route(permission=EXERCISE_DIRECT)
def step(request: HttpRequest, run: UUID, step: str) -> HttpResponse:
    """Do one thing with a run; what is refused is told, and nothing is changed."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if step in PLAIN:
        attempt(request, lambda: PLAIN[step](run, viewer), done=_done(step))
    elif step == "speed":
        speed = request.POST.get("speed", "")
        attempt(
            request,
            lambda: run_speed(run=run, speed=speed, by=viewer),
            done=_("The clock goes at %(speed)s.") % {"speed": speed},
        )
    elif step == "fire":
        key = request.POST.get("inject", "")
        attempt(request, lambda: inject_fire(run=run, inject=key, by=viewer), done=_("It happens now."))
    elif step == "invent":
        return _invent(request, run)
    elif step == "back":
        return _back(request, run)
    else:
        raise Http404
    return redirect("ops:run", run)


def _invent(request: HttpRequest, run: UUID) -> HttpResponse:
    """Let something befall the city that the design did not foresee."""
    refuse_past(request)
    form = InjectForm({**request.POST.dict(), "now-when": "day", "now-day": "1"}, prefix="now")
    if not form.is_valid():
        return desk_page(request, run, form, tried=True)
    draft = inject_of(form.cleaned_data, form.cleaned_data["key"].strip(), None, Desk(request, run).design.teams)
    try:
        inject_fire(run=run, draft=draft, by=request.viewer)  # type: ignore[attr-defined]
    except Contradiction as refusal:
        for defect in refusal.defects:
            name = defect.field.rsplit(".", maxsplit=1)[-1]
            form.add_error(name if name in form.fields else None, f"{defect.message} {defect.remedy}")
    except SalusError as refusal:
        form.add_error(None, str(refusal))
    if form.errors:
        return desk_page(request, run, form, tried=True)
    messages.success(request, _("It happens now."))
    return redirect("ops:run", run)


def _back(request: HttpRequest, run: UUID) -> HttpResponse:
    """Begin another run from an evening of this one."""
    text = request.POST.get("day", "")
    if not text.lstrip("-").isdigit():
        raise Invalid(_("Say from which evening the new run begins."), remedy=_("Choose one from the list."))
    made: RunRow | None = attempt(
        request,
        lambda: run_step_back(run=run, day=int(text), by=request.viewer),  # type: ignore[attr-defined]
        done=_("A new run begins from that evening. The old one is paused and stays as it is."),
    )
    return redirect("ops:run", made.id if made else run)


@require_POST
@sensitive_variables("handed")
@route(permission=EXERCISE_DIRECT)
def handover(request: HttpRequest, run: UUID) -> HttpResponse:
    """Show the teams' one-time passwords: once, never kept by a browser or by us."""
    refuse_past(request)
    handed = run_handover(run=run, by=request.viewer)  # type: ignore[attr-defined]
    desk = Desk(request, run)
    names = role_names(request)
    teams = {team.key: say(team.name) for team in desk.design.teams}
    people = [(teams.get(one.team, one.team), names.get(one.role, role_word(one.role)), one) for one in handed.people]
    context = {
        "people": people,
        "row": desk.row,
        "title": say(desk.design.title),
        "name": run_name(desk.row),
        "room": desk.room(),
    }
    answer = page(request, "ops/exercises/handover.html", context, section="plan")
    answer["Cache-Control"] = "no-store"
    return answer


def day_of(text: str) -> date | None:
    """Return a day that was written on a form, or nothing where it is none."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise Invalid(
            _("'%(text)s' is not a day.") % {"text": text[:40]}, remedy=_("Write it like 2026-12-31.")
        ) from error
