"""Now: the brief, what waits for a decision, the map, the signals, overdue tasks, the live log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from salus.act.permissions import TASK_VIEW
from salus.act.selectors import task_list
from salus.assess.permissions import ASSESSMENT_VIEW, SIGNAL_VIEW
from salus.assess.selectors import assessment_series, risk_level_list, series_view, signal_list
from salus.base import clock
from salus.city.permissions import CITY_VIEW
from salus.city.schemas import CITY_LEVEL
from salus.city.selectors import zone_list
from salus.decide.permissions import DECISION_VIEW
from salus.decide.selectors import decision_list
from salus.plan.permissions import PROPOSAL_VIEW
from salus.plan.selectors import proposal_list
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.brief import brief
from salus.web.ops.overview.curves import figure_of, leading_series
from salus.web.ops.overview.events import entries
from salus.web.ops.overview.maps import level_figure
from salus.web.ops.overview.queues import decision_queue, signal_queue, task_queue
from salus.web.ops.pages import kept_page, page
from salus.web.ops.shell import ops_shell

SHOWN_SIGNALS = 8
SHOWN_TASKS = 6
SHOWN_LOG = 12


def _situation(request: HttpRequest) -> dict[str, Any]:
    kept: dict[str, Any] | None = getattr(request, "salus_situation", None)
    if kept is None:
        kept = request.salus_situation = _read(request)  # type: ignore[attr-defined]
    return kept


def _read(request: HttpRequest) -> dict[str, Any]:
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    sees = lambda right: policy.may_somewhere(viewer, right)  # noqa: E731
    signals = signal_list(viewer=viewer, is_open=True, known_at=moment) if sees(SIGNAL_VIEW) else []
    return {
        "levels": risk_level_list(viewer=viewer, known_at=moment),
        "signals": [row for row in signals if row.is_open],
        "proposals": proposal_list(viewer=viewer, status="open", known_at=moment) if sees(PROPOSAL_VIEW) else [],
        "decisions": (
            decision_list(viewer=viewer, status=["draft", "submitted"], known_at=moment) if sees(DECISION_VIEW) else []
        ),
        "tasks": task_list(viewer=viewer, open_only=True, known_at=moment) if sees(TASK_VIEW) else [],
    }


def _brief(request: HttpRequest) -> dict[str, Any]:
    return {"sentences": brief(request, _situation(request))}


def _waiting(request: HttpRequest) -> dict[str, Any]:
    found = _situation(request)
    return {"waiting": decision_queue(request, found["proposals"], found["decisions"])}


def _map(request: HttpRequest) -> dict[str, Any]:
    found = _situation(request)
    return {"map_figure": level_figure(request, found["levels"], found["signals"])}


def _signals(request: HttpRequest) -> dict[str, Any]:
    rows = _situation(request)["signals"]
    return {"signals": signal_queue(request, rows[:SHOWN_SIGNALS]), "signal_count": len(rows)}


def _tasks(request: HttpRequest) -> dict[str, Any]:
    rows = _situation(request)["tasks"]
    moment = known_at(request) or clock.now()
    ordered = sorted(rows, key=lambda row: row.due_at)
    overdue = [row for row in ordered if row.due_at < moment]
    return {
        "tasks": task_queue(request, (overdue or ordered)[:SHOWN_TASKS]),
        "overdue_count": len(overdue),
        "task_count": len(rows),
    }


def _log(request: HttpRequest) -> dict[str, Any]:
    return {"entries": entries(viewer=request.viewer, known_at=known_at(request), limit=SHOWN_LOG)}  # type: ignore[attr-defined]


def _curve(request: HttpRequest) -> dict[str, Any]:
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    if not policy.may_somewhere(viewer, ASSESSMENT_VIEW):
        return {"curve": None}
    root = next(iter(zone_list(viewer=viewer, level=CITY_LEVEL, known_at=moment)), None)
    code = leading_series(assessment_series(viewer=viewer, known_at=moment), root) if root else None
    if code is None or root is None:
        return {"curve": None}
    view = series_view(viewer=viewer, series=code, zone=root.id, days=120, known_at=moment)
    href = keep_moment(request, reverse("ops:series_csv", args=[code]) + f"?zone={root.id}")
    return {"curve": figure_of(view, csv_href=href, days=120), "series_code": code}


PARTS: dict[str, Callable[[HttpRequest], dict[str, Any]]] = {
    "brief": _brief,
    "waiting": _waiting,
    "map": _map,
    "curve": _curve,
    "signals": _signals,
    "tasks": _tasks,
    "log": _log,
}


def _whole(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] = {}
    for make in PARTS.values():
        context.update(make(request))
    context["title"] = _("Now")
    return page(request, "ops/now.html", context, section="now")


@route(permission=CITY_VIEW, tier=Tier.PUBLIC)
def now(request: HttpRequest) -> HttpResponse:
    """Show how the city stands, as known at the page's moment."""
    return kept_page(request, "now", lambda: _whole(request))


@route(permission=CITY_VIEW, tier=Tier.PUBLIC)
def part(request: HttpRequest, part: str) -> HttpResponse:
    """Answer one part of Now, which the page asks for when it hears that it has changed."""
    if part not in PARTS:
        raise Http404
    return kept_page(request, f"now:{part}", lambda: _fragment(request, part))


def _fragment(request: HttpRequest, part: str) -> HttpResponse:
    # The shell goes along because relative times count from its moment.
    context = {**PARTS[part](request), "shell": ops_shell(request, section="now")}
    return render(request, f"ops/now/{part}.html", context)
