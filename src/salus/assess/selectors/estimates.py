"""Reads of estimates, of the curve of one series in one zone, and of how estimates have held."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from salus.assess.permissions import ESTIMATE_VIEW
from salus.assess.schemas import SIGNAL_TIER, EstimateRow, SeriesView
from salus.assess.selectors.signals import signal_list
from salus.assess.shaping import curves
from salus.base import clock
from salus.city import selectors as city
from salus.city.schemas import ZoneRow
from salus.gather import selectors as gather
from salus.trust import policy
from salus.trust.schemas import Viewer

_CURVE_DAYS = 180


def _zone(viewer: Viewer, zone: UUID, known_at: datetime | None) -> ZoneRow:
    row = city.zone_get(viewer=viewer, zone=zone, known_at=known_at)
    policy.require(viewer, ESTIMATE_VIEW, zone=row.path, tier=SIGNAL_TIER)
    return row


def _get(kind: str, viewer: Viewer, series: str, zone: UUID, known_at: datetime | None) -> EstimateRow | None:
    gather.series_get(viewer=viewer, code=series, known_at=known_at)
    return curves.newest_estimate(kind, series, _zone(viewer, zone, known_at).number, known_at)


def nowcast_get(*, viewer: Viewer, series: str, zone: UUID, known_at: datetime | None = None) -> EstimateRow | None:
    """Return the newest nowcast of a series in a zone, or None where none was made."""
    return _get(curves.NOWCAST, viewer, series, zone, known_at)


def rt_get(*, viewer: Viewer, series: str, zone: UUID, known_at: datetime | None = None) -> EstimateRow | None:
    """Return the newest reproduction number of a series in a zone, or None where none was made."""
    return _get(curves.RT, viewer, series, zone, known_at)


def forecast_get(*, viewer: Viewer, series: str, zone: UUID, known_at: datetime | None = None) -> EstimateRow | None:
    """Return the newest forecast of a series in a zone, or None where none was made."""
    return _get(curves.FORECAST, viewer, series, zone, known_at)


def series_view(
    *, viewer: Viewer, series: str, zone: UUID, days: int = _CURVE_DAYS, known_at: datetime | None = None
) -> SeriesView:
    """Return the observed curve with its nowcast, Rt, forecast and signals, as known at a moment."""
    row = gather.series_get(viewer=viewer, code=series, known_at=known_at)
    place = _zone(viewer, zone, known_at)
    moment = known_at or clock.now()
    since = moment.astimezone(clock.city_zone()).date() - timedelta(days=days)
    points, summed = curves.observed(viewer, row, place, since, known_at)
    signals = tuple(signal_list(viewer=viewer, zone=zone, series=row.code, known_at=known_at))
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
        nowcast=curves.newest_estimate(curves.NOWCAST, row.code, place.number, known_at),
        rt=curves.newest_estimate(curves.RT, row.code, place.number, known_at),
        forecast=curves.newest_estimate(curves.FORECAST, row.code, place.number, known_at),
        signals=signals,
    )
