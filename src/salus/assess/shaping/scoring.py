"""Earlier estimates against what became known since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from salus.assess.models import Assessment, Estimate
from salus.assess.schemas import EstimateRow, PastEstimate, Performance
from salus.assess.shaping.rows import estimate_row
from salus.base import clock

# A day still counts as open while its nowcast is wider than this share of its middle.
_SETTLED = 0.05
_SHARE = 0.9


def open_days(nowcast: EstimateRow | None) -> frozenset[date]:
    """Return the days whose final count is not settled yet."""
    if nowcast is None or not nowcast.dates:
        return frozenset()
    low, high = nowcast.band(0.95)
    return frozenset(
        day
        for day, bottom, middle, top in zip(nowcast.dates, low, nowcast.median, high, strict=True)
        if bottom is None or middle is None or top is None or top - bottom > _SETTLED * max(middle, 1.0)
    )


def past(kind: str, series: str, number: int, moment: datetime, last: int) -> list[EstimateRow]:
    """Return the last estimates of a kind that were there at a moment."""
    rows = Estimate.objects.filter(
        kind=kind, series=series, zone_number=number, undefined="", recorded_at__lte=moment
    ).order_by("-recorded_at")[:last]
    made = dict(Assessment.objects.filter(id__in=[row.assessment_id for row in rows]).values_list("id", "known_at"))
    return [estimate_row(row, made.get(row.assessment_id)) for row in rows]


def held(kind: str, days: int, made: Iterable[EstimateRow], truth: dict[date, float]) -> Performance:
    """Return how estimates have held at one distance."""
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
    losses = [(actual - value) * (level if actual >= value else level - 1) for level, value in quantiles.items()]
    return 2 * sum(losses) / len(losses)
