"""A transmission tree: who infected whom, over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from salus.web.ui.charts import frame
from salus.web.ui.charts.frame import DEFAULT_WORDS, DateFormat
from salus.web.ui.charts.scales import TimeScale
from salus.web.ui.charts.svg import NARROW, WIDE, Drawing, Size, el, figure, num, shorten, text


@dataclass(frozen=True, slots=True)
class Case:
    """One case: ``parent`` is the likely source, ``certainty`` the probability of that link."""

    id: str
    on: date
    parent: str = ""
    label: str = ""
    certainty: float = 1.0
    category: int = 1
    href: str = ""


def in_order(cases: Sequence[Case]) -> list[Case]:
    """Depth first, so that a branch stays together; a loop or an unknown source starts a new tree."""
    known = {case.id for case in cases}
    children: dict[str, list[Case]] = {}
    for case in sorted(cases, key=lambda c: (c.on, c.id)):
        source = case.parent if case.parent in known and case.parent != case.id else ""
        children.setdefault(source, []).append(case)
    found: dict[str, Case] = {}
    starts = [*children.get("", []), *sorted(cases, key=lambda c: (c.on, c.id))]
    stack = list(reversed(starts))
    while stack:
        case = stack.pop()
        if case.id not in found:
            found[case.id] = case
            stack += reversed(children.get(case.id, []))
    return list(found.values())


def _node(case: Case, x: float, y: float, size: Size, label: bool) -> str:
    dot = el(
        "circle",
        el("title", escape(case.label or case.id)),
        cx=x,
        cy=y,
        r=5,
        class_=f"cat-{min(max(case.category, 1), 4)}",
        fill="#12436d",
    )
    if label and case.label:
        room = size.width - x - 12
        dot += text(
            (x + 9, y + size.font * 0.34),
            shorten(case.label, size.font, room),
            size=size.font,
            class_="t-ink",
            halo=True,
        )
    return el("a", dot, href=case.href) if case.href else dot


def _link(source: tuple[float, float], target: tuple[float, float], certainty: float) -> str:
    (ax, ay), (bx, by) = source, target
    sure = certainty >= 0.5
    return el(
        "path",
        d=f"M{num(ax)} {num(ay)}V{num(by)}H{num(bx)}",
        fill="none",
        class_="line" if sure else "line dash",
        stroke="#12436d",
        stroke_width=1.6 if sure else 1.1,
    )


def _links(cases: Sequence[Case], places: Mapping[str, tuple[float, float]]) -> list[str]:
    return [
        _link(places[c.parent], places[c.id], c.certainty) for c in cases if c.parent in places and c.parent != c.id
    ]


def _draw(cases: Sequence[Case], base: Size, title: str, desc: str, day: DateFormat, nothing: str) -> str:
    step = base.font * (1.7 if len(cases) <= 40 else 0.95)
    size = Size(
        base.variant,
        base.width,
        round(40 + step * max(len(cases), 2)),
        base.font,
        12,
        120 if base.variant == "wide" else 84,
        6,
        30,
    )
    if not cases:
        return figure(size, [frame.nothing(size, nothing)], title=title, desc=desc)
    x = TimeScale.over([c.on for c in cases], size.left, size.width - size.right)
    ordered = in_order(cases)
    places = {c.id: (x(c.on), size.top + step * (i + 0.5)) for i, c in enumerate(ordered)}
    nodes = [_node(c, *places[c.id], size, len(cases) <= 40) for c in ordered]
    role = "group" if any(c.href for c in cases) else "img"
    return figure(
        size, [*_links(ordered, places), *nodes, frame.time_axis(size, x, day)], title=title, desc=desc, role=role
    )


def transmission_tree(
    cases: Sequence[Case],
    *,
    title: str,
    desc: str = "",
    day: DateFormat = frame.plain_date,
    nothing: str = DEFAULT_WORDS.nothing,
) -> Drawing:
    """Draw cases over time with their likely sources; links less likely than one in two are dashed."""
    return Drawing(_draw(cases, WIDE, title, desc, day, nothing), _draw(cases, NARROW, title, desc, day, nothing))
