"""How earlier nowcasts and forecasts have held against what became known since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from salus.assess.models import Assessment, Estimate
from salus.assess.permissions import ESTIMATE_VIEW
from salus.assess.schemas import SIGNAL_TIER, EstimateRow, PastEstimate, Performance
from salus.assess.selectors.estimates import FORECAST, NOWCAST, newest_estimate, observed
from salus.assess.selectors.rows import estimate_row
from salus.base import clock
from salus.city import selectors as city
from salus.gather import selectors as gather
from salus.trust import policy
from salus.trust.schemas import Viewer

# A day still counts as open while its nowcast is wider than this share of its middle.
_SETTLED = 0.05
_SHARE = 0.9


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
    points, _ = observed(viewer, row, place, since, known_at)
    open_days = _open_days(newest_estimate(NOWCAST, series, place.number, known_at))
    truth = {p.on: p.value for p in points if p.value is not None and p.on not in open_days}
    wanted = [(FORECAST, forecast_days), (NOWCAST, nowcast_days)]
    found = []
    for kind, distances in wanted:
        made = _past(kind, series, place.number, moment, last)
        found += [_held(kind, days, made, truth) for days in distances]
    return found


def _open_days(nowcast: EstimateRow | None) -> frozenset[date]:
    """Return the days whose final count is not settled yet."""
    if nowcast is None or not nowcast.dates:
        return frozenset()
    low, high = nowcast.band(0.95)
    return frozenset(
        day
        for day, bottom, middle, top in zip(nowcast.dates, low, nowcast.median, high, strict=True)
        if bottom is None or middle is None or top is None
        or top - bottom > _SETTLED * max(middle, 1.0)
    )


def _past(kind: str, series: str, number: int, moment: datetime, last: int) -> list[EstimateRow]:
    rows = Estimate.objects.filter(
        kind=kind, series=series, zone_number=number, undefined="", recorded_at__lte=moment
    ).order_by("-recorded_at")[:last]
    made = dict(
        Assessment.objects.filter(id__in=[row.assessment_id for row in rows]).values_list(
            "id", "known_at"
        )
    )
    return [estimate_row(row, made.get(row.assessment_id)) for row in rows]


def _held(
    kind: str, days: int, made: Iterable[EstimateRow], truth: dict[date, float]
) -> Performance:
    rows = [found for one in made if (found := _one(one, days, truth)) is not None]
    rows.sort(key=lambda row: row.target_on)
    count = len(rows)
    return Performance(
        kind=kind,
        days=days,
        share=_SHARE,
        count=count,
        inside=sum(row.inside for row in rows) / count if count else None,
        score=sum(row.score for row in rows) / count if count else None,
        rows=tuple(rows),
    )


def _one(made: EstimateRow, days: int, truth: dict[date, float]) -> PastEstimate | None:
    target = made.known_at.astimezone(clock.city_zone()).date() + timedelta(days=days)
    if target not in truth or target not in made.dates:
        return None
    place = made.dates.index(target)
    values = {level: row[place] for level, row in made.quantiles.items()}
    known = {level: value for level, value in values.items() if value is not None}
    if 0.5 not in known:
        return None
    low, high = made.band(_SHARE)
    bottom, top, actual = low[place], high[place], truth[target]
    if bottom is None or top is None:
        return None
    return PastEstimate(
        made_at=made.made_at,
        target_on=target,
        median=known[0.5],
        low=bottom,
        high=top,
        observed=actual,
        inside=bottom <= actual <= top,
        score=interval_score(known, actual),
    )


def interval_score(quantiles: dict[float, float], actual: float) -> float:
    """Return the weighted interval score: twice the mean pinball loss over the quantiles."""
    losses = [
        (actual - value) * (level if actual >= value else level - 1)
        for level, value in quantiles.items()
    ]
    return 2 * sum(losses) / len(losses)
