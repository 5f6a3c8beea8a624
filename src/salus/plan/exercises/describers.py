"""How exercises and their runs are titled on a chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.base import chain
from salus.base.chain import Described
from salus.base.texts import pick
from salus.plan.exercises.models import Exercise, ExerciseRun
from salus.plan.exercises.permissions import EXERCISE_VIEW
from salus.trust import policy

EXERCISE = "exercise"
RUN = "exercise_run"


def describe_exercises(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles for the designs that the viewer may see."""
    if not policy.may(viewer, EXERCISE_VIEW):
        return {}
    language = get_language() or "en"
    rows = Exercise.objects.known(known_at).filter(id__in=ids)
    return {row.id: Described(pick(row.title, language), f"/ops/exercises/{row.id}/") for row in rows}


def describe_runs(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles for the runs that the viewer may see."""
    if not policy.may(viewer, EXERCISE_VIEW):
        return {}
    rows = list(ExerciseRun.objects.known(known_at).filter(id__in=ids))
    titles = describe_exercises([row.exercise_id for row in rows], viewer, known_at)
    found = {}
    for row in rows:
        title = titles[row.exercise_id].title if row.exercise_id in titles else ""
        words = _("%(title)s, run %(number)d") % {"title": title, "number": row.number}
        found[row.id] = Described(words, f"/ops/exercises/runs/{row.id}/", row.state)
    return found


chain.register(EXERCISE, describe_exercises)
chain.register(RUN, describe_runs)
