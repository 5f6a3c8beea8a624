"""Making a score: replays beside the run, on the executor of the installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.base.jobs import Progress, handles
from salus.learn.scores.places import folder_of, name_of, own_world
from salus.learn.scores.recording import records_known
from salus.learn.scores.services import KIND, score_keep
from salus.trust.actors import system_viewer


@handles(KIND)
def make(progress: Progress, args: dict[str, Any]) -> dict[str, Any]:
    """Score a run, and keep the sheet."""
    by = system_viewer("score")
    exercise_run = UUID(args["exercise_run"]) if args["exercise_run"] else None
    folder = folder_of(run=args["run"], exercise_run=exercise_run, viewer=by)
    sheet = _sheet(folder, exercise_run, int(args["seeds"]), progress)
    made = score_keep(sheet=sheet, by=by)
    return {"score": str(made.id), "run": sheet.run}


def _sheet(folder: Path, exercise_run: UUID | None, seeds: int, progress: Progress) -> Any:
    # Numerics are no business of the process that serves pages, which imports this module too.
    from salus.learn.scores.sheets import sheet_of
    from salus.world.errors import WorldError
    from salus.world.score.executors import executor_from
    from salus.world.score.records import keep_records, read_records
    from salus.world.score.scoring import score_run
    from salus.world.truth.run import Run

    words = {"the same seed": _("the same seed"), "many seeds": _("many seeds")}
    try:
        run = Run.open(folder)
        if folder == own_world():
            keep_records(folder, records_known(viewer=system_viewer("score")))
        with executor_from("here" if not seeds else None) as executor:
            scored = score_run(
                run, seeds=seeds, executor=executor, told=lambda done, of, what: progress.update(done, of, words[what])
            )
        return sheet_of(run, scored, read_records(folder), name=name_of(folder), exercise_run=exercise_run)
    except WorldError as refusal:
        raise Invalid(str(refusal)) from refusal
