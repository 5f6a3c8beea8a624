"""Take the days of a run back to an earlier evening: nothing that happened later is left in the folder."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

from salus.world.errors import WorldError

_DAY_IN_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})")
_NUMBER = re.compile(r"^(\d{5})\.")


class NoSuchEvening(WorldError):
    """The state of an evening was not kept; the message says what to do."""


def forget(folder: Path, day: int, start: date) -> None:
    """Leave in a run's folder the first days only: `day` is the number of the next one."""
    state = folder / "states" / f"{day - 1:05d}.bin"
    if not state.is_file():
        raise NoSuchEvening(f"The evening of day {day - 1} was not kept in {folder}. Branch from a later day.")
    first = start + timedelta(days=day)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and _later(path, day, first):
            path.unlink()
    (folder / "state.bin").write_bytes(state.read_bytes())
    told = folder / "told.json"
    if told.exists():
        last = min(int(json.loads(told.read_text(encoding="utf-8"))["day"]), day - 1)
        told.write_text(json.dumps({"day": last}), encoding="utf-8")


def _later(path: Path, day: int, first: date) -> bool:
    """Tell by its name whether a file speaks of a day that is to be forgotten."""
    if number := _NUMBER.match(path.name):
        return int(number[1]) >= day
    if found := _DAY_IN_NAME.search(path.name):
        return date.fromisoformat(found[1]) >= first
    return False
