"""How a desk makes stages: from a design, or from an evening of another stage."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from salus.base import clock
from salus.base.errors import Invalid
from salus.base.jobs import Progress
from salus.config.processes.stage.environment import environment_of
from salus.config.processes.stage.evenings import CHECKPOINTS, whole_days_of
from salus.config.processes.stage.setup import write_plan
from salus.plan.exercises.schemas import HERE, ExerciseRow, RunRow
from salus.plan.exercises.selectors import run_get
from salus.plan.exercises.stages import Stage, read_json, stage_at
from salus.trust.actors import system_viewer

# Steps of setting a stage up, as its progress is told.
STEPS = 5
_PATIENCE_SECONDS = 60.0
_TRIES = 5


def prepare(run: RunRow, design: ExerciseRow, progress: Progress) -> None:
    """Make a stage in a folder of its own; the installation there sets itself up."""
    stage = stage_at(run.folder)
    forget(run)
    write_plan(stage, design, run=str(run.id), number=run.number, port=run.port)
    _set_up(stage, progress)


def forget(run: RunRow) -> None:
    """Take away the folder of a stage that was never played."""
    if run.folder != HERE and run.state in {"preparing", "failed"}:
        shutil.rmtree(stage_at(run.folder).data, ignore_errors=True)


def _set_up(stage: Stage, progress: Progress) -> None:
    """Have the stage set itself up in a process of its own, and pass on how far it is."""
    log = stage.data / "logs" / "set-up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "salus.config.cli", "stage", str(stage.data), "--set-up"]
    with log.open("wb") as errors:
        child = subprocess.Popen(
            command, env=environment_of(stage), stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
    try:
        _follow(child, progress)
    except BaseException:
        _end(child)
        raise
    if child.wait() != 0:
        words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise Invalid(" ".join(words[-2:]) or "The stage could not be set up.", remedy="Correct the design.")


def _follow(child: subprocess.Popen[bytes], progress: Progress) -> None:
    told: dict[str, Any] = {"step": 0, "message": ""}

    def read() -> None:
        assert child.stdout is not None
        for line in child.stdout:
            with suppress(ValueError):
                told.update(json.loads(line))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    while reader.is_alive():
        reader.join(0.3)
        progress.update(int(told["step"]), STEPS, str(told["message"]))


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def branch(run: RunRow, design: ExerciseRow, progress: Progress) -> None:
    """Make a stage that shares the past of another up to an evening."""
    assert run.branched_from is not None
    assert run.branched_day is not None
    source = stage_at(run_get(viewer=system_viewer("exercises"), run=run.branched_from).folder)
    stage, number = stage_at(run.folder), design.lead_in_days + run.branched_day
    forget(run)
    _wait_for_rest(source, progress)
    branch_folder(source, stage, number, told=lambda done, words: progress.update(done, 4, words))
    write_plan(stage, design, run=str(run.id), number=run.number, port=run.port)


def branch_folder(
    source: Stage, stage: Stage, number: int, told: Callable[[int, str], None] = lambda done, words: None
) -> None:
    """Make the folder of a stage from an evening of another, which stays as it is."""
    evening = source.evening(number)
    if not evening.exists():
        raise Invalid(f"The evening after {number} days was not kept.", remedy="Choose another day.")
    stage.room.mkdir(parents=True, exist_ok=True)
    told(1, "Copying the database of the evening")
    shutil.copy2(evening, stage.database)
    for name in ("keys", "files"):
        if (source.data / name).exists():
            shutil.copytree(source.data / name, stage.data / name, dirs_exist_ok=True)
    _as_of_evening(evening, stage)
    told(2, "Copying the city")
    shutil.copytree(source.city, stage.city, copy_function=_link_or_copy)
    shutil.copy2(source.targets, stage.targets)
    told(3, "Taking the world back")
    _branch_world(source, stage, whole_days_of(source, number))
    # From its first evening on the new run can be stepped back in too.
    shutil.copytree(evening.parent, stage.evening(number).parent, copy_function=_link_or_copy)


def _as_of_evening(evening: Path, stage: Stage) -> None:
    """Put what lies beside the database back to the evening too."""
    kept = {stage.fired: evening.parent / stage.fired.name, stage.data / CHECKPOINTS: evening.parent / CHECKPOINTS.name}
    for target, past in kept.items():
        target.unlink(missing_ok=True)
        if past.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(past, target)


def _link_or_copy(source: str, target: str) -> None:
    # The city never changes, so both stages can hold the same files.
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _branch_world(source: Stage, stage: Stage, whole: int) -> None:
    from salus.config.commands.exercise import plain_words
    from salus.world.truth.run import Run

    for left in reversed(range(_TRIES)):
        try:
            with plain_words():
                Run.open(source.run).branch(stage.run, day=whole)
            break
        except (shutil.Error, FileNotFoundError):
            # The other stage was writing: what it had half written is gone by now.
            shutil.rmtree(stage.run, ignore_errors=True)
            if not left:
                raise
            time.sleep(1)
    about = read_json(stage.run / "run.json")
    (stage.run / "run.json").write_text(json.dumps({**about, "pack": str(stage.city.resolve())}), encoding="utf-8")


def _wait_for_rest(source: Stage, progress: Progress) -> None:
    """Wait until the other stage has stopped its clock, so that it writes nothing meanwhile."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        status = source.said()
        if status is None or status.state != "running" or status.silent(clock.wall_now()):
            return
        progress.update(0, 4, "Waiting for the other run to pause")
        time.sleep(0.3)
