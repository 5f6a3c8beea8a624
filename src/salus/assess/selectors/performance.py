"""How earlier nowcasts and forecasts have held against what became known since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from salus.assess.permissions import ESTIMATE_VIEW
from salus.assess.schemas import SIGNAL_TIER, Performance
from salus.assess.shaping import curves, scoring
from salus.base import clock
from salus.city import selectors as city
from salus.gather import selectors as gather
from salus.trust import policy
from salus.trust.schemas import Viewer


def performance(
    *,
    viewer: Viewer,
    series: str,
    zone: UUID,
    forecast_days: Sequence[int] = (7, 14),
    nowcast_days: Sequence[int] = (-3,),
    last: int = 60,
    known_at: datetime | None = None,
) -> list[Performance]:
    """Return for each distance how the last estimates compare with what is known by now.

    Days whose reports are not complete yet are left out: they would make forecasts look high.
    """
    row = gather.series_get(viewer=viewer, code=series, known_at=known_at)
    place = city.zone_get(viewer=viewer, zone=zone, known_at=known_at)
    policy.require(viewer, ESTIMATE_VIEW, zone=place.path, tier=SIGNAL_TIER)
    moment = known_at or clock.now()
    since = moment.date() - timedelta(days=2 * last + 60)
    points, _ = curves.observed(viewer, row, place, since, known_at)
    open_days = scoring.open_days(curves.newest_estimate(curves.NOWCAST, series, place.number, known_at))
    truth = {p.on: p.value for p in points if p.value is not None and p.on not in open_days}
    wanted = [(curves.FORECAST, forecast_days), (curves.NOWCAST, nowcast_days)]
    found = []
    for kind, distances in wanted:
        made = scoring.past(kind, series, place.number, moment, last)
        found += [scoring.held(kind, days, made, truth) for days in distances]
    return found
