"""The reproduction number as a picture: median and ranges around the line at one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from salus.assess.schemas import EstimateRow
from salus.web.ops.overview.curves import quantiles
from salus.web.ui import figures, moments
from salus.web.ui.charts.fan import Fan, fan_with_outcome
from salus.web.ui.components import Column, Table
from salus.web.ui.figures import Figure

DAYS = 60


def rt_figure(row: EstimateRow | None) -> Figure | None:
    """Return the reproduction number of the last weeks, or None where none was estimated."""
    points = quantiles(row)[-DAYS:]
    if not points:
        return None
    title = _("Reproduction number: %(mid)s on %(day)s") % {
        "mid": f"{points[-1].q50:.2f}",
        "day": moments.day(points[-1].on, "short"),
    }
    drawing = fan_with_outcome(
        Fan(expected=points, outcome=(), words=figures.chart_words(), number=figures.axis_number, day=figures.axis_day),
        title=title,
    )
    rows: list[dict[str, Any]] = [
        {"on": q.on, "mid": f"{q.q50:.2f}", "range": f"{q.q05:.2f} – {q.q95:.2f}"} for q in reversed(points)
    ]
    columns = [Column(key, label, numeric=key != "on", sortable=False) for key, label in
               (("on", _("Day")), ("mid", _("Median")), ("range", _("Range (90%)")))]  # fmt: skip
    table = Table(_("Reproduction number by day"), columns, rows, tall=True, hide_caption=True)
    caveat = _("Above 1 the number of cases grows, below 1 it falls. Recent days rest on estimates.")
    return Figure(title, drawing, table, caveat, rank=2)
