"""The chain: each record as a ring, the time between two records on the link between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from salus.web.ui.charts.svg import NARROW, WIDE, Drawing, Size, el, figure, line, shorten, text, wrap


@dataclass(frozen=True, slots=True)
class Ring:
    """One record of a chain; ``gap`` is the time since the record before it, in words."""

    kind: str
    label: str
    at: str
    gap: str = ""
    href: str = ""
    here: bool = False
    slow: bool = False


def _linked(ring: Ring, inside: str) -> str:
    return el("a", inside, href=ring.href) if ring.href else inside


def _circle(ring: Ring, x: float, y: float) -> str:
    class_, fill = ("cat-1", "#12436d") if ring.here else ("mark", "#ffffff")
    return el("circle", cx=x, cy=y, r=9 if ring.here else 7, class_=class_, fill=fill, stroke="#0b0c0e", stroke_width=2)


def _wide(rings: Sequence[Ring]) -> tuple[Size, list[str]]:
    """A horizontal chain; more than seven rings make the picture wider rather than smaller."""
    room = max(WIDE.width / max(len(rings), 1), 104)
    size = Size("wide", round(room * max(len(rings), 1)), 142, left=0, right=0, top=8, bottom=8)
    y, parts = 44.0, []
    for i, ring in enumerate(rings):
        x = room * (i + 0.5)
        if i:
            class_ = "s-act" if ring.slow else "s-1"
            parts.append(line((x - room + 12, y), (x - 12, y), class_, width=2.5 if ring.slow else 2, colour="#12436d"))
            gap = wrap(ring.gap, 12, room - 30, 2)
            for n, words in enumerate(gap):
                parts.append(
                    text(
                        (x - room / 2, y - 10 - (len(gap) - 1 - n) * 14),
                        words,
                        anchor="middle",
                        size=12,
                        class_="t-strong" if ring.slow else "",
                    )
                )
        lines = [text((x, y + 29), shorten(ring.kind, 12.5, room - 8), anchor="middle", size=12.5, class_="t-strong")]
        label = wrap(ring.label, 12, room - 10, 2)
        for n, words in enumerate(label):
            lines.append(text((x, y + 45 + n * 15), words, anchor="middle", size=12, class_="t-ink"))
        at = y + 46 + len(label) * 15
        lines.append(text((x, at), shorten(ring.at, 11.5, room - 6), anchor="middle", size=11.5))
        parts.append(_linked(ring, _circle(ring, x, y) + "".join(lines)))
    return size, parts


def _narrow(rings: Sequence[Ring]) -> tuple[Size, list[str]]:
    """On a phone the chain runs down the page."""
    step = 74
    size = Size("narrow", NARROW.width, step * max(len(rings), 1), 12, 0, 0, 0, 0)
    parts = []
    for i, ring in enumerate(rings):
        x, y = 14.0, step * i + 22.0
        if i:
            class_ = "s-act" if ring.slow else "s-1"
            parts.append(line((x, y - step + 11), (x, y - 11), class_, width=2, colour="#12436d"))
            parts.append(
                text(
                    (34, y - step + 50), shorten(ring.gap, 11.5, 300), size=11.5, class_="t-strong" if ring.slow else ""
                )
            )
        words = text((34, y - 3), shorten(f"{ring.kind} · {ring.at}", 12.5, 320), size=12.5, class_="t-strong")
        words += text((34, y + 13), shorten(ring.label, 12.5, 320), size=12.5, class_="t-ink")
        parts.append(_linked(ring, _circle(ring, x, y) + words))
    return size, parts


def chain_timeline(rings: Sequence[Ring], *, title: str, desc: str = "", nothing: str = "") -> Drawing:
    """Draw the chain: across on a wide page, down on a phone."""
    if not rings:
        size = Size("wide", WIDE.width, 60)
        small = Size("narrow", NARROW.width, 60)
        words = text((0, 34), nothing)
        return Drawing(figure(size, [words], title=title, desc=desc), figure(small, [words], title=title, desc=desc))
    role = "group" if any(ring.href for ring in rings) else "img"
    drawn = [figure(size, parts, title=title, desc=desc, role=role) for size, parts in (_wide(rings), _narrow(rings))]
    return Drawing(*drawn)
