"""The epidemic curve: what was reported, what is still arriving, what may come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from salus.web.ui.charts import frame
from salus.web.ui.charts.frame import DEFAULT_WORDS, DateFormat, Key, NumberFormat, Words
from salus.web.ui.charts.scales import Linear, TimeScale, spacing
from salus.web.ui.charts.svg import (
    NARROW,
    WIDE,
    Drawing,
    Point,
    Size,
    area,
    el,
    figure,
    finite,
    hatch,
    polyline,
    shorten,
    text,
    text_width,
    uid,
)

# A forecast's wider range may take up to this many times the height of what is known and likely.
_MOST_ROOM = 2.0


@dataclass(frozen=True, slots=True)
class Observed:
    """What was reported for a day or week; ``value`` is None when it is not known."""

    on: date
    value: float | None


@dataclass(frozen=True, slots=True)
class Quantiles:
    """An estimate for a day or week: median, inner 50 % and outer 90 % range."""

    on: date
    q05: float
    q25: float
    q50: float
    q75: float
    q95: float

    @property
    def usable(self) -> bool:
        """Whether every quantile is a number."""
        return all(finite(v) for v in (self.q05, self.q25, self.q50, self.q75, self.q95))


@dataclass(frozen=True, slots=True)
class Mark:
    """A signal or event on a day."""

    on: date
    label: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """Everything an epidemic curve shows."""

    observed: Sequence[Observed]
    nowcast: Sequence[Quantiles] = ()
    forecast: Sequence[Quantiles] = ()
    signals: Sequence[Mark] = ()
    today: date | None = None
    unit: str = ""
    words: Words = DEFAULT_WORDS
    number: NumberFormat = frame.plain_number
    day: DateFormat = frame.plain_date
    known: list[Observed] = field(init=False)

    def __post_init__(self) -> None:
        """Set aside what cannot be drawn."""
        object.__setattr__(self, "known", [o for o in self.observed if finite(o.value)])
        object.__setattr__(self, "nowcast", [q for q in self.nowcast if q.usable])
        object.__setattr__(self, "forecast", [q for q in self.forecast if q.usable])

    @property
    def days(self) -> list[date]:
        """Every day on the time axis."""
        days = [o.on for o in self.observed] + [q.on for q in (*self.nowcast, *self.forecast)]
        return days + ([self.today] if self.today else [])

    @property
    def highest(self) -> float:
        """The highest value drawn: a very wide forecast is cut, or it would flatten everything that is known."""
        tops = [float(o.value or 0) for o in self.known] + [q.q95 for q in self.nowcast]
        likely = max(tops + [q.q75 for q in self.forecast], default=1.0)
        return min(max([likely, *(q.q95 for q in self.forecast)]), _MOST_ROOM * max(likely, 1.0))

    @property
    def is_cut(self) -> bool:
        """Whether the wider range goes beyond what is drawn."""
        highest = self.highest
        return any(q.q95 > highest for q in self.forecast)

    def keys(self) -> list[Key]:
        """The key, with only what is there."""
        w, found = self.words, [Key("bar", self.words.observed)]
        if self.nowcast:
            found += [Key("bar-partial", w.partial, "#b9d3ea"), Key("line dash", w.nowcast)]
        if self.forecast:
            found += [Key("line", w.forecast)]
        if self.nowcast or self.forecast:
            found += [Key("b50", w.band_50, "#8db3d6"), Key("b90", w.band_90, "#d0e0ef")]
        return found + ([Key("mark", w.signal)] if self.signals else [])


def bands(points: Sequence[Quantiles], x: TimeScale, y: Linear, highest: float = float("inf")) -> str:
    """The two ranges of one hue, cut where the picture ends."""

    def edge(name: str) -> list[Point]:
        return [(x(q.on), y(min(getattr(q, name), highest))) for q in points]

    outer = area(edge("q95"), edge("q05"), "b90", "#d0e0ef")
    return outer + area(edge("q75"), edge("q25"), "b50", "#8db3d6")


def _bars(curve: Curve, x: TimeScale, y: Linear) -> str:
    """Bars, or a solid line when there are too many for bars."""
    arriving = {q.on for q in curve.nowcast}
    width = x.per_day * spacing([o.on for o in curve.observed])
    if width < 3:
        return _line_of(curve, x, y)
    gap = 1.0 if width < 8 else min(3.0, width * 0.16)
    wide = min(width, 40) - gap
    parts = []
    for o in curve.known:
        top, base = y(float(o.value or 0)), y(0)
        class_, colour = ("bar-partial", "#b9d3ea") if o.on in arriving else ("bar", "#5c9acf")
        parts.append(
            el("rect", x=x(o.on) - wide / 2, y=top, width=wide, height=max(base - top, 0), class_=class_, fill=colour)
        )
    return "".join(parts)


def _line_of(curve: Curve, x: TimeScale, y: Linear) -> str:
    """The reported line; broken where a value is missing, ending where reports still arrive."""
    arriving = {q.on for q in curve.nowcast}
    runs: list[list[Point]] = [[]]
    for o in curve.observed:
        if o.on in arriving or not finite(o.value):
            runs.append([])
        else:
            runs[-1].append((x(o.on), y(float(o.value or 0))))
    return "".join(polyline(run, "line", width=1.8) for run in runs)


def _partial_zone(curve: Curve, size: Size, x: TimeScale, pattern: str) -> str:
    """The hatched ground under the days whose reports still arrive."""
    if not curve.nowcast:
        return ""
    half = x.per_day * spacing(curve.days) / 2
    start = x(min(q.on for q in curve.nowcast)) - half
    end = x(curve.today) if curve.today else x(max(q.on for q in curve.nowcast)) + half
    return el("rect", x=start, y=size.top, width=max(end - start, 1), height=size.inner_height, fill=f"url(#{pattern})")


def _signals(curve: Curve, size: Size, x: TimeScale, y: Linear) -> str:
    """A ring above the bar of each signal's day, with its name when there is room."""
    tops = {o.on: float(o.value or 0) for o in curve.known}
    parts = []
    edge = 0.0
    for mark in sorted(curve.signals, key=lambda m: m.on):
        at = (x(mark.on), max(y(tops.get(mark.on, 0)) - 9, size.top + 6))
        parts.append(
            el("circle", cx=at[0], cy=at[1], r=4.5, class_="mark", fill="#fff", stroke="#0b0c0e", stroke_width=1.8)
        )
        label = shorten(mark.label, size.font, size.width * 0.3)
        width = text_width(label, size.font)
        if label and at[0] - 9 - width > edge + 4:
            parts.append(text((at[0] - 9, at[1] + 4), label, anchor="end", size=size.font, class_="t-ink", halo=True))
            edge = at[0] + 6
    return "".join(parts)


