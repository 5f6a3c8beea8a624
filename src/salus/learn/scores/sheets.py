"""The score sheet from what the world and the installation say; imports numerics, so only jobs and commands may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import numpy as np

from salus.base.texts import LocalText
from salus.learn.scores import words
from salus.learn.scores.schemas import (
    PLAYED,
    POLICY,
    UNCHECKED,
    CountFigure,
    Curve,
    OrderRow,
    OutcomeFigure,
    ScoreSheet,
    Spread,
    TimeFigure,
)
from salus.world.score.course import Course
from salus.world.score.figures import FIGURES, figures_of, standing
from salus.world.score.judging import false_ones
from salus.world.score.records import Records, Warned
from salus.world.score.scoring import Scored
from salus.world.truth.run import Run

_COURSES = (PLAYED, UNCHECKED, POLICY)


def sheet_of(
    run: Run, scored: Scored, records: Records | None, *, name: str, exercise_run: UUID | None = None
) -> ScoreSheet:
    """Lay out the score of a run."""
    played = scored.courses[PLAYED]
    first = scored.first_infection
    return ScoreSheet(
        id=None,
        run=name,
        exercise_run=exercise_run,
        emergency=dict(run.described.title),
        start=run.start,
        end=played.dates[-1],
        first_infection_on=None if first is None else run.start + timedelta(days=first),
        seed=run.seed,
        people=int(run.place.people.sum()),
        days=played.days,
        seeds=len(scored.ensemble.seeds) if scored.ensemble else 0,
        policy=dict(scored.policy.title),
        currency=scored.costs.currency,
        outcomes=tuple(_outcomes(scored)),
        times=tuple(_times(run, scored, records)),
        counts=tuple(_counts(run, records)),
        dates=played.dates,
        curves=tuple(_curves(scored)),
        orders=tuple(row for name in (PLAYED, POLICY) for row in _orders(name, scored.courses[name])),
        capacity={"beds": float(played.capacity[0, 0]), "icu": float(played.capacity[0, 1])},
        notes=tuple(_notes(scored)),
    )


def _notes(scored: Scored) -> Iterator[LocalText]:
    yield from (*words.NOTES, words.ASSUMED)
    if scored.span != scored.courses[PLAYED].days and scored.ensemble is not None:
        yield {language: text.format(days=scored.span) for language, text in words.OTHER_SPAN.items()}


def _outcomes(scored: Scored) -> Iterator[OutcomeFigure]:
    found = {name: figures_of(scored.courses[name]) for name in _COURSES}
    for code in FIGURES:
        unit, title = words.OUTCOMES[code]
        values = [found[name][code] for name in _COURSES]
        many = {name: spread for name in _COURSES if (spread := _spread(scored, name, code))}
        yield OutcomeFigure(code, title, unit, values[0], values[1], values[2], many, standing(*values))


def _spread(scored: Scored, plan: str, code: str) -> Spread | None:
    found = scored.ensemble.spread(plan, code) if scored.ensemble else None
    return None if found is None else Spread(**found, seeds=len(scored.ensemble.values(plan, code)))  # type: ignore[union-attr]


def _curves(scored: Scored) -> Iterator[Curve]:
    for name in _COURSES:
        course = scored.courses[name]
        cost = course.by_day["loss_illness"] + course.by_day["loss_measures"]
        for code, title in words.CURVES.items():
            values = cost if code == "cost" else course.by_day[code]
            low, high = _band(scored, name, code, course.days)
            yield Curve(code, title, name, _rounded(values), low, high)


def _band(scored: Scored, plan: str, code: str, days: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if scored.ensemble is None or code == "cost":
        return (), ()
    low, _mid, high = scored.ensemble.band(plan, code)
    return _rounded(low[:days]), _rounded(high[:days])


def _rounded(values: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(value), 2) for value in values)


def _orders(name: str, course: Course) -> Iterator[OrderRow]:
    """Return the spells in which each measure held in a course."""
    open_since: dict[tuple[str, tuple[str, ...]], date] = {}
    for on, orders in zip(course.dates, course.orders, strict=True):
        held = {(order.name, order.zones) for order in orders}
        for key in sorted(set(open_since) - held):
            yield OrderRow(name, key[0], open_since.pop(key), on, key[1])
        for key in held:
            open_since.setdefault(key, on)
    for key, since in sorted(open_since.items()):
        yield OrderRow(name, key[0], since, None, key[1])


def _times(run: Run, scored: Scored, records: Records | None) -> Iterator[TimeFigure]:
    if scored.first_infection is None:
        yield from (TimeFigure(code, title, None, None, words.NO_INFECTION) for code, title in words.TIMES.items())
        return
    first = run.start + timedelta(days=scored.first_infection)
    signal = decision = None
    if records is not None:
        since = datetime.combine(first, time(), UTC)
        false = false_ones(run, records.signals)
        true = [row for row, wrong in zip(records.signals, false, strict=True) if not wrong]
        signal = min((row.at for row in true if row.at >= since), default=None)
        decision = min((at for at in records.decisions if at >= since), default=None)
    ordered = [number for number, orders in enumerate(scored.courses[PLAYED].orders) if orders]
    days = {"in_force": min(ordered, default=None), "effect": scored.effect}
    yield _moment("detection", signal, first, records)
    yield _moment("decision", decision, first, records)
    for code, number in days.items():
        at = None if number is None else datetime.combine(run.start + timedelta(days=number), time(), UTC)
        yield _moment(code, at, first, known=True)


def _moment(
    code: str, at: datetime | None, first: date, records: Records | None = None, *, known: bool = False
) -> TimeFigure:
    title = words.TIMES[code]
    if at is None:
        why: LocalText = words.NOT_YET if known or records is not None else words.NEEDS_INSTALLATION
        return TimeFigure(code, title, None, None, why)
    passed = (at - datetime.combine(first, time(), UTC)) / timedelta(days=1)
    return TimeFigure(code, title, at, round(passed, 2), {})


def _counts(run: Run, records: Records | None) -> Iterator[CountFigure]:
    if records is None:
        yield from (
            CountFigure(code, title, None, None, words.NEEDS_INSTALLATION) for code, title in words.COUNTS.items()
        )
        return
    signals, alerts, tasks = len(records.signals), len(records.alerts), len(records.tasks)
    found: dict[str, tuple[int, int | None]] = {
        "signals": (signals, None),
        "false_signals": (_false(run, records.signals), signals),
        "alerts": (alerts, None),
        "false_alerts": (_false(run, records.alerts), alerts),
        "decisions": (len(records.decisions), None),
        "tasks": (tasks, None),
        "tasks_overdue": (records.overdue, tasks),
    }
    for code, title in words.COUNTS.items():
        yield CountFigure(code, title, *found[code], {})


def _false(run: Run, warned: Sequence[Warned]) -> int:
    return sum(false_ones(run, warned))
