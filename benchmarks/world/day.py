"""Measures a day of an exercise in a city of 400,000: the truth and all its feeds, beside what gather takes to hear it."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.epi.claims import Row, claim
from benchmarks.world.claims import keep
from salus.base import clock
from salus.world.city.pack import build
from salus.world.feeds.voices import feeds_of
from salus.world.truth.run import Run
from salus.world.world import World

START = date(2026, 3, 2)


def begin(people: int, home: Path) -> World:
    """Set an installation up, bring the city in, and begin a world in it."""
    from salus.config.commands.setup import prepare_tables, start_django

    os.environ["SALUS_DATA_DIR"] = str(home / "data")
    start_django()
    prepare_tables()
    from salus.gather.sources.loading import load
    from salus.trust.selectors import system_viewer

    pack = build(home / "city", seed=7, people=people)
    with clock.fixed_at(evening(0)):
        load(slug="exercise_city", path=pack, by=system_viewer("bench"))
    return World(Run.begin(home / "run", pack=pack, emergency="respiratory", start=START, seed=1))


def hear(world: World) -> float:
    """Let the installation hear what was said by the evening; return the seconds."""
    from salus.config.processes.world import take_in

    with clock.fixed_at(evening(world.run.day - 1)):
        begun = time.perf_counter()
        take_in(world, heard_at=clock.now())
        return time.perf_counter() - begun


def happen(world: World) -> float:
    """Let a day happen and be told; return the seconds."""
    begun = time.perf_counter()
    world.advance(1, orders=list)
    return time.perf_counter() - begun


def rows(people: int, lead: int, days: int, home: Path) -> list[Row]:
    """Let an epidemic grow, then measure each day and its hearing apart."""
    world = begin(people, home)
    world.advance(lead, orders=list)
    hear(world)
    took = [(happen(world), hear(world)) for _ in range(days)]
    mine, theirs = (statistics.median(part) for part in zip(*took, strict=True))
    feeds = feeds_of(world.run)
    names = ", ".join(type(feed).__name__.removesuffix("Feed").lower() for feed in feeds)
    what = f"a day of an exercise, {people:,} people, days {lead} to {lead + days}: truth and {len(feeds)} feeds"
    said, beside = f"{mine:.2f} s (worst {max(row[0] for row in took):.2f})", f"gather hears it, {theirs:.2f} s"
    return [
        claim(what, said, beside, f"{mine / theirs:.2f}", "under 1 s beside gather", mine < 1),
        claim("the feeds of that day", names, "", "", "", True),
    ]


def evening(days: int) -> datetime:
    """Return the evening of a day of the run."""
    return datetime(START.year, START.month, START.day, 18, 30, tzinfo=UTC) + timedelta(days=days)


def main() -> None:
    """Measure and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=400_000)
    parser.add_argument("--lead", type=int, default=70)
    parser.add_argument("--days", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        keep("day", rows(options.people, options.lead, options.days, Path(folder)))


if __name__ == "__main__":
    main()
