"""The city's curves: what was reported, what is estimated, and what is forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from salus.assess.schemas import EstimateRow, Point, SeriesView
from salus.assess.selectors import assessment_series, series_view
from salus.decide.publication.common import Scene, moment
from salus.gather.schemas import SeriesRow, Status
from salus.gather.selectors import series_freshness, series_list, source_rows
from salus.plan.phrases import fill, numbers
from salus.trust.disclosure import THRESHOLD
from salus.trust.schemas import Tier

ROLES = ("cases", "hospital_admissions", "deaths")
DAYS = 120
# A change of less than this share is no change that a reader should act on.
NOTABLE = 0.1


def curves(scene: Scene) -> list[dict[str, Any]]:
    """Return one curve for each role that the city reports."""
    known = {row.code: row for row in series_list(viewer=scene.viewer, known_at=scene.known_at)}
    assessed = assessment_series(viewer=scene.viewer, known_at=scene.known_at)
    found = []
    for role in ROLES:
        # The series with the most estimates speaks for its role; its code settles a tie.
        ranked = sorted((row for row in assessed if row.role == role), key=lambda row: (-len(row.kinds), row.code))
        usable = [known[row.code] for row in ranked if row.code in known and _public(known[row.code])]
        for series in usable:
            view = series_view(
                viewer=scene.viewer, series=series.code, zone=scene.root.id, days=DAYS, known_at=scene.known_at
            )
            if view.observed:
                found.append(_curve(scene, series, view))
                break
    return found


def _public(series: SeriesRow) -> bool:
    # Sums for the whole city may be told of anything that is not about persons.
    return series.kind == "count" and series.tier <= Tier.OPERATIONAL


def _curve(scene: Scene, series: SeriesRow, view: SeriesView) -> dict[str, Any]:
    points = [_point(point) for point in view.observed]
    hidden = {point["on"] for point in points if point["state"] == "suppressed"}
    return {
        "key": series.role,
        "series": series.code,
        "name": dict(series.name),
        "unit": dict.fromkeys(scene.languages, series.unit),
        "role": series.role,
        "zone": scene.root.code,
        "period": series.period,
        "sentence": _sentence(scene, series, view),
        "points": points,
        "nowcast": bands(view.nowcast, hidden),
        "forecast": bands(view.forecast, set()),
        "rt": bands(view.rt, set()),
    }


def _point(point: Point) -> dict[str, Any]:
    if point.status == Status.MISSING or (point.value is None and point.status != Status.SUPPRESSED):
        return {"on": point.on.isoformat(), "value": None, "state": "missing"}
    if point.status == Status.SUPPRESSED or (point.value is not None and 0 < point.value < THRESHOLD):
        return {"on": point.on.isoformat(), "value": None, "state": "suppressed"}
    return {"on": point.on.isoformat(), "value": point.value, "state": "observed"}


def bands(found: EstimateRow | None, hidden: set[str]) -> dict[str, Any] | None:
    """Return an estimate as bands of 50 % and 90 %; days that are hidden stay hidden here too."""
    if found is None or found.undefined or not found.dates:
        return None
    low90, high90 = found.band(0.9)
    low50, high50 = found.band(0.5)
    shown = [day.isoformat() not in hidden for day in found.dates]

    def line(values: Sequence[float | None]) -> list[float | None]:
        return [
            round(value, 2) if keep and value is not None else None for value, keep in zip(values, shown, strict=True)
        ]

    return {
        "made_at": moment(found.made_at),
        "method": found.method,
        "step_days": found.step_days,
        "dates": [day.isoformat() for day in found.dates],
        "low90": line(low90),
        "low50": line(low50),
        "mid": line(found.median),
        "high50": line(high50),
        "high90": line(high90),
        "partial": [bool(flag) for flag in found.is_estimate],
    }


def _sentence(scene: Scene, series: SeriesRow, view: SeriesView) -> dict[str, str]:
    phrases = scene.playbook.phrases
    now, before = _weeks(view)
    if now is None or before is None or max(now, before) * 7 < THRESHOLD:
        return fill(phrases["curve_unknown"], name=series.name)
    change = (now - before) / before if before else 1.0
    key = "curve_up" if change > NOTABLE else "curve_down" if change < -NOTABLE else "curve_same"
    return fill(phrases[key], name=series.name, value=numbers(now, phrases), before=numbers(before, phrases))


def _weeks(view: SeriesView) -> tuple[float | None, float | None]:
    """The mean per day of the newest week and of the one before, completed by the nowcast."""
    values = {point.on: point.value for point in view.observed if point.value is not None}
    if view.nowcast is not None:
        values.update(
            {day: mid for day, mid in zip(view.nowcast.dates, view.nowcast.median, strict=False) if mid is not None}
        )
    if not values:
        return None, None
    last = max(values)
    return _mean(values, last), _mean(values, last - timedelta(days=7))


def _mean(values: dict[date, float], last: date) -> float | None:
    week = [values[day] for back in range(7) if (day := last - timedelta(days=back)) in values]
    return sum(week) / len(week) if len(week) >= 4 else None


def freshness(scene: Scene, codes: Sequence[str]) -> list[dict[str, Any]]:
    """Return how fresh the figures are, and which are late."""
    sources = {row.slug: row for row in source_rows(viewer=scene.viewer, known_at=scene.known_at)}
    today = scene.known_at.date()
    found = []
    for row in series_list(viewer=scene.viewer, known_at=scene.known_at):
        if row.code not in codes:
            continue
        until, told = series_freshness(viewer=scene.viewer, series=row.code, known_at=scene.known_at)
        source = sources.get(row.source)
        step = max(1, round((source.cadence_hours if source else 24) / 24))
        wait = row.delay_days + step
        found.append(
            {
                "source": row.source,
                "series": row.code,
                "name": dict(row.name),
                "until_on": until.isoformat() if until else None,
                "known_at": moment(told),
                "next_expected_on": (told.date() + timedelta(days=step)).isoformat() if told else None,
                "late": until is None or (today - until).days > wait + 1,
            }
        )
    return found


def sources(scene: Scene, slugs: set[str]) -> list[dict[str, Any]]:
    """Return where the figures come from."""
    return [
        {
            "slug": row.slug,
            "title": dict(row.title),
            "owner": row.owner,
            "licence": row.licence_note,
            "reuse_policy": row.reuse_policy,
        }
        for row in source_rows(viewer=scene.viewer, known_at=scene.known_at)
        if row.slug in slugs
    ]
