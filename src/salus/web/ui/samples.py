"""Invented figures for the style guide: an epidemic of a city that does not exist."""

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from salus.web.ui import figures
from salus.web.ui.charts import (
    Bar,
    Curve,
    Fan,
    Mark,
    Observed,
    Quantiles,
    Ring,
    Span,
    bar_chart,
    chain_timeline,
    epidemic_curve,
    fan_with_outcome,
    gantt,
)
from salus.web.ui.components import Column, Table
from salus.web.ui.figures import Figure
from salus.web.ui.formats import Suppressed
from salus.web.ui.moments import Fresh

NOW = datetime(2031, 3, 18, 14, 5, tzinfo=UTC)
TODAY = NOW.date()
STALE = Fresh(NOW - timedelta(days=3), TODAY - timedelta(days=10), TODAY - timedelta(days=4), stale=True)
FRESH = Fresh(NOW - timedelta(hours=2), TODAY - timedelta(days=7), TODAY - timedelta(days=1), NOW + timedelta(hours=22))


def wave(day: int) -> float:
    """The true course: a wave on a weekly rhythm."""
    return 220 * math.exp(-(((day - 64) / 24) ** 2)) * (1 + 0.12 * math.sin(day * 2 * math.pi / 7)) + 6


def band(on: date, middle: float, share: float) -> Quantiles:
    """A band around a middle value, wider for a greater ``share``."""
    return Quantiles(
        on,
        middle * (1 - share),
        middle * (1 - share / 2.3),
        middle,
        middle * (1 + share / 2.1),
        middle * (1 + share * 1.25),
    )


def sample_curve(days: int = 58) -> Curve:
    """Sixty days of reports, the last seven still arriving, and three weeks to come."""
    start = TODAY - timedelta(days=days)
    on = [start + timedelta(days=i) for i in range(days + 22)]
    seen = [1.0] * (days - 7) + [0.97, 0.92, 0.85, 0.74, 0.6, 0.42, 0.22, 0.06]
    return Curve(
        [Observed(on[i], round(wave(i) * seen[i])) for i in range(days + 1)],
        [band(on[i], wave(i), 0.03 + 0.028 * (i - days + 7)) for i in range(days - 7, days + 1)],
        [band(on[i], wave(i), 0.2 + 0.022 * (i - days)) for i in range(days + 1, days + 22)],
        signals=[Mark(on[20], _("First signal"))],
        today=TODAY,
        unit=_("New cases a day"),
        words=figures.chart_words(),
        number=figures.axis_number,
        day=figures.axis_day,
    )


def curve_figure() -> Figure:
    """An epidemic curve with its nowcast and its forecast."""
    curve = sample_curve()
    title = _("Cases are still rising; the peak is likely between 20 March and 2 April")
    drawing = epidemic_curve(curve, title=title, desc=_("Daily cases with estimate and forecast for three weeks."))
    names = [("on", _("Day")), ("reported", _("Reported")), ("median", _("Estimate"))]
    columns = [Column(key, label, numeric=key != "on") for key, label in names]
    medians = {q.on: round(q.q50) for q in curve.nowcast}
    rows = [{"on": o.on, "reported": o.value, "median": medians.get(o.on)} for o in curve.observed[-10:]]
    caveat = _("Reports of the last seven days are still arriving. The dashed line estimates the final count.")
    return Figure(title, drawing, Table(title, columns, rows, hide_caption=True), caveat, "#csv", FRESH)


def fan_figure() -> Figure:
    """An earlier forecast against what happened."""
    made = TODAY - timedelta(days=28)
    before = [Observed(made - timedelta(days=28 - i), wave(i + 2)) for i in range(28)]
    expected = [band(made + timedelta(days=i), wave(30 + i), 0.1 + 0.018 * i) for i in range(0, 29, 2)]
    outcome = [Observed(made + timedelta(days=i), wave(30 + i) * (1.06 + 0.2 * math.sin(i))) for i in range(0, 29, 2)]
    outcome[9] = Observed(outcome[9].on, outcome[9].value and outcome[9].value * 1.6)
    words = figures.chart_words()
    fan = Fan(expected, outcome, before, made, _("People in hospital"), words, figures.axis_number, figures.axis_day)
    hits, judged = fan.hits()
    title = _("The forecast of 18 February held: %(hits)s of %(judged)s days fell inside its wider range") % {
        "hits": hits,
        "judged": judged,
    }
    return Figure(title, fan_with_outcome(fan, title=title), None, "", "#csv", None)


