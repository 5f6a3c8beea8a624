"""The director's desk: how a run stands, what comes next, what was fired, and the tree of its branches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from salus.base import clock
from salus.learn.permissions import TRAINING_ATTEST
from salus.plan.exercises.permissions import EXERCISE_DESIGN, EXERCISE_DIRECT, EXERCISE_VIEW
from salus.plan.exercises.schemas import OPEN_STATES, ExerciseRow, InjectDraft, RunRow, StageStatus
from salus.plan.exercises.selectors import inject_targets, run_design, run_get, run_list, stage_status
from salus.plan.exercises.timing import days_known
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.schemas import Viewer
from salus.web.ops.chaining import chain_control
from salus.web.ops.data.jobs import job_part
from salus.web.ops.exercises.fields import InjectForm
from salus.web.ops.exercises.measure_names import measure_names
from salus.web.ops.exercises.players import players_of
from salus.web.ops.exercises.sheet import run_name
from salus.web.ops.exercises.shown import run_tree
from salus.web.ops.exercises.words import (
    how_word,
    kind_word,
    run_word,
    say,
    titles_of,
    when_words,
    where_words,
)
from salus.web.ops.levels import level_badge
from salus.web.ops.moment import known_at
from salus.web.ops.pages import page
from salus.web.ui.components import Column, Table

NEXT = 8


@dataclass
class Desk:
    """Everything that the desk of a run shows, each read once."""

    request: HttpRequest
    run: UUID

    @property
    def viewer(self) -> Viewer:
        """Return who looks."""
        viewer: Viewer = self.request.viewer  # type: ignore[attr-defined]
        return viewer

    @cached_property
    def row(self) -> RunRow:
        """Return the run at the page's moment."""
        return run_get(viewer=self.viewer, run=self.run, known_at=known_at(self.request))

    @cached_property
    def design(self) -> ExerciseRow:
        """Return the design from which the run was prepared."""
        return run_design(viewer=self.viewer, run=self.run)

    @cached_property
    def status(self) -> StageStatus | None:
        """Return what the stage says of itself; it speaks of now only."""
        return None if known_at(self.request) else stage_status(viewer=self.viewer, run=self.run)

    @property
    def may(self) -> bool:
        """Return whether the run can be steered from this page."""
        return known_at(self.request) is None and policy.may(self.viewer, EXERCISE_DIRECT)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Return what an inject may wait for, by its short name: another inject, or a measure."""
        return {**self.measures, **titles_of(self.design.injects)}

    @cached_property
    def measures(self) -> dict[str, str]:
        """Return the names of the city's measures by code."""
        return measure_names(self.viewer)

    def waiting(self) -> list[dict[str, Any]]:
        """Return the injects that have not come yet: those with a day first, in their order."""
        fired = {one.key for one in self.status.fired} if self.status else set()
        today = self.status.day if self.status else 0
        days = days_known(self.design.injects)
        rest = [one for one in self.design.injects if one.key not in fired]
        ordered = sorted(rest, key=lambda one: (days.get(one.key) is None, days.get(one.key, 0)))
        return [self._line(one, days.get(one.key), today) for one in ordered]

    def _line(self, row: InjectDraft, day: int | None, today: int) -> dict[str, Any]:
        return {
            "key": row.key,
            "title": self.titles[row.key],
            "kind": kind_word(row.kind),
            "when": when_words(row.when, self.titles),
            "where": where_words(row),
            "on": self.design.day_on(day) if day is not None else None,
            "left": day - today if day is not None else None,
        }

    def evenings(self) -> list[tuple[int, Any]]:
        """Return the evenings from which a new run can begin, the newest first: day of the exercise and date."""
        kept = self.status.evenings if self.status else ()
        days = sorted({whole - self.design.lead_in_days for whole in kept}, reverse=True)
        return [(day, self.design.day_on(day)) for day in days]

    def room(self) -> str:
        """Return where the teams play, if it can be opened."""
        if self.row.here:
            return reverse("ops:now")
        if self.row.url_port is None:
            return ""
        host = self.request.get_host().rsplit(":", 1)[0]
        return f"{self.request.scheme}://{host}:{self.row.url_port}/ops/"

    def log(self) -> Table:
        """Return what was fired, the newest first."""
        fired = self.status.fired if self.status else ()
        rows: list[dict[str, Any]] = [
            {
                "on": one.on,
                "day": one.day,
                "title": say(one.title) or kind_word(one.kind),
                "kind": kind_word(one.kind),
                "how": how_word(one.how),
                "reason": one.reason,
            }
            for one in reversed(fired)
        ]
        columns = [
            Column("title", _("Inject"), sortable=False),
            Column("day", _("Day"), numeric=True, sortable=False),
            Column("on", _("On"), sortable=False),
            Column("how", _("Why then"), sortable=False),
            Column("reason", _("What set it off"), sortable=False),
        ]
        return Table(_("Injects that came"), columns, rows, hide_caption=True, tall=True)


