"""Steering a run: the desk writes what it wants, and the stage follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.audit import audited, note
from salus.base.errors import Conflict, Invalid, NotFound
from salus.base.ids import new_id
from salus.plan.exercises import documents
from salus.plan.exercises.inject_rules import inject_alone, meets
from salus.plan.exercises.models import Exercise, ExerciseRun
from salus.plan.exercises.rows import exercise_row
from salus.plan.exercises.rules import Contradiction
from salus.plan.exercises.schemas import ExerciseDraft, InjectDraft, When
from salus.plan.exercises.stages import Stage, stage_at, targets_of
from salus.plan.exercises.writing import change, mine
from salus.trust.schemas import Viewer

_PLAYED = ("running", "paused")


@audited("exercise_run.start")
def run_start(*, run: UUID, by: Viewer) -> ExerciseRun:
    """Start a run that is prepared, or let a paused one go on."""
    row = mine(run, by, "prepared", "paused")
    started = row.started_at or clock.now()
    return change(row, by, state="running", started_at=started, wanted={"paused": False})


@audited("exercise_run.pause")
def run_pause(*, run: UUID, by: Viewer) -> ExerciseRun:
    """Stop the clock of a run; people can still read and write."""
    return change(mine(run, by, "running"), by, state="paused", wanted={"paused": True})


@audited("exercise_run.speed")
def run_speed(*, run: UUID, speed: str, by: Viewer) -> ExerciseRun:
    """Change how fast the clock of a run goes."""
    row = mine(run, by, "prepared", *_PLAYED)
    said = speed.strip().lower()
    clock.parse_speed(said)
    note(speed=said)
    return change(row, by, wanted={"speed": said})


@audited("exercise_run.end")
def run_end(*, run: UUID, by: Viewer) -> ExerciseRun:
    """End a run, or close its review; its stage is kept."""
    row = mine(run, by, "prepared", *_PLAYED, "ended")
    if row.state == "ended" and not row.wanted.get("review"):
        raise Conflict(_("This run has ended already."), remedy=_("Open it for review, or step back into a new run."))
    ended = row.ended_at or clock.now()
    return change(row, by, state="ended", ended_at=ended, wanted={"paused": True, "review": False})


@audited("exercise_run.review")
def run_review(*, run: UUID, by: Viewer) -> ExerciseRun:
    """Open the stage of an ended run again, its clock stopped, so that it can be talked through."""
    row = mine(run, by, "ended")
    return change(row, by, wanted={"paused": True, "review": True})


@audited("inject.fire")
def inject_fire(*, run: UUID, inject: str = "", draft: InjectDraft | None = None, by: Viewer) -> ExerciseRun:
    """Let something befall the city now: an inject of the design by its key, or a new one."""
    row = mine(run, by, *_PLAYED)
    stage = stage_at(row.folder)
    design = exercise_row(Exercise.objects.get(version=row.exercise_version))
    chosen = _chosen(design, inject, draft)
    _refuse(chosen, design, row, stage)
    said: dict[str, Any] = {"id": str(new_id()), "inject": documents.inject_to(chosen)}
    note(inject=chosen.key, kind=chosen.kind)
    return change(row, by, wanted={"fire": [*row.wanted.get("fire", []), said]})


def _chosen(design: ExerciseDraft, inject: str, draft: InjectDraft | None) -> InjectDraft:
    if draft is not None:
        key = draft.key or f"now-{new_id().hex[-8:]}"
        if design.inject(key) is not None:
            raise Conflict(
                _("There is an inject '%(key)s' in the design.") % {"key": key}, remedy=_("Choose another key.")
            )
        return replace(draft, key=key, when=When())
    found = design.inject(inject)
    if found is None:
        raise NotFound(_("There is no inject '%(key)s'.") % {"key": inject}, remedy=_("Choose one of the design."))
    return found


def _refuse(chosen: InjectDraft, design: ExerciseDraft, row: ExerciseRun, stage: Stage) -> None:
    """Refuse what was fired before, what the city has not, and what contradicts something that lasts."""
    found = list(inject_alone("inject", chosen, design, targets_of(stage)))
    if found:
        raise Contradiction(found)
    status = stage.said()
    begun = {fired.key: fired.day for fired in status.fired} if status else {}
    waiting = {said["inject"]["key"] for said in row.wanted.get("fire", [])}
    if chosen.key in begun or chosen.key in waiting:
        raise Conflict(_("This inject was fired before."), remedy=_("Write a new one."))
    asked = [documents.inject_from(said["inject"]) for said in row.wanted.get("fire", [])]
    today = status.day if status else 1
    for other in (*design.injects, *asked):
        day = begun.get(other.key, today if other.key in waiting else None)
        if day is not None and meets(chosen, today, other, day):
            raise Invalid(
                _("'%(title)s' befalls the same already.") % {"title": other.title.get("en", other.key)},
                remedy=_("Wait until it has ended, or choose another target."),
            )
