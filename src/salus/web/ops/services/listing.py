"""What is closed and what is open: the list, what decisions still ask for, and every line of the city."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.texts import pick
from salus.city.permissions import FACILITY_VIEW
from salus.city.schemas import FacilityRow, LineRow
from salus.city.selectors import facility_list, line_list
from salus.decide.changes.schemas import LINE_CLOSED, SITE_OPENED, ServiceChangeRow
from salus.decide.changes.selectors import service_change_list, service_wish_list
from salus.decide.permissions import DECISION_VIEW, SERVICE_ORDER, SERVICE_VIEW
from salus.plan.permissions import MEASURE_VIEW
from salus.plan.schemas import CLOSE_LINES
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.web.ops.moment import keep_moment, known_at, shown
from salus.web.ops.overview.queues import decision_title
from salus.web.ops.pages import page
from salus.web.ops.services.words import asked_word, hours_word, state_word, title_of
from salus.web.ops.work.words import areas
from salus.web.ui.components import Column, Link, Table, sort_table
from salus.web.ui.timetable import mode_word

Names = tuple[dict[Any, LineRow], dict[Any, FacilityRow]]


def names(request: HttpRequest) -> Names:
    """Return the lines and the facilities that the viewer may see."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    lines = {row.id: row for row in line_list(viewer=viewer, known_at=moment)}
    sees = policy.may_somewhere(viewer, FACILITY_VIEW, tier=Tier.PARTNER)
    places = {row.id: row for row in facility_list(viewer=viewer, known_at=moment)} if sees else {}
    return lines, places


def change_title(row: ServiceChangeRow, known: Names) -> str:
    """Return what a change of service is about, in the page's language."""
    lines, places = known
    return title_of(row, lines.get(row.line_id), places.get(row.facility_id), get_language() or "en")


@route(permission=SERVICE_VIEW, tier=Tier.PARTNER)
def services(request: HttpRequest) -> HttpResponse:
    """Answer: which lines are closed, where can people go, and what is still to be done?"""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    known, rows = names(request), service_change_list(viewer=viewer, known_at=moment)
    today = shown(request).astimezone(clock.city_zone()).date()
    current = [row for row in rows if row.state(today) != "ended"]
    context = {
        "closed": _changes(request, [row for row in current if row.kind == LINE_CLOSED], known, _("Closed lines")),
        "sites": _changes(request, [row for row in current if row.kind == SITE_OPENED], known, _("Open sites")),
        "past": _changes(request, [row for row in rows if row.state(today) == "ended"], known, _("Ended")),
        "wishes": wishes(request),
        "lines": _lines(request, list(known[0].values()), current),
        "may": moment is None and policy.may_somewhere(viewer, SERVICE_ORDER),
    }
    return page(request, "ops/services/list.html", context, section="act")


def _changes(request: HttpRequest, rows: list[ServiceChangeRow], known: Names, caption: str) -> Table | None:
    if not rows:
        return None
    today = shown(request).astimezone(clock.city_zone()).date()
    cells: list[dict[str, Any]] = [
        {
            "what": Link(change_title(row, known), keep_moment(request, reverse("ops:service_change", args=[row.id]))),
            "state": state_word(row.state(today))[0],
            "when": hours_word(row) if row.kind == SITE_OPENED else None,
            "areas": areas(request, row.zone_ids, 3),
            "from": row.from_on,
            "until": row.last_on,
            "decision": Link(
                str(row.decision_number), keep_moment(request, reverse("ops:decision", args=[row.decision_id]))
            ),
        }
        for row in rows
    ]
    columns = [
        Column("what", _("What")),
        Column("state", _("State")),
        *([Column("when", _("Open"))] if any(row.kind == SITE_OPENED for row in rows) else []),
        Column("areas", _("Areas")),
        Column("from", _("From")),
        Column("until", _("Last day")),
        Column("decision", _("Decision")),
    ]
    return sort_table(Table(caption, columns, cells, hide_caption=True), request.GET)


def services_of(request: HttpRequest, decision: UUID) -> list[tuple[str, str, str, str]]:
    """Return the lines and sites of a decision: title, address, state and tone."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    rows = service_change_list(viewer=viewer, decision=decision, known_at=moment)
    known = names(request) if rows else ({}, {})
    today = shown(request).astimezone(clock.city_zone()).date()
    return [
        (change_title(row, known), reverse("ops:service_change", args=[row.id]), *state_word(row.state(today)))
        for row in rows
    ]


def wishes(request: HttpRequest, decision: UUID | None = None) -> list[dict[str, Any]]:
    """Return what decisions in force ask for, or one of them, with the address of the form that does it."""
    viewer, language = request.viewer, get_language() or "en"  # type: ignore[attr-defined]
    found: list[dict[str, Any]] = []
    if not (policy.may_somewhere(viewer, DECISION_VIEW) and policy.may_somewhere(viewer, MEASURE_VIEW)):
        return []
    for wish in service_wish_list(viewer=viewer, known_at=known_at(request)):
        if decision not in (None, wish.decision.id):
            continue
        closes = wish.asked.what == CLOSE_LINES
        url = reverse("ops:service_close" if closes else "ops:service_open")
        query = f"?decision={wish.decision.id}&measure={wish.measure.code}" + (
            "" if closes else f"&site={wish.asked.site}"
        )
        found.append(
            {
                "what": asked_word(wish.asked),
                "why": pick(wish.measure.title, language),
                "decision": wish.decision,
                "title": decision_title(wish.decision, language),
                "href": url + query,
            }
        )
    return found


def _lines(request: HttpRequest, lines: list[LineRow], current: list[ServiceChangeRow]) -> Table | None:
    if not lines:
        return None
    today = shown(request).astimezone(clock.city_zone()).date()
    language = get_language() or "en"
    shut = {row.line_id: row for row in current if row.kind == LINE_CLOSED and row.state(today) == "in_force"}
    rows: list[dict[str, Any]] = [
        {
            "name": pick(row.name, language),
            "mode": mode_word(row.mode),
            "stops": row.stops,
            "areas": areas(request, row.zone_ids, 4),
            "state": _("Runs") if row.id not in shut else _("Closed") if shut[row.id].whole else _("Closed in part"),
        }
        for row in lines
    ]
    columns = [
        Column("name", _("Line")),
        Column("mode", _("Kind")),
        Column("stops", _("Stops"), numeric=True),
        Column("areas", _("Stops in")),
        Column("state", _("State")),
    ]
    return Table(_("Lines of the city"), columns, rows, tall=True, hide_caption=True)
