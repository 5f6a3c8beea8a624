"""A stage's database as it was on past evenings, so that a director can step back."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path

from django.db import connection

from salus.plan.exercises.stages import Stage

# Every evening of the last two weeks is kept, and before that one a week.
RECENT, APART = 14, 7
# A clock that runs through days in seconds leaves no time to keep each evening.
LEAST_SECONDS = 15.0
CHECKPOINTS = Path("keys") / "audit-checkpoints.log"


def kept(stage: Stage) -> list[int]:
    """Return the evenings that are kept, by how many days were whole."""
    folders = stage.evenings.glob("[0-9]" * 5)
    return sorted(int(path.name) for path in folders if (path / "salus.sqlite3").exists())


def keep(stage: Stage, whole_days: int, *, least_seconds: float = LEAST_SECONDS) -> bool:
    """Keep the evening, unless it is kept or the last one was kept a moment ago; return whether it was."""
    target = stage.evening(whole_days)
    if connection.vendor != "sqlite" or target.exists() or _just_now(stage, least_seconds):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    # What is older than the database is copied before it, so that nothing in a copy speaks of what the database lacks.
    for path in (stage.fired, stage.data / CHECKPOINTS):
        if path.exists():
            shutil.copy2(path, target.parent / path.name)
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    with sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=30) as source:
        source.execute("VACUUM INTO ?", (str(part),))
    source.close()
    part.replace(target)
    thin(stage)
    return True


def _just_now(stage: Stage, least_seconds: float) -> bool:
    newest = kept(stage)
    return bool(newest) and time.time() - stage.evening(newest[-1]).stat().st_mtime < least_seconds


def thin(stage: Stage) -> None:
    """Take away evenings that lie too close together too long ago; the first is always kept."""
    days = kept(stage)
    for day in to_forget(days):
        shutil.rmtree(stage.evening(day).parent, ignore_errors=True)


def to_forget(days: list[int]) -> list[int]:
    """Return the evenings that need not be kept any longer."""
    if not days:
        return []
    lost, last = [], days[0]
    for day in days[1:]:
        if day > days[-1] - RECENT:
            break
        if day - last < APART:
            lost.append(day)
        else:
            last = day
    return lost
