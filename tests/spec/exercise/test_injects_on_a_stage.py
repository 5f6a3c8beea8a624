"""A stage follows its desk: injects are fired once, whatever dies in between, and those who play hear of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from salus.act.schemas import TaskRow
from salus.act.selectors import task_list
from salus.base import clock
from salus.base.services import clock_set, job_start
from salus.config.processes.stage.hand import Hand
from salus.config.processes.stage.setup import write_plan
from salus.plan.exercises import documents
from salus.plan.exercises.schemas import ExerciseDraft, InjectDraft, StageStatus, When
from salus.plan.exercises.stages import Stage, read_json, write_json
from salus.trust.selectors import system_viewer
from salus.world.happenings import Happening, read_happenings

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BY = system_viewer("test")
START = date(2026, 3, 2)
WORDS = {"en": "Is it true?"}
INJECTS = (
    InjectDraft("flood", {"en": "Flood"}, "hospital_floods", When(day=2), days=4, facility="H-1"),
    InjectDraft("press", {"en": "The press"}, "press_calls", When(trigger="after", value="flood", delay_days=1), words=WORDS),
    InjectDraft("lull", {"en": "Silence"}, "feed_silent", When(trigger="signal"), days=2, feed="lab"),
    InjectDraft("quiet", {"en": "Rumour"}, "rumour", When(trigger="after", value="lull"), words=WORDS),
)  # fmt: skip


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    design = ExerciseDraft(title={"en": "Test"}, start_on=START, lead_in_days=5, days=6, speed="1x", injects=INJECTS)
    write_plan(stage, design)
    stage.run.mkdir(parents=True)
    at(1)
    want(stage)
    return stage


def at(day: int, hour: int = 9) -> None:
    moment = datetime(START.year, START.month, START.day, hour, tzinfo=UTC) + timedelta(days=day - 1)
    clock_set(mode="exercise", at=moment, speed="1x", paused=True, by=BY)


def want(stage: Stage, **wanted: Any) -> None:
    write_json(stage.control, {**stage.wanted(), "paused": False, "speed": "1x", **wanted})


def play(stage: Stage, hand: Hand | None = None) -> tuple[str, StageStatus]:
    hand = hand or Hand(stage)
    state = hand.beat()
    hand.say(state)
    said = stage.said()
    assert said is not None
    return state, said


def befalling(stage: Stage) -> dict[str, Happening]:
    return {row.kind: row for row in read_happenings(stage.run / "happenings.json")}


def told() -> list[TaskRow]:
    return [row for row in task_list(viewer=BY) if row.template.startswith("inject:")]


def orders(*injects: InjectDraft) -> list[dict[str, Any]]:
    return [{"id": f"order-{row.key}", "inject": documents.inject_to(row)} for row in injects]


def test_what_has_a_day_is_known_to_the_world_beforehand_and_fired_on_its_day(stage: Stage) -> None:
    _state, said = play(stage)
    assert said.fired == ()
    assert befalling(stage)["hospital_floods"].start == START + timedelta(days=1)
    at(2)
    _state, said = play(stage)
    assert [(row.key, row.how, row.day) for row in said.fired] == [("flood", "day", 2)]
    at(3)
    _state, said = play(stage)
    assert [(row.key, row.how, row.day, row.reason) for row in said.fired][1:] == [("press", "trigger", 3, "flood")]


def test_those_who_play_are_told_once_even_if_the_stage_dies_while_it_tells_them(stage: Stage) -> None:
    at(4)
    play(stage)
    assert [row.title["en"] for row in told()] == ["The press"]
    assert told()[0].detail == WORDS
    # Killed after the task was made and before that was written down.
    kept = read_json(stage.fired)
    write_json(stage.fired, {**kept, "fired": [{**row, "told": False} for row in kept["fired"]]})
    _state, said = play(stage)
    assert len(told()) == 1
    assert [row.key for row in said.fired] == ["flood", "press"]


def test_what_was_written_before_the_stage_died_takes_effect_when_it_goes_on(stage: Stage) -> None:
    at(2)
    play(stage)
    (stage.run / "happenings.json").unlink()
    Hand(stage)
    assert befalling(stage)["hospital_floods"].end == START + timedelta(days=5)


def test_a_signal_triggers_what_waits_for_it_and_what_waits_for_that(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from salus.config.processes.stage import status

    usual = status.look
    play(stage)
    assert "feed_silent" not in befalling(stage)
    monkeypatch.setattr(status, "look", lambda design: replace(usual(design), signals=frozenset({"exercise.cases"})))
    _state, said = play(stage)
    assert [(row.key, row.reason) for row in said.fired] == [("lull", "exercise.cases"), ("quiet", "lull")]
    assert befalling(stage)["feed_silent"].start == START


def test_the_director_fires_at_once_and_once_and_what_follows_moves_along(stage: Stage) -> None:
    want(stage, fire=orders(INJECTS[0], InjectDraft("new", {"en": "Ill staff"}, "staff_ill")))
    write_json(stage.run / "told.json", {"day": 5})
    hand = Hand(stage)
    play(stage, hand)
    _state, said = play(stage)
    assert [(row.key, row.how, row.day) for row in said.fired] == [("flood", "director", 1), ("new", "director", 1)]
    # The world has had this day already, so it befalls the city from the next.
    assert befalling(stage)["staff_ill"].start == START + timedelta(days=1)
    at(2)
    _state, said = play(stage)
    assert [row.key for row in said.fired] == ["flood", "new", "press"]


def test_the_clock_is_stopped_and_goes_on_as_the_desk_wants(stage: Stage) -> None:
    assert play(stage)[0] == "running"
    assert not clock.reading().paused
    want(stage, paused=True)
    at(2)
    assert play(stage) == ("paused", stage.said())
    assert clock.reading().paused
    assert stage.said().fired == ()  # type: ignore[union-attr]
    want(stage, speed="2x")
    assert play(stage)[1].speed == "2x"


def test_the_clock_goes_on_after_what_was_written_while_it_was_being_stopped(stage: Stage) -> None:
    want(stage, paused=True)
    play(stage)
    late = clock.now() + timedelta(minutes=20)
    with clock.fixed_at(late):
        job_start(kind="assess.run", by=BY)
    want(stage, paused=False)
    assert play(stage)[0] == "running"
    assert clock.now() >= late


def test_after_its_last_day_the_exercise_has_ended(stage: Stage) -> None:
    at(7)
    state, said = play(stage)
    assert (state, said.state) == ("ended", "ended")
    assert clock.reading().paused
    assert said.fired == ()


def test_a_world_that_falls_behind_is_waited_for(stage: Stage) -> None:
    write_json(stage.run / "told.json", {"day": 4})
    hand = Hand(stage)
    at(1)
    assert not play(stage, hand)[1].problem
    (stage.run / "told.json").write_text(json.dumps({"day": -1}))
    at(4)
    state, said = play(stage, hand)
    assert state == "running"
    assert clock.reading().paused
    assert "waits" in said.problem
