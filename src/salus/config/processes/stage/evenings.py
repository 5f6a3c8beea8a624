"""A stage's database as it was on past evenings, so that a director can step back."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path

from django.db import connection

from salus.base import clock
from salus.plan.exercises.stages import Stage, read_json, write_json

# Every evening of the last two weeks is kept, and before that one a week.
RECENT, APART = 14, 7
# A clock that runs through days in seconds leaves no time to keep each evening: at most one part in so many is spent.
ITS_TURN = 20
_next: dict[Path, float] = {}
EVENING = 17
WORLD = "world.json"
CHECKPOINTS = Path("keys") / "audit-checkpoints.log"


def kept(stage: Stage) -> list[int]:
    """Return the evenings that are kept, by number: how many days of the world had passed."""
    folders = stage.evenings.glob("[0-9]" * 5)
    return sorted(int(path.name) for path in folders if (path / "salus.sqlite3").exists())


def keep(stage: Stage, whole_days: int) -> bool:
    """Keep this evening, unless it is kept or the last one took long a moment ago; return whether it was."""
    began, evening = time.monotonic(), _this_evening(stage)
    if connection.vendor != "sqlite" or began < _next.get(stage.data, 0.0) or stage.evening(evening).exists():
        return False
    copy(stage, Path(connection.settings_dict["NAME"]), evening, whole_days)
    thin(stage)
    _next[stage.data] = began + (time.monotonic() - began) * ITS_TURN
    return True


def _this_evening(stage: Stage) -> int:
    """Return the number of the newest evening: how many days of the world it should end, on time or not."""
    design, moment = stage.design(), clock.now().astimezone(clock.city_zone())
    begun = (moment.date() - design.start_on).days + design.lead_in_days
    return begun + int(moment.hour >= EVENING)


def copy(stage: Stage, database: Path, evening: int, whole_days: int) -> None:
    """Copy a database, and what lies beside it, as they are at this moment."""
    target = stage.evening(evening)
    target.parent.mkdir(parents=True, exist_ok=True)
    # A world that was late that evening goes on from where it was.
    write_json(target.parent / WORLD, {"whole_days": whole_days})
    # What is older than the database is copied before it, so that nothing in a copy speaks of what the database lacks.
    for path in (stage.fired, stage.data / CHECKPOINTS):
        if path.exists():
            shutil.copy2(path, target.parent / path.name)
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    source = sqlite3.connect(str(database), timeout=30)
    try:
        source.execute("VACUUM INTO ?", (str(part),))
    finally:
        source.close()
    part.replace(target)


def whole_days_of(stage: Stage, evening: int) -> int:
    """Return how many days of the world were whole on an evening."""
    return int(read_json(stage.evening(evening).parent / WORLD)["whole_days"])


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
