"""Axes, grid, keys: what the charts share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from salus.web.ui.charts.scales import Linear, TimeScale, keep_apart, ticks
from salus.web.ui.charts.svg import Size, el, line, shorten, text, text_width

NumberFormat = Callable[[float], str]
DateFormat = Callable[[date], str]


def plain_number(value: float) -> str:
    """A number for an axis when the caller gives no format."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"


def plain_date(value: date) -> str:
    """A date for an axis when the caller gives no format."""
    return f"{value.day} {value:%b}"


@dataclass(frozen=True, slots=True)
class Words:
    """Every word on a chart, so that the caller can translate it."""

    today: str = "Today"
    observed: str = "Reported"
    partial: str = "Reports still arriving"
    nowcast: str = "Estimate of the final count"
    forecast: str = "Forecast"
    band_50: str = "Likely range (50%)"
    band_90: str = "Wider range (90%)"
    signal: str = "Signal"
    made: str = "Forecast made"
    outcome: str = "What happened"
    outside: str = "Outside the range"
    nothing: str = "No data for this period"


DEFAULT_WORDS = Words()


def value_scale(size: Size, high: float, low: float = 0.0) -> tuple[Linear, list[float]]:
    """The upright scale and its ticks."""
    marks = ticks(high, 4 if size.variant == "wide" else 3, low)
    return Linear(marks[0], marks[-1], size.height - size.bottom, size.top), marks


def value_axis(size: Size, scale: Linear, marks: Sequence[float], fmt: NumberFormat, unit: str = "") -> str:
    """Grid lines with their numbers, and the unit above the first."""
    parts = []
    for mark in marks:
        y = scale(mark)
        parts.append(line((size.left, y), (size.width - size.right, y), "grid", colour="#e3e7eb"))
        parts.append(
            text(
                (size.left - 7, y + size.font * 0.34),
                shorten(fmt(mark), size.font, size.left - 7),
                anchor="end",
                size=size.font,
            )
        )
    if unit:
        words = shorten(unit, size.font, size.width - size.right)
        parts.append(text((0, size.top - 16), words, size=size.font))
    return "".join(parts)


def time_axis(size: Size, scale: TimeScale, fmt: DateFormat) -> str:
    """The baseline with calendar ticks whose labels never touch or leave the frame."""
    base = size.height - size.bottom
    days = scale.day_ticks(8 if size.variant == "wide" else 4)
    labels = [fmt(day) for day in days]
    places = [scale(day) for day in days]
    widths = [text_width(label, size.font) for label in labels]
    parts = [line((size.left, base), (size.width - size.right, base), "axis")]
    for i in keep_apart(places, lambda index: widths[index]):
        x = places[i]
        half = widths[i] / 2
        seat = min(max(x, half), size.width - half)
        parts.append(line((x, base), (x, base + 5), "axis"))
        parts.append(text((seat, base + 8 + size.font), labels[i], anchor="middle", size=size.font))
    return "".join(parts)


def today_rule(size: Size, x: float, word: str) -> str:
    """The upright rule that parts what is known from what is forecast."""
    top, base = size.top, size.height - size.bottom
    room = text_width(word, size.font)
    end = x + 5 + room > size.width
    label = text(
        (x - 5 if end else x + 5, top + size.font * 0.75),
        word,
        anchor="end" if end else "start",
        class_="t-strong",
        size=size.font,
        halo=True,
    )
    return line((x, top - 4), (x, base), "rule", width=1.5, colour="#0b0c0e") + label


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the key under a chart: a swatch and a word."""

    kind: str
    label: str
    fill: str = ""


def _swatch(key: Key, x: float, y: float) -> str:
    if key.kind.split()[0] in ("line", "s-1", "s-2", "s-3", "s-4"):
        return el("line", x1=x, y1=y, x2=x + 20, y2=y, class_=key.kind, stroke="#12436d", stroke_width=2, fill="none")
    if key.kind in ("mark", "hit", "miss"):
        return el("circle", cx=x + 10, cy=y, r=4.5, class_=key.kind, stroke="#0b0c0e", fill="#fff", stroke_width=1.8)
    fill = key.fill or "#5c9acf"
    return el("rect", x=x, y=y - 6, width=20, height=12, class_=key.kind, fill=fill)


def key_rows(size: Size, keys: Sequence[Key]) -> int:
    """How many lines the key needs at this width."""
    rows, x = 1, 0.0
    for key in keys:
        width = 26 + text_width(key.label, size.font) + 16
        if x and x + width - 16 > size.width:
            rows, x = rows + 1, 0.0
        x += width
    return rows if keys else 0


def draw_keys(size: Size, keys: Sequence[Key], top: float) -> str:
    """The key, in as many lines as needed."""
    parts: list[str] = []
    x, y = 0.0, top + size.font * 0.6
    for key in keys:
        label = shorten(key.label, size.font, size.width - 30)
        width = 26 + text_width(label, size.font) + 16
        if x and x + width - 16 > size.width:
            x, y = 0.0, y + size.font * 1.65
        parts.append(_swatch(key, x, y))
        parts.append(text((x + 26, y + size.font * 0.34), label, size=size.font))
        x += width
    return "".join(parts)


def with_keys(size: Size, keys: Sequence[Key]) -> Size:
    """The same frame with room for the key below."""
    room = round(key_rows(size, keys) * size.font * 1.65) + (10 if keys else 0)
    return Size(
        size.variant, size.width, size.height + room, size.font, size.left, size.right, size.top, size.bottom + room
    )


def nothing(size: Size, word: str) -> str:
    """What stands in the frame when there is nothing to draw."""
    middle = (size.width / 2, (size.top + size.height - size.bottom) / 2)
    box = el(
        "rect",
        x=size.left,
        y=size.top,
        width=size.inner_width,
        height=size.inner_height,
        fill="none",
        class_="axis",
        stroke="#7a838e",
        stroke_dasharray="3 4",
    )
    return box + text(middle, shorten(word, size.font, size.inner_width - 12), anchor="middle", size=size.font)


def left_room(size: Size, labels: Sequence[str]) -> Size:
    """The same frame with a left margin as wide as the widest label needs."""
    need = max((text_width(label, size.font) for label in labels), default=0) + 12
    left = round(min(max(need, 24), size.width * 0.42))
    return Size(size.variant, size.width, size.height, size.font, left, size.right, size.top, size.bottom)
