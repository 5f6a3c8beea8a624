"""A score says the same whoever plays it, in whatever order, and measures what it says."""

from __future__ import annotations

import json
from concurrent.futures import Executor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml

from salus.learn.scores.documents import from_json, to_json
from salus.learn.scores.sheets import sheet_of
from salus.world.city.pack import build
from salus.world.emergency import FOLDER
from salus.world.score.costs import BadCosts, loss_of_measures, read_costs
from salus.world.score.course import Course, course_of
from salus.world.score.executors import BadExecutor, executor_from
from salus.world.score.figures import effect_day, figures_of, standing
from salus.world.score.judging import false_ones
from salus.world.score.policy import BadPolicy, Player, policies, policy_for, read_policy
from salus.world.score.records import BadRecords, Records, TaskKept, Warned, keep_records, read_records
from salus.world.score.replay import Scene, orders_of, replay, scene_from, scene_of
from salus.world.score.scoring import NothingYet, score_run
from salus.world.score.seeds import Ensemble, many_seeds
from salus.world.truth.orders import Order
from salus.world.truth.run import Run
from salus.world.world import World

START = date(2026, 3, 2)
POLICY = policy_for("respiratory")
ORDERS = [Order("masks-required", START + timedelta(days=9)), Order("small-groups", START + timedelta(days=16))]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("score") / "pack", seed=5, people=6_000)


@pytest.fixture(scope="module")
def scene(pack: Path) -> Scene:
    return scene_from(pack, "respiratory", START)


