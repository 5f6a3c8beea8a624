"""The numbers that the rules read, for every zone at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from salus.assess.rules.document import IndicatorRule, RuleDocument
from salus.assess.rules.judge import Reading
from salus.assess.run.areas import Areas
from salus.assess.run.completing import complete
from salus.assess.run.cubes import Cube, Shelf, newest_row
from salus.assess.run.detection import window_sum
from salus.assess.run.estimating import Estimated
from salus.epi.arrays import BoolArray, FloatArray, IntArray

_DIGITS = 6


@dataclass(frozen=True)
class Measured:
    """One indicator in the zones of a level: its numbers, why some are lacking, what they count."""

    numbers: FloatArray
    why: list[str]
    counts: FloatArray


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
        if rule.measure == "ratio":
            return self._ratio(rule, level, places)
        cube = self.shelf.cube(rule.role, level)
        if cube is None:
            return self._ratio(rule, level, places)
        values, estimated = self._values(cube, rule)
        chosen, marks = values[:, places], estimated[:, places]
        rows = newest_row(~np.isnan(chosen))
        found = self._measure(rule, cube, chosen, rows, places)
        return [self._reading(rule, cube, int(rows[i]), found, i, marks[:, i]) for i in range(len(places))]

    def _values(self, cube: Cube, rule: IndicatorRule) -> tuple[FloatArray, BoolArray]:
        if not rule.nowcast:
            return cube.values, np.zeros(cube.values.shape, dtype=bool)
        code = cube.series.code
        if code not in self._full:
            full = complete(cube, self.estimates, self.areas)
            self._full[code] = (full.values, full.estimated)
        return self._full[code]

    def _measure(
        self, rule: IndicatorRule, cube: Cube, values: FloatArray, rows: IntArray, places: list[int]
    ) -> Measured:
        why = ["no_data" if row < 0 else "" for row in rows]
        at, columns = np.maximum(rows, 0), np.arange(values.shape[1])
        nothing = np.full(values.shape[1], np.nan)
        if rule.measure == "latest":
            return Measured(_as_percent(cube, values[at, columns]), why, nothing)
        sums = window_sum(values, _steps(rule, cube))
        newest = sums[at, columns]
        if rule.measure == "rate_per_100k":
            if cube.series.kind == "rate":
                return Measured(newest, why, nothing)
            people = self.areas.people[places]
            return Measured(newest / people * 1e5, _because(why, np.isnan(people), "no_population"), newest)
        earlier = at - _steps(rule, cube)
        before = np.where(earlier >= 0, sums[np.maximum(earlier, 0), columns], np.nan)
        ratio = np.divide(newest, before, out=nothing.copy(), where=before >= rule.least_before)
        return Measured(ratio, _because(why, before < rule.least_before, "too_few"), newest)

    def _ratio(self, rule: IndicatorRule, level: str, places: list[int]) -> list[Reading]:
        """Return percentages of two series over the newest days that both know."""
        role = rule.role if rule.measure == "ratio" else rule.ratio_of
        top, below = self.shelf.cube(role, level), self.shelf.cube(rule.per_role, level)
        if top is None or below is None:
            return [Reading(None, "no_series")] * len(places)
        ends = [one.ends_on(int(one.newest()[places].max())) for one in (top, below)]
        parts, rows = [], []
        for one in (top, below):
            row = (min(ends).toordinal() - one.step + 1 - one.first) // one.step
            sums = window_sum(one.values[:, places], _steps(rule, one))
            parts.append(sums[row] if row >= 0 else np.full(len(places), np.nan))
            rows.append(row)
        share = np.divide(100 * parts[0], parts[1], out=np.full(len(places), np.nan), where=parts[1] > 0)
        found = Measured(share, [""] * len(places), parts[0])
        marks = np.zeros(top.values.shape[0], dtype=bool)
        return [self._reading(rule, top, rows[0], found, column, marks) for column in range(len(places))]

    def _reading(
        self, rule: IndicatorRule, cube: Cube, row: int, found: Measured, column: int, marks: BoolArray
    ) -> Reading:
        code, number, why = cube.series.code, found.numbers[column], found.why[column]
        if why == "no_population" or row < 0:
            return Reading(None, why or "no_data", series=code)
        day = cube.ends_on(row)
        if (self.today - day).days > rule.max_age_days:
            return Reading(None, "stale", str(day), code)
        if np.isnan(number):
            return Reading(None, why or "no_data", str(day), code)
        span = slice(max(0, row - _steps(rule, cube) + 1), row + 1)
        counted = found.counts[column]
        count = None if np.isnan(counted) else round(float(counted), 1)
        return Reading(_short(number), "", str(day), code, bool(marks[span].any()), count)

    def _rt(self, rule: IndicatorRule, place: int) -> Reading:
        for group in self.estimates:
            if group.role != rule.role or group.rt is None or place not in group.places:
                continue
            column = group.places.index(place)
            table, undefined = group.rt.quantiles[:, column], group.rt.undefined[:, column]
            row = int(newest_row((~undefined)[:, None])[0])
            code = group.cube.series.code
            if row < 0:
                return Reading(None, "no_estimate", series=code)
            day = date.fromordinal(group.nowcast_first + row)
            level = int(np.argmin(np.abs(group.rt.quantile_levels - rule.quantile)))
            return Reading(_short(table[row, level]), "", str(day), code, estimated=True)
        return Reading(None, "no_estimate")


def _steps(rule: IndicatorRule, cube: Cube) -> int:
    """Return how many steps of a series make the rule's days."""
    return max(1, -(-rule.days // cube.step))


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _because(why: list[str], where: BoolArray, code: str) -> list[str]:
    return [code if flag else word for word, flag in zip(why, where, strict=True)]


def _as_percent(cube: Cube, values: FloatArray) -> FloatArray:
    """Return shares in per cent, whichever way the series writes them."""
    if cube.series.kind != "share" or cube.series.unit in ("%", "percent", "per cent"):
        return values
    return values * 100.0
