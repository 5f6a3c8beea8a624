"""An exercise from its design to a step back: on a stage of its own, by its own processes, also when they are killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from django.test import TestCase

from salus.base import jobs
from salus.config.packs import packs_load
from salus.config.processes.stage import keeper
from salus.plan.exercises.schemas import ExerciseDraft, InjectDraft, MemberDraft, RunRow, StageStatus, TeamDraft, When
from salus.plan.exercises.selectors import inject_targets, run_get, stage_status
from salus.plan.exercises.services import (
    exercise_design,
    exercise_revise,
    run_end,
    run_handover,
    run_pause,
    run_prepare,
    run_start,
    run_step_back,
)
from salus.plan.exercises.stages import Stage, stage_at
from salus.trust.selectors import system_viewer

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(1500)]
BY = system_viewer("test")
PATIENCE = 600.0
DRAFT = ExerciseDraft(
    title={"en": "Short"},
    people=3_000,
    city_seed=5,
    start_on=date(2026, 3, 2),
    lead_in_days=3,
    days=20,
    speed="1d/2s",
    teams=(TeamDraft("centre", {"en": "The centre"}, (MemberDraft("head", "marta", "Marta"),)),),
    injects=(
        InjectDraft("flood", {"en": "Flood"}, "hospital_floods", When(day=2), days=3, facility="HOSPIT-1"),
        InjectDraft("press", {"en": "The press calls"}, "press_calls", When(trigger="after", value="flood", delay_days=1),
                    words={"en": "Is it true?"}, to_team="centre"),
    ),
)  # fmt: skip
certain = partial(TestCase.captureOnCommitCallbacks, execute=True)


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, settings: object) -> None:
    settings.SALUS_DATA_DIR = tmp_path  # type: ignore[attr-defined]
    packs_load()


@pytest.fixture
def stand() -> Iterator[Callable[[Stage], subprocess.Popen[bytes]]]:
    """Start stages, and stop them with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def go(stage: Stage) -> subprocess.Popen[bytes]:
        started.append(keeper.start(stage, 0, pages=False))
        return started[-1]

    yield go
    for child in started:
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        child.wait(60)


def made(run: UUID) -> RunRow:
    """Return a run once the work on its stage is done."""
    row = run_get(viewer=BY, run=run)
    assert row.job_id is not None
    done = jobs.run(row.job_id)
    assert done.status == "done", done.error
    return run_get(viewer=BY, run=run)


def wait(run: UUID, holds: Callable[[StageStatus], bool]) -> StageStatus:
    """Return what a stage says once it says what is waited for."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        said = stage_status(viewer=BY, run=run)
        if said is not None and holds(said):
            return said
        time.sleep(0.2)
    raise AssertionError(f"the stage never got there: {stage_status(viewer=BY, run=run)}")


def world_of(stage: Stage) -> int:
    """Return the process that keeps a stage's world."""
    mark = f"SALUS_WORLD={stage.run.resolve()}".encode()
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (place / "environ").read_bytes() and b"\0world\0" in (place / "cmdline").read_bytes():
                return int(place.name)
    raise AssertionError("the stage has no world")


def kept(stage: Stage, table: str) -> int:
    with sqlite3.connect(stage.database) as database:
        return int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


@pytest.mark.requirement("5.2.5-b")
def test_a_stage_is_made_played_paused_and_stepped_back_from(stand: Callable[[Stage], subprocess.Popen[bytes]]) -> None:
    run = made(run_prepare(exercise=exercise_design(draft=DRAFT, by=BY).id, by=BY).id)
    stage = stage_at(run.folder)
    assert run.state == "prepared"
    assert [(one.username, bool(one.password)) for one in run_handover(run=run.id, by=BY).people] == [("marta", True)]
    assert "HOSPIT-1" in inject_targets(viewer=BY, run=run.id).facilities
    with certain():
        run_start(run=run.id, by=BY)
    stand(stage)
    wait(run.id, lambda said: said.day >= 2)
    os.kill(world_of(stage), signal.SIGKILL)
    said = wait(run.id, lambda said: said.day >= 5 and said.whole_days >= 6 and len(said.evenings) > 1)
    assert [(row.key, row.day) for row in said.fired] == [("flood", 2), ("press", 3)]
    assert said.counts["tasks_open"] >= 1
    with certain():
        run_pause(run=run.id, by=BY)
    said = wait(run.id, lambda said: said.state == "paused" and said.counts["days_behind"] == 0)
    before = {path.name: path.read_bytes() for path in sorted((stage.run / "truth").iterdir())}
    evening = said.evenings[-2]
    back = made(run_step_back(run=run.id, day=evening - DRAFT.lead_in_days, by=BY).id)
    other = stage_at(back.folder)
    assert {path.name: path.read_bytes() for path in sorted((stage.run / "truth").iterdir())} == before
    for path in (other.run / "truth").iterdir():
        assert path.read_bytes() == before[path.name]
    assert kept(other, "gather_observation") <= kept(stage, "gather_observation")
    with certain():
        run_end(run=run.id, by=BY)
    wait(run.id, lambda said: said.state == "ended")


def test_a_design_that_names_what_the_city_has_not_fails_in_words_and_leaves_nothing(tmp_path: Path) -> None:
    bad = replace(DRAFT, injects=(replace(DRAFT.injects[0], facility="HOSPIT-9"),))
    exercise = exercise_design(draft=bad, by=BY).id
    run = run_prepare(exercise=exercise, by=BY)
    assert run.job_id is not None
    assert jobs.run(run.job_id).status == "failed"
    row = run_get(viewer=BY, run=run.id)
    assert row.state == "failed"
    assert "HOSPIT-9" in row.problem
    assert not stage_at(row.folder).data.exists()
    exercise_revise(exercise=exercise, draft=DRAFT, by=BY)
