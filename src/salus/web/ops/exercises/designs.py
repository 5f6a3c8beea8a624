"""Exercises: the list, one design with its runs, and the form on which it is designed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base import clock
from salus.base.errors import SalusError
from salus.base.texts import pick
from salus.plan.exercises.permissions import EXERCISE_DESIGN, EXERCISE_DIRECT, EXERCISE_VIEW
from salus.plan.exercises.rules import Contradiction
from salus.plan.exercises.schemas import ExerciseRow
from salus.plan.exercises.selectors import (
    emergency_choices,
    exercise_get,
    exercise_history,
    exercise_list,
    inject_targets,
    run_list,
)
from salus.plan.exercises.services import exercise_design, exercise_revise, exercise_withdraw, run_prepare
from salus.plan.permissions import MEASURE_VIEW
from salus.plan.selectors import measure_list
from salus.trust import policy
from salus.trust.permissions import ROLE_VIEW
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.trust.selectors import role_list
from salus.web.ops.chaining import chain_control
from salus.web.ops.exercises import design_form
from salus.web.ops.exercises.design_form import DesignForm, Lists
from salus.web.ops.exercises.measure_names import measure_names
from salus.web.ops.exercises.shown import inject_table, run_tree, summary, team_rows
from salus.web.ops.exercises.words import run_word, say
from salus.web.ops.forms import attempt, refuse_past
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.pages import page
from salus.web.ops.work.words import history
from salus.web.ui.components import Column, Link, Table, sort_table


@route(permission=EXERCISE_VIEW)
def exercises(request: HttpRequest) -> HttpResponse:
    """List exercises, newest first, with how their last run stands."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    last: dict[UUID, Any] = {}
    runs = run_list(viewer=viewer, known_at=moment)
    for run in runs:
        last.setdefault(run.exercise_id, run)
    rows: list[dict[str, Any]] = [
        {
            "title": Link(say(row.title), keep_moment(request, reverse("ops:exercise", args=[row.id]))),
            "start": row.start_on,
            "days": row.days,
            "people": row.people,
            "runs": sum(run.exercise_id == row.id for run in runs),
            "state": run_word(last[row.id].state)[0] if row.id in last else _("Not played yet"),
        }
        for row in exercise_list(viewer=viewer, known_at=moment)
    ]
    columns = [
        Column("title", _("Exercise")),
        Column("start", _("First day")),
        Column("days", _("Days"), numeric=True),
        Column("people", _("People in the city"), numeric=True),
        Column("runs", _("Runs"), numeric=True),
        Column("state", _("Last run")),
    ]
    table = sort_table(Table(_("Exercises"), columns, rows, tall=True), request.GET)
    may = moment is None and policy.may(viewer, EXERCISE_DESIGN)
    return page(request, "ops/exercises/list.html", {"table": table, "may": may}, section="plan")


