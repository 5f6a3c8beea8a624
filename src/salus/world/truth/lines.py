"""What becomes of people's ways when lines of public transport are closed: who stays away, who rides with others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from salus.world.feeds.timetable import Trip, read_trips
from salus.world.truth.customs import RidingRules
from salus.world.truth.orders import CLOSE_LINE, Order
from salus.world.truth.place import BadPack, FloatArray, Place

# A line by its code, and the zones in which it does not stop; without zones it does not run at all.
Closed = frozenset[tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """What closed lines do on a day.

    Attributes
    ----------
    passable : FloatArray, shape (Z, Z)
        Share of their usual presence in a zone (column) that the residents of another (row) keep.
    staying : FloatArray, shape (Z,)
        Share of a zone's workers who cannot come to work.
    made : FloatArray, shape (Z,)
        Share of the usual ways from and to a zone that are still made.
    crowded : FloatArray, shape (Z,)
        How many times as full as usual the vehicles are that still stop in a zone.
    stops : mapping of str to NDArray of bool, shape (Z,)
        Where each line still stops.

    """

    passable: FloatArray
    staying: FloatArray
    made: FloatArray
    crowded: FloatArray
    stops: dict[str, NDArray[np.bool_]]


def closed_on(orders: Iterable[Order], on: date) -> Closed:
    """Return the lines that orders close on a day."""
    return frozenset((row.line, row.zones) for row in orders if row.measure == CLOSE_LINE and row.holds_on(on))


class Lines:
    """The lines of a city, and how much each carries between which zones."""

    def __init__(self, pack: Path, place: Place, rules: RidingRules) -> None:
        self._place, self._rules = place, rules
        if not (pack / "gtfs" / "trips.txt").is_file():
            raise BadPack(f"{pack} says of no line where it runs: gtfs/trips.txt is missing. Build the city again.")
        self._trips: list[Trip] = read_trips(pack, place.zones)
        self.codes = tuple(dict.fromkeys(trip.line for trip in self._trips))
        self._seats = np.array([self._seats_of(code) for code in self.codes]).reshape(-1, 1)
        self._serves = np.zeros((len(self.codes), len(place.zones)))
        for trip in self._trips:
            self._serves[self.codes.index(trip.line), trip.zones] = 1.0
        self.closure = lru_cache(maxsize=16)(self._closure)

    def _seats_of(self, line: str) -> float:
        """Return the places that a line offers on a day."""
        trips = [trip for trip in self._trips if trip.line == line]
        return float(
            sum(trip.places * (last - first) / gap for trip in trips for first, last, gap in trip.often if gap)
        )

    def _closure(self, closed: Closed) -> Closure:
        """Return what closed lines do; a line that this city does not have closes nothing."""
        runs = self._serves * self._open(closed)
        lost = self._lost(runs)
        travel = self._place.travel * (1.0 - np.eye(len(self._place.zones)))
        kept = travel * (1.0 - lost)
        people = self._place.people.sum(axis=1)
        usual, left = (table.sum(axis=1) * people + people @ table for table in (travel, kept))
        return Closure(
            passable=1.0 - lost,
            staying=np.asarray((travel - kept).sum(axis=1)),
            made=np.divide(left, usual, out=np.ones_like(usual), where=usual > 0),
            crowded=self._crowded(runs),
            stops={code: runs[number] > 0 for number, code in enumerate(self.codes)},
        )

    def _open(self, closed: Closed) -> FloatArray:
        found = np.ones_like(self._serves)
        for line, zones in closed:
            if line in self.codes:
                inside = np.isin(np.array(self._place.zones), zones) if zones else slice(None)
                found[self.codes.index(line), inside] = 0.0
        return found

    def _lost(self, runs: FloatArray) -> FloatArray:
        """Return the share of the ways from zone to zone that nobody makes any more."""
        usual = (self._serves * self._seats).T @ self._serves
        still = (runs * self._seats).T @ runs
        direct = np.divide(still, usual, out=np.ones_like(usual), where=usual > 0)
        # Where no line goes through, people change: what is closed at either end is closed to them.
        at = np.diag(direct)
        left = np.where(usual > 0, direct, np.outer(at, at))
        rules = self._rules
        without = (1.0 - left) * (1.0 - rules.to_other_lines * left) * (1.0 - rules.otherwise)
        served = np.diag(usual) > 0
        lost = rules.by_transit * without * np.outer(served, served)
        np.fill_diagonal(lost, 0.0)
        return np.asarray(lost)

    def _crowded(self, runs: FloatArray) -> FloatArray:
        usual, left = ((table * self._seats).sum(axis=0) for table in (self._serves, runs))
        more = np.divide(usual - left, left, out=np.zeros_like(left), where=left > 0)
        return np.asarray(np.minimum(1.0 + self._rules.to_other_lines * more, self._rules.crowded_at_most))
