"""The map of levels: drawn on the server, with its table and legend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from salus.assess.schemas import RiskLevelRow, SignalRow
from salus.base.texts import pick
from salus.city.schemas import ZONE_LEVEL, ZoneRow
from salus.city.selectors import generation_current, zone_features, zone_list
from salus.trust.schemas import Viewer
from salus.web.ops.levels import level_badge
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ui import figures, maps
from salus.web.ui.components import Column, Link, Table, sort_table
from salus.web.ui.figures import MapFigure

MOST_MARKS = 40


def layout(request: HttpRequest) -> maps.Layout:
    """Return the zones placed on the page; kept for a generation and a language, its links lead to the page's moment."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    generation = generation_current(viewer=viewer, known_at=moment)
    key = f"layout:{generation.id if generation else ''}:{language}"
    kept = cache.get(key)
    if kept is None:
        features = zone_features(viewer=viewer, level=ZONE_LEVEL, detail="map", known_at=moment)
        kept = maps.lay_out(
            [
                maps.Zone(str(row.id), pick(row.name, language), row.rings, reverse("ops:zone", args=[row.id]))
                for row in features
            ]
        )
        cache.set(key, kept, 3600)
    placed = cast(maps.Layout, kept)
    return placed if moment is None else maps.linked(placed, lambda href: keep_moment(request, href))


def map_sentence(levels: Sequence[RiskLevelRow]) -> str:
    """Say what the map shows."""
    known = [row for row in levels if row.level is not None]
    if not known:
        return _("No zone has been assessed yet")
    top = max(row.level or 0 for row in known)
    many = sum(row.level == top for row in known)
    badge = level_badge(top)
    name = badge.name if badge else ""
    return ngettext(
        "%(many)s zone is at the highest level now given: %(name)s",
        "%(many)s zones are at the highest level now given: %(name)s",
        many,
    ) % {"many": many, "name": name}


def _table(request: HttpRequest, zones: dict[UUID, ZoneRow], levels: Sequence[RiskLevelRow]) -> Table:
    language = get_language() or "en"
    rows: list[dict[str, Any]] = []
    for row in levels:
        zone = zones.get(row.zone_id)
        if zone is None:
            continue
        rate = row.indicator("case_rate_7d")
        href = keep_moment(request, reverse("ops:zone", args=[zone.id]))
        rows.append(
            {
                "zone": Link(pick(zone.name, language), href),
                "level": level_badge(row.level) or _("Not defined"),
                "rate": rate.value if rate else None,
                "since": row.since,
            }
        )
    columns = [
        Column("zone", _("Zone")),
        Column("level", _("Level")),
        Column("rate", _("Cases per 100,000 in 7 days"), numeric=True, decimals=0),
        Column("since", _("Since")),
    ]
    table = Table(_("Levels by zone"), columns, rows, tall=True, hide_caption=True)
    return sort_table(table, request.GET)


def level_figure(
    request: HttpRequest, levels: Sequence[RiskLevelRow], signals: Sequence[SignalRow], *, rank: int = 2
) -> MapFigure:
    """Return the map of levels with the open signals on it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    moment: datetime | None = known_at(request)
    zones = {row.id: row for row in zone_list(viewer=viewer, level=ZONE_LEVEL, known_at=moment)}
    shown = {}
    for row in levels:
        badge = level_badge(row.level)
        if badge is not None:
            shown[str(row.zone_id)] = maps.ZoneLevel(badge.shape, badge.name, badge.act_now)
    title = map_sentence(levels)
    # Where most zones have a signal, symbols would hide the map and say nothing.
    few = signals if len(signals) <= MOST_MARKS else []
    marks = [maps.Signal(zone_id=str(row.zone_id), label=_("Signal")) for row in few if row.zone_id in zones]
    drawn = maps.level_map(layout(request), shown, title=title, signals=marks, words=figures.map_words())
    badges = [badge for badge in (level_badge(level) for level in range(4)) if badge is not None]
    return MapFigure(
        title,
        drawn,
        figures.level_legend(badges, missing=len(shown) < len(zones)),
        _table(request, zones, levels),
        caveat=(
            _("A ring marks a zone with an open signal.")
            if few
            else _("%(n)s signals are open: too many to be marked on the map.") % {"n": len(signals)}
            if signals
            else ""
        ),
        geojson_href=keep_moment(request, reverse("ops:map_geojson")),
        rank=rank,
    )
