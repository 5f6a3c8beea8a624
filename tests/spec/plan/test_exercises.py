"""An exercise is designed in versions and steered from its desk; every step needs the right and is audited."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from django.test import TestCase

from salus.base import jobs
from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.base.selectors import audit_list
from salus.config.packs import packs_load
from salus.config.processes.stage.setup import write_plan
from salus.plan.exercises import stages
from salus.plan.exercises.rules import Contradiction
from salus.plan.exercises.schemas import (
    ExerciseDraft,
    FiredRow,
    InjectDraft,
    MemberDraft,
    RunRow,
    StageStatus,
    TeamDraft,
    When,
)
from salus.plan.exercises.selectors import (
    exercise_get,
    exercise_history,
    exercise_list,
    run_design,
    run_get,
    run_list,
    stage_status,
)
from salus.plan.exercises.services import (
    exercise_design,
    exercise_revise,
    exercise_withdraw,
    inject_fire,
    run_adopt,
    run_end,
    run_handover,
    run_pause,
    run_prepare,
    run_prepare_cancel,
    run_review,
    run_speed,
    run_start,
    run_state_record,
    run_step_back,
)
from salus.plan.exercises.stages import Stage, stage_at, status_to, write_json
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer, viewer_for
from salus.trust.services import person_create, role_assign

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SYSTEM = system_viewer("test")
FLOOD = InjectDraft("flood", {"en": "Flood"}, "hospital_floods", When(day=3), days=5, facility="H-1")
DRAFT = ExerciseDraft(
    title={"en": "Winter"},
    start_on=date(2026, 3, 2),
    lead_in_days=10,
    days=30,
    teams=(TeamDraft("centre", {"en": "Centre"}, (MemberDraft("head"),)),),
    injects=(FLOOD, replace(FLOOD, key="later", when=When(day=20))),
)


@pytest.fixture(autouse=True)
def roles(tmp_path: Path, settings: object) -> None:
    settings.SALUS_DATA_DIR = tmp_path  # type: ignore[attr-defined]
    packs_load()


def person(role: str) -> Viewer:
    made = person_create(
        username=role.replace("_", "-"), name=role, password="a long enough word", demo=True, by=SYSTEM
    )
    role_assign(person=made.id, role=role, by=SYSTEM)
    return viewer_for(person=made.id)


# What is told to a stage is told once it is certain: when the transaction is over.
certain = partial(TestCase.captureOnCommitCallbacks, execute=True)


def prepared(by: Viewer) -> RunRow:
    """Return a run whose stage has been made, as far as the desk can tell."""
    made = exercise_design(draft=DRAFT, by=by)
    run = run_prepare(exercise=made.id, by=by)
    write_plan(stage_at(run.folder), DRAFT)
    run_state_record(run=run.id, state="prepared", by=SYSTEM)
    return run_get(viewer=by, run=run.id)


def says(stage: Stage, *fired: str, day: int = 4, evenings: tuple[int, ...] = ()) -> None:
    rows = tuple(FiredRow(key, {"en": key}, "hospital_floods", "day", date(2026, 3, 4), 3) for key in fired)
    now = datetime.now(UTC)
    status = StageStatus("running", now, day, 30, "1d/2m", 14, {"tasks_open": 2}, (), 1, rows, evenings, now)
    write_json(stage.status, status_to(status))


def test_a_design_is_kept_in_versions_and_a_run_keeps_its_own() -> None:
    by = person("director")
    made = exercise_design(draft=DRAFT, by=by)
    run = run_prepare(exercise=made.id, by=by)
    revised = exercise_revise(exercise=made.id, draft=replace(DRAFT, days=40), seen_version=made.version, by=by)
    assert exercise_get(viewer=by, exercise=made.id).days == 40
    assert [row.days for row in exercise_history(viewer=by, exercise=made.id)] == [30, 40]
    assert run_design(viewer=by, run=run.id).days == 30
    with pytest.raises(Conflict):
        exercise_revise(exercise=made.id, draft=DRAFT, seen_version=made.version, by=by)
    exercise_withdraw(exercise=revised.id, by=by)
    assert exercise_list(viewer=by) == []
    assert [row.id for row in exercise_list(viewer=by, include_withdrawn=True)] == [made.id]
    with pytest.raises(Conflict):
        run_prepare(exercise=made.id, by=by)


def test_a_design_that_contradicts_itself_is_refused_with_every_fault() -> None:
    by = person("director")
    bad = replace(DRAFT, people=3, injects=(FLOOD, replace(FLOOD, key="twice", when=When(day=5))))
    with pytest.raises(Contradiction) as refusal:
        exercise_design(draft=bad, by=by)
    assert {row.field for row in refusal.value.defects} == {"people", "injects"}
    assert exercise_list(viewer=by) == []


def test_only_a_director_or_administrator_sees_and_steers_exercises() -> None:
    made = exercise_design(draft=DRAFT, by=person("administrator"))
    for role in ("duty_officer", "head", "viewer", "partner"):
        other = person(role)
        for refused in (
            lambda by: exercise_list(viewer=by),
            lambda by: run_list(viewer=by),
            lambda by: exercise_design(draft=DRAFT, by=by),
            lambda by: run_prepare(exercise=made.id, by=by),
        ):
            with pytest.raises(Refused):
                refused(other)


def test_every_step_is_audited_under_its_name() -> None:
    by = person("director")
    run = prepared(by)
    run_start(run=run.id, by=by)
    run_pause(run=run.id, by=by)
    run_end(run=run.id, by=by)
    actions = [row.action for row in audit_list(record_id=run.id)]
    assert actions == ["exercise_run.end", "exercise_run.pause", "exercise_run.start", "exercise_run.state",
                       "exercise_run.prepare"]  # fmt: skip


def test_the_stage_is_told_what_is_wanted_through_its_folder() -> None:
    by = person("director")
    run = prepared(by)
    stage = stage_at(run.folder)
    for step, paused, ended in ((run_start, False, False), (run_pause, True, False), (run_end, True, True)):
        with certain():
            step(run=run.id, by=by)
        assert (stage.wanted()["paused"], stage.wanted()["ended"]) == (paused, ended)
    with certain():
        run_review(run=run.id, by=by)
    assert stage.wanted()["review"]
    assert run_get(viewer=by, run=run.id).url_port == run.port


def test_what_cannot_be_done_now_is_refused_in_words() -> None:
    by = person("director")
    run = prepared(by)
    for step in (run_pause, run_review):
        with pytest.raises(Conflict, match="ready to start"):
            step(run=run.id, by=by)
    with pytest.raises(Invalid):
        run_speed(run=run.id, speed="quickly", by=by)
    run_speed(run=run.id, speed="2D/1S", by=by)
    assert run_get(viewer=by, run=run.id).speed == "2d/1s"
    run_start(run=run.id, by=by)
    run_end(run=run.id, by=by)
    with pytest.raises(Conflict):
        run_end(run=run.id, by=by)


def test_an_inject_is_fired_now_unless_it_was_or_contradicts_what_lasts() -> None:
    by = person("director")
    run = prepared(by)
    stage = stage_at(run.folder)
    run_start(run=run.id, by=by)
    says(stage, "flood")
    with pytest.raises(Conflict, match="fired before"):
        inject_fire(run=run.id, inject="flood", by=by)
    with pytest.raises(Invalid, match="befalls the same"):
        inject_fire(run=run.id, inject="later", by=by)
    with pytest.raises(NotFound):
        inject_fire(run=run.id, inject="locusts", by=by)
    says(stage, "flood", day=9)
    with certain():
        inject_fire(run=run.id, inject="later", by=by)
        inject_fire(run=run.id, draft=InjectDraft("", {"en": "Ill"}, "staff_ill", size=0.2), by=by)
    assert [row["inject"]["kind"] for row in stage.wanted()["fire"]] == ["hospital_floods", "staff_ill"]
    with pytest.raises(Conflict, match="fired before"):
        inject_fire(run=run.id, inject="later", by=by)
    write_json(stage.targets, {"zones": {}, "facilities": {"H-2": "Two"}, "suppliers": {}, "feeds": {}})
    with pytest.raises(Contradiction, match="no facility"):
        inject_fire(run=run.id, draft=replace(FLOOD, key="other", days=1), by=by)


def test_one_time_passwords_are_handed_over_once() -> None:
    by = person("director")
    run = prepared(by)
    row = {"team": "centre", "username": "centre-head-1", "name": "Head", "role": "head", "password": "x"}
    write_json(stage_at(run.folder).handover, {"people": [row]}, secret=True)
    assert stage_at(run.folder).handover.stat().st_mode & 0o077 == 0
    found = run_handover(run=run.id, by=by)
    assert [one.password for one in found.people] == ["x"]
    assert "password" not in repr(found)
    assert run_handover(run=run.id, by=by).people == ()


def test_stepping_back_makes_a_new_run_and_leaves_the_old() -> None:
    by = person("director")
    run = prepared(by)
    run_start(run=run.id, by=by)
    says(stage_at(run.folder), evenings=(10, 12))
    with pytest.raises(Invalid) as refusal:
        run_step_back(run=run.id, day=3, by=by)
    assert refusal.value.remedy == "Choose one of the days 0, 2."
    made = run_get(viewer=by, run=run_step_back(run=run.id, day=2, by=by).id)
    assert (made.number, made.branched_from, made.branched_day, made.state) == (2, run.id, 2, "preparing")
    assert made.folder != run.folder
    assert made.port != run.port
    assert run_get(viewer=by, run=run.id).state == "paused"
    status = stage_status(viewer=by, run=run.id)
    assert status is not None
    assert status.evenings == (10, 12)


def test_preparing_can_be_called_off() -> None:
    by = person("director")
    run = run_prepare(exercise=exercise_design(draft=DRAFT, by=by).id, by=by)
    run_prepare_cancel(run=run.id, by=by)
    assert run.job_id is not None
    assert jobs.run(run.job_id).status == "cancelled"


def test_a_demonstration_is_desk_and_stage_in_one() -> None:
    write_plan(stage_at(stages.HERE), DRAFT)
    run = run_adopt(exercise=exercise_design(draft=DRAFT, by=SYSTEM).id, by=SYSTEM)
    row = run_get(viewer=SYSTEM, run=run.id)
    assert row.here
    assert row.url_port is None
    assert not stage_at(row.folder).wanted()["paused"]