@pytest.fixture(scope="module")
def run(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("score") / "run"
    world = World(Run.begin(folder, pack=pack, emergency="respiratory", start=START, seed=4))
    world.advance(20, orders=lambda: list(ORDERS))
    # Killed after the truth of a day was written, before the day counted; then taken up again.
    state = (folder / "state.bin").read_bytes()
    world.run.keep(world.run.step(list(ORDERS)))
    (folder / "state.bin").write_bytes(state)
    World(Run.open(folder)).advance(25, orders=lambda: list(ORDERS))
    return Run.open(folder)


def same(one: Course, other: Course) -> bool:
    return all(np.array_equal(one.by_day[name], other.by_day[name]) for name in one.by_day) and all(
        np.array_equal(one.by_segment[name], other.by_segment[name]) for name in one.by_segment
    )


def test_a_replay_of_what_was_ordered_is_the_run_to_the_last_bit_even_one_that_was_killed(run: Run) -> None:
    again = replay(scene_of(run), seed=run.seed, days=run.day, plan=orders_of(run))
    kept = course_of(run)
    assert same(again, kept)
    assert again.orders == kept.orders
    assert figures_of(again) == figures_of(kept)


def test_before_the_first_order_a_course_is_the_one_without_measures(run: Run) -> None:
    unchecked, played = replay(scene_of(run), seed=run.seed, days=run.day), course_of(run)
    first = next(number for number, orders in enumerate(played.orders) if orders)
    assert np.array_equal(unchecked.by_day["infections"][:first], played.by_day["infections"][:first])
    effect = effect_day(played, unchecked)
    assert effect is not None and effect >= first
    assert effect_day(unchecked, unchecked) is None


def test_doing_nothing_is_worse_than_the_policy_for_every_seed(scene: Scene) -> None:
    found = many_seeds(scene, {"unchecked": None, "policy": POLICY}, seeds=range(2), days=80)
    for without, under in zip(found.played["unchecked"], found.played["policy"], strict=True):
        assert under.figures["infections"] < without.figures["infections"]  # type: ignore[operator]


def sums(scene: Scene, executor: Executor | None, seeds: list[int]) -> tuple[object, object]:
    found: Ensemble = many_seeds(scene, {"unchecked": None, "policy": POLICY}, seeds=seeds, days=14, executor=executor)
    return found.sums(), [[part.tolist() for part in found.band("policy", "infections")]]


@pytest.mark.parametrize("named", ["processes:2", pytest.param("dask:2", marks=pytest.mark.slow)])
def test_sums_are_equal_on_every_executor_and_in_every_order(scene: Scene, named: str) -> None:
    here = sums(scene, None, [3, 1, 2])
    with executor_from(named) as executor:
        assert sums(scene, executor, [3, 2, 1, 1]) == here
        assert sums(scene, executor, [1, 2, 3]) == here


def test_work_ends_when_it_is_stopped(scene: Scene) -> None:
    heard = []

    def told(done: int, of: int) -> None:
        heard.append((done, of))
        raise InterruptedError

    with pytest.raises(InterruptedError):
        many_seeds(scene, {"unchecked": None}, seeds=range(8), days=3, told=told)
    assert heard == [(1, 4)]


@pytest.mark.parametrize("named", ["dusk", "processes:none", "processes:0", "here:1", "dask:x"])
def test_a_setting_that_names_no_executor_says_what_to_write(named: str) -> None:
    with pytest.raises(BadExecutor, match="dask://scheduler:8786"), executor_from(named):
        pass


def test_every_policy_of_the_product_can_be_read_and_is_meant_for_something() -> None:
    assert {read_policy(name).slug for name in policies()} == set(policies())
    assert policy_for("measles").slug == "measles"
    assert policy_for("never heard of").slug == "any"


def test_a_policy_looks_on_its_days_acts_later_and_lets_go_late() -> None:
    player, quiet = Player(POLICY, START), dict.fromkeys(("cases_week", "cases_week_per_100k", "ward_taken"), 0.0)
    quiet |= {"icu_taken": 0.0, "admissions_per_100k": 0.0, "heat_warning": 0.0}
    loud = {**quiet, "cases_week_per_100k": 50.0}
    held = []
    for day in range(60):
        orders = player.orders(day, loud if 3 <= day < 10 else quiet)
        held.append(
            any(row.holds_on(START + timedelta(days=day)) and row.measure == "masks-required" for row in orders)
        )
    # Loud from day 3, looked at on day 7, in force two days later; quiet on day 14, calm for a fortnight, then over.
    assert held.index(True) == 9
    assert 60 - held[::-1].index(True) == 14 + 14 + 2


def test_a_step_keeps_the_gentler_ones_below_it() -> None:
    player = Player(POLICY, START)
    full = {
        "cases_week": 0.0,
        "cases_week_per_100k": 0.0,
        "ward_taken": 0.9,
        "icu_taken": 0.0,
        "admissions_per_100k": 0.0,
    }
    assert {row.measure for row in player.orders(0, full)} == {code for step in POLICY.steps for code in step.measures}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"every_days": 0}, "every_days"),
        ({"steps": []}, "steps"),
        ({"steps": [{"name": "a", "any_of": [{"signal": "mood", "starts_at": 1, "ends_at": 0}], "measures": ["m"]}]}, "signal"),
        ({"steps": [{"name": "a", "any_of": [{"signal": "icu_taken", "starts_at": 1, "ends_at": 2}], "measures": ["m"]}]}, "below"),
    ],
)  # fmt: skip
def test_a_bad_policy_says_where(tmp_path: Path, change: dict[str, object], words: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({**POLICY.model_dump(mode="json"), **change}), encoding="utf-8")
    with pytest.raises(BadPolicy, match=words):
        read_policy(path)


def test_a_measure_that_binds_people_twice_is_paid_once_and_schools_cost_on_school_days(scene: Scene) -> None:
    costs, place = read_costs(), scene.place
    zone = place.zones[0]
    twice = (Order("masks-required", START), Order("masks-required", START, zones=(zone,)))
    everybody = 0.2 * place.people.sum()
    assert loss_of_measures(costs, place, twice, START) == pytest.approx(everybody)
    assert loss_of_measures(costs, place, twice[1:], START) == pytest.approx(0.2 * place.people[0].sum())
    school = (Order("safe-schools", START),)
    assert loss_of_measures(costs, place, school, START) > 0
    assert loss_of_measures(costs, place, school, START + timedelta(days=5)) == 0


def test_bad_costs_say_where(tmp_path: Path) -> None:
    raw = yaml.safe_load((Path(read_costs.__wrapped__.__code__.co_filename).with_name("costs.yaml")).read_text("utf-8"))
    raw["measures"]["free-tests"] = {"basis": "assumed", "why": "nothing"}
    path = tmp_path / "costs.yaml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(BadCosts, match=r"measures\.free-tests"):
        read_costs(path)


