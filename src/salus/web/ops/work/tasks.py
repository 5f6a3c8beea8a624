"""Tasks: the list with deadlines as a Gantt, and one task with its steps and hand-overs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.act.permissions import TASK_UPDATE, TASK_VIEW
from salus.act.schemas import TaskRow
from salus.act.selectors import hand_over_list, task_get, task_history, task_list
from salus.act.services import hand_over_decline, task_cancel, task_done, task_hand_over, task_take, task_update
from salus.base.errors import Invalid
from salus.base.texts import pick
from salus.trust import policy
from salus.trust.permissions import PERSON_VIEW
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.trust.selectors import person_list, person_names
from salus.web.ops.chaining import chain_control
from salus.web.ops.forms import attempt
from salus.web.ops.moment import keep_moment, known_at, shown
from salus.web.ops.overview.queues import task_queue
from salus.web.ops.pages import page
from salus.web.ops.work.words import areas, history, task_word
from salus.web.ui import figures
from salus.web.ui.charts.gantt import Span, gantt
from salus.web.ui.components import Pair, Tab
from salus.web.ui.figures import Figure

TABS = ("open", "overdue", "mine", "done")
MOST_SPANS = 30


def plan_figure(request: HttpRequest, rows: list[TaskRow]) -> Figure | None:
    """Return the tasks of the operational period as a Gantt."""
    if not rows:
        return None
    now, language = shown(request), get_language() or "en"
    spans = [
        Span(
            name=pick(row.title, language),
            start=timezone.localtime(row.started_at or row.created_at),
            end=timezone.localtime(row.done_at or row.due_at),
            done=row.progress / 100,
            late=_("overdue") if row.overdue_by(now) is not None else "",
        )
        for row in sorted(rows, key=lambda row: (row.role, row.due_at))[:MOST_SPANS]
    ]
    late = sum(bool(span.late) for span in spans)
    title = _("%(n)s tasks, %(late)s of them overdue") % {"n": len(spans), "late": late}
    drawing = gantt(
        spans, title=title, now=timezone.localtime(now), now_word=_("Now"), day=figures.axis_day, time=figures.axis_time
    )
    return Figure(title, drawing)


def _wanted(request: HttpRequest, tab: str) -> list[TaskRow]:
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    if tab == "done":
        return task_list(viewer=viewer, status="done", known_at=moment)
    if tab == "mine":
        return task_list(viewer=viewer, owner=viewer.id, open_only=True, known_at=moment)
    return task_list(viewer=viewer, open_only=True, overdue=tab == "overdue", known_at=moment)


@route(permission=TASK_VIEW, tier=Tier.PARTNER)
def tasks(request: HttpRequest) -> HttpResponse:
    """Show tasks: all open ones, the overdue, one's own, or the done."""
    tab = request.GET.get("show", "open")
    tab = tab if tab in TABS else "open"
    rows = _wanted(request, tab)
    names = {"open": _("Open"), "overdue": _("Overdue"), "mine": _("Mine"), "done": _("Done")}
    base = reverse("ops:tasks")
    tabs = [Tab(names[one], keep_moment(request, f"{base}?show={one}"), one == tab) for one in TABS]
    context = {
        "items": task_queue(request, sorted(rows, key=lambda row: row.due_at)[:200]),
        "tabs": tabs,
        "figure": plan_figure(request, rows) if tab in ("open", "overdue") else None,
    }
    return page(request, "ops/tasks.html", context, section="act")


def _facts(request: HttpRequest, row: TaskRow, names: dict[UUID, str]) -> list[Pair]:
    return [
        Pair(_("Owner"), names.get(row.owner_id, "") if row.owner_id else _("Nobody yet")),
        Pair(_("Role"), row.role.replace("_", " ").capitalize() or None),
        Pair(_("Due"), row.due_at),
        Pair(_("Areas"), areas(request, row.zone_ids)),
        Pair(_("Begun"), row.started_at or _("Not yet")),
        Pair(_("Done"), row.done_at or _("Not yet")),
    ]


@route(permission=TASK_VIEW, tier=Tier.PARTNER)
def task(request: HttpRequest, task: UUID) -> HttpResponse:
    """Show a task, its owner, its deadline and how it went from hand to hand."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    row = task_get(viewer=viewer, task=task, known_at=moment)
    offers = hand_over_list(viewer=viewer, task=task, known_at=moment)
    ids = {one for offer in offers for one in (offer.from_person_id, offer.to_person_id) if one}
    names = person_names(ids | ({row.owner_id} if row.owner_id else set()), viewer=viewer)
    word, tone = task_word(row.status, overdue=row.overdue_by(shown(request)) is not None)
    people = person_list(viewer=viewer) if policy.may_somewhere(viewer, PERSON_VIEW) else []
    context = {
        "row": row,
        "title": pick(row.title, language),
        "detail": pick(row.detail, language),
        "word": word,
        "tone": tone,
        "facts": _facts(request, row, names),
        "offers": [(one, _name(names, one.from_person_id), _name(names, one.to_person_id)) for one in offers],
        "offered_to_me": any(one.status == "offered" and one.to_person_id == viewer.id for one in offers),
        "people": [(one.id, one.name) for one in people if one.active and one.id != row.owner_id],
        "history": history(
            request,
            task_history(viewer=viewer, task=task, known_at=moment),
            task_word,
            {"status": _("state"), "progress": _("progress"), "owner_id": _("owner"), "note": _("note")},
        ),
        "chain": chain_control(request, "task", row.id),
        "may": moment is None and row.is_open and policy.may_somewhere(viewer, TASK_UPDATE, tier=Tier.PARTNER),
    }
    return page(request, "ops/task.html", context, section="act")


def _name(names: dict[UUID, str], person: UUID | None) -> str:
    return names.get(person, "") if person is not None else ""


def _progress(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdigit() or int(text) > 100:
        raise Invalid(_("'%(text)s' is not a share of the work.") % {"text": text}, remedy=_("Write 0 to 100."))
    return int(text)


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(_("Nobody is chosen."), remedy=_("Choose a person from the list.")) from error


def _steps(request: HttpRequest, task: UUID) -> dict[str, tuple[Callable[[], Any], str]]:
    viewer, given = request.viewer, request.POST  # type: ignore[attr-defined]
    note, reason = given.get("note", "").strip(), given.get("reason", "").strip()
    return {
        "take": (lambda: task_take(task=task, by=viewer), _("The task is yours.")),
        "begin": (lambda: task_update(task=task, status="doing", by=viewer), _("The task is begun.")),
        "report": (
            lambda: task_update(
                task=task,
                status=given.get("status") or None,
                progress=_progress(given.get("progress", "")),
                note=note or None,
                by=viewer,
            ),
            _("Your report is kept."),
        ),
        "done": (lambda: task_done(task=task, note=note, by=viewer), _("The task is done.")),
        "cancel": (lambda: task_cancel(task=task, reason=reason, by=viewer), _("The task is called off.")),
        "hand-over": (
            lambda: task_hand_over(task=task, to_person=_person(given.get("person", "")), reason=reason, by=viewer),
            _("The task is offered."),
        ),
        "decline": (lambda: hand_over_decline(task=task, reason=reason, by=viewer), _("You declined it.")),
    }


@require_POST
@route(permission=TASK_UPDATE, tier=Tier.PARTNER)
def step(request: HttpRequest, task: UUID, step: str) -> HttpResponse:
    """Take one step on a task."""
    steps = _steps(request, task)
    if step not in steps:
        raise Http404
    act, done = steps[step]
    attempt(request, act, done=done)
    return redirect("ops:task", task)
