"""The city's own services in a run: its lines as they are closed, its sites as they are opened, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from salus.epi.scenario import InForce, Measure
from salus.epi.scenario.model import Model
from salus.world.city.people import SEGMENTS
from salus.world.truth.customs import read_customs
from salus.world.truth.lines import Closure, Lines, closed_on
from salus.world.truth.orders import Order
from salus.world.truth.place import BANDS, FloatArray
from salus.world.truth.sites import TESTING, VACCINATION, open_sites, reached, room

if TYPE_CHECKING:
    from salus.world.truth.run import Run

# What the engine is told of people who cannot come to work, and of those whom a test finds: by shares of people.
_STAYING, _FOUND = "cannot-come-to-work", "found-at-a-site"


class Serving:
    """What closed lines and opened sites do to a run's people."""

    def __init__(self, run: Run) -> None:
        self._run, self._customs = run, read_customs()
        self._living = run.place.people.sum(axis=1)

    @cached_property
    def lines(self) -> Lines:
        """Return the lines of the city; read only once one is closed."""
        return Lines(self._run.pack, self._run.place, self._customs.riding)

    def closure(self, orders: Sequence[Order], on: date) -> Closure | None:
        """Return what closed lines do on a day; nothing where none is closed."""
        closed = closed_on(orders, on)
        return self.lines.closure(closed) if closed else None

    def reached(self, kind: str, orders: Sequence[Order], on: date) -> FloatArray | None:
        """Return the share of each zone's people by segment whom sites of a kind reach; nothing where none is open."""
        if not open_sites(orders, on, kind):
            return None
        return reached(orders, on, kind, self._customs.sites[kind], self._run.place.zones, self._living)

    def helps(self, kind: str) -> float:
        """Return what of the harm a kind of site spares those who come."""
        return self._customs.sites[kind].helps

    def doses(self, orders: Sequence[Order], on: date) -> FloatArray | None:
        """Return how many doses the sites of each zone can give on a day, beside those of the city's stock."""
        if self._run.model.vaccine is None or not open_sites(orders, on, VACCINATION):
            return None
        return room(orders, on, VACCINATION, self._run.place.zones, self._living)[None, :]

    def changed(self, model: Model, orders: Sequence[Order], on: date) -> Model:
        """Return the model of a day: ways that are closed are not gone, and the shares below can be said."""
        closure, tested = self.closure(orders, on), self.reached(TESTING, orders, on)
        if closure is None and tested is None:
            return model
        extra = (Measure(_STAYING, work_lost=1.0), Measure(_FOUND, isolation=self.helps(TESTING)))
        passable = None if closure is None else closure.passable
        return replace(model, measures=(*model.measures, *extra), passable=passable)

    def in_force(self, orders: Sequence[Order], on: date, day: int) -> list[InForce]:
        """Return what `changed` can say: who cannot come to work today, and whom tests at sites find."""
        found = []
        closure, tested = self.closure(orders, on), self.reached(TESTING, orders, on)
        if closure is not None:
            staying = closure.staying * (1.0 - self._customs.riding.works_at_home)
            found += _by_share(_STAYING, np.repeat(staying[:, None], len(SEGMENTS), axis=1), day)
        if tested is not None:
            found += _by_share(_FOUND, tested, day)
        return found


def _by_share(measure: str, shares: FloatArray, day: int) -> list[InForce]:
    """Return an order for each group of zones that have the same shares by segment, to a hundredth."""
    rows, group = np.unique(np.round(shares, 2), axis=0, return_inverse=True)
    return [
        InForce(measure, day, day + 1, tuple(np.flatnonzero(group.ravel() == number).tolist()), np.tile(row, BANDS))
        for number, row in enumerate(rows)
        if row.any()
    ]
