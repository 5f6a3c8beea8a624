"""Reads of estimates, of the curve of one series in one zone, and of how estimates have held."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import polars as pl

from salus.assess.models import Assessment, Estimate
from salus.assess.permissions import ESTIMATE_VIEW
from salus.assess.schemas import SIGNAL_TIER, EstimateRow, Point, SeriesView
from salus.assess.selectors.rows import estimate_row
from salus.assess.selectors.signals import signal_list
from salus.base import clock
from salus.city import selectors as city
from salus.city.schemas import ZoneRow
from salus.gather import selectors as gather
from salus.gather.schemas import SeriesRow
from salus.trust import policy
from salus.trust.schemas import Viewer

NOWCAST, RT, FORECAST = "nowcast", "rt", "forecast"
_CURVE_DAYS = 180


def _zone(viewer: Viewer, zone: UUID, known_at: datetime | None) -> ZoneRow:
    row = city.zone_get(viewer=viewer, zone=zone, known_at=known_at)
    policy.require(viewer, ESTIMATE_VIEW, zone=row.path, tier=SIGNAL_TIER)
    return row


def newest_estimate(
    kind: str, series: str, number: int, known_at: datetime | None
) -> EstimateRow | None:
    """Return the newest estimate of a kind that was there at a moment."""
    rows = Estimate.objects.filter(
        kind=kind, series=series, zone_number=number, recorded_at__lte=known_at or clock.now()
    )
    row = rows.order_by("-recorded_at").first()
    if row is None:
        return None
    made = Assessment.objects.filter(id=row.assessment_id).values_list("known_at", flat=True)
    return estimate_row(row, made.first())


def _get(
    kind: str, viewer: Viewer, series: str, zone: UUID, known_at: datetime | None
) -> EstimateRow | None:
    gather.series_get(viewer=viewer, code=series, known_at=known_at)
    return newest_estimate(kind, series, _zone(viewer, zone, known_at).number, known_at)


def nowcast_get(
    *, viewer: Viewer, series: str, zone: UUID, known_at: datetime | None = None
) -> EstimateRow | None:
    """Return the newest nowcast of a series in a zone, or None where none was made."""
    return _get(NOWCAST, viewer, series, zone, known_at)


def rt_get(
    *, viewer: Viewer, series: str, zone: UUID, known_at: datetime | None = None
) -> EstimateRow | None:
    """Return the newest reproduction number of a series in a zone, or None where none was made."""
    return _get(RT, viewer, series, zone, known_at)


def forecast_get(
    *, viewer: Viewer, series: str, zone: UUID, known_at: datetime | None = None
) -> EstimateRow | None:
    """Return the newest forecast of a series in a zone, or None where none was made."""
    return _get(FORECAST, viewer, series, zone, known_at)


def series_view(
    *,
    viewer: Viewer,
    series: str,
    zone: UUID,
    days: int = _CURVE_DAYS,
    known_at: datetime | None = None,
) -> SeriesView:
    """Return the observed curve with its nowcast, Rt, forecast and signals, as known at a moment."""
    row = gather.series_get(viewer=viewer, code=series, known_at=known_at)
    place = _zone(viewer, zone, known_at)
    moment = known_at or clock.now()
    since = moment.astimezone(clock.city_zone()).date() - timedelta(days=days)
    points, summed = observed(viewer, row, place, since, known_at)
    known_days = [point.on for point in points if point.value is not None]
    return SeriesView(
        series=row.code,
        name=row.name,
        unit=row.unit,
        role=row.role,
        period=row.period,
        zone_id=place.id,
        zone_number=place.number,
        known_at=moment,
        observed=points,
        summed=summed,
        newest_on=max(known_days, default=None),
        nowcast=newest_estimate(NOWCAST, row.code, place.number, known_at),
        rt=newest_estimate(RT, row.code, place.number, known_at),
        forecast=newest_estimate(FORECAST, row.code, place.number, known_at),
        signals=tuple(
            signal_list(viewer=viewer, zone=zone, series=row.code, known_at=known_at)
        ),
    )


def observed(
    viewer: Viewer, series: SeriesRow, zone: ZoneRow, since: date, known_at: datetime | None
) -> tuple[tuple[Point, ...], bool]:
    """Return a zone's observations, summed from the zones inside it where it has none of its own."""
    frame = _as_of(viewer, series.code, [zone.number], since, known_at)
    if frame.height or series.kind not in ("count",):
        return _points(frame), False
    zones = city.zone_list(viewer=viewer, known_at=known_at)
    parents = {row.parent_id for row in zones}
    inside = [row.number for row in zones if zone.id in row.path and row.id not in parents]
    if not inside:
        return (), False
    parts = _as_of(viewer, series.code, inside, since, known_at)
    total = parts.filter(pl.col("status") == 0).group_by("valid_on").agg(
        pl.col("value").sum(), pl.lit(0, dtype=pl.Int8).alias("status")
    )
    return _points(total), True


def _as_of(
    viewer: Viewer, series: str, zones: list[int], since: date, known_at: datetime | None
) -> pl.DataFrame:
    return gather.observations_as_of(
        viewer=viewer, series=series, zones=zones, strata=[0], valid_from=since, known_at=known_at
    )


def _points(frame: pl.DataFrame) -> tuple[Point, ...]:
    ordered = frame.sort("valid_on").select("valid_on", "value", "status")
    return tuple(Point(on, value, int(status)) for on, value, status in ordered.iter_rows())
