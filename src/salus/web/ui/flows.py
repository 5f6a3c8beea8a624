"""Flows between zones: arcs over a pale map, wide where many travel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from salus.web.ui.charts.svg import el, num, uid
from salus.web.ui.maps import Layout, MapWords, picture, zone_shapes
from salus.web.ui.projection import centroid


@dataclass(frozen=True, slots=True)
class Flow:
    """How many travel from one zone to another; ``label`` says it in words."""

    source: str
    target: str
    value: float
    label: str = ""


def _arc(flow: Flow, a: tuple[float, float], b: tuple[float, float], width: float) -> str:
    """A bow that bends to the left of its direction, so that there and back stay apart."""
    mx, my = (a[0] + b[0]) / 2 - (b[1] - a[1]) * 0.18, (a[1] + b[1]) / 2 + (b[0] - a[0]) * 0.18
    data = f"M{num(a[0])} {num(a[1])}Q{num(mx)} {num(my)} {num(b[0])} {num(b[1])}"
    angle = math.atan2(b[1] - my, b[0] - mx)
    size = 6 + width * 1.3
    tips = [(b[0] - size * math.cos(angle + turn), b[1] - size * math.sin(angle + turn)) for turn in (0.42, -0.42)]
    head = f"M{num(b[0])} {num(b[1])}L{num(tips[0][0])} {num(tips[0][1])}L{num(tips[1][0])} {num(tips[1][1])}Z"
    line = el("path", d=data, class_="s-1", fill="none", stroke="#12436d", stroke_width=width, stroke_opacity=".78")
    words = el("title", escape(flow.label, quote=False)) if flow.label else ""
    return el("g", words, line, el("path", d=head, class_="cat-1", fill="#12436d"))


def flow_map(
    layout: Layout,
    flows: Sequence[Flow],
    *,
    title: str,
    words: MapWords | None = None,
    most: int = 40,
    name_limit: int = 14,
) -> str:
    """Draw the largest flows between the zones of a layout; the table holds them all."""
    centres = {shape.zone.id: centroid(shape.largest, layout.grid) for shape in layout.shapes}
    usable = [
        f
        for f in flows
        if f.source != f.target
        and f.source in centres
        and f.target in centres
        and math.isfinite(f.value)
        and f.value > 0
    ]
    largest = sorted(usable, key=lambda f: -f.value)[:most]
    top = largest[0].value if largest else 1.0
    arcs = [_arc(f, centres[f.source], centres[f.target], 1.2 + 8.8 * f.value / top) for f in reversed(largest)]
    key = uid(title, "flows", len(layout.shapes))
    parts = zone_shapes(layout, key)
    over = el("g", *arcs, class_="flows") if arcs else ""
    return picture(layout, parts, [], title, key, over, words or MapWords(), (name_limit, ()))
