"""`./salus stage`: runs the stage of an exercise in its own folder, as its desk wants it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from salus.base.errors import Invalid
from salus.config.commands.setup import Report, prepare_tables, start_django, use_data_dir
from salus.config.commands.up import add_address, address_environment, check_ports
from salus.plan.exercises.stages import Stage, read_json, write_json

WATCH_SECONDS = 0.5
FACES = frozenset({"web", "live"})


def main(argv: list[str]) -> int:
    """Run a stage, or set it up."""
    options = _options(argv)
    stage = Stage(options.folder.resolve())
    if not stage.plan.exists():
        raise Invalid(
            f"{options.folder} is no stage of an exercise.", remedy="Prepare one from the exercise's page on its desk."
        )
    _stand_in(stage, options)
    if options.set_up:
        return _set_up(stage)
    return _run(stage, options)


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./salus stage", description=__doc__)
    parser.add_argument("folder", type=Path, help="the stage's folder, which its desk has made")
    parser.add_argument("--set-up", action="store_true", help="make city, world and people, then stop")
    parser.add_argument("--no-web", action="store_true", help="run without pages")
    add_address(parser)
    return parser.parse_args(argv)


def _stand_in(stage: Stage, options: argparse.Namespace) -> None:
    """Choose the stage's own folder and settings, whatever this process was told of another installation."""
    from salus.config.processes.stage.environment import OF_THE_DESK, settings_of

    for name in OF_THE_DESK:
        os.environ.pop(name, None)
    use_data_dir(stage.data, **settings_of(stage), **address_environment(options.host, options.port))
    start_django()
    prepare_tables()


def _set_up(stage: Stage) -> int:
    from salus.config.processes.stage.setup import set_up

    steps = iter(range(1, 100))

    @contextmanager
    def bar(title: str) -> Iterator[Report]:
        step = next(steps)

        def report(done: int, total: int | None = None, message: str = "") -> None:
            part = f" ({done} of {total})" if total else ""
            sys.stdout.write(json.dumps({"step": step - 1, "message": f"{title}{part}"}) + "\n")
            sys.stdout.flush()

        report(0)
        yield report

    set_up(stage, bar)
    return 0


def _run(stage: Stage, options: argparse.Namespace) -> int:
    from salus.base.selectors import last_recorded
    from salus.base.services import clock_set
    from salus.config.processes.stage import locking
    from salus.config.processes.stage.pace import pace
    from salus.config.processes.supervisor import Supervisor, processes
    from salus.trust.actors import system_viewer

    if locking.take(stage.lock) is None:
        raise Invalid("This stage is running already.", remedy="End that run first.")
    if not options.no_web:
        check_ports(options.host, [options.port, options.port + 1])
    # A clock that ran on while nobody was here would have skipped days: it goes on where something was last written.
    by = system_viewer("exercises")
    clock_set(mode="exercise", at=last_recorded(), paused=True, by=by)
    todo = processes(options.host, options.port, options.port + 1)
    supervisor = Supervisor(
        [process for process in todo if not (options.no_web and process.name in FACES)],
        environment=address_environment(options.host, options.port),
        log_dir=stage.data / "logs",
    )
    threading.Thread(target=_watch, args=(stage, supervisor.stopping), daemon=True).start()
    try:
        supervisor.run()
    finally:
        _last_word(stage)
        pace(paused=True, by=by)
    return 0


def _watch(stage: Stage, stopping: threading.Event) -> None:
    """Stop when the desk has ended the run and nobody reviews it."""
    while not stopping.wait(WATCH_SECONDS):
        wanted = stage.wanted()
        if wanted["ended"] and not wanted["review"]:
            stopping.set()


def _last_word(stage: Stage) -> None:
    """Leave word that the stage has stopped, so that the desk does not wait for it."""
    from salus.base import clock

    said = read_json(stage.status)
    if said:
        state = "ended" if stage.wanted()["ended"] or said["state"] == "ended" else "stopped"
        write_json(stage.status, {**said, "state": state, "written_at": clock.wall_now().isoformat()})