def bars_figure() -> Figure:
    """Bars with ranges, one hidden, one missing."""
    bars = [
        Bar(_("Harbour"), 412, 380, 447),
        Bar(_("Old Town and the University Quarter"), 318, 290, 350),
        Bar(_("Northfield"), 204, 170, 241),
        Bar(_("Mill Lane"), None, words=_("fewer than 5")),
        Bar(_("Riverside"), 96, 71, 128),
        Bar(_("Airport"), None),
    ]
    title = _("Harbour has the highest rate, four times that of Riverside")
    return Figure(
        title,
        bar_chart(bars, title=title, number=figures.axis_number, missing=_("not known")),
        None,
        _("Cases per 100,000 people in seven days. Lines show the likely range."),
        "#csv",
        STALE,
    )


def chain_figure() -> Figure:
    """A chain from an observation to its lesson."""
    rings = [
        Ring(_("Observation"), _("Wastewater, Harbour"), _("3 Mar, 06:10"), href="#"),
        Ring(_("Signal"), _("Fourfold rise in three samples"), _("3 Mar, 07:02"), _("52 minutes"), "#"),
        Ring(_("Assessment"), _("Likely community spread"), _("3 Mar, 11:40"), _("4 hours 38 minutes"), "#"),
        Ring(
            _("Decision"), _("Open two test centres"), _("5 Mar, 09:15"), _("1 day 21 hours"), "#", here=True, slow=True
        ),
        Ring(_("Task"), _("Staff and equip Pier 4"), _("5 Mar, 10:00"), _("45 minutes"), "#"),
        Ring(_("Outcome"), _("1,240 tests in the first week"), _("12 Mar"), _("7 days"), "#"),
    ]
    title = _("From first sample to open doors took two days; most of it was waiting for a decision")
    return Figure(title, chain_timeline(rings, title=title), None, "", "", None)


def gantt_figure() -> Figure:
    """An operational period of twelve hours."""
    t = datetime(2031, 3, 18, 8, 0)  # noqa: DTZ001  (local hours of one day)
    h = timedelta(hours=1)
    spans = [
        Span(_("Open test centre, Pier 4"), t, t + 3 * h, 1.0),
        Span(_("Deliver 20,000 tests"), t + h, t + 6 * h, 0.45, _("late")),
        Span(_("Call contacts of cluster 12"), t + 2 * h, t + 9 * h, 0.6),
        Span(_("Publish travel advice"), t + 5 * h, t + 7 * h, 0.0),
        Span(_("Prepare the evening briefing"), t + 8 * h, t + 11 * h, 0.0),
    ]
    title = _("Four of five tasks are on time; the delivery of tests is late")
    drawing = gantt(spans, title=title, now=t + 6 * h, now_word=_("Now"), day=figures.axis_day, time=figures.axis_time)
    return Figure(title, drawing, None, "", "", None)


def sample_table() -> Table:
    """Numbers, and the three ways in which there is none."""
    columns = [
        Column("zone", _("Zone")),
        Column("cases", _("Cases"), numeric=True),
        Column("rate", _("Per 100,000"), numeric=True),
        Column("seen", _("Updated"), sortable=False),
    ]
    rows: list[dict[str, Any]] = [
        {"zone": _("Harbour"), "cases": 1234, "rate": 412.5, "seen": TODAY},
        {"zone": _("Northfield"), "cases": 0, "rate": 0, "seen": TODAY},
        {"zone": _("Mill Lane"), "cases": Suppressed(5), "rate": Suppressed(None), "seen": TODAY},
        {"zone": _("Airport"), "cases": None, "rate": None, "seen": None},
    ]
    return Table(
        _("Cases by zone, last seven days"),
        columns,
        rows,
        note=_("Zero is a count. Not known is not zero. Small numbers are hidden so that nobody can be recognised."),
    )
