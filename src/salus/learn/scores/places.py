"""Where the runs are that this installation may score."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from salus.base.errors import Invalid, NotFound
from salus.plan.exercises.selectors import run_get
from salus.plan.exercises.stages import stage_at
from salus.trust.schemas import Viewer

WORLD = "SALUS_WORLD"


def own_world() -> Path | None:
    """Return the run that this installation plays, if it plays one."""
    named = os.environ.get(WORLD, "")
    return Path(named).resolve() if named else None


def folder_of(*, run: str | None, exercise_run: UUID | None, viewer: Viewer) -> Path:
    """Return the folder of a run: of an exercise, below the data folder, or the one that is played here."""
    if exercise_run is not None:
        return _checked(stage_at(run_get(viewer=viewer, run=exercise_run).folder).run.resolve())
    if run is None:
        world = own_world()
        if world is None:
            raise Invalid(_("No world is played here."), remedy=_("Say which run is to be scored."))
        return _checked(world)
    data = Path(settings.SALUS_DATA_DIR).resolve()
    folder = (data / run).resolve()
    if folder != own_world() and not folder.is_relative_to(data):
        raise Invalid(_("This run lies outside the data folder."), remedy=_("Choose a run of this installation."))
    return _checked(folder)


def _checked(folder: Path) -> Path:
    if not (folder / "run.json").is_file():
        raise NotFound(_("There is no run of an exercise there."), remedy=_("It may not have begun yet."))
    return folder


def name_of(folder: Path) -> str:
    """Return how a run is called in scores: its path seen from the data folder, or its folder's name."""
    data = Path(settings.SALUS_DATA_DIR).resolve()
    return folder.relative_to(data).as_posix() if folder.is_relative_to(data) else folder.name
