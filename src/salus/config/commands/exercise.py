"""`./salus exercise`: a whole city from a seed, and a world in it that answers to what is ordered."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from salus.base.errors import Invalid
from salus.config.commands import score
from salus.config.commands.setup import console, progress_bar

if TYPE_CHECKING:
    from salus.world.truth.run import Day, Run
    from salus.world.world import World

ROOT = Path("var") / "exercise"
# At the end of a run what the sensors said may take so long to be heard.
HEARD_SECONDS = 60.0
EPILOG = """
Orders are a JSON list such as [{"measure": "masks-required", "start": "2026-04-01", "zones": ["OLD-1"]}];
without zones a measure binds the whole city. Happenings are a JSON list such as
[{"kind": "hospital_floods", "facility": "H-1", "size": 0.5, "start": "2026-04-01", "end": "2026-04-10"}].
Both files are read anew before every day.
"""


def main(argv: list[str]) -> int:
    """Run one of the exercise's jobs."""
    options = _parser().parse_args(argv)
    with plain_words():
        return {"build": _build, "run": _run, "score": score.main}[options.job](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./salus exercise", description=__doc__)
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    build = jobs.add_parser("build", help="make a city from a seed")
    build.add_argument("--seed", type=int, default=7, help="the same seed makes the same city, byte by byte")
    build.add_argument("--people", type=int, default=400_000, help="how many people live there (2,000 to 12 million)")
    build.add_argument("--to", type=Path, default=ROOT / "city", help="the folder to make (default: var/exercise/city)")
    run = jobs.add_parser("run", help="let days happen in a city, and tell of them by feeds", epilog=EPILOG)
    run.add_argument("--city", type=Path, default=ROOT / "city", help="the city pack (default: var/exercise/city)")
    run.add_argument("--emergency", default="respiratory", help="its name, or a YAML file (default: respiratory)")
    run.add_argument("--also", action="append", default=[], help="what comes on top of it, such as heat_wave")
    run.add_argument("--to", type=Path, default=ROOT / "run", help="the run's folder; a run that is there goes on")
    run.add_argument("--start", type=date.fromisoformat, default=date(2026, 3, 1), help="the first day")
    run.add_argument("--seed", type=int, default=1, help="the run's chance")
    run.add_argument("--days", type=int, default=60, help="how many days (default: 60)")
    run.add_argument("--orders", type=Path, help="a JSON file of the measures in force")
    run.add_argument("--happenings", type=Path, help="a JSON file of what befalls the city beside the emergency")
    run.add_argument("--broker", action="store_true",
                     help="let the sensors speak through an MQTT broker on this machine, and be heard from there")  # fmt: skip
    score.add_parser(jobs, ROOT)
    return parser


@contextmanager
def plain_words() -> Iterator[None]:
    """Tell a refusal of the world as the product's own."""
    from salus.world.errors import WorldError

    try:
        yield
    except WorldError as refusal:
        raise Invalid(str(refusal)) from refusal


def _build(options: argparse.Namespace) -> int:
    from salus.world.city.pack import build

    with progress_bar("Building the city") as report:
        folder = build(options.to, seed=options.seed, people=options.people, told=report)
    console.print(
        f"A city of {options.people:,} people is in [b]{folder}[/b]; datapackage.json there names every file.\n"
        f"Bring it into an installation with: ./salus load exercise_city --from {folder}"
    )
    return 0


def _asked(options: argparse.Namespace) -> None:
    """Refuse what cannot be done before anything is begun."""
    if options.days < 1:
        raise Invalid(f"{options.days} days cannot happen.", remedy="Ask for one or more with --days.")
    for path in (options.orders, options.happenings):
        if path and not path.is_file():
            raise Invalid(f"There is no file {path}.", remedy="Give a JSON list, or leave it out.")


def _begun(options: argparse.Namespace) -> Run:
    from salus.world.truth.run import Run

    if (options.to / "run.json").exists():
        return Run.open(options.to)
    asked = {"emergency": options.emergency, "also": options.also, "start": options.start, "seed": options.seed}
    return Run.begin(options.to, pack=options.city, **asked)


def _run(options: argparse.Namespace) -> int:
    from salus.world.world import World

    _asked(options)
    run = _begun(options)
    total = {"infections": 0.0, "admissions": 0.0, "deaths": 0.0}
    if options.broker:
        from salus.config.processes.on_air import on_air

        with on_air(options.to) as publisher:
            world = World(run, on_air=True)
            _happen(world, options, total)
            unheard = 0 if publisher.wait(HEARD_SECONDS) else len(publisher.days_waiting())
    else:
        world, unheard = World(run), 0
        _happen(world, options, total)
    console.print(
        f"{options.days} days have happened; the next is {run.today}. In them {total['infections']:,.0f} people were "
        f"infected, {total['admissions']:,.0f} went to hospital and {total['deaths']:,.0f} died.\n"
        f"Feeds are in [b]{world.feeds}[/b]. Bring them in with ./salus load exercise_lab --from {world.feeds}\n"
        "and likewise the other sources whose names begin with exercise_, after the city."
    )
    if unheard:
        console.print(
            f"What sensors said on {unheard} days was not heard yet; the next run with --broker says it again."
        )
    return 0


def _happen(world: World, options: argparse.Namespace, total: dict[str, float]) -> None:
    """Let the days happen, and add up what befell people."""
    from salus.world.truth.happenings import read_happenings
    from salus.world.truth.orders import read_orders

    first = world.run.day
    with progress_bar("Days") as report:

        def done(day: Day) -> None:
            for name in total:
                total[name] += float(day.values[name].sum())
            report(world.run.day - first, options.days, f"{world.run.today}")

        orders = (lambda: read_orders(options.orders)) if options.orders else list
        befalling = (lambda: read_happenings(options.happenings)) if options.happenings else list
        world.advance(options.days, orders=orders, happenings=befalling, done=done)
