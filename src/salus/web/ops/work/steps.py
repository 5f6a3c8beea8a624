"""The landing page of each step of the loop: one question, answered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.act.permissions import TASK_VIEW
from salus.act.selectors import hand_over_list, task_counts, task_list
from salus.assess.permissions import ASSESSMENT_RUN, ASSESSMENT_VIEW, SIGNAL_VIEW
from salus.assess.selectors import assessment_latest, assessment_series, risk_level_list, signal_list
from salus.base.services import job_start
from salus.base.texts import pick
from salus.decide.permissions import DECISION_VIEW, SERVICE_VIEW
from salus.decide.selectors import decision_list, measures_in_force
from salus.learn.permissions import INDICATOR_VIEW, OUTCOME_VIEW
from salus.learn.selectors import indicator_list, outcome_list
from salus.plan.permissions import MEASURE_VIEW, PROPOSAL_VIEW
from salus.plan.selectors import measure_list, playbook_get, proposal_list
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.web.ops.exercises import finding
from salus.web.ops.forms import attempt
from salus.web.ops.levels import level_badge
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.queues import decision_queue, signal_queue, task_queue
from salus.web.ops.pages import page
from salus.web.ops.work.proposals import measure_titles
from salus.web.ops.work.tasks import plan_figure
from salus.web.ops.work.words import areas, signed_percent, verdict_word
from salus.web.ui.components import Column, Link, Table, sort_table
from salus.web.ui.formats import estimate, percent


def _series_table(request: HttpRequest) -> Table:
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    kinds = {"nowcast": _("Estimate of recent days"), "rt": _("Reproduction number"), "forecast": _("Forecast")}
    rows: list[dict[str, Any]] = [
        {
            "series": Link(pick(row.name, language), keep_moment(request, reverse("ops:series", args=[row.code]))),
            "level": row.zone_level,
            "kinds": ", ".join(kinds.get(kind, kind) for kind in row.kinds) or _("Signals"),
        }
        for row in assessment_series(viewer=viewer, known_at=moment)
    ]
    columns = [Column("series", _("Series")), Column("level", _("Zones")), Column("kinds", _("What is made of it"))]
    return sort_table(Table(_("What is assessed"), columns, rows), request.GET)


@route(permission=ASSESSMENT_VIEW)
def assess(request: HttpRequest) -> HttpResponse:
    """Answer: how does it stand, and how sure are we?"""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    levels = risk_level_list(viewer=viewer, known_at=moment)
    counts = [(level_badge(n), sum(row.level == n for row in levels)) for n in range(4)]
    signals = []
    if policy.may_somewhere(viewer, SIGNAL_VIEW):
        signals = signal_list(viewer=viewer, is_open=True, limit=12, known_at=moment)
    context = {
        "latest": assessment_latest(viewer=viewer, known_at=moment),
        "counts": counts,
        "undefined": sum(row.level is None for row in levels),
        "signals": signal_queue(request, [row for row in signals if row.is_open]),
        "table": _series_table(request),
        "may_run": moment is None and policy.may_somewhere(viewer, ASSESSMENT_RUN),
    }
    return page(request, "ops/assess.html", context, section="assess")


@require_POST
@route(permission=ASSESSMENT_RUN)
def assess_now(request: HttpRequest) -> HttpResponse:
    """Ask for an assessment of what is known now."""
    row = attempt(
        request,
        lambda: job_start(kind="assess.run", dedupe_key="assess", by=request.viewer),  # type: ignore[attr-defined]
        done=_("The city is being assessed."),
    )
    return redirect("ops:job", row.id) if row is not None else redirect("ops:assess")


def _measures_table(request: HttpRequest) -> Table:
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    rows: list[dict[str, Any]] = [
        {
            "title": pick(row.title, language),
            "category": row.category,
            "effect": (
                _("%(mid)s after %(days)s days")
                % {"mid": signed_percent(row.expected.mid), "days": row.expected.horizon_days}
                if row.expected
                else None
            ),
            "tasks": len(row.task_templates),
        }
        for row in measure_list(viewer=viewer, known_at=moment)
    ]
    columns = [
        Column("title", _("Measure")),
        Column("category", _("Side")),
        Column("effect", _("Usual effect")),
        Column("tasks", _("Tasks"), numeric=True),
    ]
    return sort_table(Table(_("Measures"), columns, rows, tall=True), request.GET)


@route(permission=PROPOSAL_VIEW)
def plan(request: HttpRequest) -> HttpResponse:
    """Answer: what could we do, and what would it bring?"""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    sees = policy.may_somewhere(viewer, MEASURE_VIEW, tier=Tier.PARTNER)
    book = playbook_get(viewer=viewer, known_at=moment) if sees else None
    titles = measure_titles(request) if sees else {}
    steps = [
        (level_badge(one.level), pick(one.meaning, language), [titles.get(code, code) for code in one.measures])
        for one in (book.levels if book else ())
    ]
    context = {
        "waiting": decision_queue(request, proposal_list(viewer=viewer, status="open", known_at=moment), []),
        "playbook": steps,
        "table": _measures_table(request) if sees else None,
        "exercises": finding.sees_exercises(viewer),
    }
    return page(request, "ops/plan.html", context, section="plan")


@route(permission=DECISION_VIEW, tier=Tier.PARTNER)
def decide(request: HttpRequest) -> HttpResponse:
    """Answer: what waits for a decision, and what is in force?"""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    proposals = []
    if policy.may_somewhere(viewer, PROPOSAL_VIEW):
        proposals = proposal_list(viewer=viewer, status="open", known_at=moment)
    drafts = decision_list(viewer=viewer, status=["draft", "submitted", "rejected"], known_at=moment)
    titles = measure_titles(request) if policy.may_somewhere(viewer, MEASURE_VIEW, tier=Tier.PARTNER) else {}
    held = [
        (titles.get(row.code, row.code), areas(request, row.zone_ids), row)
        for row in measures_in_force(viewer=viewer, known_at=moment)
    ]
    context = {"waiting": decision_queue(request, proposals, drafts), "held": held}
    return page(request, "ops/decide.html", context, section="decide")


@route(permission=TASK_VIEW, tier=Tier.PARTNER)
def act(request: HttpRequest) -> HttpResponse:
    """Answer: is what was decided being done?"""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    rows = task_list(viewer=viewer, open_only=True, known_at=moment)
    mine = [row for row in rows if row.owner_id == viewer.id]
    offers = hand_over_list(viewer=viewer, for_me=True, status="offered", known_at=moment)
    context = {
        "counts": task_counts(viewer=viewer, known_at=moment),
        "mine": task_queue(request, mine),
        "offers": offers,
        "figure": plan_figure(request, rows),
        "may_see_services": policy.may_somewhere(viewer, SERVICE_VIEW, tier=Tier.PARTNER),
    }
    return page(request, "ops/act.html", context, section="act")


def _indicator_table(request: HttpRequest) -> Table | None:
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    if not policy.may(viewer, INDICATOR_VIEW):
        return None
    rows: list[dict[str, Any]] = [
        {
            "what": pick(row.title, language),
            "count": row.count,
            "median": estimate(row.median) if row.median is not None else None,
            "p90": estimate(row.p90) if row.p90 is not None else None,
            "unit": row.unit,
            "target": row.target,
            "within": percent(row.within_target) if row.within_target is not None else None,
        }
        for row in indicator_list(viewer=viewer, known_at=moment)
    ]
    columns = [
        Column("what", _("From … to …"), sortable=False),
        Column("count", _("How often"), numeric=True, sortable=False),
        Column("median", _("Half within"), numeric=True, sortable=False),
        Column("p90", _("Nine in ten within"), numeric=True, sortable=False),
        Column("unit", _("Unit"), sortable=False),
        Column("target", _("Target"), numeric=True, sortable=False),
        Column("within", _("On target"), numeric=True, sortable=False),
    ]
    return Table(_("How long each hand-over took"), columns, rows)


@route(permission=OUTCOME_VIEW)
def learn(request: HttpRequest) -> HttpResponse:
    """Answer: did it work, and how fast were we?"""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    rows = outcome_list(viewer=viewer, known_at=moment)
    verdicts = [
        (verdict_word(one)[0], sum(row.verdict == one for row in rows))
        for one in ("met", "partly", "not_met", "undetermined")
    ]
    context = {"outcomes": rows[:10], "verdicts": verdicts, "table": _indicator_table(request)}
    context["exercises"] = finding.sees_exercises(viewer)
    return page(request, "ops/learn.html", context, section="learn")
