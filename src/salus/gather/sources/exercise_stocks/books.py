"""The books of all holders: what lies on each shelf on each of the last evenings, as far as it has been posted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

# So many evenings stay open to late postings; what comes later is settled by the next count.
OPEN_DAYS = 7
Shelf = tuple[str, str]


@dataclass(slots=True)
class Book:
    """One shelf: what lay there when the last open evening was closed, and what happened since."""

    settled: float | None = None
    moves: dict[date, float] = field(default_factory=lambda: defaultdict(float))
    counts: dict[date, float] = field(default_factory=dict)

    def evenings(self, days: list[date]) -> list[float | None]:
        """Return what lies there on each of some evenings in order; a count holds, whatever the books say."""
        found, lies = [], self.settled
        for day in days:
            if day in self.counts:
                lies = self.counts[day]
            elif lies is not None:
                lies += self.moves.get(day, 0.0)
            found.append(lies)
        return found

    def settle(self, day: date) -> None:
        """Close an evening: no posting changes it any more."""
        self.settled = self.evenings([day])[0]
        self.moves.pop(day, None)
        self.counts.pop(day, None)


@dataclass(slots=True)
class Books:
    """Every shelf, and which evenings are open."""

    shelves: dict[Shelf, Book] = field(default_factory=lambda: defaultdict(Book))
    open: list[date] = field(default_factory=list)

    def begin_day(self, day: date) -> None:
        """Open an evening, and with it those between; close those that are too old."""
        if not self.open:
            self.open = [day - timedelta(days=back) for back in range(OPEN_DAYS - 1, -1, -1)]
        while self.open[-1] < day:
            self.open.append(self.open[-1] + timedelta(days=1))
        while len(self.open) > OPEN_DAYS:
            oldest = self.open.pop(0)
            for book in self.shelves.values():
                book.settle(oldest)

    def is_open(self, day: date) -> bool:
        """Tell whether a posting of a day can still be entered."""
        return self.open[0] <= day <= self.open[-1]

    def move(self, shelf: Shelf, day: date, change: float) -> None:
        """Enter what came, or below 0 what went."""
        self.shelves[shelf].moves[day] += change

    def count(self, shelf: Shelf, day: date, amount: float) -> float | None:
        """Enter a count; return by how much the books differed, if they said anything."""
        book = self.shelves[shelf]
        before = book.evenings([one for one in self.open if one <= day])
        book.counts[day] = amount
        return None if not before or before[-1] is None else amount - before[-1]
