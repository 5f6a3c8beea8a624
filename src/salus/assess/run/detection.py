"""Alarms of the newest days, in every zone at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from salus.assess.methods import registry
from salus.assess.methods.contracts import Detector
from salus.assess.rules.document import DetectorPlan
from salus.assess.run.areas import Areas
from salus.assess.run.cubes import Cube, Shelf
from salus.epi.arrays import BoolArray, FloatArray

# A sum of days with some missing is scaled up while this share of them is known.
ENOUGH_DAYS = 5 / 7


@dataclass(frozen=True, slots=True)
class Watched:
    """What the detector says of one series in one zone on each of the newest days, oldest first."""

    series: str
    role: str
    place: int
    span_days: int
    days: tuple[date, ...]
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    upper: tuple[float, ...]
    score: tuple[float, ...]
    alarm: tuple[bool, ...]

    def as_list(self) -> list[Any]:
        """Return the content for a digest."""
        numbers = zip(self.observed, self.expected, self.upper, self.score, self.alarm, strict=True)
        return [self.series, self.place, self.span_days, str(self.days[-1]), [list(n) for n in numbers]]


def watch(shelf: Shelf, areas: Areas, plan: DetectorPlan) -> list[Watched]:
    """Return the detector's word on every watched series, zone by zone."""
    method: Detector = registry.get(plan.method, "detector").module
    found: list[Watched] = []
    for role in plan.roles:
        for level, places in areas.levels.items():
            cube = shelf.cube(role, level)
            if cube is not None and cube.series.kind != "share":
                found += _watch_level(cube, role, level, places, areas, plan, method)
    return found


def _watch_level(
    cube: Cube, role: str, level: str, places: list[int], areas: Areas, plan: DetectorPlan, method: Detector
) -> list[Watched]:
    span = plan.span(level, cube.step) // cube.step
    sums = window_sum(as_counts(cube, areas)[:, places], span)
    table, ends = _lay_out(sums, span, max(1, plan.look_back_days // cube.step), method.steps)
    if not ends:
        return []
    said = method.run(table, plan.parameters)
    shape = (len(ends), len(places))
    observed, expected = table[-1].reshape(shape), said.expected.reshape(shape)
    numbers = (observed, expected, said.upper.reshape(shape), said.score.reshape(shape))
    alarm = said.alarm.reshape(shape) & _worth_a_word(observed, expected, plan)
    defined = ~said.undefined.reshape(shape)
    days = tuple(cube.ends_on(end) for end in ends)
    found = []
    for column, place in enumerate(places):
        if (keep := defined[:, column]).any():
            parts = _defined(days, [part[:, column] for part in numbers], alarm[:, column], keep)
            found.append(Watched(cube.series.code, role, place, span * cube.step, *parts))
    return found


def _defined(days: tuple[date, ...], numbers: list[FloatArray], alarm: BoolArray, keep: BoolArray) -> tuple[Any, ...]:
    kept = np.flatnonzero(keep)
    parts = [tuple(float(part[row]) for row in kept) for part in numbers]
    return (tuple(days[row] for row in kept), *parts, tuple(bool(alarm[row]) for row in kept))


def _lay_out(sums: FloatArray, span: int, looks: int, steps: int) -> tuple[FloatArray, list[int]]:
    """Return a column for each look and zone, of sums that do not overlap; and the looks' rows."""
    last = sums.shape[0] - 1
    need = (steps - 1) * span
    ends = [end for end in range(last - looks + 1, last + 1) if end - need >= 0]
    if not ends:
        return np.empty((steps, 0)), []
    back = np.arange(steps)[::-1] * span
    return np.concatenate([sums[end - back] for end in ends], axis=1), ends


def _worth_a_word(observed: FloatArray, expected: FloatArray, plan: DetectorPlan) -> BoolArray:
    worth: BoolArray = observed >= plan.minimum_count
    worth &= observed - expected >= plan.minimum_excess
    worth &= observed >= plan.minimum_ratio * expected
    return worth


def as_counts(cube: Cube, areas: Areas) -> FloatArray:
    """Return counts also where a series gives rates per 100,000."""
    return cube.values * areas.people / 1e5 if cube.series.kind == "rate" else cube.values


def window_sum(table: FloatArray, days: int) -> FloatArray:
    """Return the sum over the steps that end at each one; a few missing days are scaled up."""
    if days == 1:
        return table
    seen = ~np.isnan(table)
    padding = np.zeros((1, table.shape[1]))
    total = np.vstack([padding, np.cumsum(np.nan_to_num(table), axis=0)])
    count = np.vstack([padding, np.cumsum(seen, axis=0)])
    out = np.full(table.shape, np.nan)
    if table.shape[0] < days:
        return out
    sums = total[days:] - total[:-days]
    have = count[days:] - count[:-days]
    enough = have >= ENOUGH_DAYS * days
    out[days - 1 :] = np.where(enough, sums * days / np.maximum(have, 1), np.nan)
    return out
