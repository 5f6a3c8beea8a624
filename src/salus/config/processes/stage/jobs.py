"""The jobs that make stages: registered wherever the product runs, done by the worker alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from salus.base.errors import SalusError
from salus.base.jobs import JobCancelled, Progress, handles
from salus.plan.exercises.selectors import run_design, run_get
from salus.plan.exercises.services import run_state_record
from salus.plan.exercises.writing import BRANCH, PREPARE
from salus.trust.actors import system_viewer

BY = "exercises"
CANCELLED = "Cancelled before it was ready."


@handles(PREPARE)
def prepare(progress: Progress, args: dict[str, Any]) -> dict[str, Any]:
    """Make the stage of a run from its design."""
    return _make(UUID(args["run"]), progress, "prepare")


@handles(BRANCH)
def branch(progress: Progress, args: dict[str, Any]) -> dict[str, Any]:
    """Make the stage of a run from an evening of another."""
    return _make(UUID(args["run"]), progress, "branch")


def _make(run: UUID, progress: Progress, how: str) -> dict[str, Any]:
    """Make a stage and write what became of it; a stage that could not be made leaves nothing behind."""
    from salus.config.processes.stage import making

    by = system_viewer(BY)
    row, design = run_get(viewer=by, run=run), run_design(viewer=by, run=run)
    try:
        {"prepare": making.prepare, "branch": making.branch}[how](row, design, progress)
    except JobCancelled:
        making.forget(row)
        run_state_record(run=run, state="failed", problem=CANCELLED, by=by)
        raise
    except Exception as fault:
        making.forget(row)
        words = str(fault) if isinstance(fault, SalusError) else f"{type(fault).__name__}: {fault}"
        run_state_record(run=run, state="failed", problem=words, by=by)
        raise
    run_state_record(run=run, state="prepared", by=by)
    return {"folder": row.folder}