def test_standing_runs_from_nothing_to_the_policy() -> None:
    assert standing(100.0, 100.0, 40.0) == 0
    assert standing(40.0, 100.0, 40.0) == 1
    assert standing(70.0, 100.0, 40.0) == 0.5
    assert standing(70.0, 40.0, 40.0) is None
    assert standing(None, 1.0, 0.0) is None


def moment(day: int, hour: int = 12) -> datetime:
    return datetime(START.year, START.month, START.day, hour, tzinfo=UTC) + timedelta(days=day)


def test_signals_are_false_where_nobody_was_infected(run: Run) -> None:
    first = course_of(run).first("infections")
    assert first is not None
    quiet = Warned(moment(first), START + timedelta(days=first - 1))
    true = Warned(moment(first + 3), START + timedelta(days=first + 2))
    early = Warned(moment(-3), START - timedelta(days=3))
    assert false_ones(run, [quiet, true, early]) == [True, False, True]


def test_a_sheet_tells_what_only_an_installation_knows_once_there_are_records(run: Run, tmp_path: Path) -> None:
    scored = score_run(run, seeds=2, days=30)
    alone = sheet_of(run, scored, None, name="run")
    assert from_json(json.loads(json.dumps(to_json(alone)))) == alone
    assert {row.code: row.at is None for row in alone.times} == {
        "detection": True, "decision": True, "in_force": False, "effect": False,
    }  # fmt: skip
    assert all(row.value is None and row.why["ar"] for row in alone.counts)
    assert alone.outcome("infections").many["policy"].seeds == 2
    records = Records(
        known_at=moment(45),
        signals=(Warned(moment(2), START + timedelta(days=1)), Warned(moment(12), START + timedelta(days=11))),
        decisions=(moment(14),),
        tasks=(TaskKept(moment(15), moment(16)), TaskKept(moment(50)), TaskKept(moment(20))),
    )
    keep_records(tmp_path, records)
    assert read_records(tmp_path) == records
    told = sheet_of(run, scored, read_records(tmp_path), name="run")
    counts = {row.code: (row.value, row.of) for row in told.counts}
    assert counts["false_signals"] == (1, 2)
    assert counts["tasks_overdue"] == (2, 3)
    first = (told.first_infection_on or START) - START
    days = {row.code: row.days for row in told.times}
    assert days["detection"] == pytest.approx(12.5 - first.days)
    assert days["decision"] == pytest.approx(14.5 - first.days)


def test_records_that_cannot_be_read_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "records.json").write_text('{"known_at": 5', encoding="utf-8")
    with pytest.raises(BadRecords, match="Delete it"):
        read_records(tmp_path)
    assert read_records(tmp_path / "elsewhere") is None


def test_a_run_without_a_day_has_no_score(pack: Path, tmp_path: Path) -> None:
    empty = Run.begin(tmp_path / "run", pack=pack, emergency="respiratory", start=START, seed=1)
    with pytest.raises(NothingYet):
        score_run(empty)


@pytest.mark.parametrize("emergency", ["water_main", "heat_wave"])
def test_what_is_no_infection_is_replayed_and_scored_too(pack: Path, tmp_path: Path, emergency: str) -> None:
    made = Run.begin(tmp_path / "run", pack=pack, emergency=emergency, start=START, seed=3)
    order = Order("boil-water" if emergency == "water_main" else "cool-rooms", START + timedelta(days=31))
    for _ in range(44):
        made.keep(made.step([order]))
    opened = Run.open(tmp_path / "run")
    scored = score_run(opened)
    assert same(replay(scene_of(opened), seed=3, days=44, plan=orders_of(opened)), scored.courses["played"])
    assert scored.policy.slug == emergency
    assert scored.first_infection is not None and scored.first_infection >= 28
    assert sheet_of(opened, scored, None, name="run").outcome("admissions").unchecked is not None


def test_every_policy_orders_only_what_its_emergency_answers_to() -> None:
    for name in policies():
        for emergency in read_policy(name).emergencies:
            if emergency == "*":
                continue
            text = (FOLDER / f"{emergency}.yaml").read_text(encoding="utf-8")
            ordered = {code for step in read_policy(name).steps for code in step.measures}
            assert {code for code in ordered if code not in text} == set()
