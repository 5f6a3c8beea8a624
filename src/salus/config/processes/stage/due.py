"""Which injects are due, from the design, what was fired, and what has happened on the stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from salus.plan.exercises.schemas import ExerciseDraft, InjectDraft, When
from salus.plan.exercises.timing import days_known


@dataclass(frozen=True, slots=True)
class Seen:
    """What can trigger an inject: everything that has happened up to a day of the exercise.

    Attributes
    ----------
    day : int
        The running day; the first of the exercise is 1.
    signals : frozenset of str
        Codes of the series in which a signal was raised since the exercise began.
    level : int
        The city's risk level.
    measures : frozenset of str
        Measures that were published as in force today.

    """

    day: int
    signals: frozenset[str] = frozenset()
    level: int = 0
    measures: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """An inject whose time has come, and why."""

    inject: InjectDraft
    day: int
    how: str
    reason: str = ""
    # Whether its day was known before, so that the world may have reached it by itself.
    planned: bool = False


@dataclass(slots=True)
class Memory:
    """What a stage remembers of injects: the day on which each was fired, or on which its trigger was first seen."""

    fired: dict[str, int] = field(default_factory=dict)
    triggered: dict[str, int] = field(default_factory=dict)


def timetable(design: ExerciseDraft, fired: Mapping[str, int]) -> dict[str, int]:
    """Return the day of every inject that has one, as things stand: what was fired early moves what follows it."""
    rows = [replace(row, when=When(day=fired[row.key])) if row.key in fired else row for row in design.injects]
    return days_known(rows)


def due(design: ExerciseDraft, seen: Seen, memory: Memory) -> list[Due]:
    """Return what is to be fired now, and remember the triggers that were seen."""
    found = []
    days = timetable(design, memory.fired)
    for row in design.injects:
        if row.key in memory.fired or _overtaken(row, memory.fired):
            continue
        if row.key in days:
            if days[row.key] <= seen.day:
                how = "day" if row.when.day is not None else "trigger"
                found.append(Due(row, days[row.key], how, row.when.value, planned=True))
            continue
        reason = _trigger(row.when, seen)
        if reason is not None:
            memory.triggered.setdefault(row.key, seen.day)
        first = memory.triggered.get(row.key)
        if first is not None and first + row.when.delay_days <= seen.day:
            found.append(Due(row, seen.day, "trigger", reason or row.when.value))
    return found


def _overtaken(row: InjectDraft, fired: Mapping[str, int]) -> bool:
    """Return whether an inject was to come before one that the director has fired already."""
    return row.when.trigger == "before" and row.when.value in fired


def _trigger(when: When, seen: Seen) -> str | None:
    """Return what set a trigger off, or None where nothing has."""
    match when.trigger:
        case "signal":
            fitting = sorted(seen.signals if not when.value else seen.signals & {when.value})
            return fitting[0] if fitting else None
        case "level":
            return when.value if seen.level >= int(when.value) else None
        case "measure":
            return when.value if when.value in seen.measures else None
    return None
