"""A feed as a folder in which a day may have several files of any format; days that were taken in are passed over."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

import polars as pl

from salus.gather.sources.facts import moment_on
from salus.gather.sources.files import require_folder

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})")
Kept = Callable[[str, tuple[Path, ...]], bool]


def end_of(day: pl.Expr, time_zone: str) -> pl.Expr:
    """Return the midnight at the end of a day: what speaks of the whole day cannot be known before it."""
    return moment_on(day + pl.duration(days=1), time(0, 0), time_zone)


def nothing_kept(label: str, files: tuple[Path, ...]) -> bool:
    """Say of no day's files that they were taken in before."""
    return False


@dataclass(frozen=True, slots=True)
class FeedDay:
    """The files that came on a day."""

    name: str
    day: date
    files: tuple[Path, ...]

    @property
    def label(self) -> str:
        """Return what the day's import is called."""
        return f"{self.name}-{self.day.isoformat()}"


def days_of(folder: Path, name: str, *endings: str) -> list[FeedDay]:
    """Return the days of a feed in order; files that are still being written, or of other endings, are not there."""
    place = require_folder(folder, what="the feeds of an exercise") / name
    found: dict[date, list[Path]] = defaultdict(list)
    for path in sorted(place.glob("*")) if place.is_dir() else ():
        told = _DAY.search(path.name)
        if told and path.suffix in endings:
            found[date.fromisoformat(told[1])].append(path)
    return [FeedDay(name, day, tuple(files)) for day, files in sorted(found.items())]


def new_days(days: list[FeedDay], kept: Kept) -> list[FeedDay]:
    """Return the days that were not taken in before as they are now."""
    return [day for day in days if not kept(day.label, day.files)]
