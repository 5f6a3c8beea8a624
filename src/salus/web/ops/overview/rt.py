"""The reproduction number as a picture: median and ranges around the line at one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.assess.permissions import RULE_VIEW
from salus.assess.schemas import EstimateRow
from salus.assess.selectors import rule_table_get
from salus.base.texts import pick
from salus.trust import policy
from salus.web.ops.moment import known_at
from salus.web.ops.overview.curves import quantiles
from salus.web.ui import figures, moments
from salus.web.ui.charts.fan import Fan, fan_with_outcome
from salus.web.ui.components import Column, Table
from salus.web.ui.figures import Figure
from salus.web.ui.formats import plain

DAYS = 60


def rt_figure(row: EstimateRow | None, interval: str = "") -> Figure | None:
    """Return the reproduction number of the last weeks, or None where none was estimated.

    The serial interval that it rests on is said below it.
    """
    points = quantiles(row)[-DAYS:]
    if not points:
        return None
    title = _("Reproduction number: %(mid)s on %(day)s") % {
        "mid": f"{points[-1].q50:.2f}",
        "day": moments.day(points[-1].on, "short"),
    }
    drawing = fan_with_outcome(
        Fan(
            expected=points,
            outcome=(),
            words=replace(figures.chart_words(), forecast=_("Median")),
            number=figures.axis_number,
            day=figures.axis_day,
        ),
        title=title,
    )
    rows: list[dict[str, Any]] = [
        {"on": q.on, "mid": f"{q.q50:.2f}", "range": f"{q.q05:.2f} – {q.q95:.2f}"} for q in reversed(points)
    ]
    columns = [Column(key, label, numeric=key != "on", sortable=False) for key, label in
               (("on", _("Day")), ("mid", _("Median")), ("range", _("Range (90%)")))]  # fmt: skip
    table = Table(_("Reproduction number by day"), columns, rows, tall=True, hide_caption=True)
    caveat = _("Above 1 the number of cases grows, below 1 it falls. Recent days rest on estimates.")
    return Figure(title, drawing, table, f"{caveat} {interval}".strip(), rank=2)


def interval_words(document: Any) -> str:
    """Return the interval that a rule table holds, in a sentence with its range and source."""
    plan = document["plan"]
    held = plan.get("serial_interval")
    if not held:
        mean = plan["rt"]["parameters"].get("serial_interval_mean")
        return _("Serial interval: %(mean)s days, taken as certain.") % {"mean": plain(mean, 1)} if mean else ""
    low, high = held["mean_range"]
    return _("Serial interval: about %(mean)s days (likely %(low)s to %(high)s). %(source)s.") % {
        "mean": plain(held["mean"], 1),
        "low": plain(low, 1),
        "high": plain(high, 1),
        "source": pick(held["source"], get_language() or "en").rstrip("."),
    }


def held_interval(request: HttpRequest) -> str:
    """Return the serial interval that is held at the page's moment, to whoever may see the rules."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if not policy.may_somewhere(viewer, RULE_VIEW):
        return ""
    return interval_words(rule_table_get(viewer=viewer, known_at=known_at(request)).document)
