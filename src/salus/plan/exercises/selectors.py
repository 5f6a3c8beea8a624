"""The reads of exercises."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from salus.plan.exercises import emergencies
from salus.plan.exercises.models import Exercise, ExerciseRun
from salus.plan.exercises.permissions import EXERCISE_DESIGN, EXERCISE_VIEW
from salus.plan.exercises.rows import exercise_row, run_row
from salus.plan.exercises.schemas import OPEN_STATES, EmergencyChoice, ExerciseRow, RunRow, StageStatus, Targets
from salus.plan.exercises.stages import stage_at, targets_of
from salus.trust import policy
from salus.trust.schemas import Viewer

__all__ = [
    "emergency_choices",
    "exercise_get",
    "exercise_history",
    "exercise_list",
    "inject_targets",
    "run_design",
    "run_get",
    "run_list",
    "stage_status",
]


def exercise_list(
    *, viewer: Viewer, include_withdrawn: bool = False, known_at: datetime | None = None
) -> list[ExerciseRow]:
    """Return the designs, the newest first."""
    policy.require(viewer, EXERCISE_VIEW)
    rows = Exercise.objects.known(known_at).order_by("-created_at", "-id")
    return [exercise_row(row) for row in rows if include_withdrawn or not row.withdrawn]


def exercise_get(*, viewer: Viewer, exercise: UUID, known_at: datetime | None = None) -> ExerciseRow:
    """Return one design."""
    policy.require(viewer, EXERCISE_VIEW)
    return exercise_row(Exercise.objects.one(exercise, known_at))


def exercise_history(*, viewer: Viewer, exercise: UUID, known_at: datetime | None = None) -> list[ExerciseRow]:
    """Return every version of a design, the oldest first."""
    policy.require(viewer, EXERCISE_VIEW)
    Exercise.objects.one(exercise, known_at)
    return [exercise_row(row) for row in Exercise.objects.history(exercise, known_at)]


def run_list(
    *, viewer: Viewer, exercise: UUID | None = None, open_only: bool = False, known_at: datetime | None = None
) -> list[RunRow]:
    """Return runs, the newest first."""
    policy.require(viewer, EXERCISE_VIEW)
    rows = ExerciseRun.objects.known(known_at).order_by("-created_at", "-number")
    if exercise is not None:
        rows = rows.filter(exercise_id=exercise)
    if open_only:
        rows = rows.filter(state__in=OPEN_STATES)
    return [run_row(row) for row in rows]


def run_get(*, viewer: Viewer, run: UUID, known_at: datetime | None = None) -> RunRow:
    """Return one run."""
    policy.require(viewer, EXERCISE_VIEW)
    return run_row(ExerciseRun.objects.one(run, known_at))


def run_design(*, viewer: Viewer, run: UUID) -> ExerciseRow:
    """Return the version of the design that a run was prepared from."""
    policy.require(viewer, EXERCISE_VIEW)
    row = ExerciseRun.objects.one(run)
    return exercise_row(Exercise.objects.get(version=row.exercise_version))


def stage_status(*, viewer: Viewer, run: UUID) -> StageStatus | None:
    """Return what the stage of a run has last said of itself; None until it has spoken."""
    return stage_at(run_get(viewer=viewer, run=run).folder).said()


def inject_targets(*, viewer: Viewer, exercise: UUID | None = None, run: UUID | None = None) -> Targets:
    """Return what can be befallen in the city of a run or of a design; nothing until such a city was built."""
    policy.require(viewer, EXERCISE_VIEW)
    if run is not None:
        return targets_of(stage_at(run_get(viewer=viewer, run=run).folder)) or Targets()
    if exercise is None:
        return Targets()
    row = Exercise.objects.one(exercise)
    return city_targets(people=row.people, city_seed=row.city_seed) or Targets()


def city_targets(*, people: int, city_seed: int) -> Targets | None:
    """Return what can be befallen in a city, where some run has built the same one."""
    versions = Exercise.objects.filter(people=people, city_seed=city_seed).values_list("version", flat=True)
    for run in ExerciseRun.objects.known().filter(exercise_version__in=list(versions)).order_by("-created_at"):
        found = targets_of(stage_at(run.folder))
        if found is not None:
            return found
    return None


def emergency_choices(*, viewer: Viewer) -> list[EmergencyChoice]:
    """Return the emergencies that come with the product."""
    policy.require(viewer, EXERCISE_DESIGN)
    return emergencies.choices()
