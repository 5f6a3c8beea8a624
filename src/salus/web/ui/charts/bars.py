"""Horizontal bars: one line for each name, the number at its end."""

from collections.abc import Sequence
from dataclasses import dataclass

from salus.web.ui.charts import frame
from salus.web.ui.charts.frame import DEFAULT_WORDS, NumberFormat
from salus.web.ui.charts.scales import Linear, ticks
from salus.web.ui.charts.svg import NARROW, WIDE, Drawing, Size, el, figure, finite, line, shorten, text, text_width


@dataclass(frozen=True, slots=True)
class Bar:
    """A named value; ``low`` and ``high`` draw its range, ``words`` replace the number when there is none."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    category: int = 1
    words: str = ""


def _frame(base: Size, bars: Sequence[Bar]) -> Size:
    row = base.font * 2.1
    names = max((text_width(b.name, base.font) for b in bars), default=0)
    left = round(min(names + 12, base.width * 0.38))
    return Size(base.variant, base.width, round(12 + row * max(len(bars), 2)), base.font, left, 64, 6, 6)


def _row(bar: Bar, index: int, size: Size, x: Linear, number: NumberFormat, missing: str) -> str:
    step = size.inner_height / max(1, round(size.inner_height / (size.font * 2.1)))
    y = size.top + step * (index + 0.5)
    name = shorten(bar.name, size.font, size.left - 12)
    parts = [text((size.left - 10, y + size.font * 0.34), name, anchor="end", size=size.font, class_="t-ink")]
    if bar.value is None or not finite(bar.value):
        words = shorten(bar.words or missing, size.font, size.inner_width)
        parts.append(text((size.left + 6, y + size.font * 0.34), words, size=size.font))
        return "".join(parts)
    end = x(bar.value)
    parts.append(
        el(
            "rect",
            x=min(x(0), end),
            y=y - step * 0.31,
            width=max(abs(end - x(0)), 0.8),
            height=step * 0.62,
            class_=f"cat-{min(max(bar.category, 1), 4)}",
            fill="#12436d",
        )
    )
    if bar.low is not None and bar.high is not None and finite(bar.low) and finite(bar.high):
        parts.append(line((x(bar.low), y), (x(bar.high), y), "rule-halo", width=4.5, colour="#ffffff"))
        parts.append(line((x(bar.low), y), (x(bar.high), y), "rule", width=1.5, colour="#0b0c0e"))
        end = max(end, x(bar.high))
    parts.append(
        text((end + 6, y + size.font * 0.34), bar.words or number(bar.value), size=size.font, class_="t-strong")
    )
    return "".join(parts)


def _draw(bars: Sequence[Bar], base: Size, title: str, desc: str, number: NumberFormat, missing: str) -> str:
    size = _frame(base, bars)
    known = [float(v) for b in bars for v in (b.value, b.high) if v is not None and finite(v)]
    if not known:
        return figure(size, [frame.nothing(size, missing)], title=title, desc=desc)
    low, high = min(0.0, *known), max(0.0, *known)
    ends = ticks(high if high > low else low + 1, 4, low)
    x = Linear(min(low, ends[0]), high if high > 0 else ends[-1], size.left, size.width - size.right)
    rows = [_row(bar, i, size, x, number, missing) for i, bar in enumerate(bars)]
    base_line = line((x(0), size.top), (x(0), size.height - size.bottom), "axis")
    return figure(size, [*rows, base_line], title=title, desc=desc)


def bar_chart(
    bars: Sequence[Bar],
    *,
    title: str,
    desc: str = "",
    number: NumberFormat = frame.plain_number,
    missing: str = DEFAULT_WORDS.nothing,
) -> Drawing:
    """Draw bars at both widths, in the order given."""
    return Drawing(_draw(bars, WIDE, title, desc, number, missing), _draw(bars, NARROW, title, desc, number, missing))