@route(permission=EXERCISE_VIEW)
def exercise(request: HttpRequest, exercise: UUID) -> HttpResponse:
    """Show one design, its runs as a tree, and its history."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = exercise_get(viewer=viewer, exercise=exercise, known_at=moment)
    now = moment is None and not row.withdrawn
    versions = exercise_history(viewer=viewer, exercise=exercise, known_at=moment)
    fields = {"title": _("title"), "emergency": _("emergency"), "objectives": _("objectives"), "teams": _("teams")}
    fields |= {"injects": _("injects"), "days": _("days"), "people": _("people"), "withdrawn": _("withdrawn")}
    context = {
        "row": row,
        "title": say(row.title),
        "pairs": summary(row),
        "objectives": [say(text) for text in row.objectives],
        "teams": team_rows(request, row),
        "injects": inject_table(row, measure_names(request.viewer)),  # type: ignore[attr-defined]
        "tree": run_tree(request, run_list(viewer=viewer, exercise=exercise, known_at=moment)),
        "history": history(request, versions, lambda _state: ("", ""), fields),
        "chain": chain_control(request, "exercise", row.id),
        "may_design": now and policy.may(viewer, EXERCISE_DESIGN),
        "may_direct": now and policy.may(viewer, EXERCISE_DIRECT),
    }
    return page(request, "ops/exercises/exercise.html", context, section="plan")


def _lists(request: HttpRequest) -> Lists:
    viewer, language = request.viewer, get_language() or "en"  # type: ignore[attr-defined]
    roles = role_list(viewer=viewer) if policy.may_somewhere(viewer, ROLE_VIEW) else []
    return Lists(
        emergencies=[(one.name, pick(one.title, language)) for one in emergency_choices(viewer=viewer)],
        roles=[("", _("Choose a role")), *((row.code, pick(row.name, language)) for row in roles)],
    )


def _form_page(request: HttpRequest, form: DesignForm, row: ExerciseRow | None, *, tried: bool) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    sees = policy.may_somewhere(viewer, MEASURE_VIEW, tier=Tier.PARTNER)
    context = {
        "form": form,
        "row": row,
        "errors": form.errors if tried else [],
        "targets": inject_targets(viewer=viewer, exercise=row.id if row else None),
        "measures": [one.code for one in measure_list(viewer=viewer)] if sees else [],
        "seen": request.POST.get("seen") or (row.version if row else ""),
    }
    return page(
        request, "ops/exercises/design.html", context, section="plan", status=400 if tried and form.errors else 200
    )


def _kept(form: DesignForm, act: Callable[[], Any]) -> Any:
    """Call a service; what it refuses is told beside what was written."""
    try:
        return act()
    except Contradiction as refusal:
        form.tell(refusal.defects)
    except SalusError as refusal:
        form.general.append(str(refusal))
    return None


def _take(request: HttpRequest, row: ExerciseRow | None) -> HttpResponse:
    """Take what was sent: another row, or the whole design."""
    refuse_past(request)
    viewer = request.viewer  # type: ignore[attr-defined]
    form = design_form.sent(request.POST, request.FILES, _lists(request), row)
    if "row" in request.POST:
        return _form_page(request, form, row, tried=False)
    if not form.is_valid():
        return _form_page(request, form, row, tried=True)
    draft = form.draft()
    seen = request.POST.get("seen", "")
    made = _kept(
        form,
        lambda: (
            exercise_design(draft=draft, by=viewer)
            if row is None
            else exercise_revise(
                exercise=row.id, draft=draft, seen_version=int(seen) if seen.isdigit() else None, by=viewer
            )
        ),
    )
    if made is None:
        return _form_page(request, form.with_text(draft.emergency_text), row, tried=True)
    return redirect("ops:exercise", made.id)


@route(permission=EXERCISE_DESIGN)
def new(request: HttpRequest) -> HttpResponse:
    """Design an exercise."""
    if request.method == "POST":
        return _take(request, None)
    return _form_page(request, design_form.blank(_lists(request), clock.today()), None, tried=False)


@route(permission=EXERCISE_DESIGN)
def edit(request: HttpRequest, exercise: UUID) -> HttpResponse:
    """Change a design; runs that were prepared before keep theirs."""
    row = exercise_get(viewer=request.viewer, exercise=exercise)  # type: ignore[attr-defined]
    if request.method == "POST":
        return _take(request, row)
    return _form_page(request, design_form.filled(row, _lists(request)), row, tried=False)


@require_POST
@route(permission=EXERCISE_VIEW)
def step(request: HttpRequest, exercise: UUID, step: str) -> HttpResponse:
    """Prepare a run, or take the design off the list; the service checks the right."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if step == "prepare":
        made = attempt(
            request,
            lambda: run_prepare(exercise=exercise, by=viewer),
            done=_("The stage is being made: its city, its people and its first weeks."),
        )
        return redirect("ops:run", made.id) if made else redirect("ops:exercise", exercise)
    if step == "withdraw":
        attempt(
            request,
            lambda: exercise_withdraw(exercise=exercise, by=viewer),
            done=_("The exercise is off the list. Its runs stay."),
        )
        return redirect("ops:exercise", exercise)
    raise Http404
