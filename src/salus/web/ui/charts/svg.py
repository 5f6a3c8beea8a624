"""Writing SVG safely: every attribute and text escaped, every number finite and short, no styles inline."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Literal

Variant = Literal["wide", "narrow"]
Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

# Widths of letters as a share of the font size; wide scripts are nearly square.
_NARROW = set("ijltfrI.,:;'|!()[] ")
_BROAD = set("mwMW@%—")


@dataclass(frozen=True, slots=True)
class Size:
    """The frame of a drawing in its own units, which are CSS pixels at its natural width."""

    variant: Variant
    width: int
    height: int
    font: float = 13.0
    left: int = 48
    right: int = 16
    top: int = 32
    bottom: int = 30

    @property
    def inner_width(self) -> int:
        """Width between the axes."""
        return self.width - self.left - self.right

    @property
    def inner_height(self) -> int:
        """Height between the axes."""
        return self.height - self.top - self.bottom


WIDE = Size("wide", 760, 320)
NARROW = Size("narrow", 360, 280, font=12.0, left=40, right=10)


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture drawn for two widths; CSS shows the one that fits."""

    wide: str
    narrow: str

    def __str__(self) -> str:
        """Both variants, one after the other."""
        return self.wide + self.narrow


def finite(value: float | None) -> bool:
    """Whether a value can be drawn at all."""
    return value is not None and math.isfinite(value)


def num(value: float) -> str:
    """A coordinate with one decimal and nothing superfluous; never NaN."""
    if not math.isfinite(value):
        raise ValueError("A coordinate must be finite")
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def el(name: str, *children: str, **attributes: str | float | None) -> str:
    """One element. ``class_`` becomes ``class``, ``stroke_width`` ``stroke-width``; None is left out."""
    parts = [name]
    for key, value in attributes.items():
        if value is None or value == "":
            continue
        shown = num(value) if isinstance(value, (int, float)) else escape(value, quote=True)
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{shown}"')
    inside = "".join(children)
    head = " ".join(parts)
    return f"<{head}>{inside}</{name}>" if inside else f"<{head}/>"


def text(
    at: Point, words: str, *, anchor: Anchor = "start", class_: str = "", size: float = 13.0, halo: bool = False
) -> str:
    """A line of text, optionally with a halo that keeps it readable on top of lines."""
    classes = f"{class_} halo".strip() if halo else class_
    return el(
        "text",
        escape(words, quote=False),
        x=at[0],
        y=at[1],
        text_anchor=None if anchor == "start" else anchor,
        class_=classes,
        font_size=size,
        fill="#434a53",
    )


def line(a: Point, b: Point, class_: str, *, width: float = 1.0, colour: str = "#7a838e") -> str:
    """A straight line."""
    return el("line", x1=a[0], y1=a[1], x2=b[0], y2=b[1], class_=class_, stroke=colour, stroke_width=width)


def path_of(points: Sequence[Point]) -> str:
    """Path data through points."""
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points)


def polyline(points: Sequence[Point], class_: str, *, width: float = 2.0, colour: str = "#12436d") -> str:
    """An open line; a single point becomes a dot, none becomes nothing."""
    if not points:
        return ""
    if len(points) == 1:
        return el(
            "circle",
            cx=points[0][0],
            cy=points[0][1],
            r=width + 0.5,
            class_=f"{class_} dot",
            stroke=colour,
            fill="none",
            stroke_width=width,
        )
    return el(
        "path",
        d=path_of(points),
        class_=class_,
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_linejoin="round",
        stroke_linecap="butt",
    )


def area(upper: Sequence[Point], lower: Sequence[Point], class_: str, colour: str) -> str:
    """The area between two lines over the same places."""
    if len(upper) < 2:
        return ""
    return el("path", d=path_of([*upper, *reversed(lower)]) + "Z", class_=class_, fill=colour)


def text_width(words: str, size: float) -> float:
    """A careful estimate of the width of a text, a little too wide rather than too narrow."""
    total = 0.0
    for letter in words:
        if letter in _NARROW:
            total += 0.36
        elif letter in _BROAD or ord(letter) > 0x2E80:
            total += 0.98
        else:
            total += 0.7 if letter.isupper() else 0.585
    return total * size


def shorten(words: str, size: float, room: float) -> str:
    """Cut a text to the room there is, with an ellipsis."""
    if text_width(words, size) <= room:
        return words
    kept = words
    while kept and text_width(kept + "…", size) > room:
        kept = kept[:-1]
    return (kept.rstrip() + "…") if kept else ""


def wrap(words: str, size: float, room: float, limit: int = 2) -> list[str]:
    """Break a text into at most ``limit`` lines; the last is shortened."""
    lines: list[str] = []
    rest = words.split()
    while rest and len(lines) < limit - 1:
        count = 1
        while count < len(rest) and text_width(" ".join(rest[: count + 1]), size) <= room:
            count += 1
        lines.append(shorten(" ".join(rest[:count]), size, room))
        rest = rest[count:]
    if rest:
        lines.append(shorten(" ".join(rest), size, room))
    return lines


def uid(*parts: object) -> str:
    """A short, stable identifier for the things inside one drawing."""
    return "c" + sha256("|".join(map(str, parts)).encode()).hexdigest()[:8]


def hatch(id_: str, *, gap: int = 6, class_: str = "hatch", colour: str = "#cdd3d9") -> str:
    """A pattern of diagonal lines, named ``id_``."""
    stroke = el(
        "path",
        d=f"M0 {gap}L{gap} 0M-1 1L1 -1M{gap - 1} {gap + 1}L{gap + 1} {gap - 1}",
        class_=class_,
        stroke=colour,
        stroke_width=1,
    )
    return el("pattern", stroke, id=id_, width=gap, height=gap, patternUnits="userSpaceOnUse")


def figure(
    size: Size,
    parts: Iterable[str],
    *,
    title: str,
    desc: str,
    defs: Iterable[str] = (),
    kind: str = "chart",
    role: str = "img",
) -> str:
    """The ``<svg>`` with its name and description. Left to right always: a time axis is not mirrored.

    ``role`` is ``group`` where the drawing holds links, which ``img`` would hide.
    """
    body, inside = "".join(parts), "".join(defs)
    key = uid(title, desc, size.variant, len(body), body[:400])
    head = el("title", escape(title, quote=False) or " ", id=f"{key}t")
    head += el("desc", escape(desc, quote=False), id=f"{key}d") if desc else ""
    return el(
        "svg",
        head,
        el("defs", inside) if inside else "",
        body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {size.width} {size.height}",
        class_=f"{kind} {size.variant}",
        role=role,
        aria_labelledby=f"{key}t {key}d" if desc else f"{key}t",
        direction="ltr",
    )
