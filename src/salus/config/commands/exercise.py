"""`./salus exercise build`: makes a whole city from a seed, as a folder of open formats."""

from __future__ import annotations

import argparse
from pathlib import Path

from salus.base.errors import Invalid
from salus.config.commands.setup import console, progress_bar

ROOT = Path("var") / "exercise"


def main(argv: list[str]) -> int:
    """Run one of the exercise's jobs."""
    parser = argparse.ArgumentParser(prog="./salus exercise", description=__doc__)
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    build = jobs.add_parser("build", help="make a city from a seed")
    build.add_argument("--seed", type=int, default=7, help="the same seed makes the same city, byte by byte")
    build.add_argument("--people", type=int, default=400_000, help="how many people live there (2,000 to 12 million)")
    build.add_argument("--to", type=Path, default=ROOT / "city", help="the folder to make (default: var/exercise/city)")
    options = parser.parse_args(argv)
    return _build(options)


def _build(options: argparse.Namespace) -> int:
    from salus.world.city.pack import CannotBuild, build

    try:
        with progress_bar("Building the city") as report:
            folder = build(options.to, seed=options.seed, people=options.people, told=report)
    except CannotBuild as refusal:
        raise Invalid(str(refusal)) from refusal
    console.print(
        f"A city of {options.people:,} people is in [b]{folder}[/b]; datapackage.json there names every file.\n"
        f"Bring it into an installation with: ./salus load exercise_city --from {folder}"
    )
    return 0
