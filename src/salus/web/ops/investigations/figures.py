"""What an investigation's findings look like: the curve, the tables and the map."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.texts import pick
from salus.city.schemas import ZONE_LEVEL
from salus.city.selectors import zone_list
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.maps import layout
from salus.web.ui import figures, maps
from salus.web.ui.charts import Onsets, onset_chart
from salus.web.ui.components import Column, Link, Table, sort_table
from salus.web.ui.figures import Figure, MapFigure
from salus.web.ui.formats import Suppressed, number

Content = Mapping[str, Any]
CLASSES = ("confirmed", "probable", "suspected")


def class_names() -> dict[str, str]:
    """Return how surely somebody is a case, in words."""
    return {"confirmed": _("Confirmed"), "probable": _("Probable"), "suspected": _("Suspected")}


def city_time(text: str) -> datetime:
    """Return a stored moment as the city's clocks show it."""
    return datetime.fromisoformat(text).astimezone(clock.city_zone())


def curve_sentence(content: Content) -> str:
    """Say what the curve shows."""
    points = content["curve"]["points"]
    total = sum(content["counts"].values())
    if not points or not total:
        return _("Nobody meets the case definition yet")
    most = max(points, key=lambda point: sum(point[name] for name in CLASSES))
    words = ngettext(
        "%(n)s person meets the case definition; most fell ill on %(day)s",
        "%(n)s people meet the case definition; most fell ill on %(day)s",
        total,
    )
    return words % {"n": number(total), "day": figures.axis_day(city_time(most["at"]).date())}


def curve_figure(content: Content, csv_href: str = "") -> Figure:
    """Return the curve by onset, with the time of exposure behind it."""
    names, curve, title = class_names(), content["curve"], curve_sentence(content)
    points = curve["points"]
    window = content["window"]
    span = (city_time(window["likeliest"][0]), city_time(window["likeliest"][1])) if window else None
    drawn = onset_chart(
        Onsets(
            moments=[city_time(point["at"]) for point in points],
            layers=[[point[name] for point in points] for name in CLASSES],
            names=[names[name] for name in CLASSES],
            step_hours=curve["hours"],
            window=span,
            window_name=_("Exposure, most likely"),
            unit=_("people falling ill"),
        ),
        title=title,
        number=figures.axis_number,
        day=figures.axis_day,
        nothing=_("Nobody meets the case definition yet"),
    )
    columns = [Column("at", _("From")), *(Column(name, names[name], numeric=True) for name in CLASSES)]
    rows = [{**point, "at": city_time(point["at"])} for point in points if any(point[name] for name in CLASSES)]
    lost = curve["without_onset"]
    caveat = _("%(n)s cases give no hour of onset and are not drawn.") % {"n": lost} if lost else ""
    return Figure(
        title, drawn, Table(_("Cases by onset"), columns, rows, tall=True, hide_caption=True), caveat, csv_href
    )


def exposure_table(request: HttpRequest, content: Content) -> Table:
    """Return every question against illness, the most telling first."""
    language = get_language() or "en"
    rows = []
    for row in content["exposures"]:
        ill, well = row["ill_had"] + row["ill_not"], row["well_had"] + row["well_not"]
        rows.append(
            {
                "text": pick(row["text"], language) if row["text"] else row["code"],
                "ill": share(row["ill_had"], ill),
                "well": share(row["well_had"], well),
                "odds": _ratio(row["odds"]),
                "p": _p(row["p"]),
                "unknown": row["unknown"],
            }
        )
    columns = [
        Column("text", _("Had or did"), sortable=False),
        Column("ill", _("Of the ill"), sortable=False),
        Column("well", _("Of those who are well"), sortable=False),
        Column("odds", _("Odds ratio (95 %)"), sortable=False),
        Column("p", _("p, exact"), sortable=False),
        Column("unknown", _("Do not recall"), numeric=True, sortable=False),
    ]
    return Table(_("What the ill had, and the well"), columns, rows)


def share(part: int, whole: int) -> str:
    """Return a share as a count, a whole and a percentage."""
    if not whole:
        return _("nobody asked")
    return _("%(part)s of %(whole)s (%(percent)s %%)") % {
        "part": number(part), "whole": number(whole), "percent": number(100 * part / whole, 0),
    }  # fmt: skip


def _ratio(values: Sequence[float | None]) -> str:
    value, low, high = values
    if low is None and high is None:
        return _("cannot be told")
    told = {"value": _plain(value), "low": _plain(low or 0.0), "high": _plain(high)}
    return _("%(value)s (%(low)s to %(high)s)") % told


def _plain(value: float | None) -> str:
    if value is None:
        return _("no upper bound")
    return number(value, 2 if value < 10 else 1 if value < 100 else 0)


def _p(value: float | None) -> str:
    if value is None:
        return _("cannot be told")
    return _("under 0.001") if value < 0.001 else number(value, 3)


