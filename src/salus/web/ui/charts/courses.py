"""Several courses of one figure over the same days: what happened beside what would have happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from salus.web.ui.charts import frame
from salus.web.ui.charts.frame import DEFAULT_WORDS, DateFormat, Key, NumberFormat, Words
from salus.web.ui.charts.scales import Linear, TimeScale
from salus.web.ui.charts.svg import NARROW, WIDE, Drawing, Size, area, figure, finite, line, polyline, shorten, text

# Each course has a colour and a kind of line of its own, so that neither has to speak alone.
_STYLES = ("s-1", "s-3 dash", "s-2 dots", "s-4 dash")
_COLOURS = ("#12436d", "#801650", "#28a197", "#f46a25")
_WIDTHS = (2.6, 2.0, 2.2, 2.0)


@dataclass(frozen=True, slots=True)
class Course:
    """One line; with ``low`` and ``high`` the range in which it lies over many draws."""

    name: str
    values: Sequence[float | None]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Courses:
    """Everything that the picture shows; ``limit`` is a level that should not be passed, with its word."""

    days: Sequence[date]
    lines: Sequence[Course]
    unit: str = ""
    limit: float | None = None
    limit_word: str = ""
    range_word: str = ""
    words: Words = DEFAULT_WORDS
    number: NumberFormat = frame.plain_number
    day: DateFormat = frame.plain_date

    @property
    def high(self) -> float:
        """The highest value of all."""
        seen = [float(v) for course in self.lines for v in (*course.values, *course.high) if v is not None]
        return max([v for v in [*seen, self.limit or 0.0] if finite(v)], default=1.0)

    def keys(self) -> list[Key]:
        """The key of the picture."""
        found = [Key(_STYLES[n % 4], course.name) for n, course in enumerate(self.lines)]
        ranged = any(course.low for course in self.lines)
        return [*found, Key("b90", self.range_word, "#d0e0ef")] if ranged and self.range_word else found


def _points(days: Sequence[date], values: Sequence[float | None], x: TimeScale, y: Linear) -> list[tuple[float, float]]:
    return [(x(day), y(float(v))) for day, v in zip(days, values, strict=False) if v is not None and finite(v)]


def _limit(courses: Courses, size: Size, y: Linear) -> str:
    if courses.limit is None:
        return ""
    at = y(courses.limit)
    words = shorten(courses.limit_word, size.font, size.inner_width)
    rule = line((size.left, at), (size.width - size.right, at), "rule dash", width=1.2, colour="#0b0c0e")
    return rule + text(
        (size.width - size.right, at - 5), words, anchor="end", class_="t-strong", size=size.font, halo=True
    )


def _draw(courses: Courses, size: Size, title: str, desc: str) -> str:
    keys = courses.keys()
    size = frame.with_keys(size, keys)
    if not courses.days or not any(finite(v) for course in courses.lines for v in course.values):
        return figure(size, [frame.nothing(size, courses.words.nothing)], title=title, desc=desc)
    y, marks = frame.value_scale(size, courses.high)
    size = frame.left_room(size, [courses.number(m) for m in marks])
    x = TimeScale.over(courses.days, size.left, size.width - size.right)
    days, parts = courses.days, [frame.value_axis(size, y, marks, courses.number, courses.unit)]
    parts += [
        area(_points(days, course.high, x, y), _points(days, course.low, x, y), "b90 sheer", "#d0e0ef")
        for course in courses.lines
        if course.low
    ]
    for number, course in enumerate(courses.lines):
        points = _points(days, course.values, x, y)
        parts.append(polyline(points, _STYLES[number % 4], width=_WIDTHS[number % 4], colour=_COLOURS[number % 4]))
    parts += [_limit(courses, size, y), frame.time_axis(size, x, courses.day)]
    parts.append(frame.draw_keys(size, keys, size.height - frame.key_rows(size, keys) * size.font * 1.65))
    return figure(size, parts, title=title, desc=desc)


def course_chart(courses: Courses, *, title: str, desc: str = "") -> Drawing:
    """Draw the courses at both widths."""
    return Drawing(_draw(courses, WIDE, title, desc), _draw(courses, NARROW, title, desc))
