"""The numbers that the rules read, for every zone at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from salus.assess.rules.document import IndicatorRule, RuleDocument
from salus.assess.rules.judge import Reading
from salus.assess.run.areas import Areas
from salus.assess.run.completing import complete, told_rows
from salus.assess.run.cubes import Cube, Shelf, newest_row
from salus.assess.run.detection import window_sum
from salus.assess.run.estimating import Estimated
from salus.epi.arrays import BoolArray, FloatArray, IntArray

_DIGITS = 6


@dataclass
class Indicators:
    """Works out the indicators of a rule table from what a run has read and estimated."""

    shelf: Shelf
    areas: Areas
    estimates: list[Estimated]
    today: date
    _full: dict[str, tuple[FloatArray, BoolArray]] = field(default_factory=dict)

    def read(self, document: RuleDocument) -> list[dict[str, Reading]]:
        """Return the readings of each zone, in the order of the zones."""
        readings: list[dict[str, Reading]] = [{} for _ in self.areas.rows]
        for rule in document.indicators:
            for level in rule.areas:
                places = self.areas.levels.get(level, [])
                for place, reading in zip(places, self._level(rule, level, places), strict=True):
                    readings[place][rule.key] = reading
        return readings

    def _level(self, rule: IndicatorRule, level: str, places: list[int]) -> list[Reading]:
        if not places:
            return []
        if rule.measure == "rt":
            return [self._rt(rule, place) for place in places]
        cube = self.shelf.cube(rule.role, level)
        if cube is None:
            return [Reading(None, "no_series")] * len(places)
        values, estimated = self._values(cube, rule)
        chosen, marks = values[:, places], estimated[:, places]
        rows = newest_row(~np.isnan(chosen))
        numbers, why, counts = self._measure(rule, cube, chosen, rows, places, level)
        return [
            self._reading(rule, cube, int(rows[i]), numbers[i], why[i], marks[:, i], counts[i])
            for i in range(len(places))
        ]

    def _values(self, cube: Cube, rule: IndicatorRule) -> tuple[FloatArray, BoolArray]:
        if not rule.nowcast:
            return cube.values, np.zeros(cube.values.shape, dtype=bool)
        code = cube.series.code
        if code not in self._full:
            full = complete(cube, self.estimates, self.areas)
            self._full[code] = (full.values, full.estimated)
        return self._full[code]

    def _measure(
        self,
        rule: IndicatorRule,
        cube: Cube,
        values: FloatArray,
        rows: IntArray,
        places: list[int],
        level: str,
    ) -> tuple[FloatArray, list[str], FloatArray]:
        steps = max(1, -(-rule.days // cube.step))
        at = np.maximum(rows, 0)
        columns = np.arange(values.shape[1])
        no_count = np.full(values.shape[1], np.nan)
        why = ["no_data" if row < 0 else "" for row in rows]
        if rule.measure == "latest":
            return _as_percent(cube, values[at, columns]), why, no_count
        sums = window_sum(values, steps)
        newest = sums[at, columns]
        people = self.areas.people[places]
        if rule.measure == "rate_per_100k":
            if cube.series.kind == "rate":
                return newest, why, no_count
            why = _because(why, np.isnan(people), "no_population")
            return newest / people * 1e5, why, newest
        if rule.measure == "ratio":
            below = self._below(rule, level, places, cube.ends_on(int(at.max())))
            share = np.divide(100 * newest, below, out=no_count.copy(), where=below > 0)
            return share, why, newest
        before = np.where(at >= steps, sums[np.maximum(at - steps, 0), columns], np.nan)
        enough = before >= rule.least_before
        ratio = np.divide(newest, before, out=no_count.copy(), where=enough)
        return ratio, _because(why, before < rule.least_before, "too_few"), newest

    def _below(self, rule: IndicatorRule, level: str, places: list[int], last: date) -> FloatArray:
        """Return the denominator's sums over the same days."""
        cube = self.shelf.cube(rule.per_role, level)
        if cube is None:
            return np.full(len(places), np.nan)
        row = (last.toordinal() - cube.step + 1 - cube.first) // cube.step
        sums = window_sum(cube.values[:, places], max(1, -(-rule.days // cube.step)))
        return sums[row] if 0 <= row < len(sums) else np.full(len(places), np.nan)

    def _reading(
        self,
        rule: IndicatorRule,
        cube: Cube,
        row: int,
        number: float,
        why: str,
        marks: BoolArray,
        count: float,
    ) -> Reading:
        code = cube.series.code
        if why == "no_population":
            return Reading(None, why, series=code)
        if row < 0:
            return Reading(None, "no_data", series=code)
        day = cube.ends_on(row)
        if (self.today - day).days > rule.max_age_days:
            return Reading(None, "stale", str(day), code)
        if np.isnan(number):
            return Reading(None, why or "no_data", str(day), code)
        span = slice(max(0, row - rule.days // cube.step + 1), row + 1)
        whole = None if np.isnan(count) else round(float(count), 1)
        return Reading(_short(number), "", str(day), code, bool(marks[span].any()), whole)

    def _rt(self, rule: IndicatorRule, place: int) -> Reading:
        for group in self.estimates:
            if group.role != rule.role or group.rt is None or place not in group.places:
                continue
            assert group.nowcast is not None
            column = group.places.index(place)
            told = told_rows(group.nowcast, column)
            table, undefined = group.rt.quantiles[:told, column], group.rt.undefined[:told, column]
            row = int(newest_row((~undefined)[:, None])[0]) if told else -1
            code = group.cube.series.code
            if row < 0:
                return Reading(None, "no_estimate", series=code)
            day = date.fromordinal(group.nowcast_first + row)
            level = int(np.argmin(np.abs(group.rt.quantile_levels - rule.quantile)))
            return Reading(_short(table[row, level]), "", str(day), code, estimated=True)
        return Reading(None, "no_estimate")


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _because(why: list[str], where: BoolArray, code: str) -> list[str]:
    return [code if flag else word for word, flag in zip(why, where, strict=True)]


def _as_percent(cube: Cube, values: FloatArray) -> FloatArray:
    """Return shares in per cent, whichever way the series writes them."""
    if cube.series.kind != "share" or cube.series.unit in ("%", "percent", "per cent"):
        return values
    return values * 100.0
