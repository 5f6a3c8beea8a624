"""Maps as SVG, drawn in plain Python: zones by bin or by level, with links, patterns and signals."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Final, Literal

from salus.web.ui.bins import bin_of
from salus.web.ui.charts.svg import el, hatch, num, text_width, uid
from salus.web.ui.projection import Cell, Fit, Ring, centroid, doubled_area, fit, path_data, snap

SUPPRESSED: Final = "suppressed"
Value = float | int | None | Literal["suppressed"]
_WIDTH = 1000
_BUDGET = 92_000
_DARK = ("q4", "q5", "act")
_BINS = {1: "#dceaf6", 2: "#9dc6e6", 3: "#5c9acf", 4: "#2368a8", 5: "#0b2f52"}
_FILLS = {"q0": "#c6cbd1", "qs": "#ffffff", "act": "#b10e1e", **{f"q{k}": v for k, v in _BINS.items()}}


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone: its rings of (longitude, latitude), islands and holes alike, and where it leads."""

    id: str
    name: str
    rings: Sequence[Ring]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """A symbol on the map: in a zone, or at a place."""

    zone_id: str = ""
    lon: float | None = None
    lat: float | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class MapWords:
    """Every word on a map, so that the caller can translate it."""

    no_data: str = "no data"
    suppressed: str = "hidden for privacy"
    nothing: str = "No zones to show"


@dataclass(frozen=True, slots=True)
class _Shape:
    zone: Zone
    rings: list[list[Cell]]

    @property
    def largest(self) -> list[Cell]:
        return max(self.rings, key=doubled_area)


@dataclass(frozen=True, slots=True)
class Layout:
    """Zones placed once; several maps of one city can be drawn from it."""

    to: Fit
    grid: float
    shapes: list[_Shape] = field(default_factory=list)


def lay_out(zones: Sequence[Zone], *, budget: int = _BUDGET) -> Layout:
    """Project and simplify the zones; the grid coarsens until the paths fit the budget in bytes."""
    frame = fit((ring for zone in zones for ring in zone.rings), _WIDTH)
    grid = 0.5
    while True:
        shapes = [s for s in (_shape(zone, frame, grid) for zone in zones) if s.rings]
        size = sum(len(path_data(s.rings, grid)) for s in shapes)
        if size <= budget or grid > 8:
            return Layout(frame, grid, shapes)
        grid *= 1.6


def linked(layout: Layout, change: Callable[[str], str]) -> Layout:
    """Return the same layout with each zone's link changed."""
    shapes = [replace(shape, zone=replace(shape.zone, href=change(shape.zone.href))) for shape in layout.shapes]
    return replace(layout, shapes=shapes)


def _shape(zone: Zone, frame: Fit, grid: float) -> _Shape:
    """The rings of a zone; rocks smaller than a few cells are dropped, except the zone's largest."""
    rings = [cells for ring in zone.rings if len(cells := snap(ring, frame, grid)) >= 3]
    if not rings:
        return _Shape(zone, _speck(zone, frame, grid))
    most = max(doubled_area(r) for r in rings)
    return _Shape(zone, [r for r in rings if doubled_area(r) * grid * grid > 12 or doubled_area(r) == most])


def _speck(zone: Zone, frame: Fit, grid: float) -> list[list[Cell]]:
    """A zone too small for the grid stays visible and reachable as a small square."""
    points = [p for ring in zone.rings for p in ring]
    if not points:
        return []
    x, y = frame.place(float(points[0][0]), float(points[0][1]))
    cx, cy, r = round(x / grid), round(y / grid), max(1, round(2 / grid))
    return [[(cx - r, cy - r), (cx + r, cy - r), (cx + r, cy + r), (cx - r, cy + r)]]


def class_of(value: Value, edges: Sequence[float]) -> str:
    """The class of a zone: q1 to q5, q0 without data, qs suppressed."""
    if value == SUPPRESSED:
        return "qs"
    if value is None or isinstance(value, str) or not math.isfinite(value):
        return "q0"
    return f"q{bin_of(value, edges)}"


def _fill(class_: str, key: str) -> str:
    return f"url(#{key}s)" if class_ == "qs" else _FILLS[class_]


