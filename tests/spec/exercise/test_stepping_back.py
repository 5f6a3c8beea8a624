"""Stepping back makes a new stage that shares the past of the old one up to an evening; the old one stays as it is."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from salus.base.errors import Invalid
from salus.config.processes.stage import evenings
from salus.config.processes.stage.evenings import CHECKPOINTS, RECENT, to_forget
from salus.config.processes.stage.making import branch_folder
from salus.config.processes.stage.setup import write_targets
from salus.plan.exercises.stages import Stage, write_json
from salus.world.city.pack import build
from salus.world.truth.run import Run
from salus.world.world import World

START = date(2026, 3, 2)
DAYS, EVENING = 9, 6


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A stage with nine whole days, of which the evening of the sixth was kept."""
    stage = Stage(tmp_path_factory.mktemp("stage"))
    stage.room.mkdir()
    build(stage.city, seed=5, people=3_000)
    world = World(Run.begin(stage.run, pack=stage.city, emergency="respiratory", start=START, seed=2))
    write_targets(stage)
    (stage.data / "keys").mkdir()
    (stage.data / "keys" / "secret-key").write_text("secret")
    for day in range(1, DAYS + 1):
        world.advance(1, orders=list)
        write_fact(stage, day)
        if day == EVENING:
            evenings.copy(stage, stage.database, day, day)
    return stage


def write_fact(stage: Stage, day: int) -> None:
    with sqlite3.connect(stage.database) as database:
        database.execute("CREATE TABLE IF NOT EXISTS facts (day INTEGER)")
        database.execute("INSERT INTO facts VALUES (?)", (day,))
    write_json(stage.fired, {"fired": [{"key": f"inject-{number}"} for number in range(1, day + 1)]})
    with (stage.data / CHECKPOINTS).open("a") as file:
        file.write(f"checkpoint {day}\n")


def facts(stage: Stage) -> list[int]:
    with sqlite3.connect(stage.database) as database:
        return [row[0] for row in database.execute("SELECT day FROM facts ORDER BY day")]


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_new_stage_knows_what_was_known_that_evening_and_nothing_later(stage: Stage, tmp_path: Path) -> None:
    before = content(stage.data)
    made = Stage(tmp_path / "made")
    branch_folder(stage, made, EVENING)
    assert content(stage.data) == before
    assert facts(made) == list(range(1, EVENING + 1))
    assert len(json.loads(made.fired.read_text())["fired"]) == EVENING
    assert len((made.data / CHECKPOINTS).read_text().splitlines()) == EVENING
    assert (made.data / "keys" / "secret-key").read_text() == "secret"
    run = Run.open(made.run)
    assert run.day == EVENING
    assert run.pack == made.city.resolve()
    for name, told in content(made.run / "truth").items():
        assert told == before[f"exercise/run/truth/{name}"]


def test_the_same_days_follow_while_nothing_else_is_decided(stage: Stage, tmp_path: Path) -> None:
    made = Stage(tmp_path / "made")
    branch_folder(stage, made, EVENING)
    World(Run.open(made.run)).advance(DAYS - EVENING, orders=list)
    for name in ("truth", "feeds"):
        assert content(made.run / name) == content(stage.run / name)


def test_an_evening_that_was_not_kept_cannot_be_stepped_back_to(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="was not kept"):
        branch_folder(stage, Stage(tmp_path / "made"), EVENING + 1)
    assert not (tmp_path / "made").exists()


def test_evenings_are_thinned_with_time_and_the_first_stays() -> None:
    kept: list[int] = []
    for day in range(20, 81):
        kept.append(day)
        kept = [old for old in kept if old not in to_forget(kept)]
    assert kept[0] == 20
    assert kept[-RECENT:] == list(range(81 - RECENT, 81))
    assert kept[:-RECENT] == list(range(20, 67, 7))


def test_an_evening_is_a_whole_database_or_none(stage: Stage) -> None:
    assert evenings.kept(stage) == [EVENING]
    with sqlite3.connect(stage.evening(EVENING)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
