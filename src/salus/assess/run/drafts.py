"""Estimates as they are stored: one row for each kind, series and zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from salus.assess import frames
from salus.assess.methods import registry
from salus.assess.rules.document import MethodChoice, Plan
from salus.assess.run.areas import Areas
from salus.assess.run.estimating import Estimated
from salus.epi.arrays import FloatArray

# What a page shows of the past beside a forecast.
_KEPT_DAYS = 60


@dataclass(frozen=True, slots=True)
class EstimateDraft:
    """An estimate before it is written; `content` is readable, `frame` is what is kept."""

    kind: str
    role: str
    series: str
    place: int
    method: str
    version: str
    undefined: str
    content: str

    def as_list(self) -> list[Any]:
        """Return the content for a digest."""
        return [self.kind, self.series, self.place, self.method, self.version, self.undefined, self.content]


def drafts_of(estimated: list[Estimated], areas: Areas, plan: Plan) -> list[EstimateDraft]:
    """Return a draft for every kind of estimate in every zone, those without a result too."""
    drafts: list[EstimateDraft] = []
    for group in estimated:
        why = dict(group.why)
        for kind, choice in _kinds(group, plan):
            for column, place in enumerate(group.places):
                content, lacking = _content(kind, group, column)
                undefined = why.get(kind, "") or lacking
                drafts.append(_draft(kind, group, place, choice, undefined, content))
    return drafts


def _kinds(group: Estimated, plan: Plan) -> list[tuple[str, MethodChoice]]:
    choices = (("nowcast", plan.nowcast), ("rt", plan.rt), ("forecast", plan.forecast))
    return [(kind, choice) for kind, choice in choices if group.role in choice.roles]


def _draft(
    kind: str, group: Estimated, place: int, choice: MethodChoice, undefined: str, content: str
) -> EstimateDraft:
    version = registry.get(choice.method).manifest.version
    series = group.cube.series.code
    return EstimateDraft(kind, group.role, series, place, choice.method, version, undefined, content)


def _content(kind: str, group: Estimated, column: int) -> tuple[str, str]:
    """Return a frame's content, and why there is none where a single zone has none."""
    if not bool(np.nan_to_num(group.cube.values[:, group.places[column]]).any()):
        # Out of nothing but noughts a method makes a fraction of a case, which says nothing of the zone.
        return "", "never_counted"
    if kind == "forecast" and group.forecast is not None:
        table = group.forecast.quantiles[:, column]
        step = group.cube.step
        days = _days(group.origin + step, len(table), step)
        return _encode(days, group.forecast.quantile_levels, table, [True] * len(table), step), ""
    if kind == "nowcast" and group.nowcast is not None:
        table = group.nowcast.quantiles[-_KEPT_DAYS:, column]
        flags = [bool(flag) for flag in group.nowcast.is_estimate[-_KEPT_DAYS:]]
        first = int(group.nowcast.dates[-1]) - len(table) + 1
        days = _days(first, len(table), 1)
        return _encode(days, group.nowcast.quantile_levels, table, flags, 1), ""
    if kind == "rt" and group.rt is not None and group.nowcast is not None:
        table = group.rt.quantiles[-_KEPT_DAYS:, column]
        if bool(group.rt.undefined[-_KEPT_DAYS:, column].all()):
            return "", "no_estimate"
        flags = [bool(flag) for flag in group.nowcast.is_estimate[-_KEPT_DAYS:]]
        first = int(group.nowcast.dates[-1]) - len(table) + 1
        return _encode(_days(first, len(table), 1), group.rt.quantile_levels, table, flags, 1), ""
    return "", ""


def _days(first: int, many: int, step: int) -> list[date]:
    """Return the last day of each step, the first step ending on day number `first`."""
    start = date.fromordinal(first)
    return [start + timedelta(days=step * row) for row in range(many)]


def _encode(days: list[date], levels: FloatArray, table: FloatArray, flags: Sequence[bool], step: int) -> str:
    return frames.content(
        days=days,
        levels=levels.tolist(),
        values=table.tolist(),
        is_estimate=flags,
        step_days=step,
    )
