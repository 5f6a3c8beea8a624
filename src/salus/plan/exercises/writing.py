"""How a run is changed: its next version, its news, and what the stage is told once that is certain."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.errors import Conflict
from salus.base.versioned import record_revise
from salus.plan.exercises.events import RUN_CHANGED
from salus.plan.exercises.models import ExerciseRun
from salus.plan.exercises.permissions import EXERCISE_DIRECT
from salus.plan.exercises.stages import DEFAULT, Stage, stage_at, write_json
from salus.trust import policy
from salus.trust.schemas import Viewer

# The jobs that make a stage; their handlers stand where everything may be seen.
PREPARE = "exercise.prepare"
BRANCH = "exercise.branch"


def mine(run: UUID, by: Viewer, *states: str) -> ExerciseRun:
    """Return a run that the viewer may direct and that is in one of the states."""
    policy.require(by, EXERCISE_DIRECT)
    row: ExerciseRun = ExerciseRun.objects.one(run)
    if states and row.state not in states:
        raise Conflict(
            _("This run is %(state)s, so that cannot be done now.") % {"state": word(row.state)},
            remedy=_("Look at its newest state."),
        )
    return row


def word(state: str) -> str:
    """Return a state in words."""
    return {
        "preparing": _("being prepared"),
        "prepared": _("ready to start"),
        "running": _("running"),
        "paused": _("paused"),
        "ended": _("ended"),
        "failed": _("failed"),
    }[state]


def change(row: ExerciseRun, by: Viewer, *, wanted: dict[str, Any] | None = None, **changes: Any) -> ExerciseRun:
    """Write a run's next version and tell the stage what is wanted, once it is certain."""
    if wanted is not None:
        changes["wanted"] = {**row.wanted, **wanted}
    revised = record_revise(row, by=by, **changes)
    tell(revised, by)
    transaction.on_commit(lambda: instruct(revised))
    return revised


def tell(row: ExerciseRun, by: Viewer) -> None:
    """Tell the pages that a run has changed."""
    payload = {"exercise": str(row.exercise_id), "state": row.state}
    outbox.publish(topic=RUN_CHANGED, record_kind="exercise_run", record_id=row.id, payload=payload, by=by)


def instruct_row(run: UUID, stage: Stage) -> bool:
    """Write what is wanted of a run where the stage was not told, as after a desk that died."""
    return instruct(ExerciseRun.objects.one(run), stage)


def instruct(row: ExerciseRun, stage: Stage | None = None) -> bool:
    """Write what is wanted into the stage's folder where it is not there yet; return whether it was written."""
    stage = stage or stage_at(row.folder)
    if not stage.plan.exists():
        return False
    wanted = {**DEFAULT, **row.wanted, "ended": row.state in {"ended", "failed"}, "run": str(row.id)}
    if stage.wanted() == wanted:
        return False
    write_json(stage.control, wanted)
    return True
