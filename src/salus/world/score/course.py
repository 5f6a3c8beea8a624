"""The course of a run: what truly happened by day, from the truth that was kept or from a replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from salus.world.city.people import SEGMENTS
from salus.world.feeds.truth import TruthReader
from salus.world.score.costs import Costs, loss_of_illness, loss_of_measures, read_costs
from salus.world.truth.disturbance import disturbed
from salus.world.truth.happenings import Happening
from salus.world.truth.orders import Order
from salus.world.truth.place import FloatArray, Place
from salus.world.truth.run import Run

# What a course keeps by day; a truth that lacks one has none of it.
OUTPUTS = ("infections", "deaths", "admissions", "beds", "icu", "work_days_lost", "doses")
BY_SEGMENT = ("infections", "deaths")


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What happened in a city, by day.

    Attributes
    ----------
    start : date
    people : FloatArray, shape (3,)
        Residents by segment.
    capacity : FloatArray, shape (D, 2)
        Beds for the ill of the emergency by day: on the wards, in intensive care.
    by_day : mapping of str to FloatArray, shape (D,)
        `OUTPUTS`, and `loss_illness` and `loss_measures` in the currency of the costs.
    by_segment : mapping of str to FloatArray, shape (D, 3)
        `BY_SEGMENT`.
    orders : tuple of tuple of Order
        What was ordered, by day.

    """

    start: date
    people: FloatArray
    capacity: FloatArray
    by_day: Mapping[str, FloatArray]
    by_segment: Mapping[str, FloatArray]
    orders: tuple[tuple[Order, ...], ...]

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return len(self.orders)

    @property
    def dates(self) -> tuple[date, ...]:
        """Return the days."""
        return tuple(self.start + timedelta(days=number) for number in range(self.days))

    def first(self, output: str) -> int | None:
        """Return the number of the first day with any of an output."""
        found = np.flatnonzero(self.by_day[output] > 0)
        return int(found[0]) if found.size else None


@dataclass(slots=True)
class Ledger:
    """Writes a course down day by day."""

    place: Place
    start: date
    costs: Costs = field(default_factory=read_costs)
    _rows: list[list[float]] = field(default_factory=list)
    _segments: list[FloatArray] = field(default_factory=list)
    _capacity: list[tuple[float, float]] = field(default_factory=list)
    _orders: list[tuple[Order, ...]] = field(default_factory=list)

    def add(
        self, values: Mapping[str, FloatArray], orders: Sequence[Order], capacity: tuple[float, float]
    ) -> dict[str, float]:
        """Write a day down, and return what happened in the whole city."""
        on = self.start + timedelta(days=len(self._rows))
        held = self._same(tuple(order for order in orders if order.holds_on(on)))
        totals = {name: float(values[name].sum()) if name in values else 0.0 for name in OUTPUTS}
        losses = [loss_of_illness(self.costs, totals), loss_of_measures(self.costs, self.place, held, on)]
        self._rows.append([*totals.values(), *losses])
        self._segments.append(np.stack([_segments(values.get(name)) for name in BY_SEGMENT]))
        self._capacity.append(capacity)
        self._orders.append(held)
        return totals

    def _same(self, orders: tuple[Order, ...]) -> tuple[Order, ...]:
        """Keep one list for a spell of days on which nothing changes."""
        return self._orders[-1] if self._orders and self._orders[-1] == orders else orders

    def course(self) -> Course:
        """Return what was written."""
        names = (*OUTPUTS, "loss_illness", "loss_measures")
        table = np.array(self._rows).reshape(-1, len(names))
        segments = np.array(self._segments).reshape(-1, len(BY_SEGMENT), len(SEGMENTS))
        return Course(
            start=self.start,
            people=_segments(self.place.people),
            capacity=np.array(self._capacity).reshape(-1, 2),
            by_day={name: table[:, column] for column, name in enumerate(names)},
            by_segment={name: segments[:, row] for row, name in enumerate(BY_SEGMENT)},
            orders=tuple(self._orders),
        )


def _segments(values: FloatArray | None) -> FloatArray:
    """Return the sum by segment of values by zone and stratum."""
    if values is None:
        return np.zeros(len(SEGMENTS))
    return np.asarray(values.reshape(values.shape[0], -1, len(SEGMENTS)).sum(axis=(0, 1)))


def course_of(run: Run, *, costs: Costs | None = None) -> Course:
    """Return the course of a run from the truth that it kept: whole days only."""
    truth, ledger = TruthReader(run), Ledger(run.place, run.start, costs or read_costs())
    for number in range(run.day):
        day = truth.day(number)
        ledger.add(day.values, day.orders, beds_of(run, day.happenings))
    return ledger.course()


def beds_of(run: Run, happenings: Sequence[Happening] = ()) -> tuple[float, float]:
    """Return the beds that a run has for the ill of its emergency on a day: on the wards, in intensive care."""
    care = disturbed(run.model, run.place, happenings).care if happenings else run.model.care
    return float(np.sum(care.beds)), float(np.sum(care.icu_beds))
