"""A Gantt chart of an operational period: who does what, from when to when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from salus.web.ui.charts import frame
from salus.web.ui.charts.frame import DateFormat
from salus.web.ui.charts.scales import Day, TimeScale, keep_apart
from salus.web.ui.charts.svg import NARROW, WIDE, Drawing, Size, el, figure, line, shorten, text, text_width


@dataclass(frozen=True, slots=True)
class Span:
    """One task: ``done`` is a share of 0 to 1; ``late`` marks it with words and shape, not colour alone."""

    name: str
    start: Day
    end: Day
    done: float = 0.0
    late: str = ""
    group: int = 1


TimeFormat = Callable[[datetime], str]


def _row(span: Span, y: float, step: float, size: Size, x: TimeScale) -> str:
    stacked = size.variant == "narrow"
    left, right = x(span.start), x(span.end)
    wide = max(right - left, 2)
    bar_y = y + (size.font * 1.25 if stacked else step * 0.22)
    tall = size.font * 0.95 if stacked else step * 0.56
    label = f"{span.name} · {span.late}" if span.late else span.name
    room = size.width - 4 if stacked else size.left - 14
    at = (0.0, y + size.font * 0.95) if stacked else (0.0, y + step / 2 + size.font * 0.34)
    parts = [text(at, shorten(label, size.font, room), size=size.font, class_="t-strong" if span.late else "t-ink")]
    parts.append(el("rect", x=left, y=bar_y, width=wide, height=tall, class_="b90", fill="#d0e0ef"))
    done = wide * min(max(span.done, 0), 1)
    if done:
        parts.append(
            el(
                "rect",
                x=left,
                y=bar_y,
                width=done,
                height=tall,
                class_=f"cat-{min(max(span.group, 1), 4)}",
                fill="#12436d",
            )
        )
    if span.late:
        parts.append(line((right, bar_y - 3), (right, bar_y + tall + 3), "s-act", width=3, colour="#b10e1e"))
    return "".join(parts)


def _hours(size: Size, x: TimeScale, fmt: TimeFormat) -> str:
    """Ticks of an axis shorter than three days: every few hours."""
    low, high = x.linear.low, x.linear.high
    step = next(
        s for s in (1, 2, 3, 6, 12, 24) if (high - low) * 24 / s <= (9 if size.variant == "wide" else 5) or s == 24
    )
    first = -(-low * 24 // step) * step
    marks = [first / 24 + i * step / 24 for i in range(int((high * 24 - first) // step) + 1)]
    labels = [fmt(_moment(mark)) for mark in marks]
    places = [x.linear(mark) for mark in marks]
    base, parts = size.height - size.bottom, []
    for i in keep_apart(places, lambda index: text_width(labels[index], size.font)):
        half = text_width(labels[i], size.font) / 2
        parts.append(line((places[i], size.top), (places[i], base), "grid", colour="#e3e7eb"))
        parts.append(
            text(
                (min(max(places[i], half), size.width - half), base + 8 + size.font),
                labels[i],
                anchor="middle",
                size=size.font,
            )
        )
    return "".join(parts)


def _moment(days: float) -> datetime:
    whole = int(days)
    minutes = round((days - whole) * 1440)
    day = date.fromordinal(whole + minutes // 1440)
    return datetime(day.year, day.month, day.day, minutes % 1440 // 60, minutes % 60)  # noqa: DTZ001


def _frame(spans: Sequence[Span], base: Size, step: float) -> Size:
    names = max((text_width(s.name + (" · " + s.late if s.late else ""), base.font) for s in spans), default=0)
    left = 0 if base.variant == "narrow" else round(min(names + 20, base.width * 0.36))
    height = round(26 + step * max(len(spans), 1) + 28)
    return Size(base.variant, base.width, height, base.font, left, 10, 22, 28)


def _now(size: Size, x: float, word: str) -> str:
    seat = min(x, size.width - text_width(word, size.font))
    return frame.today_rule(size, x, "") + text((seat, size.font), word, class_="t-strong", size=size.font)


def _draw(
    spans: Sequence[Span],
    base: Size,
    now: Day | None,
    title: str,
    desc: str,
    words: tuple[str, str],
    formats: tuple[DateFormat, TimeFormat],
) -> str:
    step = base.font * (2.7 if base.variant == "narrow" else 2.1)
    size = _frame(spans, base, step)
    if not spans:
        return figure(size, [frame.nothing(size, words[1])], title=title, desc=desc)
    ends = [m for s in spans for m in (s.start, s.end)] + ([now] if now else [])
    x = TimeScale.over(ends, size.left, size.width - size.right)
    short = x.linear.high - x.linear.low <= 3
    axis = _hours(size, x, formats[1]) if short else frame.time_axis(size, x, formats[0])
    rows = [_row(s, size.top + 4 + step * i, step, size, x) for i, s in enumerate(spans)]
    rule = _now(size, x(now), words[0]) if now else ""
    return figure(size, [axis, *rows, rule], title=title, desc=desc)


def plain_time(value: datetime) -> str:
    """A time of day for an axis when the caller gives no format."""
    return f"{value:%H:%M}"


def gantt(
    spans: Sequence[Span],
    *,
    title: str,
    desc: str = "",
    now: Day | None = None,
    now_word: str = "Now",
    nothing: str = "No tasks in this period",
    day: DateFormat = frame.plain_date,
    time: TimeFormat = plain_time,
) -> Drawing:
    """Draw tasks over time; names stand beside the bars, on a phone above them."""
    words, formats = (now_word, nothing), (day, time)
    return Drawing(
        _draw(spans, WIDE, now, title, desc, words, formats), _draw(spans, NARROW, now, title, desc, words, formats)
    )
