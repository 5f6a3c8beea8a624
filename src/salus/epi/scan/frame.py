"""Check the counts of a scan and lay them out by zone and column of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, IntArray, as_series, require
from salus.epi.errors import EmptyInputError, MissingInputError, ShapeMismatchError, TooShortError
from salus.epi.scan.windows import SpatialWindows


@dataclass(frozen=True, slots=True)
class Frame:
    """Counts by zone and column of time, and which columns a window may cover.

    Columns before `earliest` hold time that no window can reach, folded into one column for
    each stratum; `offset` is the time step of column `earliest`.
    """

    counts: FloatArray
    means: FloatArray
    stratum: IntArray
    span: tuple[int, int, int, int]
    offset: int
    steps: int
    prospective: bool
    name: str


def read_cases(values: npt.ArrayLike, name: str, *, at_least: int = 1, like: FloatArray | None = None) -> FloatArray:
    """Return whole counts of shape (T, S), or raise a named error."""
    table, single = as_series(values, name, at_least=at_least, missing=False)
    if single:
        raise ShapeMismatchError(f"{name} needs two axes, (time, zone): reshape one zone to (T, 1).")
    if bool((table != np.floor(table)).any()):
        raise MissingInputError(f"{name} holds fractions: a scan needs whole counts, round or redistribute them.")
    if like is not None:
        if table.shape != like.shape:
            raise ShapeMismatchError(f"{name} has shape {table.shape} and cases {like.shape}: they must agree.")
        require(table.sum() > 0, f"{name} are all zero: pass some, or use scan_poisson with a population.")
    elif table.sum() == 0:
        raise EmptyInputError(f"{name} are all zero: there is nothing to scan, wait for the first case.")
    return table


def read_expected(values: npt.ArrayLike, counts: FloatArray) -> FloatArray:
    """Return expected counts scaled to the number of cases, or raise a named error."""
    table, _ = as_series(values, "expected", missing=False)
    if table.shape != counts.shape:
        raise ShapeMismatchError(f"expected has shape {table.shape} and cases {counts.shape}: they must agree.")
    require(table.sum() > 0, "expected is zero everywhere: nobody is at risk.")
    require(not bool(((table == 0) & (counts > 0)).any()), "there are cases where none is expected: correct either.")
    return np.asarray(table * (counts.sum() / table.sum()))


def read_strata(values: npt.ArrayLike, steps: int) -> IntArray:
    """Return the group of each time step as numbers from 0."""
    groups = np.asarray(values)
    if groups.shape != (steps,):
        raise ShapeMismatchError(f"strata has shape {groups.shape}: pass one group for each of {steps} time steps.")
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)


def frame_of(
    counts: FloatArray,
    means: FloatArray,
    windows: SpatialWindows | None,
    analysis: Literal["space-time", "prospective", "spatial"],
    duration: tuple[int, int | None],
    strata: IntArray | None,
) -> Frame:
    """Fold the counts to the columns that an analysis needs."""
    require(analysis in ("space-time", "prospective", "spatial"), "analysis is space-time, prospective or spatial.")
    if windows is None:
        require(analysis != "spatial", "a spatial analysis needs windows: pass circular_windows(...).")
        counts, means = counts.sum(axis=1, keepdims=True), means.sum(axis=1, keepdims=True)
    elif windows.zones != counts.shape[1]:
        raise ShapeMismatchError(f"windows are of {windows.zones} zones and cases of {counts.shape[1]}.")
    name = "temporal" if windows is None and analysis == "space-time" else analysis
    if analysis == "spatial":
        return _columns(counts, means, np.zeros(counts.shape[0], dtype=np.int64), (1, 1, 1, 0), 0, name)
    steps = counts.shape[0]
    if steps < 2:
        raise TooShortError("one time step has no clusters in time: pass analysis='spatial', or more steps.")
    shortest, longest = duration[0], max(1, steps // 2) if duration[1] is None else duration[1]
    require(1 <= shortest <= longest < steps, "durations must satisfy 1 <= min_duration <= max_duration < T.")
    groups = np.zeros(steps, dtype=np.int64) if strata is None else strata
    if analysis == "space-time":
        return _columns(counts, means, np.arange(steps), (shortest, shortest, longest, 0), 0, name, groups)
    unreached = np.unique(groups[: steps - longest], return_inverse=True)[1]
    early = int(unreached.max()) + 1
    column = np.concatenate([unreached, early + np.arange(longest)])
    return _columns(counts, means, column, (early + longest, shortest, longest, early), steps - longest, name, groups)


def _columns(
    counts: FloatArray,
    means: FloatArray,
    column: IntArray,
    span: tuple[int, int, int, int],
    offset: int,
    name: str,
    groups: IntArray | None = None,
) -> Frame:
    width = int(column.max()) + 1
    folded = [np.zeros((width, counts.shape[1])) for _ in range(2)]
    for target, table in zip(folded, (counts, means), strict=True):
        np.add.at(target, column, table)
    stratum = np.zeros(width, dtype=np.int64)
    if groups is not None:
        stratum[column] = groups
    return Frame(
        folded[0].T.copy(), folded[1].T.copy(), stratum, span, offset, len(counts), name == "prospective", name
    )
