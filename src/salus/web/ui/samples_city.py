"""An invented city for the style guide: a hexagonal tiling of zones around a bay, with levels and values."""

import math
from datetime import timedelta

from django.utils.translation import gettext as _

from salus.web.ui import figures, maps
from salus.web.ui.bins import magnitude_bins
from salus.web.ui.components import Column, Level, Link, Table
from salus.web.ui.formats import Suppressed
from salus.web.ui.moments import day
from salus.web.ui.samples import FRESH, TODAY

LEVELS = [
    Level(0, _("Usual"), 4),
    Level(1, _("Watchful"), 4),
    Level(2, _("Raised"), 4),
    Level(3, _("High"), 4),
    Level(4, _("Act now"), 4, act_now=True),
]
_NAMES = (
    "Harbour",
    "Old Town",
    "Northfield",
    "Mill Lane",
    "Riverside",
    "Airport",
    "Eastgate",
    "Kings Hill",
    "Southbank",
    "Docklands",
    "University",
    "Parkside",
    "Westbrook",
    "Station",
    "Castle",
    "Market",
    "Lakeside",
    "Foundry",
)


def zones() -> list[maps.Zone]:
    """Some fifty zones: hexagons with a wavering edge, and a hole where the bay is."""
    found: list[maps.Zone] = []
    for row in range(8):
        for column in range(8):
            x, y = column * 0.0300 + (row % 2) * 0.0150, row * 0.0185
            if math.hypot(x - 0.2, (y - 0.02) * 1.6) < 0.055 or math.hypot(x - 0.11, (y - 0.066) * 1.62) > 0.118:
                continue
            number = len(found)
            name = (
                _NAMES[number]
                if number < len(_NAMES)
                else f"{_NAMES[number % len(_NAMES)]} {number // len(_NAMES) + 1}"
            )
            found.append(maps.Zone(f"z{number}", name, [_hexagon(x, y)], f"#zone-{number}"))
    return found


def _hexagon(x: float, y: float) -> list[tuple[float, float]]:
    corners = [
        (x, y + 0.0123),
        (x + 0.015, y + 0.0062),
        (x + 0.015, y - 0.0062),
        (x, y - 0.0123),
        (x - 0.015, y - 0.0062),
        (x - 0.015, y + 0.0062),
    ]
    return [(12 + cx + _waver(cx, cy), 48 + cy + _waver(cy, cx)) for cx, cy in [*corners, corners[0]]]


def _waver(a: float, b: float) -> float:
    return 0.0017 * math.sin(a * 420 + b * 310)


def rate(number: int, age: int = 0) -> float:
    """The invented rate of a zone some weeks ago: a wave that moves outwards from the first zones."""
    distance = abs(number - 20) / 6
    return 180 * math.exp(-((7 - age - distance - 1.2) ** 2) / 9) + 4 * (number % 5)


def _rate_table(title: str, places: list[maps.Zone], values: dict[str, maps.Value]) -> Table:
    columns = [Column("zone", _("Zone")), Column("rate", _("Per 100,000"), numeric=True, decimals=0)]
    rows = [
        {"zone": Link(z.name, z.href), "rate": Suppressed(None) if values[z.id] == maps.SUPPRESSED else values[z.id]}
        for z in places
    ]
    return Table(title, columns, rows, tall=True, hide_caption=True)


def map_figure() -> figures.MapFigure:
    """A map of rates with a slider over eight weeks."""
    places = zones()
    values: dict[str, maps.Value] = {z.id: rate(i) for i, z in enumerate(places)}
    values["z3"], values["z41"] = maps.SUPPRESSED, None
    edges = magnitude_bins([v for v in values.values() if isinstance(v, float)])
    labels = {k: _("%(rate)s per 100,000") % {"rate": round(v)} for k, v in values.items() if isinstance(v, float)}
    title = _("The rate is highest in the north and in Harbour")
    signals = [maps.Signal("z20", label=_("Wastewater signal"))]
    words = figures.map_words()
    return figures.MapFigure(
        title,
        maps.choropleth(places, values, edges, title=title, labels=labels, words=words, signals=signals),
        figures.bin_legend(edges, suppressed=True, missing=True),
        _rate_table(title, places, values),
        _("Cases per 100,000, seven days"),
        _("Rates, not counts: zones differ in size."),
        "#csv",
        FRESH,
        frames=[_frame(places, edges, age) for age in range(7, -1, -1)],
        id="map-rate",
    )


def _frame(places: list[maps.Zone], edges: tuple[float, float, float, float], age: int) -> figures.MapFrame:
    classes = {z.id: maps.class_of(rate(i, age), edges) for i, z in enumerate(places)}
    classes["z3"], classes["z41"] = "qs", "q0"
    return figures.MapFrame(day(TODAY - timedelta(days=7 * age), "short"), classes)


def level_figure() -> figures.MapFigure:
    """A map of levels, each with colour, pattern and word."""
    places = zones()
    picked = {z.id: LEVELS[min(4, int(rate(i) / 42))] for i, z in enumerate(places)}
    levels = {k: maps.ZoneLevel(v.shape, v.name, v.act_now) for k, v in picked.items()}
    title = _("The zones around the centre are asked to act now")
    svg = maps.level_map(places, levels, title=title, words=figures.map_words())
    columns = [Column("zone", _("Zone")), Column("level", _("Level"))]
    rows = [{"zone": Link(z.name, z.href), "level": picked[z.id]} for z in places]
    return figures.MapFigure(
        title,
        svg,
        figures.level_legend(LEVELS),
        Table(title, columns, rows, tall=True, hide_caption=True),
        id="map-level",
    )
