"""Versions of exercises and runs, as they cross the edge."""

from __future__ import annotations

from dataclasses import fields

from salus.plan.exercises import documents
from salus.plan.exercises.models import Exercise, ExerciseRun
from salus.plan.exercises.schemas import ExerciseRow, RunRow

_SAME = tuple(item.name for item in fields(RunRow) if item.name not in {"paused", "speed", "review"})
_ABOUT = ("id", "version", "withdrawn", "created_at", "recorded_at", "recorded_by")


def exercise_row(row: Exercise) -> ExerciseRow:
    """Return a design as it crosses the edge."""
    parts = documents.parts({name: getattr(row, name) for name in documents.NAMES})
    return ExerciseRow(**parts, **{name: getattr(row, name) for name in _ABOUT})


def run_row(row: ExerciseRun) -> RunRow:
    """Return a run as it crosses the edge."""
    wanted = row.wanted
    return RunRow(
        **{name: getattr(row, name) for name in _SAME},
        paused=bool(wanted.get("paused", True)),
        speed=str(wanted.get("speed", "")),
        review=bool(wanted.get("review", False)),
    )
