"""Series as arrays: a row for each step of time, a column for each zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from salus.assess.run.areas import Areas
from salus.assess.run.reading import STEP_DAYS, Reader
from salus.epi.arrays import BoolArray, FloatArray, IntArray
from salus.gather.schemas import SeriesRow

# A zone without data may be left out of a sum while so many of the people are in it.
_COVERED = 0.9


@dataclass(frozen=True)
class Cube:
    """One series as known at the moment; columns follow `Areas.rows`, NaN is not known."""

    series: SeriesRow
    first: int
    step: int
    values: FloatArray
    # Levels whose numbers are sums (or means) of smaller zones.
    summed: frozenset[str] = field(default=frozenset())

    @property
    def last(self) -> int:
        """Return the day number on which the newest step begins."""
        return self.first + (self.values.shape[0] - 1) * self.step

    def ends_on(self, row: int) -> date:
        """Return the last day that a step covers."""
        return date.fromordinal(self.first + row * self.step + self.step - 1)

    def newest(self) -> IntArray:
        """Return the row of each zone's newest value, -1 where there is none."""
        return newest_row(~np.isnan(self.values))


def newest_row(seen: BoolArray) -> IntArray:
    """Return the last row in which each column is true, -1 where none is."""
    back = np.argmax(seen[::-1], axis=0)
    return np.where(seen.any(axis=0), seen.shape[0] - 1 - back, -1).astype(np.int64)


def build(row: SeriesRow, frame: pl.DataFrame, areas: Areas) -> Cube | None:
    """Return a series as an array, or nothing where no zone of the city has a value."""
    known = frame.filter(pl.col("value").is_not_null() & pl.col("zone").is_in(list(areas.by_number)))
    if known.is_empty():
        return None
    day = known["valid_on"].to_physical().cast(pl.Int64).to_numpy() + date(1970, 1, 1).toordinal()
    step = STEP_DAYS[row.period]
    first = int(day.min())
    time = (day - first) // step
    lookup = np.full(max(areas.by_number) + 1, -1, dtype=np.int64)
    lookup[list(areas.by_number)] = list(areas.by_number.values())
    place = lookup[known["zone"].to_numpy()]
    values = np.full((int(time.max()) + 1, len(areas.rows)), np.nan)
    values[time, place] = known["value"].to_numpy()
    if row.kind == "cumulative":
        values = _added(values)
    return _with_sums(Cube(row, first, step, values), areas)


def _added(totals: FloatArray) -> FloatArray:
    """Return what was added at each step; a gain over a gap is spread over it, a fall is none."""
    out = np.full(totals.shape, np.nan)
    steps = np.arange(totals.shape[0])
    for column in range(totals.shape[1]):
        seen = ~np.isnan(totals[:, column])
        if seen.sum() < 2:
            continue
        rows = steps[seen]
        gain = np.maximum(0.0, np.diff(totals[seen, column])) / np.diff(rows)
        out[rows[0] + 1 : rows[-1] + 1, column] = np.repeat(gain, np.diff(rows))
    return out


def _with_sums(cube: Cube, areas: Areas) -> Cube:
    """Fill levels without numbers of their own from the smallest zones."""
    leaves = areas.levels[areas.leaf_level]
    values = cube.values
    if np.isnan(values[:, leaves]).all():
        return cube
    empty = [
        level
        for level in areas.upper_levels
        if level != areas.leaf_level and np.isnan(values[:, areas.levels[level]]).all()
    ]
    for level in empty:
        for place in areas.levels[level]:
            values[:, place] = _together(cube.series.kind, values, areas.inside[place], areas)
    return Cube(cube.series, cube.first, cube.step, values, frozenset(empty))


def _together(kind: str, values: FloatArray, inside: list[int], areas: Areas) -> FloatArray:
    table = values[:, inside]
    people = np.nan_to_num(areas.people[inside])
    seen = ~np.isnan(table)
    covered = (seen * people).sum(axis=1)
    enough = covered >= _COVERED * people.sum()
    if people.sum() == 0:
        enough = seen.all(axis=1)
    if kind in ("rate", "share"):
        total = (np.nan_to_num(table) * people).sum(axis=1)
        out = np.divide(total, covered, out=np.full(len(total), np.nan), where=covered > 0)
    else:
        out = np.nansum(table, axis=1)
    return np.where(enough, out, np.nan)


@dataclass
class Shelf:
    """The cubes of a run: for each role and level of zones the best series that has data."""

    reader: Reader
    areas: Areas
    _built: dict[str, Cube | None] = field(default_factory=dict)
    _chosen: dict[tuple[str, str], Cube | None] = field(default_factory=dict)

    def filled(self, roles: tuple[str, ...]) -> Shelf:
        """Read every series that the roles need, all at once."""
        for role in roles:
            for level in self.areas.levels:
                self.cube(role, level)
        return self

    def cube(self, role: str, level: str) -> Cube | None:
        """Return the series of a role for a level of zones."""
        key = (role, level)
        if key not in self._chosen:
            self._chosen[key] = self._choose(role, level)
        return self._chosen[key]

    def _choose(self, role: str, level: str) -> Cube | None:
        """Take a series with numbers of its own before one that must be summed."""
        summed: Cube | None = None
        places = self.areas.levels[level]
        for row in self.reader.candidates(role):
            cube = self._cube(row)
            if cube is None or np.isnan(cube.values[:, places]).all():
                continue
            if level not in cube.summed:
                return cube
            summed = summed or cube
        return summed

    def _cube(self, row: SeriesRow) -> Cube | None:
        if row.code not in self._built:
            self._built[row.code] = build(row, self.reader.latest(row), self.areas)
        return self._built[row.code]

    def groups(self, role: str) -> list[tuple[Cube, list[int]]]:
        """Return the series that serve the levels above the smallest zones, with their zones."""
        found: dict[str, tuple[Cube, list[int]]] = {}
        for level in self.areas.upper_levels:
            cube = self.cube(role, level)
            if cube is not None:
                places = found.setdefault(cube.series.code, (cube, []))[1]
                newest = cube.newest()
                places += [place for place in self.areas.levels[level] if newest[place] >= 0]
        return list(found.values())
