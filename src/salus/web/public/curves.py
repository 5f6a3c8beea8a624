"""A curve of a release as a figure: sentence, picture, table, caveat, download."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from salus.base.texts import pick
from salus.web.public.situation import Situation, day
from salus.web.ui import figures
from salus.web.ui.charts.curve import Curve, Observed, Quantiles, epidemic_curve
from salus.web.ui.components import Column, Table
from salus.web.ui.figures import Figure
from salus.web.ui.formats import Suppressed, estimate, span
from salus.web.ui.moments import Fresh

LINES = ("low90", "low50", "mid", "high50", "high90")
# A table of the newest weeks says what the picture says; all days are in the CSV file.
SHOWN_DAYS = 35


def bands(row: Mapping[str, Any] | None, *, partial: bool = False, after: date | None = None) -> list[Quantiles]:
    """Return an estimate's five lines; `partial` keeps the days that are still being reported."""
    if not row:
        return []
    found = []
    for index, text in enumerate(row["dates"]):
        on = date.fromisoformat(text)
        values = [row[name][index] for name in LINES]
        if any(value is None for value in values) or (partial and not row["partial"][index]):
            continue
        if after is None or on > after:
            found.append(Quantiles(on, *(float(value) for value in values)))
    return found


def figure(situation: Situation, row: Mapping[str, Any]) -> Figure:
    """Return the whole figure of a curve."""
    title = pick(row["sentence"], situation.language) or pick(row["name"], situation.language)
    today = situation.release.known_at.date()
    nowcast = bands(row.get("nowcast"), partial=True)
    forecast = bands(row.get("forecast"), after=max([today, *(q.on for q in nowcast)]))
    observed = [Observed(date.fromisoformat(point["on"]), point["value"]) for point in row["points"]]
    drawn = Curve(
        observed=observed,
        nowcast=nowcast,
        forecast=forecast,
        today=today,
        unit=pick(row["name"], situation.language),
        words=figures.chart_words(),
        number=figures.axis_number,
        day=figures.axis_day,
    )
    return Figure(
        title=title,
        chart=epidemic_curve(drawn, title=title),
        table=_table(row, nowcast, forecast),
        caveat=_caveat(nowcast, forecast),
        csv_href=reverse("public:file", args=[situation.release.number, "curve.csv"]),
        fresh=_fresh(situation, row),
        rank=3,
        id=f"curve-{row['key']}",
    )


def _fresh(situation: Situation, row: Mapping[str, Any]) -> Fresh:
    told: Mapping[str, Any] = next(
        (one for one in situation.body.get("freshness", []) if one["series"] == row["series"]), {}
    )
    start = date.fromisoformat(row["points"][0]["on"]) if row["points"] else None
    end = date.fromisoformat(row["points"][-1]["on"]) if row["points"] else None
    return Fresh(situation.release.known_at, start, end, day(told.get("next_expected_on")), bool(told.get("late")))


def _caveat(nowcast: list[Quantiles], forecast: list[Quantiles]) -> str:
    words = []
    if nowcast:
        words.append(
            _(
                "The newest days are not complete: reports are still coming in, so we show an estimate of the final count."
            )
        )
    if forecast:
        words.append(
            _("The forecast shows what may happen if nothing changes. It is less sure the further it looks ahead.")
        )
    return " ".join(words)


def _table(row: Mapping[str, Any], nowcast: list[Quantiles], forecast: list[Quantiles]) -> Table:
    lines: dict[date, dict[str, Any]] = {}
    for point in row["points"][-SHOWN_DAYS:]:
        on = date.fromisoformat(point["on"])
        value = Suppressed(None) if point["state"] == "suppressed" else point["value"]
        lines[on] = {"on": on, "reported": value}
    for name, points in (("estimate", nowcast), ("forecast", forecast)):
        for q in points:
            line = lines.setdefault(q.on, {"on": q.on, "reported": ""})
            line[name] = estimate(q.q50)
            line["range"] = span(_rounded(q.q05), _rounded(q.q95))
    columns = [
        Column("on", _("Day"), sortable=False),
        Column("reported", _("Reported"), numeric=True, sortable=False),
        Column("estimate", _("Estimate of the final count"), numeric=True, sortable=False),
        Column("forecast", _("Forecast"), numeric=True, sortable=False),
        Column("range", _("Likely between"), numeric=True, sortable=False),
    ]
    filled = [
        {"estimate": "", "forecast": "", "range": "", **line} for _on, line in sorted(lines.items(), reverse=True)
    ]
    return Table(_("The last five weeks, and the forecast"), columns, filled, tall=True, hide_caption=True)


def _rounded(value: float) -> float:
    return round(value) if value >= 10 else round(value, 1)