def area_table(content: Content, most: int = 12) -> Table:
    """Return the ill per 1,000 by service area of the water network."""
    rows = [
        {
            "code": row["code"],
            "upstream": row["upstream"] or _("not known"),
            "ill": row["ill"] if row["ill"] is not None else Suppressed(5),
            "people": row["people"],
            "rate": row["per_1000"] if row["per_1000"] is not None else Suppressed(5),
            "ratio": _ratio([row["ratio"], row["low"], row["high"]]) if row["ratio"] is not None else "",
        }
        for row in content["areas"][:most]
    ]
    columns = [
        Column("code", _("Water main"), sortable=False),
        Column("upstream", _("Fed by"), sortable=False),
        Column("ill", _("Ill"), numeric=True, sortable=False),
        Column("people", _("People served"), numeric=True, sortable=False),
        Column("rate", _("Ill per 1,000"), numeric=True, decimals=1, sortable=False),
        Column("ratio", _("Odds ratio (95 %)"), sortable=False),
    ]
    note = _("The first %(n)s of %(all)s, the likeliest source first.") % {"n": len(rows), "all": len(content["areas"])}
    return Table(_("Where the ill get their water"), columns, rows, note=note if len(content["areas"]) > most else "")


def workplace_table(content: Content) -> Table:
    """Return workplaces with several of the ill."""
    rows = [
        {
            "code": row["code"],
            "ill": share(row["ill_had"], row["ill_had"] + row["ill_not"]),
            "well": share(row["well_had"], row["well_had"] + row["well_not"]),
            "odds": _ratio(row["odds"]),
        }
        for row in content["workplaces"]
        # Chance alone puts a few of the ill into any large workplace.
        if (row["odds"][1] or 0.0) > 1
    ]
    columns = [
        Column("code", _("Workplace"), sortable=False),
        Column("ill", _("Of the ill"), sortable=False),
        Column("well", _("Of those who are well"), sortable=False),
        Column("odds", _("Odds ratio (95 %)"), sortable=False),
    ]
    return Table(_("Where the ill work"), columns, rows)


def attack_map(request: HttpRequest, content: Content) -> MapFigure:
    """Return the map of the ill per 1,000 residents."""
    language, moment = get_language() or "en", known_at(request)
    zones = {row.number: row for row in zone_list(viewer=request.viewer, level=ZONE_LEVEL, known_at=moment)}  # type: ignore[attr-defined]
    known = [row for row in content["zones"] if row["zone"] in zones]
    values: dict[str, Any] = {
        str(zones[row["zone"]].id): maps.SUPPRESSED if row["per_1000"] is None else row["per_1000"] for row in known
    }
    edges = steep_bins([value for value in values.values() if isinstance(value, float)])
    labels = {key: _("%(n)s per 1,000") % {"n": number(value, 1)} for key, value in values.items()
              if isinstance(value, float)}  # fmt: skip
    title = map_sentence(content, {number: pick(row.name, language) for number, row in zones.items()})
    drawn = maps.choropleth(layout(request), values, edges, title=title, labels=labels, words=figures.map_words())
    hidden = any(row["per_1000"] is None for row in known)
    rows = [
        {
            "zone": Link(pick(zones[row["zone"]].name, language),
                         keep_moment(request, reverse("ops:zone", args=[zones[row["zone"]].id]))),
            "ill": row["ill"] if row["ill"] is not None else Suppressed(5),
            "rate": row["per_1000"] if row["per_1000"] is not None else Suppressed(5),
        }
        for row in sorted(known, key=lambda row: -(row["per_1000"] or 0.0))
    ]  # fmt: skip
    columns = [Column("zone", _("Zone")), Column("ill", _("Ill"), numeric=True),
               Column("rate", _("Ill per 1,000"), numeric=True, decimals=1)]  # fmt: skip
    table = sort_table(Table(_("The ill by zone"), columns, rows, tall=True, hide_caption=True), request.GET)
    return MapFigure(
        title, drawn, figures.bin_legend(edges, suppressed=hidden), table, unit=_("ill per 1,000 residents"),
        caveat=_("By home. Who fell ill at work or at a meal is shown where they live."),
    )  # fmt: skip


def steep_bins(values: Sequence[float]) -> tuple[float, float, float, float]:
    """Return four round edges up to half of the largest value: one place that stands out must not look like others."""
    top = max((value for value in values if value > 0), default=1.0)
    edges = tuple(_round(top * share) for share in (0.03, 0.1, 0.25, 0.5))
    return edges[0], edges[1], edges[2], edges[3]


def _round(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return min((step * power for step in (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0)), key=lambda near: abs(near - value))


def map_sentence(content: Content, names: Mapping[int, str]) -> str:
    """Say what the map shows."""
    told = [row for row in content["zones"] if row["per_1000"]]
    if not told:
        return _("No zone has cases that can be shown")
    worst = max(told, key=lambda row: row["per_1000"])
    values = {"zone": names.get(worst["zone"], ""), "n": number(worst["per_1000"], 1)}
    return _("Most are ill in %(zone)s: %(n)s of 1,000 residents") % values
