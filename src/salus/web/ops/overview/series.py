"""One series in one zone: curve, nowcast, fan, Rt, and how earlier estimates have held."""

from __future__ import annotations

import csv
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.assess.permissions import ESTIMATE_VIEW
from salus.assess.schemas import Performance, SeriesView
from salus.assess.selectors import performance, series_view
from salus.base.errors import Invalid, NotFound
from salus.base.texts import pick
from salus.city.schemas import ZoneRow
from salus.city.selectors import zone_get, zone_list
from salus.gather.permissions import SERIES_VIEW
from salus.gather.selectors import series_freshness, series_get, source_get
from salus.trust import policy
from salus.trust.routes import route
from salus.web.ops.downloads import attached
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.curves import figure_of, quantiles, rt_words, why_none
from salus.web.ops.overview.queues import signal_queue
from salus.web.ops.overview.rt import held_interval, rt_figure
from salus.web.ops.pages import page
from salus.web.ui.components import Column, Link, Table
from salus.web.ui.formats import estimate, percent
from salus.web.ui.moments import Fresh


def _place(request: HttpRequest, level: str) -> ZoneRow:
    """Return the zone that the address names, or the first of the series' own level."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    text = request.GET.get("zone", "")
    if text:
        try:
            return zone_get(viewer=viewer, zone=UUID(text), known_at=moment)
        except ValueError as error:
            raise Invalid(_("The address names no zone."), remedy=_("Choose one from the list.")) from error
    for wanted in ("city", level):
        rows = zone_list(viewer=viewer, level=wanted, known_at=moment)
        if rows:
            return rows[0]
    raise NotFound(_("There are no zones yet."), remedy=_("Bring a city in first."))


def _view(request: HttpRequest, code: str) -> tuple[SeriesView, ZoneRow]:
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = series_get(viewer=viewer, code=code, known_at=moment)
    place = _place(request, row.zone_level)
    return series_view(viewer=viewer, series=code, zone=place.id, days=400, known_at=moment), place


def _performance_table(rows: list[Performance]) -> Table:
    def words(row: Performance) -> str:
        if row.kind == "nowcast":
            return _("Estimate of the count %(n)s days before") % {"n": -row.days}
        return _("Forecast for %(n)s days later") % {"n": row.days}

    cells: list[dict[str, Any]] = [
        {
            "what": words(row),
            "count": row.count,
            "inside": percent(row.inside) if row.inside is not None else None,
            "goal": percent(row.share),
            "score": estimate(row.score) if row.score is not None else None,
        }
        for row in rows
    ]
    columns = [
        Column("what", _("What was said"), sortable=False),
        Column("count", _("How often"), numeric=True, sortable=False),
        Column("inside", _("Came true within the range"), numeric=True, sortable=False),
        Column("goal", _("Should be"), numeric=True, sortable=False),
        Column("score", _("Weighted interval score"), numeric=True, sortable=False),
    ]
    note = _("Judged on what is known at the moment shown; smaller scores are better.")
    return Table(_("How earlier estimates have held"), columns, cells, note=note)


def _fresh(request: HttpRequest, view: SeriesView) -> Fresh:
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    _newest, updated = series_freshness(viewer=viewer, series=view.series, known_at=moment)
    days = [point.on for point in view.observed if point.value is not None]
    row = series_get(viewer=viewer, code=view.series, known_at=moment)
    source = source_get(viewer=viewer, slug=row.source, known_at=moment) if row.source else None
    late = bool(source and updated and (view.known_at - updated).total_seconds() > source.cadence_hours * 3600 * 1.5)
    name = pick(source.title, get_language() or "en") if source else ""
    return Fresh(updated, days[0] if days else None, days[-1] if days else None, stale=late, source=name)


@route(permission=SERIES_VIEW)
def series(request: HttpRequest, code: str) -> HttpResponse:
    """Show a series in a zone as known at the page's moment."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    view, place = _view(request, code)
    row = series_get(viewer=viewer, code=code, known_at=moment)
    href = keep_moment(request, reverse("ops:series_csv", args=[code]) + f"?zone={place.id}")
    sees = policy.may(viewer, ESTIMATE_VIEW, zone=place.path)
    held = (
        performance(viewer=viewer, series=code, zone=place.id, known_at=moment)
        if sees and quantiles(view.forecast)
        else []
    )
    context = {
        "series": row,
        "name": pick(row.name, language),
        "place": place,
        "place_name": pick(place.name, language),
        "figure": figure_of(view, csv_href=href, fresh=_fresh(request, view)),
        "rt": rt_words(view.rt),
        "rt_figure": rt_figure(view.rt, held_interval(request)),
        "held": _performance_table([one for one in held if one.count]) if any(one.count for one in held) else None,
        "signals": signal_queue(request, view.signals[:10]),
        "methods": [
            (one, why_none(one.undefined)) for one in (view.nowcast, view.rt, view.forecast) if one is not None
        ],
        "zones": _other_zones(request, code, row.zone_level),
    }
    return page(request, "ops/series.html", context, section="assess")


def _other_zones(request: HttpRequest, code: str, level: str) -> list[Link]:
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    rows = zone_list(viewer=viewer, known_at=moment)
    levels = {"city", "borough", "district", level}
    base = reverse("ops:series", args=[code])
    return [
        Link(pick(row.name, language), keep_moment(request, f"{base}?zone={row.id}"))
        for row in rows
        if row.level in levels
    ]


@route(permission=SERIES_VIEW)
def curve_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the curve as CSV: what is on the page, in a form that a program reads."""
    view, place = _view(request, code)
    answer = attached("", f"{code}-{place.code}.csv")
    writer = csv.writer(answer)
    writer.writerow(["date", "kind", "value", "q05", "q25", "q50", "q75", "q95", "status"])
    words = {0: "observed", 1: "missing", 2: "suppressed"}
    for point in view.observed:
        value = "" if point.value is None else point.value
        writer.writerow([point.on, "reported", value, "", "", "", "", "", words.get(point.status, "")])
    for kind, row in (("nowcast", view.nowcast), ("forecast", view.forecast), ("rt", view.rt)):
        for q in quantiles(row, only_open=kind == "nowcast"):
            writer.writerow([q.on, kind, "", q.q05, q.q25, q.q50, q.q75, q.q95, "estimate"])
    return answer
