"""A radar: several dimensions of one thing, what is reached and what is expected."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from salus.web.ui.charts import frame
from salus.web.ui.charts.frame import DEFAULT_WORDS
from salus.web.ui.charts.svg import (
    NARROW,
    WIDE,
    Anchor,
    Drawing,
    Point,
    Size,
    el,
    figure,
    finite,
    line,
    path_of,
    text,
    wrap,
)


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension: ``value`` and ``expected`` from 0 to ``most`` of the radar."""

    name: str
    value: float | None
    expected: float | None = None


def _at(centre: Point, radius: float, index: int, count: int) -> Point:
    angle = 2 * math.pi * index / count - math.pi / 2
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def _ring(axes: Sequence[Axis], shares: Sequence[float], centre: Point, radius: float) -> str:
    return path_of([_at(centre, radius * share, i, len(axes)) for i, share in enumerate(shares)]) + "Z"


def _share(value: float | None, most: float) -> float:
    return min(max(float(value), 0), most) / most if value is not None and finite(value) and most > 0 else 0.0


def _names(axes: Sequence[Axis], centre: Point, radius: float, size: Size, unknown: str) -> list[str]:
    parts = []
    for i, axis in enumerate(axes):
        x, y = _at(centre, radius + 12, i, len(axes))
        side: Anchor = "middle" if abs(x - centre[0]) < 8 else "start" if x > centre[0] else "end"
        room = {"middle": size.width * 0.6, "start": size.width - x, "end": x}[side] - 2
        known = axis.value is not None and finite(axis.value)
        lines = wrap(axis.name if known else f"{axis.name}: {unknown}", size.font, room, 2)
        lift = len(lines) - 1 if y < centre[1] - radius * 0.6 else 0
        for n, words in enumerate(lines):
            parts.append(
                text(
                    (x, y + size.font * (0.34 + 1.15 * (n - lift))), words, anchor=side, size=size.font, class_="t-ink"
                )
            )
    return parts


def _draw(axes: Sequence[Axis], most: float, base: Size, title: str, desc: str, words: tuple[str, str]) -> str:
    wide = base.variant == "wide"
    size = Size(base.variant, base.width, 350 if wide else 320, base.font, 0, 0, 0, 0)
    if len(axes) < 3:
        return figure(size, [frame.nothing(size, words[0])], title=title, desc=desc)
    centre, radius = (size.width / 2, size.height / 2), 136.0 if wide else 96.0
    grid = [
        el("path", d=_ring(axes, [k / 4] * len(axes), centre, radius), class_="grid", fill="none", stroke="#e3e7eb")
        for k in range(1, 5)
    ]
    spokes = [line(centre, _at(centre, radius, i, len(axes)), "grid", colour="#e3e7eb") for i in range(len(axes))]
    reached = _ring(axes, [_share(a.value, most) for a in axes], centre, radius)
    parts = [
        *grid,
        *spokes,
        el(
            "path",
            d=reached,
            class_="b50 line-over",
            fill="#8db3d6",
            fill_opacity=".75",
            stroke="#12436d",
            stroke_width=2,
        ),
    ]
    if any(a.expected is not None for a in axes):
        wanted = _ring(axes, [_share(a.expected, most) for a in axes], centre, radius)
        parts.append(el("path", d=wanted, class_="line dash", fill="none", stroke="#12436d", stroke_width=1.6))
    return figure(size, [*parts, *_names(axes, centre, radius, size, words[1])], title=title, desc=desc)


def radar(
    axes: Sequence[Axis],
    *,
    most: float,
    title: str,
    desc: str = "",
    unknown: str = "not assessed",
    nothing: str = DEFAULT_WORDS.nothing,
) -> Drawing:
    """Draw three or more dimensions; the dashed line is what was expected. What is not known says so in words."""
    wide, narrow = (_draw(axes, most, base, title, desc, (nothing, unknown)) for base in (WIDE, NARROW))
    return Drawing(wide, narrow)
