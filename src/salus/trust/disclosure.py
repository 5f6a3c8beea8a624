"""Small cells: which counts of areas must not be published, and which others protect them.

Areas nest: what a larger area counts is the sum of those inside it. A count from 1 to `threshold` - 1
is small. Hiding it alone is not enough: where the sum and the neighbours are shown, it is their
difference. So more is hidden, as little as is enough, until somebody who knows every shown number,
and knows that zeros are always shown, can narrow no hidden number down to fewer than `threshold` steps.

Why that can be settled area by area: hidden areas inside an area whose own number is shown share one
equation, and can move against each other by their **room**, the sum of (count - 1) over the innermost
hidden areas. Each of them, and each hidden area between, then has an interval exactly as wide as the
room, as long as at least two hidden areas stand directly in the equation. An area that cannot be
settled so has its own number hidden too, and its hidden areas join the equation around it.

Pure: numbers in, keys out.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

THRESHOLD = 5
SENSITIVE_THRESHOLD = 10
SMALL = "small"
PROTECTS = "protects"

Key = Hashable
Table = Mapping[Key, Mapping[Key, int | None]]
Bounds = tuple[float, float]


class DisclosureError(Exception):
    """The result does not protect what it should; nothing may be published from it."""


@dataclass(frozen=True, slots=True)
class Protection:
    """What must be left out of a table: zones, totals of the zones around them, the grand total.

    `reasons` says for each hidden key whether it is small itself or protects another. Publish only
    that a number is left out, never why: the reason would tell an attacker which numbers are small.
    """

    cells: frozenset[Key] = frozenset()
    parents: frozenset[Key] = frozenset()
    total: bool = False
    reasons: Mapping[Key, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Return whether everything may be shown."""
        return not (self.cells or self.parents or self.total)


@dataclass(slots=True, eq=False)
class _Area:
    """An area with those inside it that have numbers; `hidden` says why, where it is."""

    key: Key
    own: int | None
    inside: list[_Area] = field(default_factory=list)
    count: int = 0
    hidden: str = ""

    @property
    def room(self) -> int:
        """Return by how much what is hidden in here can move."""
        if not self.inside:
            return self.count - 1 if self.hidden else 0
        return sum(area.room for area in self.hidden_inside)

    @property
    def hidden_inside(self) -> list[_Area]:
        """Return the hidden areas directly inside."""
        return [area for area in self.inside if area.hidden]

    def walk(self) -> Iterator[_Area]:
        """Return the area and all inside it, innermost first."""
        for area in self.inside:
            yield from area.walk()
        yield self


@dataclass(frozen=True, slots=True)
class _Step:
    """A way to hide more: what it hides, and the room that it gives."""

    areas: tuple[_Area, ...]
    room: int

    @property
    def cost(self) -> tuple[int, int, str]:
        """Return what is lost: the fewest numbers, then the smallest; the key settles a tie."""
        return len(self.areas), sum(area.count for area in self.areas), repr([area.key for area in self.areas])


def _shortlist(steps: list[_Step], room: int) -> list[_Step]:
    """Return the steps among which the best small set is: the cheapest, and the cheapest that suffice."""
    steps.sort(key=lambda step: step.cost)
    enough = [step for step in steps if step.room >= room]
    return list(dict.fromkeys([*steps[:4], *enough[:2]]))


def _best(steps: list[_Step], room: int, least: int) -> _Step | None:
    """Return the cheapest set of at most two steps more than needed that gives enough room."""
    short = _shortlist(steps, room)
    for size in range(least, least + 3):
        fitting = [
            _Step(tuple(area for step in chosen for area in step.areas), sum(step.room for step in chosen))
            for chosen in combinations(short, size)
            if sum(step.room for step in chosen) >= room
        ]
        if fitting:
            return min(fitting, key=lambda step: step.cost)
    return None


def _steps(area: _Area, room: int) -> list[_Step]:
    """Return the ways to hide an area that is shown, with enough hidden inside it to be unknown."""
    if area.hidden or area.count == 0:
        return []
    if not area.inside:
        return [_Step((area,), area.count - 1)]
    inside = [step for child in area.inside for step in _steps(child, room)]
    found = [_Step((area, *step.areas), area.room + step.room) for step in _shortlist(inside, room - area.room)]
    if area.hidden_inside:
        found.append(_Step((area,), area.room))
    return found


def _hide(areas: Sequence[_Area]) -> None:
    for area in areas:
        area.hidden = area.hidden or PROTECTS


def _settle(area: _Area, threshold: int) -> bool:
    """Hide more inside an area until its shown number betrays nothing; False where that cannot be."""
    hidden = area.hidden_inside
    if not hidden:
        return True
    room, least = threshold - area.room, max(0, 2 - len(hidden))
    if room <= 0 and not least:
        return True
    best = _best([step for child in area.inside for step in _steps(child, room)], room, least)
    if best is None:
        return False
    _hide(best.areas)
    return True


def _protect(area: _Area, threshold: int) -> None:
    """Hide what must be hidden in an area and in all inside it, innermost first."""
    for child in area.inside:
        _protect(child, threshold)
    if any(0 < count < threshold for count in (area.count, area.own or 0)):
        area.hidden = SMALL
        if area.inside and not area.hidden_inside:
            # Its own number is small though the sum is not: something inside must be unknown too.
            _hide(min((s for c in area.inside for s in _steps(c, 0)), key=lambda step: step.cost).areas)
    elif area.inside and not _settle(area, threshold):
        area.hidden = PROTECTS


