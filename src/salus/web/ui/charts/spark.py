"""A sparkline: the shape of a series in the height of a line of text."""

from collections.abc import Sequence

from salus.web.ui.charts.scales import Linear
from salus.web.ui.charts.svg import Point, Size, el, figure, finite, polyline

_SIZE = Size("wide", 104, 26, left=2, right=6, top=4, bottom=4)


def sparkline(values: Sequence[float | None], *, title: str) -> str:
    """A small line with its last value as a dot; gaps stay gaps. ``title`` says what it shows."""
    known = [float(v) for v in values if v is not None and finite(v)]
    if not known:
        return figure(
            _SIZE,
            [el("path", d="M2 13h96", class_="axis", stroke="#7a838e", stroke_dasharray="2 3")],
            title=title,
            desc="",
            kind="spark",
        )
    low, high = min(0.0, *known), max(known)
    y = Linear(low, high if high > low else low + 1, _SIZE.height - _SIZE.bottom, _SIZE.top)
    x = Linear(0, max(len(values) - 1, 1), _SIZE.left, _SIZE.width - _SIZE.right)
    runs: list[list[Point]] = [[]]
    for index, value in enumerate(values):
        if value is None or not finite(value):
            runs.append([])
        else:
            runs[-1].append((x(index), y(float(value))))
    last = next(run for run in reversed(runs) if run)[-1]
    dot = el("circle", cx=last[0], cy=last[1], r=2.8, class_="cat-1", fill="#12436d")
    return figure(
        _SIZE,
        ["".join(polyline(run, "line", width=1.6) for run in runs if len(run) > 1), dot],
        title=title,
        desc="",
        kind="spark",
    )
