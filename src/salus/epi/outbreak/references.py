"""Which earlier steps a count is compared with: around the same season, or just before."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, IntArray, require
from salus.epi.errors import ShapeMismatchError, TooShortError


def reference_offsets(freq: int, b: int, w: int, *, current: bool) -> IntArray:
    """Steps back of every reference value: `w` just before, and `w` around each of `b` years.

    Raises
    ------
    InvalidParameterError

    """
    require(freq >= 1, "freq must be 1 step a year or more.")
    require(b >= 0, "b must be 0 years or more.")
    require(w >= 0, "w must be 0 steps or more.")
    require(b > 0 or (current and w > 0), "nothing to compare with: set b to 1 or more, or current with w above 0.")
    parts = [np.arange(1, w + 1)] if current else []
    parts += [year * freq + np.arange(-w, w + 1) for year in range(1, b + 1)]
    return np.concatenate(parts).astype(np.int64)


def reference_sums(table: FloatArray, offsets: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sum, number and sum of squared deviations of the reference values of every step.

    Steps before the longest offset have a number of zero.
    """
    first = int(offsets.max())
    if first >= table.shape[0]:
        raise TooShortError(f"{table.shape[0]} steps leave nothing to judge after {first}: lower b or w, or wait.")
    rows = np.arange(first, table.shape[0])
    total, number = np.zeros(table.shape), np.zeros(table.shape)
    for offset in offsets:
        part = table[rows - offset]
        number[first:] += ~np.isnan(part)
        total[first:] += np.nan_to_num(part)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / number
    square = np.zeros(table.shape)
    for offset in offsets:
        square[first:] += np.nan_to_num((table[rows - offset] - mean[first:]) ** 2)
    return total, number, square


def as_population(population: npt.ArrayLike | None, table: FloatArray) -> FloatArray:
    """People of each step and series, ones when there is no population.

    Raises
    ------
    ShapeMismatchError, InvalidParameterError

    """
    if population is None:
        return np.ones(table.shape)
    people = np.asarray(population, dtype=np.float64)
    people = people[:, None] if people.ndim == 1 and people.size == table.shape[0] else people
    try:
        people = np.broadcast_to(people, table.shape)
    except ValueError as error:
        raise ShapeMismatchError("population must be one number per step, per series, or both.") from error
    require(bool((people > 0).all()), "population must be above 0 everywhere.")
    return people


def alarms(table: FloatArray, upper: FloatArray) -> tuple[BoolArray, BoolArray]:
    """Where a count is above its bound, and where nothing can be said."""
    undefined = np.isnan(table) | np.isnan(upper)
    alarm = np.greater(table, upper, where=~undefined, out=np.zeros(table.shape, bool))
    return alarm, undefined
