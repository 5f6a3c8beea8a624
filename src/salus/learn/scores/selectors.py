"""Reading scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.learn.permissions import SCORE_VIEW
from salus.learn.scores.documents import from_json
from salus.learn.scores.models import RunScore
from salus.learn.scores.schemas import ScoreRow, ScoreSheet
from salus.trust import policy
from salus.trust.schemas import Viewer


def score_get(
    *,
    viewer: Viewer,
    score: UUID | None = None,
    run: str | None = None,
    exercise_run: UUID | None = None,
    known_at: datetime | None = None,
) -> ScoreSheet:
    """Return one score: by its id, by the run's name, or by the exercise run."""
    policy.require(viewer, SCORE_VIEW)
    asked = {"id": score, "run": run, "exercise_run_id": exercise_run}
    rows = RunScore.objects.known(known_at).filter(
        **{name: value for name, value in asked.items() if value is not None}
    )
    row = rows.order_by("-version").first()
    if row is None or all(value is None for value in asked.values()):
        raise NotFound(_("There is no such score."), remedy=_("Have the run scored first."))
    return _sheet(row)


def score_list(
    *, viewer: Viewer, exercise_run: UUID | None = None, limit: int = 200, known_at: datetime | None = None
) -> list[ScoreRow]:
    """Return scores, the newest first."""
    policy.require(viewer, SCORE_VIEW)
    rows = RunScore.objects.known(known_at).defer("sheet").order_by("-recorded_at", "-version")
    if exercise_run is not None:
        rows = rows.filter(exercise_run_id=exercise_run)
    return [_row(row) for row in rows[:limit]]


def score_history(*, viewer: Viewer, score: UUID, known_at: datetime | None = None) -> list[ScoreRow]:
    """Return every making of a score, the oldest first."""
    policy.require(viewer, SCORE_VIEW)
    return [_row(row) for row in RunScore.objects.history(score, known_at).defer("sheet")]


def _sheet(row: RunScore) -> ScoreSheet:
    return replace(from_json(row.sheet), id=row.id, made_at=row.recorded_at, version=row.version)


def _row(row: RunScore) -> ScoreRow:
    told: dict[str, Any] = row.summary
    return ScoreRow(
        id=row.id,
        run=row.run,
        exercise_run=row.exercise_run_id,
        emergency=told["emergency"],
        days=told["days"],
        seeds=told["seeds"],
        infections=told["infections"],
        deaths=told["deaths"],
        made_at=row.recorded_at,
        version=row.version,
    )
