"""Designing an exercise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited, note
from salus.base.errors import Conflict
from salus.base.versioned import record_create, record_revise
from salus.plan.exercises import documents
from salus.plan.exercises.events import EXERCISE_CHANGED
from salus.plan.exercises.models import Exercise
from salus.plan.exercises.permissions import EXERCISE_DESIGN
from salus.plan.exercises.rules import Contradiction, defects
from salus.plan.exercises.schemas import ExerciseDraft
from salus.plan.exercises.selectors import city_targets
from salus.plan.models import Measure
from salus.trust import policy
from salus.trust.actors import system_viewer
from salus.trust.schemas import Viewer
from salus.trust.selectors import role_list


@audited("exercise.design")
def exercise_design(*, draft: ExerciseDraft, by: Viewer) -> Exercise:
    """Write the design of an exercise; one that contradicts itself is refused with every fault named."""
    policy.require(by, EXERCISE_DESIGN)
    row = record_create(Exercise, by=by, **_checked(draft))
    note(injects=len(row.injects), teams=len(row.teams))
    _tell(row, by)
    return row


@audited("exercise.revise")
def exercise_revise(*, exercise: UUID, draft: ExerciseDraft, seen_version: int | None = None, by: Viewer) -> Exercise:
    """Change a design; runs that were prepared before keep theirs."""
    policy.require(by, EXERCISE_DESIGN)
    row: Exercise = Exercise.objects.one(exercise)
    if seen_version is not None and seen_version != row.version:
        raise Conflict(
            _("Somebody changed this since you opened it."), remedy=_("Look at the newest version and try again.")
        )
    revised = record_revise(row, by=by, **_checked(draft))
    _tell(revised, by)
    return revised


@audited("exercise.withdraw")
def exercise_withdraw(*, exercise: UUID, by: Viewer) -> Exercise:
    """Take a design off the list; its runs stay."""
    policy.require(by, EXERCISE_DESIGN)
    row: Exercise = Exercise.objects.one(exercise)
    if row.withdrawn:
        raise Conflict(_("This exercise was withdrawn already."))
    revised = record_revise(row, by=by, withdrawn=True)
    _tell(revised, by)
    return revised


def _checked(draft: ExerciseDraft) -> dict[str, Any]:
    # A row that was read is given back as the design that it is.
    plain = ExerciseDraft(**{name: getattr(draft, name) for name in documents.NAMES})
    plain = replace(plain, speed=plain.speed.strip().lower())
    found = defects(
        plain,
        city_targets(people=plain.people, city_seed=plain.city_seed),
        frozenset(Measure.objects.known().values_list("code", flat=True)),
        frozenset(row.code for row in role_list(viewer=system_viewer("plan"))),
    )
    if found:
        raise Contradiction(found)
    return documents.to_fields(plain)


def _tell(row: Exercise, by: Viewer) -> None:
    outbox.publish(
        topic=EXERCISE_CHANGED, record_kind="exercise", record_id=row.id, payload={"withdrawn": row.withdrawn}, by=by
    )
