"""The folder of a stage, and the files through which desk and stage speak: the only way between the two."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from salus.base.ids import new_id
from salus.plan.exercises import documents
from salus.plan.exercises.schemas import HERE, ExerciseDraft, FiredRow, StageStatus, Targets

ROOM = "exercise"


class Stage:
    """The files of a stage in its data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        room = data / ROOM
        self.room, self.city, self.run = room, room / "city", room / "run"
        self.plan, self.control, self.status = room / "plan.json", room / "control.json", room / "status.json"
        self.fired, self.targets, self.handover = room / "fired.json", room / "targets.json", room / "handover.json"
        self.evenings, self.lock = room / "evenings", room / "stage.lock"

    @property
    def database(self) -> Path:
        """Return the stage's own database."""
        return self.data / "salus.sqlite3"

    def design(self) -> ExerciseDraft:
        """Return the design from which the stage was prepared."""
        return documents.from_json(read_json(self.plan)["exercise"])

    def wanted(self) -> dict[str, Any]:
        """Return what the desk wants."""
        return {**DEFAULT, **read_json(self.control)}

    def said(self) -> StageStatus | None:
        """Return what the stage has last said of itself."""
        row = read_json(self.status)
        return status_from(row) if row else None

    def evening(self, number: int) -> Path:
        """Return where the database of an evening is kept; its number counts the days before the exercise too."""
        return self.evenings / f"{number:05d}" / "salus.sqlite3"


DEFAULT: dict[str, Any] = {"paused": True, "ended": False, "review": False, "speed": "", "fire": []}


def stage_at(folder: str) -> Stage:
    """Return the stage of a run by the name of its folder on this desk."""
    data = Path(settings.SALUS_DATA_DIR)
    return Stage(data if folder == HERE else data / "stages" / folder)


def read_json(path: Path) -> dict[str, Any]:
    """Return what a file says; nothing where it is not there yet."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def write_json(path: Path, content: Mapping[str, Any], *, secret: bool = False) -> None:
    """Write JSON as a whole file."""
    write_whole(path, documents.dump(content), secret=secret)


def write_whole(path: Path, content: bytes, *, secret: bool = False) -> None:
    """Write a file that is there whole or as it was before; a secret one is for its owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{new_id().hex}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def status_to(status: StageStatus) -> dict[str, Any]:
    """Return a status as JSON."""
    fired = [{**asdict(row), "title": dict(row.title), "on": row.on.isoformat()} for row in status.fired]
    return {
        **{name: getattr(status, name) for name in ("state", "day", "days", "speed", "whole_days", "level", "problem")},
        "counts": dict(status.counts),
        "measures": list(status.measures),
        "evenings": list(status.evenings),
        "fired": fired,
        "clock": status.clock.isoformat(),
        "written_at": status.written_at.isoformat(),
    }


def status_from(row: Mapping[str, Any]) -> StageStatus:
    """Return a status from JSON."""
    fired = tuple(FiredRow(**{**one, "on": date.fromisoformat(one["on"])}) for one in row["fired"])
    moments = {name: datetime.fromisoformat(row[name]) for name in ("clock", "written_at")}
    told = {**row, **moments, "fired": fired, "measures": tuple(row["measures"]), "evenings": tuple(row["evenings"])}
    return StageStatus(**told)


def targets_of(stage: Stage) -> Targets | None:
    """Return what the city of a stage has that can be befallen; None until it was built."""
    row = read_json(stage.targets)
    return Targets(**row) if row else None
