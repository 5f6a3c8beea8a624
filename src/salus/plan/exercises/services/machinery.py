"""What the machinery writes of a run: what became of its stage."""

from __future__ import annotations

from uuid import UUID

from salus.base import chain, clock
from salus.base.audit import audited, note
from salus.base.chain import Ref
from salus.base.versioned import record_create
from salus.plan.exercises.models import Exercise, ExerciseRun
from salus.plan.exercises.permissions import EXERCISE_DIRECT
from salus.plan.exercises.schemas import HERE, STATES
from salus.plan.exercises.writing import change, instruct, tell
from salus.trust import policy
from salus.trust.schemas import Viewer


@audited("exercise_run.state")
def run_state_record(*, run: UUID, state: str, problem: str = "", port: int | None = None, by: Viewer) -> ExerciseRun:
    """Write what became of a stage."""
    policy.require(by, EXERCISE_DIRECT)
    row: ExerciseRun = ExerciseRun.objects.one(run)
    if state not in STATES:
        raise ValueError(f"'{state}' is no state of a run")
    if (row.state, row.problem, row.port) == (state, problem, port or row.port):
        note(unchanged=True)
        return row
    ended = row.ended_at or (clock.now() if state in {"ended", "failed"} else None)
    # After its last day a stage stays open, its clock stopped, so that those who played can talk it through.
    wanted = {"paused": True, "review": True} if state == "ended" and row.state != "ended" else None
    return change(row, by, wanted=wanted, state=state, problem=problem[:2000], port=port or row.port, ended_at=ended)


@audited("exercise_run.adopt")
def run_adopt(*, exercise: UUID, by: Viewer) -> ExerciseRun:
    """Write that this installation is itself the stage of an exercise, as in a demonstration."""
    policy.require(by, EXERCISE_DIRECT)
    design: Exercise = Exercise.objects.one(exercise)
    row = record_create(
        ExerciseRun,
        exercise_id=design.id,
        exercise_version=design.version,
        number=1,
        folder=HERE,
        port=0,
        state="running",
        wanted={"paused": False, "speed": design.speed},
        started_at=clock.now(),
        by=by,
    )
    link_design(design, row, by)
    tell(row, by)
    instruct(row)
    return row


def link_design(design: Exercise, row: ExerciseRun, by: Viewer) -> None:
    """State on the chain which design a run plays."""
    chain.link(
        source=Ref("exercise", design.id, design.created_at),
        target=Ref("exercise_run", row.id, row.created_at),
        relation="staged",
        by=by,
    )
