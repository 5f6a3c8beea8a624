"""A series in one zone as a figure: the curve, its sentence, its table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.assess.schemas import AssessedSeries, EstimateRow, SeriesView
from salus.base.texts import pick
from salus.city.schemas import ZoneRow
from salus.web.ui import figures, moments
from salus.web.ui.charts.curve import Curve, Mark, Observed, Quantiles, epidemic_curve
from salus.web.ui.components import Column, Table
from salus.web.ui.figures import Figure
from salus.web.ui.formats import Suppressed, estimate
from salus.web.ui.moments import Fresh

SUPPRESSED = 2
CURVE_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
# Ranges below this are told in whole cases.
_FEW = 10.0
# A day whose estimate is narrower than this share of its middle is as good as settled.
SETTLED = 0.05


# The figure that leads a page of the whole city, by what it counts.
LEADING = ("cases", "complaints", "hospital_admissions", "visits", "deaths")


def leading_series(rows: Sequence[AssessedSeries], root: ZoneRow) -> str | None:
    """Return the series that stands for the city on its first page: cases, or of a poisoning the complaints.

    Of complaints nothing is estimated, and an assessment reads them only where they are watched.
    """
    fit = [row for row in rows if root.number in row.zone_numbers and "forecast" in row.kinds]
    fit += [row for row in rows if row.role == "complaints" and row.zone_level == root.level]
    ranked = sorted(fit, key=lambda row: LEADING.index(row.role) if row.role in LEADING else len(LEADING))
    return ranked[0].code if ranked else None


def quantiles(row: EstimateRow | None, *, only_open: bool = False) -> list[Quantiles]:
    """Return the five quantiles that a curve draws; `only_open` keeps days still being reported."""
    if row is None or row.undefined or not row.dates:
        return []
    lines = [row.quantiles[min(row.quantiles, key=lambda kept: abs(kept - level))] for level in CURVE_LEVELS]
    found = []
    for index, on in enumerate(row.dates):
        values = [line[index] for line in lines]
        if any(value is None for value in values):
            continue
        made = Quantiles(on, *(float(value) for value in values if value is not None))
        if only_open and (not row.is_estimate[index] or made.q95 - made.q05 <= SETTLED * made.q50):
            continue
        found.append(made)
    return found


def curve_of(view: SeriesView, *, days: int) -> Curve:
    """Return what the chart draws of the last days of a series."""
    moment = view.known_at.date()
    return Curve(
        observed=[Observed(point.on, point.value) for point in view.observed[-days:]],
        nowcast=quantiles(view.nowcast, only_open=True),
        forecast=quantiles(view.forecast),
        signals=[Mark(row.valid_on) for row in view.signals if row.is_open and row.valid_on <= moment],
        today=moment,
        unit=view.unit,
        words=figures.chart_words(),
        number=figures.axis_number,
        day=figures.axis_day,
    )


def sentence(view: SeriesView) -> str:
    """Say what the curve shows before showing it."""
    name = pick(view.name, get_language() or "en")
    forecast = quantiles(view.forecast)
    if forecast:
        # A week ahead is what people act on; the curve shows how far what lies beyond is uncertain.
        week = view.known_at.date() + timedelta(days=7)
        one = next((q for q in forecast if q.on >= week), forecast[-1])
        return _("%(name)s: likely between %(low)s and %(high)s on %(day)s") % {
            "name": name,
            "low": _bound(view, one.q05, up=False),
            "high": _bound(view, one.q95, up=True),
            "day": moments.day(one.on, "short"),
        }
    known = [point for point in view.observed if point.value is not None]
    if not known:
        return _("%(name)s: no data at this moment") % {"name": name}
    if not any(point.value for point in known):
        return _("%(name)s: none reported from %(first)s to %(last)s") % {
            "name": name,
            "first": moments.day(known[0].on, "short"),
            "last": moments.day(known[-1].on, "short"),
        }
    return _("%(name)s: %(value)s reported for %(day)s") % {
        "name": name,
        "value": figures.axis_number(float(known[-1].value or 0)),
        "day": moments.day(known[-1].on, "short"),
    }


def _bound(view: SeriesView, value: float, *, up: bool) -> str:
    """Return an end of a range in words; of what is counted there are no fractions, so a small one is widened to whole ones."""
    if value < _FEW and all(float(point.value or 0).is_integer() for point in view.observed):
        return estimate(math.ceil(value) if up else math.floor(value))
    return estimate(value)


def _cell(value: float | None, status: int) -> Any:
    if status == SUPPRESSED:
        return Suppressed(None)
    return value


def table_of(view: SeriesView, *, days: int) -> Table:
    """Return the table that says the same as the curve."""
    rows: dict[date, dict[str, Any]] = {}
    for point in view.observed[-days:]:
        rows[point.on] = {"on": point.on, "reported": _cell(point.value, point.status)}
    for name, points in (("estimate", quantiles(view.nowcast, only_open=True)), ("forecast", quantiles(view.forecast))):
        for q in points:
            row = rows.setdefault(q.on, {"on": q.on, "reported": None})
            row[name] = estimate(q.q50)
            row["range"] = _("%(low)s to %(high)s") % {"low": estimate(q.q05), "high": estimate(q.q95)}
    columns = [
        Column("on", _("Day"), sortable=False),
        Column("reported", _("Reported"), numeric=True, sortable=False),
        Column("estimate", _("Estimate of the final count"), numeric=True, sortable=False),
        Column("forecast", _("Forecast"), numeric=True, sortable=False),
        Column("range", _("Wider range (90%)"), numeric=True, sortable=False),
    ]
    filled = [{"estimate": "", "forecast": "", "range": "", **row} for _on, row in sorted(rows.items(), reverse=True)]
    return Table(_("The same figures as a table"), columns, filled, tall=True, hide_caption=True)


def caveat_of(view: SeriesView, curve: Curve) -> str:
    """Say what must be kept in mind when reading the curve."""
    words = []
    if quantiles(view.nowcast, only_open=True):
        words.append(
            _("Reports of the latest days are still arriving; the dashed line estimates what they will come to.")
        )
    if curve.is_cut:
        words.append(_("The wider range goes on beyond the picture; the table has its numbers."))
    if view.summed:
        words.append(_("This area has no figures of its own: those of the zones inside it are added up."))
    for row in (view.nowcast, view.forecast):
        if row is not None and row.undefined:
            words.append(_("There is no estimate: %(why)s.") % {"why": why_none(row.undefined)})
            break
    return " ".join(words)


def why_none(code: str) -> str:
    """Return why something is not estimated, in words."""
    words = {
        "never_counted": _("none was ever reported"),
        "no_data": _("too little was reported"),
        "no_estimate": _("too little was reported"),
        "too_short": _("it has been reported for too short a time"),
        "not_daily_counts": _("this is not counted day by day"),
        "no_delay_history": _("how late reports come is not known yet"),
    }
    return words.get(code, code.replace("_", " "))


def figure_of(view: SeriesView, *, csv_href: str, fresh: Fresh | None = None, days: int = 180, rank: int = 2) -> Figure:
    """Return the curve of a series with its sentence, table, caveat and download."""
    title = sentence(view)
    curve = curve_of(view, days=days)
    drawing = epidemic_curve(curve, title=title)
    return Figure(title, drawing, table_of(view, days=min(days, 60)), caveat_of(view, curve), csv_href, fresh, rank)


def rt_words(row: EstimateRow | None) -> Sequence[str]:
    """Return the newest reproduction number in words, with its range."""
    points = quantiles(row)
    if not points:
        return ()
    last = points[-1]
    low, mid, high = (f"{value:.2f}" for value in (last.q05, last.q50, last.q95))
    if last.q05 > 1:
        meaning = _("The number of cases is growing.")
    elif last.q95 < 1:
        meaning = _("The number of cases is falling.")
    else:
        meaning = _("It is not certain whether the number of cases grows or falls.")
    said = _("Each person infects about %(mid)s others (likely between %(low)s and %(high)s), as of %(day)s.")
    return (said % {"mid": mid, "low": low, "high": high, "day": moments.day(last.on, "short")}, meaning)
