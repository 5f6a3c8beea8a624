"""Writes what became of every signal: one open signal a series and zone, never a second."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from salus.assess.methods import registry
from salus.assess.models import Signal
from salus.assess.run.detection import Watched
from salus.assess.run.signals import Alarm, Standing, verdict
from salus.assess.run.versions import create_many, revise_many
from salus.base.ids import new_id

if TYPE_CHECKING:
    from salus.assess.run.recording import Recording

Key = tuple[str, int]


@dataclass(frozen=True)
class SignalChange:
    """A signal's newest version and what happened to it."""

    action: str
    row: Signal


def record_signals(work: Recording) -> list[SignalChange]:
    """Write the signals that were raised, kept up or ended."""
    plan, areas = work.document.plan.detector, work.computed.areas
    standing, closed = _known(work)
    new: list[dict[str, Any]] = []
    changed: list[tuple[Signal, dict[str, Any], str]] = []
    for watched in work.computed.watched:
        key = (watched.series, areas.rows[watched.place].number)
        row = standing.get(key)
        found = verdict(watched, _standing(row), _closed_on(closed.get(key)), work.computed.today, plan)
        if found.action == "raise" and found.alarm is not None:
            new.append(_raised(work, watched, found.alarm))
        elif found.action == "update" and found.alarm is not None and row is not None:
            changed.append((row, _updated(work, row, found.alarm), "update"))
        elif found.action == "end" and row is not None:
            changed.append((row, _ended(work, row, found.ended_on), "end"))
    made = create_many(Signal, new, moment=work.moment, by=work.by)
    revised = revise_many([(row, fields) for row, fields, _ in changed], moment=work.moment, by=work.by)
    changes = [SignalChange("raise", row) for row in made]
    return changes + [SignalChange(action, row) for row, (_, _, action) in zip(revised, changed, strict=True)]


def _known(work: Recording) -> tuple[dict[Key, Signal], dict[Key, Signal]]:
    """Return the open signals, and the newest ended one of each series and zone."""
    method = work.document.plan.detector.method
    rows = Signal.objects.known().filter(method=method)
    since = work.computed.today - timedelta(days=2 * work.document.plan.detector.forget_after_days)
    standing = {(row.series, row.zone_number): row for row in rows.filter(ended_on__isnull=True)}
    ended = rows.filter(ended_on__gte=since).order_by("valid_on", "version")
    return standing, {(row.series, row.zone_number): row for row in ended}


def _standing(row: Signal | None) -> Standing | None:
    return Standing(row.valid_on, row.first_upper, row.peak, row.alarms) if row is not None else None


def _closed_on(row: Signal | None) -> date | None:
    return row.valid_on if row is not None else None


def _numbers(alarm: Alarm) -> dict[str, Any]:
    return {
        "valid_on": alarm.valid_on,
        "observed": alarm.observed,
        "expected": alarm.expected,
        "upper": alarm.upper,
        "score": alarm.score if math.isfinite(alarm.score) else None,
    }


def _raised(work: Recording, watched: Watched, alarm: Alarm) -> dict[str, Any]:
    area = work.computed.areas.rows[watched.place]
    method = work.document.plan.detector.method
    return {
        "id": new_id(),
        "series": watched.series,
        "role": watched.role,
        "zone_id": area.id,
        "zone_number": area.number,
        "zone_level": area.level,
        "method": method,
        "method_version": registry.get(method).manifest.version,
        "span_days": watched.span_days,
        "first_on": alarm.first_on,
        **_numbers(alarm),
        "first_upper": alarm.first_upper,
        "peak": alarm.peak,
        "alarms": alarm.fresh,
        "status": "new",
        "raised_by_assessment": work.assessment.id,
        "assessment_id": work.assessment.id,
    }


def _updated(work: Recording, row: Signal, alarm: Alarm) -> dict[str, Any]:
    return {
        **_numbers(alarm),
        "peak": max(row.peak, alarm.peak),
        "alarms": row.alarms + alarm.fresh,
        "assessment_id": work.assessment.id,
    }


def _ended(work: Recording, row: Signal, ended_on: Any) -> dict[str, Any]:
    status = row.status if row.status == "dismissed" else "expired"
    return {"ended_on": ended_on, "status": status, "assessment_id": work.assessment.id}
