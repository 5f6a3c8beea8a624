"""Grids: crowding by hour, and the matrix of maturity."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from salus.web.ui.bins import bin_of
from salus.web.ui.charts import frame
from salus.web.ui.charts.frame import DEFAULT_WORDS
from salus.web.ui.charts.scales import keep_apart
from salus.web.ui.charts.svg import NARROW, WIDE, Drawing, Size, el, figure, finite, shorten, text, text_width

_FILLS = ("#c6cbd1", "#dceaf6", "#9dc6e6", "#5c9acf", "#2368a8", "#0b2f52")


@dataclass(frozen=True, slots=True)
class Grid:
    """Values by row and column; ``edges`` are the four edges of the five bins."""

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float | None]]
    edges: Sequence[float]
    no_data: str = "no data"
    nothing: str = DEFAULT_WORDS.nothing


def _left(base: Size, names: Sequence[str]) -> int:
    widest = max((text_width(name, base.font) for name in names), default=0)
    return round(min(widest + 10, base.width * 0.3))


def _column_labels(size: Size, labels: Sequence[str], step: float) -> str:
    places = [size.left + step * (i + 0.5) for i in range(len(labels))]
    kept = keep_apart(places, lambda i: text_width(labels[i], size.font))
    seats = {i: min(max(places[i], 0), size.width - text_width(labels[i], size.font) / 2) for i in kept}
    return "".join(text((seats[i], size.top - 7), labels[i], anchor="middle", size=size.font) for i in kept)


def _cell(grid: Grid, row: int, column: int, box: tuple[float, float, float, float]) -> str:
    value = grid.values[row][column] if column < len(grid.values[row]) else None
    known = value is not None and finite(value)
    number = bin_of(value, grid.edges) if value is not None and known else 0
    words = f"{grid.rows[row]}, {grid.columns[column]}: {frame.plain_number(value) if value is not None and known else grid.no_data}"
    x, y, width, height = box
    return el(
        "rect",
        el("title", escape(words)),
        x=x,
        y=y,
        width=width,
        height=height,
        class_=f"q{number}",
        fill=_FILLS[number],
    )


def _draw(grid: Grid, base: Size, title: str, desc: str) -> str:
    row = base.font * 1.9
    height = round(base.font * 2 + row * max(len(grid.rows), 2) + 6)
    left = _left(base, grid.rows)
    size = Size(base.variant, base.width, height, base.font, left, 2, round(base.font * 2), 6)
    if not grid.rows or not grid.columns:
        return figure(size, [frame.nothing(size, grid.nothing)], title=title, desc=desc)
    step = size.inner_width / len(grid.columns)
    gap = 1.0 if step < 16 else 2.0
    parts = [_column_labels(size, grid.columns, step)]
    for r, name in enumerate(grid.rows):
        y = size.top + row * r
        label = shorten(name, size.font, left - 8)
        parts.append(
            text((left - 8, y + row / 2 + size.font * 0.34), label, anchor="end", size=size.font, class_="t-ink")
        )
        boxes = [(left + step * c, y, step - gap, row - gap) for c in range(len(grid.columns))]
        parts += [_cell(grid, r, c, box) for c, box in enumerate(boxes)]
    return figure(size, parts, title=title, desc=desc)


def heat_grid(grid: Grid, *, title: str, desc: str = "") -> Drawing:
    """Draw a grid in the five bins of the maps; its key is ``figures.bin_legend``, its equal the table."""
    return Drawing(_draw(grid, WIDE, title, desc), _draw(grid, NARROW, title, desc))


@dataclass(frozen=True, slots=True)
class Maturity:
    """One row of the matrix: the level reached and the level expected, counted from 1; None is not assessed."""

    name: str
    reached: int | None
    expected: int | None = None


def _stage(item: Maturity, y: float, size: Size, step: float, levels: int, unknown: str) -> str:
    parts = []
    for level in range(1, levels + 1):
        x = size.left + step * (level - 0.5)
        full = item.reached is not None and level <= item.reached
        parts.append(
            el(
                "rect",
                x=size.left + step * (level - 1),
                y=y - 5,
                width=step - 3,
                height=10,
                class_="cat-1" if full else "b90",
                fill="#12436d" if full else "#d0e0ef",
            )
        )
        if level == item.expected:
            parts.append(el("circle", cx=x, cy=y, r=7, class_="mark", fill="#ffffff", stroke="#0b0c0e", stroke_width=2))
    if item.reached is None:
        parts = [text((size.left, y + size.font * 0.34), unknown, size=size.font)]
    return "".join(parts)


def _matrix(
    rows: Sequence[Maturity], levels: Sequence[str], base: Size, title: str, desc: str, words: tuple[str, str]
) -> str:
    down = base.font * 2.2
    left, height = _left(base, [r.name for r in rows]), round(down * (max(len(rows), 2) + 1))
    size = Size(base.variant, base.width, height, base.font, left, 2, round(down), 0)
    if not rows or not levels:
        return figure(size, [frame.nothing(size, words[1])], title=title, desc=desc)
    step = size.inner_width / len(levels)
    parts = [_column_labels(size, [shorten(name, size.font, step - 6) for name in levels], step)]
    for i, item in enumerate(rows):
        y = size.top + down * (i + 0.5)
        label = shorten(item.name, size.font, left - 10)
        parts.append(text((0, y + size.font * 0.34), label, size=size.font, class_="t-ink"))
        parts.append(_stage(item, y, size, step, len(levels), words[0]))
    return figure(size, parts, title=title, desc=desc)


def maturity_matrix(
    rows: Sequence[Maturity],
    levels: Sequence[str],
    *,
    title: str,
    desc: str = "",
    unknown: str = "not assessed",
    nothing: str = DEFAULT_WORDS.nothing,
) -> Drawing:
    """Draw what is reached as bars and what is expected as rings, one line for each dimension."""
    wide, narrow = (_matrix(rows, levels, base, title, desc, (unknown, nothing)) for base in (WIDE, NARROW))
    return Drawing(wide, narrow)