def _median(points: Sequence[Quantiles], x: TimeScale, y: Linear, *, dashed: bool) -> str:
    line = [(x(q.on), y(q.q50)) for q in points]
    return polyline(line, "line dash" if dashed else "line", width=1.6)


def _draw(curve: Curve, size: Size, title: str, desc: str) -> str:
    size = frame.with_keys(size, curve.keys())
    if not curve.known and not curve.nowcast and not curve.forecast:
        return figure(size, [frame.nothing(size, curve.words.nothing)], title=title, desc=desc)
    y, marks = frame.value_scale(size, curve.highest)
    size = frame.left_room(size, [curve.number(m) for m in marks])
    half = spacing(curve.days) / 2
    x = TimeScale.over(curve.days, size.left, size.width - size.right, pad=half)
    pattern = uid(title, size.variant, "hatch")
    parts = [
        _partial_zone(curve, size, x, pattern),
        frame.value_axis(size, y, marks, curve.number, curve.unit),
        _bars(curve, x, y),
        bands(curve.forecast, x, y, curve.highest),
        bands(curve.nowcast, x, y),
        _median(curve.nowcast, x, y, dashed=True),
        _median(curve.forecast, x, y, dashed=False),
        frame.time_axis(size, x, curve.day),
        frame.today_rule(size, x(curve.today), curve.words.today) if curve.today else "",
        _signals(curve, size, x, y),
        frame.draw_keys(size, curve.keys(), size.height - frame.key_rows(size, curve.keys()) * size.font * 1.65),
    ]
    return figure(size, parts, title=title, desc=desc, defs=[hatch(pattern)])


def epidemic_curve(curve: Curve, *, title: str, desc: str = "") -> Drawing:
    """Draw the curve at both widths. ``title`` is the sentence that the chart proves."""
    return Drawing(_draw(curve, WIDE, title, desc), _draw(curve, NARROW, title, desc))
