"""`./salus demo`: a city from nothing, its history replayed, its people at work; ends with Ctrl-C."""

from __future__ import annotations

import argparse
import shutil
from datetime import datetime
from pathlib import Path

from salus.base.errors import Invalid
from salus.config.commands.assess import moment
from salus.config.commands.setup import console, prepare_tables, progress_bar, start_django, use_data_dir
from salus.config.commands.up import add_address, address_environment, check_ports, serve
from salus.config.demo import exercise
from salus.plan.exercises.stages import Stage

MARK = ".salus-demo"
SOURCES = {"builtin": "builtin_city", "nyc": "nyc", "exercise": "exercise_city"}


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./salus demo", description=__doc__)
    parser.add_argument(
        "--city", choices=sorted(SOURCES), default="exercise", help="which city (default: the exercise city)"
    )
    parser.add_argument("--from", dest="path", type=Path, help="the folder of a real city's data")
    parser.add_argument("--from-date", help="the day on which the replay begins")
    parser.add_argument("--speed", default="1d/2s", help="how fast the city's clock runs")
    parser.add_argument("--seed", type=int, default=7, help="the seed of a city that is made")
    parser.add_argument("--people", type=int, default=400_000, help="how many people live in the exercise city")
    parser.add_argument("--emergency", default=exercise.EMERGENCY, help="what befalls it (default: %(default)s)")
    parser.add_argument("--also", action="append", default=[], help="what comes on top of it, such as heat_wave")
    parser.add_argument("--data", type=Path, default=Path("var/demo"), help="the demo's own folder")
    parser.add_argument("--keep", action="store_true", help="go on with the demo that is there")
    parser.add_argument("--no-crew", action="store_true", help="leave all decisions to the visitor")
    parser.add_argument("--no-serve", action="store_true", help="set everything up and stop")
    add_address(parser)
    return parser.parse_args(argv)


def _make_room(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise Invalid(f"{folder} holds something that is not a demo.", remedy="Choose another folder with --data.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("This folder is made anew by every ./salus demo.\n", encoding="utf-8")


def _set_up(slug: str, options: argparse.Namespace, start: datetime) -> str:
    from salus.base.services import clock_set
    from salus.config.demo.people import people_make
    from salus.config.packs import USUAL, pack_of, packs_load
    from salus.gather.sources.loading import load
    from salus.trust.selectors import system_viewer

    by = system_viewer("demo")
    # The clock comes first: what is written before it is set would be known only in the replay's future.
    clock_set(mode=_mode(options), at=start, speed=options.speed, paused=True, by=by)
    packs_load(*(pack_of(Stage(options.data).run) if options.city == "exercise" else (USUAL,)))
    password = people_make(by=by)
    with progress_bar("Bringing the city in") as report:
        console.print(str(load(slug=slug, path=options.path, by=by, progress=report, seed=options.seed)))
    if options.city == "exercise":
        exercise.lead_in(options.data)
    return password


def _mode(options: argparse.Namespace) -> str:
    """Tell history that is replayed from a world that answers."""
    return "exercise" if options.city == "exercise" else "replay"


def _start_date(slug: str, options: argparse.Namespace) -> datetime:
    from salus.gather.sources.registry import manifest

    return moment(options.from_date or str(manifest(slug).demo_from))


def _words(city: str, password: str | None, crew: bool) -> str:
    from salus.config.demo.people import PEOPLE

    lines = [f"\n[b]Salus demo: {city}[/b]", "  Public site      {root}/", "  Operations room  {root}/ops/"]
    if password:
        lines.append(f"\nDemo people (password for each: [b]{password}[/b]):")
        lines += [f"  {p.username:<8} {p.name:<14} {p.does}" for p in PEOPLE]
    else:
        lines.append("\nThe demo people keep the password that was shown when this demo was made.")
    if crew:
        lines.append("\nA crew of demo people acts where you have not acted within two days of the city's clock.")
    return "\n".join([*lines, "\nCtrl-C stops it."])


def main(argv: list[str]) -> int:
    """Show the whole loop in a city."""
    options = _options(argv)
    slug = SOURCES[options.city]
    if options.city == "nyc" and options.path is None:
        raise Invalid("A real city needs its data.", remedy=f"Say where: --city {options.city} --from PATH")
    if not options.no_serve:
        check_ports(options.host, [options.port, options.port + 1])
    fresh = not (options.keep and (options.data / MARK).exists())
    if fresh:
        _make_room(options.data)
    from salus.gather.sources.registry import manifest

    crew = not options.no_crew
    environment = {
        "SALUS_DEMO": "1",
        "SALUS_CREW": "1" if crew else "0",
        "SALUS_TIME_ZONE": manifest(slug).time_zone,
        **address_environment(options.host, options.port),
        **(exercise.environment(options.data) if options.city == "exercise" else {}),
    }
    use_data_dir(options.data, **environment)
    start_django()
    prepare_tables()
    password = _begin(slug, options) if fresh else None
    return _go(options, manifest(slug).title["en"], password, crew)


def _begin(slug: str, options: argparse.Namespace) -> str:
    """Make the demo from nothing and return the password of its people."""
    from salus.config.processes.stage.setup import first_look
    from salus.trust.actors import system_viewer

    start = _start_date(slug, options)
    if options.city == "exercise":
        options.path = exercise.make(options.data, start.date(), options)
    password = _set_up(slug, options, start)
    first_look(progress_bar, system_viewer("demo"))
    if options.city == "exercise":
        exercise.stand(options.data)
    return password


def _go(options: argparse.Namespace, title: str, password: str | None, crew: bool) -> int:
    from salus.base.selectors import last_recorded
    from salus.base.services import clock_set
    from salus.config.processes.stage.pace import pace
    from salus.trust.selectors import system_viewer

    if options.no_serve:
        console.print(_words(title, password, crew))
        return 0
    # Where the last run ended, even if it was killed while its clock ran.
    mode = _mode(options)
    paused = options.city == "exercise" and exercise.go_on(options.data, options.speed)
    clock_set(mode=mode, at=last_recorded(), speed=options.speed, paused=paused, by=system_viewer("demo"))
    try:
        return serve(options.host, options.port, _words(title, password, crew))
    finally:
        if mode == "exercise":
            pace(paused=True, by=system_viewer("demo"))
        else:
            clock_set(mode=mode, speed=options.speed, paused=True, by=system_viewer("demo"))