def _tree(counts: Mapping[Key, int | None], parents: Mapping[Key, Key | None]) -> list[_Area]:
    """Return the outermost areas that have numbers, each with those inside it."""
    areas: dict[Key, _Area] = {}
    for key, count in counts.items():
        if count is not None and (isinstance(count, bool) or int(count) != count or count < 0):
            raise ValueError(f"{key!r} is not a count: {count!r}")
        areas[key] = _Area(key, count)
    roots: list[_Area] = []
    for key, area in areas.items():
        parent = parents.get(key)
        if parent is not None and parent not in areas:
            raise ValueError(f"{key!r} lies in {parent!r}, which is not given")
        (roots if parent is None else areas[parent].inside).append(area)
    if sum(1 for root in roots for _ in root.walk()) != len(areas):
        raise ValueError("some areas lie inside themselves")
    return _numbered(roots)


def _numbered(areas: list[_Area]) -> list[_Area]:
    """Keep the areas with numbers, and give each the sum of those inside or else its own."""
    kept = []
    for area in areas:
        area.inside = _numbered(area.inside)
        area.count = sum(child.count for child in area.inside)
        if area.count == 0 and area.own:
            # Zeros inside explain nothing of it: it stands for itself.
            area.inside = []
        if not area.inside:
            area.count = area.own or 0
        if area.inside or area.own is not None:
            kept.append(area)
    return kept


def _attack(area: _Area) -> dict[Key, Bounds]:
    """Return how far each number in here can be narrowed down from all that is shown.

    Up and then down the tree, which for nested sums is exact: what a linear programme would find.
    """
    found: dict[Key, Bounds] = {}
    for each in area.walk():
        low, high = (1.0, math.inf) if each.hidden else (float(each.count), float(each.count))
        if each.inside:
            sums = [found[child.key] for child in each.inside]
            low, high = max(low, sum(s[0] for s in sums)), min(high, sum(s[1] for s in sums))
        found[each.key] = (low, high)
    _attack_down(area, found)
    return found


def _attack_down(area: _Area, found: dict[Key, Bounds]) -> None:
    low, high = found[area.key]
    unbounded = sum(found[child.key][1] == math.inf for child in area.inside)
    lows = sum(found[child.key][0] for child in area.inside)
    highs = sum(found[child.key][1] for child in area.inside if found[child.key][1] < math.inf)
    # What the neighbours can be is judged by what was known before any of them was narrowed down.
    for child, (least, most) in [(child, found[child.key]) for child in area.inside]:
        others_unbounded = unbounded - (most == math.inf)
        others_most = math.inf if others_unbounded else highs - (0 if most == math.inf else most)
        found[child.key] = (max(least, low - others_most), min(most, high - (lows - least)))
        _attack_down(child, found)


def _checked(roots: Sequence[_Area], threshold: int) -> None:
    """Attack the result before anybody else does."""
    for root in roots:
        hidden = {area.key for area in root.walk() if area.hidden}
        for key, (low, high) in _attack(root).items():
            if key in hidden and high - low < threshold:
                raise DisclosureError(f"{key!r} can be narrowed down to {low:g} to {high:g}")


def protect_areas(
    counts: Mapping[Key, int | None], parents: Mapping[Key, Key | None], *, threshold: int = THRESHOLD
) -> dict[Key, str]:
    """Return the areas whose counts must be left out, with the reason, given the area around each.

    To any depth, and for all areas whose counts are published together. A count of None is not
    published. Where the counts inside do not add up to an area's own, both are guarded as if they did.
    """
    if threshold < 2:
        raise ValueError("a threshold is at least 2")
    roots = _tree(counts, parents)
    for root in roots:
        _protect(root, threshold)
    _checked(roots, threshold)
    return {area.key: area.hidden for root in roots for area in root.walk() if area.hidden and area.own is not None}


_TOTAL = ("salus", "the grand total")


def protect(table: Table, *, threshold: int = THRESHOLD, totals: bool = True) -> Protection:
    """Return what must be left out of a table of counts by parent and zone.

    The totals are the sums of what is given. `totals=False` where neither the parents' totals nor the
    grand total are published.
    """
    parents: dict[Key, Key | None] = {}
    counts: dict[Key, int | None] = {}
    for parent, cells in table.items():
        counts.update({("cell", key): count for key, count in cells.items()})
        parents.update({("cell", key): ("parent", parent) if totals else None for key in cells})
        if totals:
            known = [count for count in cells.values() if count is not None]
            counts["parent", parent] = sum(known) if known else None
            parents["parent", parent] = _TOTAL
    if totals:
        counts[_TOTAL] = sum(count for count in counts.values() if count is not None) // 2 if counts else None
    reasons = protect_areas(counts, parents, threshold=threshold)
    kinds = {kind: frozenset(key[1] for key in reasons if key[0] == kind) for kind in ("cell", "parent")}  # type: ignore[index]
    return Protection(
        cells=kinds["cell"],
        parents=kinds["parent"],
        total=_TOTAL in reasons,
        reasons={key[1]: why for key, why in reasons.items() if key != _TOTAL},  # type: ignore[index]
    )


def protect_zones(
    counts: Mapping[Key, int | None],
    parents: Mapping[Key, Key],
    *,
    threshold: int = THRESHOLD,
    totals: bool = True,
) -> Protection:
    """Return what must be left out of counts by zone, given the parent of each zone."""
    table: dict[Key, dict[Key, int | None]] = {}
    for key, count in counts.items():
        table.setdefault(parents[key], {})[key] = count
    return protect(table, threshold=threshold, totals=totals)
