"""Curves: what was observed in a zone, and the newest estimate of it."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from salus.assess.models import Assessment, Estimate
from salus.assess.schemas import EstimateRow, Point
from salus.assess.shaping.rows import estimate_row
from salus.base import clock
from salus.city import selectors as city
from salus.city.schemas import ZoneRow
from salus.gather import selectors as gather
from salus.gather.schemas import SeriesRow
from salus.trust.schemas import Viewer

NOWCAST, RT, FORECAST = "nowcast", "rt", "forecast"


def newest_estimate(kind: str, series: str, number: int, known_at: datetime | None) -> EstimateRow | None:
    """Return the newest estimate of a kind that was there at a moment."""
    rows = Estimate.objects.filter(
        kind=kind, series=series, zone_number=number, recorded_at__lte=known_at or clock.now()
    )
    row = rows.order_by("-recorded_at").first()
    if row is None:
        return None
    made = Assessment.objects.filter(id=row.assessment_id).values_list("known_at", flat=True)
    return estimate_row(row, made.first())


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
    total = (
        parts.filter(pl.col("status") == 0)
        .group_by("valid_on")
        .agg(pl.col("value").sum(), pl.lit(0, dtype=pl.Int8).alias("status"))
    )
    return _points(total), True


def _as_of(viewer: Viewer, series: str, zones: list[int], since: date, known_at: datetime | None) -> pl.DataFrame:
    return gather.observations_as_of(
        viewer=viewer, series=series, zones=zones, strata=[0], valid_from=since, known_at=known_at
    )


def _points(frame: pl.DataFrame) -> tuple[Point, ...]:
    ordered = frame.sort("valid_on").select("valid_on", "value", "status")
    return tuple(Point(on, value, int(status)) for on, value, status in ordered.iter_rows())
