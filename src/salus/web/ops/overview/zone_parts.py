"""Parts of a zone's page: its stays at levels, its curves, its people by age."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.assess.permissions import ESTIMATE_VIEW
from salus.assess.schemas import AssessedSeries, RiskLevelRow
from salus.assess.selectors import series_view
from salus.base.texts import pick
from salus.city.schemas import AgeBand, ZoneRow
from salus.trust import policy
from salus.web.ops.levels import level_badge
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.curves import figure_of
from salus.web.ui import figures
from salus.web.ui.charts.bars import Bar, bar_chart
from salus.web.ui.components import Column, LogEntry, Table
from salus.web.ui.figures import Figure

MOST_CURVES = 3


def level_timeline(request: HttpRequest, stays: Sequence[RiskLevelRow]) -> list[LogEntry]:
    """Return a zone's stays at its levels, newest first, each with its weightiest reason."""
    language = get_language() or "en"
    found = []
    for row in stays[:12]:
        badge = level_badge(row.level)
        why = next(iter(row.sentences(language)), "")
        href = keep_moment(request, reverse("ops:chain", args=["risk_level", row.id]))
        found.append(LogEntry(row.since, why, None, "", badge.name if badge else _("Not defined"), href))
    return found


def zone_curves(request: HttpRequest, zone: ZoneRow, rows: Sequence[AssessedSeries]) -> list[Figure]:
    """Return the curves of what is assessed in a zone."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    if not policy.may(viewer, ESTIMATE_VIEW, zone=zone.path):
        return []
    fit = [row for row in rows if row.zone_level == zone.level or zone.number in row.zone_numbers]
    found = []
    for row in fit[:MOST_CURVES]:
        view = series_view(viewer=viewer, series=row.code, zone=zone.id, days=120, known_at=moment)
        href = keep_moment(request, reverse("ops:series_csv", args=[row.code]) + f"?zone={zone.id}")
        found.append(figure_of(view, csv_href=href, days=120, rank=3))
    return found


def _age_name(band: AgeBand) -> str:
    if band.age_from is None:
        return _("All ages")
    if band.age_to is None:
        return _("%(from)s and over") % {"from": band.age_from}
    return _("%(from)s to %(to)s") % {"from": band.age_from, "to": band.age_to}


def age_figure(bands: Sequence[AgeBand]) -> Figure:
    """Return who lives in a zone, by age."""
    total = sum(band.persons for band in bands)
    title = _("%(n)s people live here") % {"n": figures.axis_number(round(total))}
    drawing = bar_chart([Bar(_age_name(band), band.persons) for band in bands], title=title)
    rows: list[dict[str, Any]] = [{"age": _age_name(band), "persons": band.persons} for band in bands]
    columns = [Column("age", _("Age"), sortable=False), Column("persons", _("People"), numeric=True, sortable=False)]
    return Figure(title, drawing, Table(_("People by age"), columns, rows, hide_caption=True), rank=3)


def series_name(row: AssessedSeries) -> str:
    """Return a series' name in the page's language."""
    return pick(row.name, get_language() or "en")
