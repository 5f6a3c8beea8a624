"""Occupancy by zone and hour, and trips from zone to zone, from pings or visits."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from salus.epi.arrays import IntArray, require
from salus.epi.crowding.partition import PARTS, group, scatter, walk
from salus.epi.errors import EmptyInputError, MissingInputError, ShapeMismatchError

_ROWS = 1 << 22
_TASKS = 16
_FAR = 1 << 40
_MOST_CELLS = 1 << 27
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class CrowdingCounts:
    """Who was where, and who went where.

    Attributes
    ----------
    occupancy : IntArray, shape (T, Z)
        Different people seen in each zone in each step. A person seen in two zones in a step
        counts in both.
    flows : IntArray, shape (F, Z, Z)
        Trips by flow step of arrival, from zone, to zone: consecutive rows of a person in
        different zones. The diagonal is 0.
    start : int
        First second of the first step.
    step, flow_step : int
        Seconds.
    rows, people, outside : int
        Rows counted, different people, rows left out because they lie in no zone.

    """

    occupancy: IntArray
    flows: IntArray
    start: int
    step: int
    flow_step: int
    rows: int
    people: int
    outside: int


def count_crowding(
    person: npt.ArrayLike,
    time: npt.ArrayLike,
    zone: npt.ArrayLike,
    *,
    zones: int,
    step: int = 3600,
    flow_step: int = _DAY,
    longest_gap: int | None = None,
    executor: Executor | None = None,
) -> CrowdingCounts:
    """Count people by zone and hour, and trips between zones, from rows in any order.

    Parameters
    ----------
    person : array_like of int, shape (N,)
        Who was seen.
    time : array_like, shape (N,)
        When, in whole seconds of local time, or as datetime64 (parts of a second are dropped).
    zone : array_like of int, shape (N,)
        Where, 0 to ``zones - 1``; below 0 is outside all zones.
    zones : int
        Number of zones, 1 to 1,048,576.
    step, flow_step : int
        Seconds in a step of occupancy and of flows; `flow_step` a multiple of `step`.
    longest_gap : int, optional
        Seconds between two rows beyond which they make no trip. Default: no limit.
    executor : concurrent.futures.Executor, optional
        Threads share the work; the result is the same.

    Returns
    -------
    CrowdingCounts
        The same bytes whatever the order of the rows: rows of a person at the same second are
        taken in order of their zone.

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, InvalidParameterError

    Notes
    -----
    Rows are brought together by a hash of the person in 1,024 parts, each of which is grouped
    by person and sorted by time in cache. Sixteen bytes are kept for each row.

    """
    counter = CrowdingCounter(zones=zones, step=step, flow_step=flow_step, longest_gap=longest_gap, executor=executor)
    counter.add(person, time, zone)
    return counter.counts()


def count_crowding_files(
    paths: Sequence[str | Path],
    *,
    zones: int,
    step: int = 3600,
    flow_step: int = _DAY,
    longest_gap: int | None = None,
    columns: tuple[str, str, str] = ("person", "time", "zone"),
    executor: Executor | None = None,
) -> CrowdingCounts:
    """Count as `count_crowding` does from Parquet files, some million rows at a time.

    Parameters
    ----------
    paths : sequence of path
        Parquet files, in any order.
    zones, step, flow_step, longest_gap, executor
        As in `count_crowding`.
    columns : tuple of str
        Names of the columns of person, time and zone.

    Returns
    -------
    CrowdingCounts

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, InvalidParameterError

    """
    counter = CrowdingCounter(zones=zones, step=step, flow_step=flow_step, longest_gap=longest_gap, executor=executor)
    for path in paths:
        lazy, begin = pl.scan_parquet(path).select(columns), 0
        while True:
            chunk = lazy.slice(begin, _ROWS).collect()
            if chunk.height == 0:
                break
            if sum(chunk.null_count().row(0)) > 0:
                raise MissingInputError(f"{path} holds empty cells: drop those rows, or set zone to -1.")
            counter.add(*(chunk[name].to_numpy() for name in columns))
            begin += chunk.height
    return counter.counts()


class CrowdingCounter:
    """Count crowding from chunks, for data that come piece by piece.

    Parameters
    ----------
    zones, step, flow_step, longest_gap, executor
        As in `count_crowding`.

    """

    def __init__(
        self,
        *,
        zones: int,
        step: int = 3600,
        flow_step: int = _DAY,
        longest_gap: int | None = None,
        executor: Executor | None = None,
    ) -> None:
        require(1 <= zones <= 1 << 20, "zones must be 1 to 1,048,576.")
        require(step >= 1 and flow_step >= step, "step must be 1 second or more, and flow_step not below it.")
        require(flow_step % step == 0, "flow_step must be a multiple of step.")
        require(longest_gap is None or longest_gap >= 0, "longest_gap must be 0 seconds or more.")
        self._zones, self._step, self._flow_step = zones, step, flow_step
        self._gap = _FAR if longest_gap is None else longest_gap
        self._bits = max(1, (zones - 1).bit_length())
        self._executor = executor
        self._pieces: list[tuple[IntArray, IntArray, IntArray]] = []
        self._range = (_FAR, -_FAR)
        self._outside = 0

    def add(self, person: npt.ArrayLike, time: npt.ArrayLike, zone: npt.ArrayLike) -> None:
        """Add rows.

        Parameters
        ----------
        person, time, zone : array_like, shape (N,)
            As in `count_crowding`.

        Raises
        ------
        ShapeMismatchError, MissingInputError, InvalidParameterError

        """
        who, where = _whole(person, "person"), _whole(zone, "zone")
        when = _seconds(time)
        if not who.shape == when.shape == where.shape or who.ndim != 1:
            raise ShapeMismatchError("person, time and zone must be of one length, with one axis.")
        cuts = [slice(begin, begin + _ROWS) for begin in range(0, who.size, _ROWS)]
        parts = [(who[cut], when[cut], where[cut]) for cut in cuts]
        scattered = self._executor.map(self._scatter, parts) if self._executor else map(self._scatter, parts)
        for piece, bounds, outside in scattered:
            self._pieces.append(piece)
            self._range = min(self._range[0], bounds[0]), max(self._range[1], bounds[1])
            self._outside += outside

    def _scatter(
        self, rows: tuple[npt.NDArray[np.generic], ...]
    ) -> tuple[tuple[IntArray, IntArray, IntArray], tuple[int, int], int]:
        who, when, where = (np.ascontiguousarray(column).astype(np.int64, copy=False) for column in rows)
        require(
            int(where.max()) < self._zones, f"a zone is {int(where.max())}: zones are numbered from 0 to zones - 1."
        )
        low, high = int(when.min()), int(when.max())
        require(low > -_FAR and high < _FAR, "times must be in seconds: within 34,000 years of 1970.")
        persons, keys = np.empty(who.size, dtype=np.int64), np.empty(who.size, dtype=np.int64)
        starts = scatter(who, when, where, self._bits, persons, keys)
        kept = int(starts[-1])
        if kept == 0:
            low, high = _FAR, -_FAR
        elif kept < who.size:
            inside = when[where >= 0]
            low, high = int(inside.min()), int(inside.max())
            persons, keys = persons[:kept].copy(), keys[:kept].copy()
        return (persons, keys, starts), (low, high), who.size - kept

    def counts(self) -> CrowdingCounts:
        """Count what has been added.

        Returns
        -------
        CrowdingCounts

        Raises
        ------
        EmptyInputError, InvalidParameterError

        """
        rows = sum(int(piece[2][-1]) for piece in self._pieces)
        if rows == 0:
            raise EmptyInputError("there is no row in any zone: add rows first.")
        start = self._range[0] // self._flow_step * self._flow_step
        span = self._range[1] - start
        shape = (span // self._step + 1, self._zones)
        flow_shape = (span // self._flow_step + 1, self._zones, self._zones)
        cells = max(shape[0] * shape[1], flow_shape[0] * flow_shape[1] ** 2)
        require(cells <= _MOST_CELLS, "too many steps by zones: take longer steps.")
        tasks = [(start, shape, flow_shape, range(first, PARTS, _TASKS)) for first in range(_TASKS)]
        occupancy, flows = np.zeros(shape, dtype=np.int64), np.zeros(flow_shape, dtype=np.int64)
        people = 0
        for found in self._executor.map(self._count, tasks) if self._executor else map(self._count, tasks):
            occupancy += found[0]
            flows += found[1]
            people += found[2]
        return CrowdingCounts(occupancy, flows, start, self._step, self._flow_step, rows, people, self._outside)

    def _count(self, task: tuple[int, tuple[int, int], tuple[int, int, int], range]) -> tuple[IntArray, IntArray, int]:
        """Count some of the parts."""
        start, shape, flow_shape, parts = task
        occupancy, flows = np.zeros(shape, dtype=np.int64), np.zeros(flow_shape, dtype=np.int64)
        seen, people = np.empty(1 << self._bits, dtype=np.int64), 0
        rule = (self._bits, start, self._step, self._flow_step, self._gap)
        for part in parts:
            cuts = [(piece, slice(int(piece[2][part]), int(piece[2][part + 1]))) for piece in self._pieces]
            persons = np.concatenate([piece[0][cut] for piece, cut in cuts])
            keys = np.concatenate([piece[1][cut] for piece, cut in cuts])
            if persons.size:
                grouped = np.empty(keys.size, dtype=np.int64)
                starts = group(persons, keys, grouped)
                walk(grouped, starts, rule, seen, occupancy, flows)
                people += starts.size - 1
        return occupancy, flows, people


def _whole(values: npt.ArrayLike, name: str) -> npt.NDArray[np.generic]:
    array = np.asarray(values)
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise MissingInputError(f"{name} holds NaN: drop those rows.")
    require(array.dtype.kind in "iu", f"{name} must be whole numbers.")
    return array


def _seconds(time: npt.ArrayLike) -> npt.NDArray[np.generic]:
    array = np.asarray(time)
    if array.dtype.kind != "M":
        return _whole(array, "time")
    if np.isnat(array).any():
        raise MissingInputError("time holds NaT: drop those rows.")
    return array.astype("datetime64[s]").astype(np.int64)
