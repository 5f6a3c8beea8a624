"""Counts as they will stand when all reports are in: what the indicators read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.assess.run.areas import Areas
from salus.assess.run.cubes import Cube
from salus.assess.run.estimating import LEAST_COMPLETE, Estimated, completeness
from salus.epi.arrays import BoolArray, FloatArray

# A day that is this near to complete is not called an estimate.
SETTLED = 0.02


@dataclass(frozen=True)
class Completed:
    """A cube whose newest days are the nowcast's median; shapes (T, A)."""

    values: FloatArray
    estimated: BoolArray


def complete(cube: Cube, groups: list[Estimated], areas: Areas) -> Completed:
    """Return a series with its newest days completed wherever a nowcast of it exists.

    Small zones have no nowcast of their own: they get the completeness of the zone around
    them, where both are numbers of the same series and so share its delays.
    """
    values, estimated = cube.values.copy(), np.zeros(cube.values.shape, dtype=bool)
    served: set[int] = set()
    for group in groups:
        if group.nowcast is None or group.cube.series.code != cube.series.code:
            continue
        for column, place in enumerate(group.places):
            share = _apply(cube, group, column, place, values, estimated)
            served.add(place)
            for leaf in _inside(areas, place, group.places):
                _scale(cube, group, leaf, share, values, estimated)
    return Completed(values, estimated)


def _inside(areas: Areas, place: int, served: tuple[int, ...]) -> list[int]:
    """Return the smallest zones whose nearest zone with a nowcast is this one."""
    found = []
    for leaf in areas.levels[areas.leaf_level]:
        nearest = next((up for up in areas.ancestors(leaf) if up in served), None)
        if nearest == place and leaf not in served:
            found.append(leaf)
    return found


def _rows(cube: Cube, group: Estimated) -> tuple[slice, slice]:
    """Return the rows of the cube and of the nowcast's tail that are the same days."""
    assert group.nowcast is not None
    tail = group.nowcast.samples.shape[0]
    start = int(group.nowcast.dates[-1]) - tail + 1 - cube.first
    first = min(max(start, 0), cube.values.shape[0])
    last = max(first, min(start + tail, cube.values.shape[0]))
    return slice(first, last), slice(first - start, last - start)


def _apply(
    cube: Cube, group: Estimated, column: int, place: int, values: FloatArray, estimated: BoolArray
) -> FloatArray:
    """Put the nowcast's median in place of the reports, and return how complete they were."""
    assert group.nowcast is not None
    rows, part = _rows(cube, group)
    draws = group.nowcast.samples[part]
    median = np.median(draws if draws.ndim == 2 else draws[:, column], axis=-1)
    share = completeness(group.nowcast)[part, column]
    values[rows, place] = np.where(np.isnan(cube.values[rows, place]), np.nan, median)
    estimated[rows, place] = _is_open(share)
    # What came in of later days is too little to count.
    values[rows.stop :, place] = np.nan
    return share


def _is_open(share: FloatArray) -> BoolArray:
    """Return which days are still far enough from complete to be called an estimate."""
    return np.abs(share - 1.0) > SETTLED


def _scale(
    cube: Cube, group: Estimated, leaf: int, share: FloatArray, values: FloatArray, estimated: BoolArray
) -> None:
    rows, _ = _rows(cube, group)
    values[rows, leaf] = cube.values[rows, leaf] / np.maximum(share, LEAST_COMPLETE)
    estimated[rows, leaf] = _is_open(share)
    values[rows.stop :, leaf] = np.nan
