"""What becomes of a signal: raised once, kept up to date while the excess lasts, then ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from salus.assess.rules.document import DetectorPlan
from salus.assess.run.detection import Watched


@dataclass(frozen=True, slots=True)
class Standing:
    """What is already known of the excess in one series and zone."""

    valid_on: date
    first_upper: float
    peak: float
    alarms: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """The newest alarm of a series in a zone, and how many there are beside it."""

    first_on: date
    valid_on: date
    observed: float
    expected: float
    upper: float
    score: float
    first_upper: float
    peak: float
    fresh: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do: `raise`, `update`, `end` or `keep`."""

    action: str
    alarm: Alarm | None = None
    ended_on: date | None = None


def verdict(
    watched: Watched,
    standing: Standing | None,
    closed_on: date | None,
    today: date,
    plan: DetectorPlan,
) -> Verdict:
    """Return what becomes of the signal of one series in one zone.

    `closed_on` is the newest alarm of an earlier signal that has ended: what it told of is not
    told again.
    """
    # Where a source has long been silent, its last alarm is history.
    forgotten = today - timedelta(days=plan.forget_after_days)
    if standing is None:
        alarm = newest_alarm(watched, after=max(closed_on or forgotten, forgotten))
        return Verdict("raise", alarm) if alarm else Verdict("keep")
    alarm = newest_alarm(watched, after=max(standing.valid_on, forgotten))
    if alarm is not None:
        return Verdict("update", alarm)
    if _is_over(watched, standing, today, plan):
        return Verdict("end", ended_on=watched.days[-1])
    return Verdict("keep")


def _is_over(watched: Watched, standing: Standing, today: date, plan: DetectorPlan) -> bool:
    newest = watched.days[-1]
    quiet = (newest - standing.valid_on).days
    under = watched.observed[-1] <= standing.first_upper
    if under and quiet >= plan.end_after_days:
        return True
    # Where nothing comes in any more, or a high count has become the usual, it is no news.
    return (today - standing.valid_on).days >= plan.forget_after_days


def newest_alarm(watched: Watched, *, after: date) -> Alarm | None:
    """Return the newest alarm after a day, with the first one of the same run of days."""
    hits = [row for row, alarm in enumerate(watched.alarm) if alarm and watched.days[row] > after]
    if not hits:
        return None
    first, last = hits[0], hits[-1]
    return Alarm(
        watched.days[first],
        watched.days[last],
        watched.observed[last],
        watched.expected[last],
        watched.upper[last],
        watched.score[last],
        watched.upper[first],
        max(watched.observed[row] for row in hits),
        len(hits),
    )
