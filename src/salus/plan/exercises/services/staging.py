"""Making the stage of a run, and stepping back into a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from salus.base import chain, jobs
from salus.base.audit import audited, note
from salus.base.chain import Ref
from salus.base.errors import Conflict, Invalid
from salus.base.ids import new_id
from salus.base.versioned import record_create
from salus.plan.exercises.models import Exercise, ExerciseRun
from salus.plan.exercises.permissions import EXERCISE_DIRECT
from salus.plan.exercises.schemas import OPEN_STATES, Credential, Handover
from salus.plan.exercises.services.machinery import link_design
from salus.plan.exercises.stages import read_json, stage_at
from salus.plan.exercises.writing import BRANCH, PREPARE, change, mine, tell
from salus.trust import policy
from salus.trust.schemas import Viewer

# The pages of the first stage; each stage has ten ports of its own for whatever it runs.
FIRST_PORT, PORTS_EACH, MOST_OPEN = 8100, 10, 50


@audited("exercise_run.prepare")
def run_prepare(*, exercise: UUID, by: Viewer) -> ExerciseRun:
    """Have a stage made for an exercise: its city, its world, its database and its people."""
    policy.require(by, EXERCISE_DIRECT)
    design: Exercise = Exercise.objects.one(exercise)
    if design.withdrawn:
        raise Conflict(_("This exercise was withdrawn."), remedy=_("Design a new one."))
    row = _create(design, by)
    _queue(row, PREPARE, {}, by)
    link_design(design, row, by)
    tell(row, by)
    return row


@audited("exercise_run.prepare_cancel")
def run_prepare_cancel(*, run: UUID, by: Viewer) -> ExerciseRun:
    """Ask the work on a stage to stop; what was made of it is taken away."""
    row = mine(run, by, "preparing")
    assert row.job_id is not None
    jobs.request_cancel(row.job_id)
    return row


@audited("exercise_run.handover")
def run_handover(*, run: UUID, by: Viewer) -> Handover:
    """Give out the one-time passwords of a stage; they are shown once and kept nowhere."""
    row = mine(run, by)
    stage = stage_at(row.folder)
    people = tuple(Credential(**one) for one in read_json(stage.handover).get("people", ()))
    stage.handover.unlink(missing_ok=True)
    note(people=len(people))
    return Handover(row.id, people)


@audited("exercise_run.step_back")
def run_step_back(*, run: UUID, day: int, by: Viewer) -> ExerciseRun:
    """Begin a new run from the evening of a day; the old one is paused and stays as it is."""
    row = mine(run, by, "running", "paused", "ended")
    design: Exercise = Exercise.objects.get(version=row.exercise_version)
    _refuse_day(row, design, day)
    made = _create(design, by, branched_from=row.id, branched_day=day, wanted_speed=str(row.wanted.get("speed", "")))
    _queue(made, BRANCH, {"day": day, "whole_days": design.lead_in_days + day}, by)
    if row.state == "running":
        change(row, by, state="paused", wanted={"paused": True})
    link_design(design, made, by)
    chain.link(
        source=Ref("exercise_run", row.id, row.created_at),
        target=Ref("exercise_run", made.id, made.created_at),
        relation="branched",
        by=by,
    )
    note(day=day, source=str(row.id))
    tell(made, by)
    return made


def _refuse_day(row: ExerciseRun, design: Exercise, day: int) -> None:
    status = stage_at(row.folder).said()
    kept = sorted(whole - design.lead_in_days for whole in (status.evenings if status else ()))
    if day not in kept:
        raise Invalid(
            _("The evening of day %(day)d was not kept.") % {"day": day},
            remedy=_("Choose one of the days %(days)s.") % {"days": ", ".join(map(str, kept)) or "–"},
        )


def _create(design: Exercise, by: Viewer, *, wanted_speed: str = "", **fields: Any) -> ExerciseRun:
    newest = ExerciseRun.objects.filter(exercise_id=design.id).aggregate(newest=Max("number"))["newest"] or 0
    identity = new_id()
    return record_create(
        ExerciseRun,
        id=identity,
        exercise_id=design.id,
        exercise_version=design.version,
        number=newest + 1,
        folder=f"exercise-{design.id.hex[-8:]}-run-{newest + 1}",
        port=_free_port(),
        state="preparing",
        wanted={"paused": True, "speed": wanted_speed or design.speed},
        by=by,
        **fields,
    )


def _free_port() -> int:
    taken = set(ExerciseRun.objects.known().filter(state__in=OPEN_STATES).values_list("port", flat=True))
    for place in range(MOST_OPEN):
        port = FIRST_PORT + place * PORTS_EACH
        if port not in taken:
            return port
    raise Conflict(_("Too many runs are open."), remedy=_("End one of them first."))


def _queue(row: ExerciseRun, kind: str, args: dict[str, Any], by: Viewer) -> None:
    job = jobs.start(kind=kind, args={"run": str(row.id), **args}, by=by, dedupe_key=f"run {row.id}")
    ExerciseRun.objects.filter(version=row.version).update(job_id=job.id)
    row.job_id = job.id
