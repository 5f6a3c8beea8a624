"""The curve of an outbreak: cases by the moment at which each fell ill, stacked by how sure each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from salus.web.ui.charts import frame
from salus.web.ui.charts.frame import DEFAULT_WORDS, DateFormat, Key, NumberFormat
from salus.web.ui.charts.scales import Linear, TimeScale
from salus.web.ui.charts.svg import NARROW, WIDE, Drawing, Size, el, figure

_FILLS = ("#12436d", "#28a197", "#801650", "#f46a25")


@dataclass(frozen=True, slots=True)
class Onsets:
    """Counts by step and layer, the lowest layer first; ``window`` is when exposure must have been."""

    moments: Sequence[datetime]
    layers: Sequence[Sequence[int]]
    names: Sequence[str]
    step_hours: float
    window: tuple[datetime, datetime] | None = None
    window_name: str = ""
    unit: str = ""


def _columns(data: Onsets, scale: TimeScale, size: Size, up: Linear, day: DateFormat) -> str:
    wide = max(scale.per_day * data.step_hours / 24, 1.0)
    gap = 1.0 if wide > 4 else 0.0
    parts = []
    for place, moment in enumerate(data.moments):
        below = 0
        for layer, counts in enumerate(data.layers):
            count = counts[place]
            if not count:
                continue
            top, foot = up(below + count), up(below)
            words = f"{day(moment.date())} {moment:%H:%M}, {data.names[layer]}: {count}"
            parts.append(
                el(
                    "rect",
                    el("title", escape(words)),
                    x=scale(moment),
                    y=top,
                    width=max(wide - gap, 0.8),
                    height=foot - top,
                    class_=f"cat-{layer + 1}",
                    fill=_FILLS[layer],
                )
            )
            below += count
    return "".join(parts)


def _draw(data: Onsets, base: Size, title: str, desc: str, number: NumberFormat, day: DateFormat, nothing: str) -> str:
    keys = [Key(f"cat-{place + 1}", name, _FILLS[place]) for place, name in enumerate(data.names)]
    if data.window:
        keys.append(Key("b90", data.window_name, "#d0e0ef"))
    size = frame.with_keys(base, keys)
    totals = [sum(layer[place] for layer in data.layers) for place in range(len(data.moments))]
    if not any(totals):
        return figure(size, [frame.nothing(size, nothing)], title=title, desc=desc)
    up, marks = frame.value_scale(size, max(totals))
    ends = [*data.moments, *(data.window or ())]
    scale = TimeScale.over(ends, size.left, size.width - size.right, pad=data.step_hours / 24)
    parts = []
    if data.window:
        left, right = scale(data.window[0]), scale(data.window[1])
        parts.append(
            el("rect", x=left, y=size.top, width=max(right - left, 2), height=size.inner_height, class_="b90",
               fill="#d0e0ef")
        )  # fmt: skip
    parts += [
        frame.value_axis(size, up, marks, number, data.unit),
        _columns(data, scale, size, up, day),
        frame.time_axis(size, scale, day),
        frame.draw_keys(size, keys, size.height - frame.key_rows(size, keys) * size.font * 1.65),
    ]
    return figure(size, parts, title=title, desc=desc)


def onset_chart(
    data: Onsets,
    *,
    title: str,
    desc: str = "",
    number: NumberFormat = frame.plain_number,
    day: DateFormat = frame.plain_date,
    nothing: str = DEFAULT_WORDS.nothing,
) -> Drawing:
    """Draw the curve at both widths."""
    return Drawing(
        _draw(data, WIDE, title, desc, number, day, nothing), _draw(data, NARROW, title, desc, number, day, nothing)
    )
