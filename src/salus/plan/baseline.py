"""The pinned forecast that options are projected on, for a set of areas and a window of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from salus.assess.schemas import EstimateRow
from salus.assess.selectors import forecast_get
from salus.base import clock
from salus.city.schemas import ZoneRow
from salus.gather.schemas import SeriesRow
from salus.gather.selectors import series_list
from salus.plan.projection import summed
from salus.plan.schemas import Baseline
from salus.plan.scope import zones_by_id
from salus.trust.actors import system_viewer

# A week smooths the days of the week out.
WINDOW_DAYS = 7


@dataclass(frozen=True, slots=True)
class _Found:
    zone: ZoneRow
    series: SeriesRow
    estimate: EstimateRow


def baseline_for(
    *, zone_ids: Sequence[UUID], horizon_days: int, known_at: datetime, role: str = "cases"
) -> Baseline | None:
    """Return the forecast for the last week of a horizon, or None where there is no forecast.

    An area without a forecast of its own is watched through the nearest area around it.
    """
    zones = zones_by_id(known_at)
    wanted = [zones[zone_id] for zone_id in zone_ids if zone_id in zones]
    series = [row for row in series_list(viewer=system_viewer("plan"), role=role, known_at=known_at) if _usable(row)]
    for row in sorted(series, key=lambda row: (row.reconstructed, row.code)):
        watched = _watched(wanted, zones, row, known_at)
        if watched:
            return _baseline(watched, wanted, horizon_days, known_at)
    return None


def _usable(row: SeriesRow) -> bool:
    return row.kind == "count"


def _watched(
    wanted: Sequence[ZoneRow], zones: Mapping[UUID, ZoneRow], series: SeriesRow, known_at: datetime
) -> list[_Found]:
    """The nearest areas with a forecast of this series, each once; nothing unless all are covered."""
    found: dict[UUID, _Found] = {}
    missing: set[UUID] = set()
    for zone in wanted:
        nearest = next((step for step in zone.path if _look(step, zones, series, known_at, found, missing)), None)
        if nearest is None:
            return []
    inner = {zone_id for zone_id, one in found.items() if set(one.zone.path[1:]) & set(found)}
    return [one for zone_id, one in found.items() if zone_id not in inner]


def _look(
    zone_id: UUID,
    zones: Mapping[UUID, ZoneRow],
    series: SeriesRow,
    known_at: datetime,
    found: dict[UUID, _Found],
    missing: set[UUID],
) -> bool:
    if zone_id in found:
        return True
    if zone_id in missing or zone_id not in zones:
        return False
    estimate = forecast_get(viewer=system_viewer("plan"), series=series.code, zone=zone_id, known_at=known_at)
    if estimate is None or estimate.undefined or not estimate.dates:
        missing.add(zone_id)
        return False
    found[zone_id] = _Found(zones[zone_id], series, estimate)
    return True


def _baseline(watched: Sequence[_Found], wanted: Sequence[ZoneRow], horizon_days: int, known_at: datetime) -> Baseline:
    target = known_at.astimezone(clock.city_zone()).date() + timedelta(days=horizon_days)
    until = min([target, *(one.estimate.dates[-1] for one in watched)])
    start = until - timedelta(days=WINDOW_DAYS - 1)
    series = watched[0].series
    return Baseline(
        series=series.code,
        role=series.role,
        unit=series.unit,
        zone_numbers=tuple(sorted(one.zone.number for one in watched)),
        from_on=start,
        until_on=until,
        quantiles=summed([per_day(one.estimate, start, until) for one in watched]),
        made_at=max(one.estimate.made_at for one in watched),
        estimate_ids=tuple(one.estimate.id for one in watched),
        share=_share(watched, wanted),
    )


def per_day(estimate: EstimateRow, start: date, until: date) -> dict[str, float]:
    """Return the quantiles of the mean per day over a window, each quantile by itself."""
    step = estimate.step_days
    # A step of a week ends on its date: it counts where it ends inside the window, or is the first after.
    rows = [index for index, day in enumerate(estimate.dates) if start <= day <= until]
    rows = rows or [next(index for index, day in enumerate(estimate.dates) if day > until)]
    found: dict[str, float] = {}
    for level, values in estimate.quantiles.items():
        kept = [value for index in rows if (value := values[index]) is not None]
        if kept:
            found[f"{float(level):g}"] = sum(kept) / len(kept) / step
    return found


def _share(watched: Sequence[_Found], wanted: Sequence[ZoneRow]) -> float:
    inside = sum(zone.population or 0.0 for zone in wanted)
    around = sum(one.zone.population or 0.0 for one in watched)
    return min(inside / around, 1.0) if inside and around else 1.0


def baseline_to_json(baseline: Baseline | None) -> dict[str, Any]:
    """Return a baseline as it is kept with a proposal."""
    if baseline is None:
        return {}
    return {
        "series": baseline.series,
        "role": baseline.role,
        "unit": baseline.unit,
        "zone_numbers": list(baseline.zone_numbers),
        "from_on": baseline.from_on.isoformat(),
        "until_on": baseline.until_on.isoformat(),
        "quantiles": dict(baseline.quantiles),
        "made_at": baseline.made_at.isoformat(),
        "estimate_ids": [str(estimate) for estimate in baseline.estimate_ids],
        "share": baseline.share,
    }
