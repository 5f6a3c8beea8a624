"""What was observed in the window of a decision, as known at a moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from salus.assess.selectors import nowcast_get
from salus.base import clock
from salus.city.selectors import zone_by_number
from salus.decide.schemas import Expected
from salus.gather.schemas import SeriesRow, Status
from salus.gather.selectors import observations_as_of, series_get
from salus.learn.schemas import Observed
from salus.trust.actors import system_viewer

# After the usual delay, a week in which most late reports come in; then a month in which they may.
SETTLE_DAYS = 7
GIVE_UP_DAYS = 35
LEAST_SHARE = 0.6

Values = dict[date, tuple[float | None, bool]]


def series_of(expected: Expected, known_at: datetime) -> SeriesRow:
    """Return the series that a decision is measured by."""
    return series_get(viewer=system_viewer("learn"), code=expected.series, known_at=known_at)


def due_from(expected: Expected, series: SeriesRow) -> date:
    """Return the first day on which it makes sense to look."""
    return expected.until_on + timedelta(days=series.delay_days + SETTLE_DAYS)


def observe(expected: Expected, known_at: datetime) -> Observed:
    """Return the mean per day in the window, summed over the zones; late days completed by the nowcast."""
    series = series_of(expected, known_at)
    by_zone = [_zone_values(expected, series, number, known_at) for number in expected.zone_numbers]
    days = _days(expected, series, by_zone)
    points = [(day, _sum([values.get(day, (None, False))[0] for values in by_zone])) for day in days]
    known = [value for _, value in points if value is not None]
    step = 7 if series.period == "week" else 1
    enough = bool(days) and len(known) >= LEAST_SHARE * len(days)
    return Observed(
        mean_per_day=sum(known) / len(known) / step if enough else None,
        days=len(days),
        missing=len(days) - len(known),
        estimated_days=sum(any(values.get(day, (None, False))[1] for values in by_zone) for day in days),
        points=tuple(points),
    )


def _days(expected: Expected, series: SeriesRow, by_zone: list[Values]) -> list[date]:
    if series.period == "week":
        return sorted({day for values in by_zone for day in values})
    span = (expected.until_on - expected.from_on).days + 1
    return [expected.from_on + timedelta(days=offset) for offset in range(span)]


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) and known else None


def _zone_values(expected: Expected, series: SeriesRow, number: int, known_at: datetime) -> Values:
    viewer = system_viewer("learn")
    frame = observations_as_of(
        viewer=viewer,
        series=series.code,
        zones=[number],
        strata=[0],
        valid_from=expected.from_on,
        valid_to=expected.until_on,
        known_at=known_at,
    )
    values: Values = {
        day: (value if status == Status.OBSERVED else None, False)
        for day, value, status in frame.select("valid_on", "value", "status").iter_rows()
    }
    zone = zone_by_number(viewer=viewer, number=number, known_at=known_at)
    nowcast = nowcast_get(viewer=viewer, series=series.code, zone=zone.id, known_at=known_at)
    if nowcast is not None and nowcast.dates:
        for day, mid, partial in zip(nowcast.dates, nowcast.median, nowcast.is_estimate, strict=True):
            if partial and mid is not None and values.get(day, (None, False))[0] is not None:
                values[day] = (mid, True)
    return values


def too_early(expected: Expected, known_at: datetime) -> date | None:
    """Return the day on which to look where that is still to come, or None."""
    day = due_from(expected, series_of(expected, known_at))
    return day if known_at.astimezone(clock.city_zone()).date() < day else None


def given_up(expected: Expected, known_at: datetime) -> bool:
    """Return whether it has been waited long enough for data that do not come."""
    day = due_from(expected, series_of(expected, known_at)) + timedelta(days=GIVE_UP_DAYS)
    return known_at.astimezone(clock.city_zone()).date() >= day