def _zone(shape: _Shape, grid: float, class_: str, title: str, key: str, over: str = "") -> str:
    data = path_data(shape.rings, grid)
    css = None if class_ == "qs" else class_
    body = el("title", escape(title, quote=False))
    body += el("path", d=data, class_=css, fill=_fill(class_, key), fill_rule="evenodd", stroke="#6d8aa6")
    if over:
        body += el("path", d=data, class_="over", fill=f"url(#{key}{over})", fill_rule="evenodd")
    return el("a", body, href=shape.zone.href or None, data_zone=shape.zone.id, aria_label=title)


def _names(layout: Layout, limit: int, dark: Collection[str] = ()) -> str:
    """Labels for the larger zones, none over another."""
    placed: list[tuple[float, float, float, float]] = []
    parts: list[str] = []
    ranked = sorted(layout.shapes, key=lambda s: -doubled_area(s.largest))
    for shape in ranked[: limit * 2]:
        xs = [c[0] * layout.grid for c in shape.largest]
        width = text_width(shape.zone.name, 16)
        if width > (max(xs) - min(xs)) * 1.5 or len(parts) >= limit:
            continue
        x, y = centroid(shape.largest, layout.grid)
        box = (x - width / 2 - 4, y - 12, x + width / 2 + 4, y + 8)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in placed):
            continue
        placed.append(box)
        on = shape.zone.id in dark
        parts.append(
            el(
                "text",
                escape(shape.zone.name, quote=False),
                x=x,
                y=y + 5,
                text_anchor="middle",
                font_size=16,
                fill="#ffffff" if on else "#0b0c0e",
                class_="on" if on else None,
                data_name=shape.zone.id,
            )
        )
    return el("g", *parts, class_="names", aria_hidden="true") if parts else ""


def _signals(layout: Layout, signals: Sequence[Signal]) -> str:
    """Symbols: a ring with a dot, which no zone colour can hide."""
    centres = {s.zone.id: centroid(s.largest, layout.grid) for s in layout.shapes}
    parts = []
    for signal in signals:
        at = centres.get(signal.zone_id)
        if at is None and signal.lon is not None and signal.lat is not None:
            at = layout.to.place(signal.lon, signal.lat)
        if at is None:
            continue
        ring = el("circle", cx=at[0], cy=at[1], r=13, class_="mark", fill="#ffffff", stroke="#0b0c0e", stroke_width=3)
        dot = el("circle", cx=at[0], cy=at[1], r=5.5, class_="mark-on", fill="#0b0c0e")
        parts.append(el("g", el("title", escape(signal.label, quote=False)) if signal.label else "", ring, dot))
    return el("g", *parts, class_="signals") if parts else ""


def _svg(layout: Layout, inside: Sequence[str], defs: Sequence[str], title: str, key: str) -> str:
    return el(
        "svg",
        el("title", escape(title, quote=False), id=f"{key}t"),
        el("defs", *defs),
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {num(layout.to.width)} {num(layout.to.height)}",
        class_="map",
        role="group",
        aria_labelledby=f"{key}t",
        direction="ltr",
    )


def suppressed_pattern(key: str) -> str:
    """Hatching on white: there is a number, but it is hidden."""
    ground = el("rect", width=9, height=9, fill="#ffffff", class_="qs-ground")
    inner = hatch("x", gap=9, class_="qs-line", colour="#7a838e")
    stroke = inner[inner.index("<path") : inner.index("</pattern>")]
    return el("pattern", ground, stroke, id=f"{key}s", width=9, height=9, patternUnits="userSpaceOnUse")


def choropleth(
    zones: Sequence[Zone] | Layout,
    values: Mapping[str, Value],
    bins: Sequence[float],
    *,
    title: str,
    labels: Mapping[str, str] | None = None,
    signals: Sequence[Signal] = (),
    words: MapWords | None = None,
    name_limit: int = 14,
) -> str:
    """Draw rates in five bins. ``labels`` gives the words of each zone's value ("31 per 100,000")."""
    layout = zones if isinstance(zones, Layout) else lay_out(zones)
    said, shown = words or MapWords(), labels or {}
    key = uid(title, len(layout.shapes), *bins)
    parts, dark = [], set()
    for shape in layout.shapes:
        value = values.get(shape.zone.id)
        class_ = class_of(value, bins)
        fallback = {"q0": said.no_data, "qs": said.suppressed}.get(class_, f"{value}")
        title_ = f"{shape.zone.name}: {fallback if class_ in ('q0', 'qs') else shown.get(shape.zone.id, fallback)}"
        parts.append(_zone(shape, layout.grid, class_, title_, key))
        dark |= {shape.zone.id} if class_ in _DARK else set()
    return picture(
        layout, parts, [suppressed_pattern(key)], title, key, _signals(layout, signals), said, (name_limit, dark)
    )


