"""A score is made by a job, kept as versions, and seen by those who direct exercises alone."""

from __future__ import annotations

import dataclasses
import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from salus.base import clock, jobs
from salus.base.errors import Invalid, NotFound, Refused
from salus.base.models import Job
from salus.base.services import job_cancel
from salus.config.processes.world import go_on
from salus.gather.sources.loading import load
from salus.learn.models import RunScore
from salus.learn.scores import places
from salus.learn.scores.ending import score_at_the_end
from salus.learn.selectors import score_get, score_history, score_list
from salus.learn.services import score_keep, score_make
from salus.trust.schemas import Grant, Tier, Viewer
from salus.trust.selectors import system_viewer
from salus.world.city.pack import build
from salus.world.score.records import read_records
from salus.world.truth.run import Run
from salus.world.world import World

pytestmark = [pytest.mark.django_db]
START = date(2026, 3, 2)
BY = system_viewer("test")
PLAYER = Viewer(
    uuid4(), "person", "Amira", None, (Grant("head", frozenset({"decision.*"}), None, Tier.SENSITIVE, None),)
)
DIRECTOR = Viewer(
    uuid4(), "person", "Jo", None, (Grant("director", frozenset({"score.*"}), None, Tier.OPERATIONAL, None),)
)


def evening(days: int) -> datetime:
    return datetime(START.year, START.month, START.day, 18, 30, tzinfo=UTC) + timedelta(days=days)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("scores") / "pack", seed=5, people=2_500)


@pytest.fixture
def world(pack: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    settings.SALUS_DATA_DIR = tmp_path
    monkeypatch.setenv("SALUS_WORLD", str(tmp_path / "run"))
    with clock.fixed_at(evening(0)):
        load(slug="exercise_city", path=pack, by=BY)
    made = World(Run.begin(tmp_path / "run", pack=pack, emergency="respiratory", start=START, seed=2))
    with clock.fixed_at(evening(2)):
        go_on(made)
    return made


def test_a_score_is_made_kept_and_made_again(world: World) -> None:
    with clock.fixed_at(evening(2)):
        asked = score_make(seeds=0, by=DIRECTOR)
        assert score_make(seeds=0, by=DIRECTOR).id == asked.id
        done = jobs.run(asked.id)
        assert (done.status, done.result["run"]) == ("done", "run"), done.error
        sheet = score_get(viewer=DIRECTOR, run="run")
        assert (sheet.days, sheet.seeds, str(sheet.id)) == (3, 0, done.result["score"])
        # The installation has looked, and found nothing: that is known, and not unknown.
        assert {row.code: row.value for row in sheet.counts}["signals"] == 0
    with clock.fixed_at(evening(3)):
        go_on(world)
        jobs.run(score_make(run="run", seeds=0, by=DIRECTOR).id)
        assert [row.days for row in score_history(viewer=DIRECTOR, score=sheet.id or uuid4())] == [3, 4]
        assert [row.days for row in score_list(viewer=DIRECTOR)] == [4]
    assert score_get(viewer=DIRECTOR, score=sheet.id, known_at=evening(2)) == sheet


def test_the_world_keeps_what_the_installation_did_beside_the_truth(world: World) -> None:
    records = read_records(world.run.folder)
    assert records is not None
    assert records.known_at == evening(2)
    assert json.loads((world.run.folder / "records.json").read_text("utf-8"))["tasks"] == []


def test_a_score_that_is_stopped_keeps_nothing(world: World) -> None:
    with clock.fixed_at(evening(2)):
        asked = score_make(seeds=4, by=DIRECTOR)
        job_cancel(job=asked.id, by=BY)
        assert jobs.run(asked.id).status == "cancelled"
    assert not RunScore.objects.exists()


def test_who_plays_may_not_look_at_the_truth(world: World) -> None:
    with pytest.raises(Refused):
        score_make(by=PLAYER)
    with pytest.raises(Refused):
        score_list(viewer=PLAYER)
    with pytest.raises(Refused):
        score_get(viewer=PLAYER, run="run")


def test_what_cannot_be_scored_says_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="outside"):
        score_make(run="../elsewhere", by=DIRECTOR)
    with pytest.raises(NotFound):
        score_make(run="nothing", by=DIRECTOR)
    with pytest.raises(Invalid, match="seeds"):
        score_make(seeds=-1, by=DIRECTOR)
    with pytest.raises(NotFound):
        score_get(viewer=DIRECTOR)
    monkeypatch.delenv("SALUS_WORLD")
    with pytest.raises(Invalid, match="No world"):
        score_make(by=DIRECTOR)


def test_the_score_of_an_earlier_day_does_not_replace_a_later_one(world: World) -> None:
    with clock.fixed_at(evening(2)):
        jobs.run(score_make(seeds=0, by=DIRECTOR).id)
        sheet = score_get(viewer=DIRECTOR, run="run")
        with pytest.raises(Exception, match="later score"):
            score_keep(sheet=dataclasses.replace(sheet, days=1), by=DIRECTOR)


@pytest.mark.requirement("5.2.5-b")
def test_a_run_that_has_ended_is_scored_unasked(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = uuid4()
    monkeypatch.setattr(places, "run_get", lambda *, viewer, run: SimpleNamespace(folder="spring"))
    stage = tmp_path / "stages" / "spring" / "exercise"
    score_at_the_end(run)
    assert not jobs_of("learn.score")
    shutil.copytree(world.run.folder, stage / "run")
    with clock.fixed_at(evening(2)):
        score_at_the_end(run)
        (job,) = jobs_of("learn.score")
        monkeypatch.setenv("SALUS_EXECUTOR", "here")
        assert jobs.run(job).result["run"] == "stages/spring/exercise/run"
        sheet = score_get(viewer=DIRECTOR, exercise_run=run)
    assert (sheet.seeds, sheet.exercise_run) == (20, run)
    # The stage's own records came with its folder.
    assert {row.code: row.value for row in sheet.counts}["decisions"] == 0


def jobs_of(kind: str) -> list[UUID]:
    return list(Job.objects.filter(kind=kind).values_list("id", flat=True))
