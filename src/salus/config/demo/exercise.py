"""The exercise of a demonstration: a city made from a seed, and a world that began some weeks ago."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path

from salus.config.commands.exercise import plain_words
from salus.config.commands.setup import console, progress_bar

# By then the first cases have begun to spread, and nobody has noticed yet.
LEAD_DAYS = 45
EMERGENCY = "respiratory"


def environment(data: Path) -> dict[str, str]:
    """Return the setting that tells the processes where the world is."""
    return {"SALUS_WORLD": str((data / "exercise" / "run").resolve())}


def make(data: Path, start: date, options: argparse.Namespace) -> Path:
    """Make the city and begin the world; return the city's folder."""
    from salus.world.city.pack import build
    from salus.world.truth.run import Run

    folder = data / "exercise"
    with plain_words():
        with progress_bar("Building the city") as report:
            city = build(folder / "city", seed=options.seed, people=options.people, told=report)
        begun = start - timedelta(days=LEAD_DAYS)
        Run.begin(folder / "run", pack=city, emergency=EMERGENCY, start=begun, seed=options.seed)
    return city


def lead_in(data: Path) -> None:
    """Let the days before the demonstration happen, and bring in what was said of them."""
    from salus.config.processes.world import take_in
    from salus.world.truth.run import Run
    from salus.world.world import World

    world = World(Run.open(data / "exercise" / "run"))
    with progress_bar("Letting the first weeks happen") as report:
        world.advance(LEAD_DAYS, orders=list, done=lambda day: report(world.run.day, LEAD_DAYS, f"{day.on}"))
    with console.status("Bringing in what was reported"):
        take_in(world)