def zone_shapes(layout: Layout, key: str) -> list[str]:
    """All zones in the palest colour, named, as the ground for something else."""
    return [_zone(shape, layout.grid, "q1", shape.zone.name, key) for shape in layout.shapes]


def picture(
    layout: Layout,
    parts: list[str],
    defs: list[str],
    title: str,
    key: str,
    over: str,
    words: MapWords,
    names: tuple[int, Collection[str]],
) -> str:
    """Put zones, what lies over them and the names together; say so when there are no zones."""
    if not parts:
        empty = el("text", words.nothing, x=_WIDTH / 2, y=layout.to.height / 2, text_anchor="middle", font_size=24)
        return _svg(layout, [empty], defs, title, key)
    return _svg(layout, [el("g", *parts, class_="zones"), over, _names(layout, *names)], defs, title, key)


_LEVEL_MARKS = {
    2: "M0 6h12",
    3: "M0 12L12 0M-3 3L3 -3M9 15L15 9",
    4: "M0 0L12 12M0 12L12 0",
    5: "M6 0v12M0 6h12",
}


def level_pattern(key: str, shape: int) -> str:
    """The pattern that lies over the colour of a level, so that the colour never speaks alone."""
    light = shape >= 4
    stroke = el(
        "path",
        d=_LEVEL_MARKS[shape],
        stroke="#ffffff" if light else "#12436d",
        stroke_width=1.4,
        fill="none",
        opacity=".6",
    )
    return el("pattern", stroke, id=f"{key}l{shape}", width=12, height=12, patternUnits="userSpaceOnUse")


@dataclass(frozen=True, slots=True)
class ZoneLevel:
    """The level of a zone: one of five shapes, its words, and whether it is "act now"."""

    shape: int
    name: str
    act_now: bool = False


def level_map(
    zones: Sequence[Zone] | Layout,
    levels: Mapping[str, ZoneLevel],
    *,
    title: str,
    signals: Sequence[Signal] = (),
    words: MapWords | None = None,
    name_limit: int = 14,
) -> str:
    """Draw levels: colour, pattern and word together."""
    layout = zones if isinstance(zones, Layout) else lay_out(zones)
    said, key = words or MapWords(), uid(title, "levels", len(layout.shapes))
    parts, dark = [], set()
    for shape in layout.shapes:
        level = levels.get(shape.zone.id)
        class_ = "q0" if level is None else "act" if level.act_now else f"q{level.shape}"
        over = f"l{level.shape}" if level and level.shape > 1 else ""
        words_ = level.name if level else said.no_data
        parts.append(_zone(shape, layout.grid, class_, f"{shape.zone.name}: {words_}", key, over))
        dark |= {shape.zone.id} if class_ in _DARK else set()
    defs = [level_pattern(key, shape) for shape in _LEVEL_MARKS]
    return picture(layout, parts, defs, title, key, _signals(layout, signals), said, (name_limit, dark))


def swatch(class_: str, *, shape: int = 0) -> str:
    """A square of the legend with the same colour and pattern as the map."""
    key = uid("swatch", class_, shape)
    css = None if class_ == "qs" else f"{class_} swatch"
    box = el(
        "rect", x=0.5, y=0.5, width=23, height=15, class_=css or "swatch", fill=_fill(class_, key), stroke="#7a838e"
    )
    defs = suppressed_pattern(key) if class_ == "qs" else ""
    if shape > 1:
        defs = level_pattern(key, shape)
        box += el("rect", x=0.5, y=0.5, width=23, height=15, fill=f"url(#{key}l{shape})")
    return el(
        "svg",
        el("defs", defs) if defs else "",
        box,
        xmlns="http://www.w3.org/2000/svg",
        viewBox="0 0 24 16",
        aria_hidden="true",
        focusable="false",
    )