COUNTS = (
    "signals_new",
    "proposals_open",
    "decisions_open",
    "decisions_in_force",
    "tasks_open",
    "tasks_overdue",
    "cases_known",
    "cases_week",
    "days_behind",
)


def count_words() -> dict[str, str]:
    """Return what a stage counts, in words."""
    return {
        "signals_new": _("Signals not judged"),
        "proposals_open": _("Proposals open"),
        "decisions_open": _("Decisions being written"),
        "decisions_in_force": _("Decisions in force"),
        "tasks_open": _("Tasks open"),
        "tasks_overdue": _("Tasks overdue"),
        "cases_known": _("Cases the teams know of"),
        "cases_week": _("Cases in the last week"),
        "days_behind": _("Days that the world is behind"),
    }


def live_context(desk: Desk) -> dict[str, Any]:
    """Return the part of the desk that is refreshed while one looks."""
    status, row = desk.status, desk.row
    word, tone = run_word(row.state)
    differs = status is not None and row.state in OPEN_STATES and status.state != row.state
    words = count_words()
    return {
        "row": row,
        "word": word,
        "tone": tone,
        "status": status,
        "measures": [desk.measures.get(code, code) for code in status.measures] if status else [],
        "stage_word": run_word(status.state)[0] if status and differs else "",
        "over": row.state in ("ended", "failed"),
        "silent": bool(status and row.state == "running" and status.silent(clock.wall_now())),
        "behind": int(status.counts.get("days_behind", 0)) if status and row.state == "running" else 0,
        "level": level_badge(status.level) if status and status.level is not None else None,
        "counts": [(words[key], status.counts[key]) for key in COUNTS if status and key in status.counts],
        "waiting": desk.waiting()[:NEXT],
        "more": max(len(desk.waiting()) - NEXT, 0),
        "log": desk.log(),
        "may": desk.may and row.state in ("running", "paused"),
        "live_url": f"{reverse('ops:run_live', args=[row.id])}?state={row.state}",
        "fire_url": reverse("ops:run_step", args=[row.id, "fire"]),
        "live": known_at(desk.request) is None and row.state in ("preparing", "prepared", "running", "paused"),
    }


def desk_page(
    request: HttpRequest, run: UUID, form: InjectForm | None = None, *, tried: bool = False, **more: Any
) -> HttpResponse:
    """Answer with the whole desk."""
    desk = Desk(request, run)
    runs = run_list(viewer=desk.viewer, exercise=desk.row.exercise_id, known_at=known_at(request))
    players = players_of(request, desk.row, desk.design) if desk.row.state == "ended" else []
    context = {
        **live_context(desk),
        "design": desk.design,
        "title": say(desk.design.title),
        "name": run_name(desk.row),
        "tree": run_tree(request, runs, run),
        "room": desk.room(),
        "directs": desk.may,
        "designs": desk.may and policy.may(desk.viewer, EXERCISE_DESIGN),
        "evenings": desk.evenings(),
        "form": form or InjectForm(initial={"kind": "rumour", "size": 0.5}, prefix="now"),
        "tried": tried,
        "targets": inject_targets(viewer=desk.viewer, run=run),
        "team_names": [say(team.name) for team in desk.design.teams],
        "chain": chain_control(request, "exercise_run", run),
        "job": job_part(request, desk.row.job_id) if desk.row.state == "preparing" else None,
        "players": players,
        "unattested": any(one.person and not one.record for one in players),
        "attests": desk.may and policy.may(desk.viewer, TRAINING_ATTEST),
        **more,
    }
    return page(request, "ops/exercises/run.html", context, section="plan", status=400 if tried else 200)


@route(permission=EXERCISE_VIEW)
def run(request: HttpRequest, run: UUID) -> HttpResponse:
    """Show how a run stands, and steer it."""
    return desk_page(request, run)


@route(permission=EXERCISE_VIEW)
def live(request: HttpRequest, run: UUID) -> HttpResponse:
    """Answer with the part of the desk that changes by itself."""
    desk = Desk(request, run)
    answer = render(request, "ops/exercises/live.html", live_context(desk))
    if request.GET.get("state", desk.row.state) != desk.row.state:
        # What can be pressed has changed too, so the whole page is asked for anew.
        answer["HX-Refresh"] = "true"
    answer["Cache-Control"] = "no-store"
    return answer
