"""Small cells: which counts of a zone table must not be published, and which others protect them.

A table has zones, the totals of the zones around them, and one grand total. A count from 1 to
`threshold` - 1 is small. Hiding it alone is not enough: where its total and its neighbours are
shown, it is their difference. So more is hidden, as little as is enough, until somebody who knows
every shown number, and knows that zeros are always shown, can narrow no hidden number down to
fewer than `threshold` steps.

Pure: numbers in, keys out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

THRESHOLD = 5
SENSITIVE_THRESHOLD = 10
SMALL = "small"
PROTECTS = "protects"

Key = Hashable
Table = Mapping[Key, Mapping[Key, int | None]]
Bounds = tuple[float, float]


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


class DisclosureError(Exception):
    """The result does not protect what it should; nothing may be published from it."""


@dataclass(slots=True)
class _Work:
    table: dict[Key, dict[Key, int]]
    threshold: int
    hidden: dict[Key, dict[Key, str]] = field(default_factory=dict)
    parents: dict[Key, str] = field(default_factory=dict)
    total: str = ""

    def totals(self) -> dict[Key, int]:
        return {parent: sum(cells.values()) for parent, cells in self.table.items()}

    def room(self, parents: Iterable[Key]) -> int:
        """Return by how much the hidden zones of some parents can move against each other."""
        return sum(self.table[p][cell] - 1 for p in parents for cell in self.hidden[p])

    def shown(self, parent: Key) -> list[tuple[int, Key]]:
        """Return the zones that could be hidden as well, smallest first; a zero protects nothing."""
        cells = self.table[parent].items()
        found = [(count, key) for key, count in cells if count > 0 and key not in self.hidden[parent]]
        return sorted(found, key=lambda item: (item[0], repr(item[1])))


def _is_small(count: int, threshold: int) -> bool:
    return 0 < count < threshold


def _fewest(choices: Sequence[tuple[int, Key]], room: int, least: int) -> tuple[tuple[int, Key], ...] | None:
    """Return the fewest, then smallest, counts that give enough room, trying every small set."""
    for size in range(least, min(len(choices), least + 2) + 1):
        fitting = [c for c in combinations(choices, size) if sum(n - 1 for n, _ in c) >= room]
        if fitting:
            return min(fitting, key=lambda c: (sum(n for n, _ in c), repr(c)))
    return None


def _shortlist(choices: Sequence[tuple[int, Key]], room: int) -> list[tuple[int, Key]]:
    """Return the few choices among which the best set is: the smallest, and the smallest large enough.

    Every shown count is at least `threshold`, so that two always give enough room: the best set is
    one large enough or two of the smallest.
    """
    enough = [choice for choice in choices if choice[0] - 1 >= room]
    return list(dict.fromkeys([*choices[:3], *enough[:1]]))


def _protect_inside(work: _Work, parent: Key) -> bool:
    """Hide more zones of a parent until its shown total betrays none; False where that cannot be."""
    hidden = work.hidden[parent]
    if not hidden:
        return True
    room = work.threshold - work.room([parent])
    least = max(0, 2 - len(hidden))
    if least == 0 and room <= 0:
        return True
    more = _fewest(_shortlist(work.shown(parent), room), room, least)
    if more is None:
        return False
    hidden.update((key, PROTECTS) for _, key in more)
    return True


def _helpers(work: _Work) -> list[tuple[tuple[int, int, str], Key, tuple[tuple[int, Key], ...]]]:
    """Return the parents whose total could be hidden as well, each with its cost and zones to hide."""
    room = work.threshold - work.room(work.parents)
    found = []
    for parent, total in work.totals().items():
        if parent in work.parents or total == 0:
            continue
        own = work.room([parent])
        least = 0 if work.hidden[parent] else 1
        if least == 0 and own >= room:
            more: tuple[tuple[int, Key], ...] | None = ()
        else:
            more = _fewest(_shortlist(work.shown(parent), room - own), room - own, least)
        if more is not None:
            cost = (1 + len(more), total + sum(count for count, _ in more), repr(parent))
            found.append((cost, parent, more))
    return found


def _protect_parents(work: _Work) -> None:
    """Hide more totals until the grand total betrays none, or hide the grand total."""
    if not work.parents:
        return
    if len(work.parents) >= 2 and work.room(work.parents) >= work.threshold:
        return
    helpers = _helpers(work)
    if not helpers:
        work.total = work.total or PROTECTS
        return
    _cost, parent, more = min(helpers, key=lambda helper: helper[0])
    work.hidden[parent].update((key, PROTECTS) for _, key in more)
    work.parents[parent] = PROTECTS
    _protect_parents(work)


def _known_table(table: Table) -> dict[Key, dict[Key, int]]:
    known: dict[Key, dict[Key, int]] = {}
    for parent, cells in table.items():
        known[parent] = {key: count for key, count in cells.items() if count is not None}
        for key, count in known[parent].items():
            if isinstance(count, bool) or int(count) != count or count < 0:
                raise ValueError(f"{key!r} is not a count: {count!r}")
    return known


def protect(table: Table, *, threshold: int = THRESHOLD, totals: bool = True) -> Protection:
    """Return what must be left out of a table of counts by parent and zone.

    `totals=False` where neither the parents' totals nor the grand total are published. A count of
    None is not published anyway and is in no total.
    """
    if threshold < 2:
        raise ValueError("a threshold is at least 2")
    work = _Work(_known_table(table), threshold)
    for parent, cells in work.table.items():
        work.hidden[parent] = {key: SMALL for key, count in cells.items() if _is_small(count, threshold)}
    if totals:
        _protect_totals(work)
    made = _as_protection(work)
    _verify(work, made, totals)
    return made


def _protect_totals(work: _Work) -> None:
    sums = work.totals()
    for parent, total in sums.items():
        if _is_small(total, work.threshold):
            work.parents[parent] = SMALL
        elif not _protect_inside(work, parent):
            work.parents[parent] = PROTECTS
    if _is_small(sum(sums.values()), work.threshold):
        work.total = SMALL
    else:
        _protect_parents(work)


def _as_protection(work: _Work) -> Protection:
    cells = {key: why for hidden in work.hidden.values() for key, why in hidden.items()}
    return Protection(
        cells=frozenset(cells),
        parents=frozenset(work.parents),
        total=bool(work.total),
        reasons={**cells, **work.parents},
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


def attacker_bounds(table: Table, made: Protection, *, totals: bool = True) -> dict[Key, Bounds]:
    """Return how far somebody who sees what is shown can narrow down each hidden number.

    Zones and parents by their keys. The hidden zones are at least 1, because zeros are shown. Every
    equation holds disjoint zones (those of a parent with a shown total; those of all parents with
    hidden totals, where the grand total is shown), so these intervals are exact.
    """
    known = _known_table(table)
    hidden = {parent: [key for key in cells if key in made.cells] for parent, cells in known.items()}
    found: dict[Key, Bounds] = {}
    for parent, cells in known.items():
        if parent not in made.parents:
            rest = sum(cells[key] for key in hidden[parent]) if totals else float("inf")
            found.update(_cell_bounds(hidden[parent], rest))
    open_cells = [key for parent in known if parent in made.parents for key in hidden[parent]]
    rest = sum(known[p][key] for p in made.parents for key in hidden[p])
    left = float("inf") if made.total or not totals else rest
    found.update(_cell_bounds(open_cells, left))
    for parent in made.parents:
        shown = sum(count for key, count in known[parent].items() if key not in made.cells)
        inside, outside = len(hidden[parent]), len(open_cells) - len(hidden[parent])
        low = shown + (inside if outside or left == float("inf") else left)
        found[parent] = (low, shown + left - outside if inside else shown)
    return found


def _cell_bounds(cells: Sequence[Key], rest: float) -> dict[Key, Bounds]:
    if len(cells) == 1:
        low = 1.0 if rest == float("inf") else rest
        return {cells[0]: (low, rest)}
    return {key: (1.0, rest - (len(cells) - 1)) for key in cells}


def _verify(work: _Work, made: Protection, totals: bool) -> None:
    """Attack the result before anybody else does."""
    for key, (low, high) in attacker_bounds(work.table, made, totals=totals).items():
        if high - low < work.threshold:
            raise DisclosureError(f"{key!r} can be narrowed down to {low:g} to {high:g}")
