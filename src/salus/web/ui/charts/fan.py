"""What was expected against what happened: the judge of a forecast and of a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from salus.web.ui.charts import frame
from salus.web.ui.charts.curve import Observed, Quantiles, bands
from salus.web.ui.charts.frame import DEFAULT_WORDS, DateFormat, Key, NumberFormat, Words
from salus.web.ui.charts.scales import Linear, TimeScale, spacing
from salus.web.ui.charts.svg import NARROW, WIDE, Drawing, Size, el, figure, finite, polyline


@dataclass(frozen=True, slots=True)
class Fan:
    """A band made at ``made_on``, what was known before it, and the outcome after it."""

    expected: Sequence[Quantiles]
    outcome: Sequence[Observed]
    before: Sequence[Observed] = ()
    made_on: date | None = None
    unit: str = ""
    words: Words = DEFAULT_WORDS
    number: NumberFormat = frame.plain_number
    day: DateFormat = frame.plain_date

    @property
    def usable(self) -> list[Quantiles]:
        """The part of the band that can be drawn."""
        return [q for q in self.expected if q.usable]

    @property
    def known(self) -> list[Observed]:
        """The outcomes that are known."""
        return [o for o in self.outcome if finite(o.value)]

    def keys(self) -> list[Key]:
        """The key of the picture."""
        w = self.words
        return [
            Key("b50", w.band_50, "#8db3d6"),
            Key("b90", w.band_90, "#d0e0ef"),
            Key("line", w.forecast),
            *((Key("hit", w.outcome), Key("miss", w.outside)) if self.known else ()),
        ]

    def hits(self) -> tuple[int, int]:
        """How many outcomes fell inside the 90 % range, of how many that can be judged."""
        edges = {q.on: (q.q05, q.q95) for q in self.usable}
        judged = [(o.value, *edges[o.on]) for o in self.known if o.on in edges]
        return sum(1 for v, low, high in judged if v is not None and low <= v <= high), len(judged)


def _outcomes(fan: Fan, x: TimeScale, y: Linear) -> str:
    edges = {q.on: (q.q05, q.q95) for q in fan.usable}
    parts = []
    for o in fan.known:
        value = float(o.value or 0)
        low, high = edges.get(o.on, (value, value))
        inside = low <= value <= high
        parts.append(
            el(
                "circle",
                cx=x(o.on),
                cy=y(value),
                r=4,
                class_="hit" if inside else "miss",
                fill="#28a197" if inside else "#ffffff",
                stroke="#ffffff" if inside else "#801650",
                stroke_width=1.2 if inside else 2.4,
            )
        )
    return "".join(parts)


def _draw(fan: Fan, size: Size, title: str, desc: str) -> str:
    days = [q.on for q in fan.usable] + [o.on for o in (*fan.known, *fan.before)]
    size = frame.with_keys(size, fan.keys())
    if not fan.usable and not fan.known:
        return figure(size, [frame.nothing(size, fan.words.nothing)], title=title, desc=desc)
    history = [o for o in fan.before if finite(o.value)]
    high = max([q.q95 for q in fan.usable] + [float(o.value or 0) for o in (*fan.known, *history)], default=1)
    y, marks = frame.value_scale(size, high)
    size = frame.left_room(size, [fan.number(m) for m in marks])
    x = TimeScale.over(days, size.left, size.width - size.right, pad=spacing(days) / 2)
    parts = [
        frame.value_axis(size, y, marks, fan.number, fan.unit),
        bands(fan.usable, x, y),
        polyline([(x(o.on), y(float(o.value or 0))) for o in history], "line", width=2),
        polyline([(x(q.on), y(q.q50)) for q in fan.usable], "line", width=1.4),
        frame.time_axis(size, x, fan.day),
        frame.today_rule(size, x(fan.made_on), fan.words.made) if fan.made_on else "",
        _outcomes(fan, x, y),
        frame.draw_keys(size, fan.keys(), size.height - frame.key_rows(size, fan.keys()) * size.font * 1.65),
    ]
    return figure(size, parts, title=title, desc=desc)


def fan_with_outcome(fan: Fan, *, title: str, desc: str = "") -> Drawing:
    """Draw the expected band with the outcomes on it at both widths."""
    return Drawing(_draw(fan, WIDE, title, desc), _draw(fan, NARROW, title, desc))
