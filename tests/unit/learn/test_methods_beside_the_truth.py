"""Methods are given what was known on an evening, and marked against what was true."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from salus.learn.scores.methods.detecting import JUDGED_FROM, Detected, detected, detectors
from salus.learn.scores.methods.estimating import Scores, evenings, scores_of, triangle_on, true_r
from salus.learn.scores.methods.hearing import Heard, Trial, _cube
from salus.learn.scores.methods.table import Found, Plan, _detection_rows, _estimation_rows, _trials

DAYS = 600


def heard(cases: np.ndarray, infections: dict[str, np.ndarray], emergency: str = "sporadic") -> Heard:
    days = cases.size
    trial = Trial(Path(), emergency, 1, days)
    age = np.arange(days)[None, :] - np.arange(days)[:, None]
    # Half of a day's cases are known on its evening, and all of them five days later.
    known = np.where(age >= 0, np.rint(cases[:, None] * np.clip(0.5 + 0.1 * age, 0, 1)), np.nan)
    return Heard(trial, known, known, cases, infections)


@pytest.fixture(scope="module")
def quiet_then_loud() -> Heard:
    rng = np.random.default_rng(5)
    first = 525
    new = np.where(np.arange(DAYS) >= first, 6 * np.exp((np.arange(DAYS) - first) / 7.0), 0.0)
    told = np.concatenate([np.zeros(10), 0.35 * new])[:DAYS]
    return heard(rng.poisson(3, DAYS) + np.rint(told), {"usual": np.full(DAYS, 9.0), "new": new})


def test_a_count_is_the_one_that_was_known_on_the_evening() -> None:
    rows = pl.DataFrame(
        {"day": [0, 0, 1, 0, 2], "known": [0, 2, 1, 3, 9], "value": [1.0, 3.0, 2.0, None, 5.0]},
        schema_overrides={"value": pl.Float64},
    )
    cube = _cube(rows, 4)
    assert cube[0].tolist()[:3] == [1.0, 1.0, 3.0]
    assert np.isnan(cube[0, 3])
    assert np.isnan(cube[1, 0]) and cube[1, 3] == 2.0
    assert np.isnan(cube[2]).all()


def test_alarms_count_as_false_until_the_virus_can_have_been_told_of(quiet_then_loud: Heard) -> None:
    told = quiet_then_loud.first_told("new")
    assert 525 < told < 545
    alarms = [10, JUDGED_FROM + 3, JUDGED_FROM + 5, JUDGED_FROM + 30, told - 1, told + 4]
    assert detected(quiet_then_loud, lambda _heard: alarms) == Detected(told + 4 - 525, 3, told - JUDGED_FROM)
    assert detected(quiet_then_loud, lambda _heard: []).delay is None


@pytest.mark.parametrize("name", detectors())
def test_every_detector_finds_an_epidemic_and_is_silent_on_what_is_to_come(quiet_then_loud: Heard, name: str) -> None:
    detector = detectors()[name]
    found = detected(quiet_then_loud, detector)
    assert found.delay is not None and found.delay < 70
    # What comes later changes no alarm of before: each evening knows its past alone.
    cut = heard(quiet_then_loud.by_report[:560], quiet_then_loud.infections)
    early = [day for day in detector(quiet_then_loud) if JUDGED_FROM <= day < 559]
    assert [day for day in detector(cut) if JUDGED_FROM <= day < 559] == early


def test_r_of_a_steady_epidemic_is_one_and_says_nothing_of_a_handful() -> None:
    steady = heard(np.zeros(80), {"first": np.full(80, 50.0)}, "respiratory")
    assert true_r(steady)[60:] == pytest.approx(1.0, abs=0.01)
    few = heard(np.zeros(80), {"first": np.full(80, 1.0)}, "respiratory")
    assert np.isnan(true_r(few)).all()


def test_a_method_is_given_nothing_that_came_after_the_evening() -> None:
    cases = np.rint(30 + 10 * np.sin(np.arange(110) / 9))
    one = heard(cases, {"first": np.full(110, 90.0)}, "respiratory")
    cube = one.cases.copy()
    cube[:, 61:] = np.where(np.isnan(cube[:, 61:]), np.nan, 999.0)
    changed = Heard(one.trial, cube, cube, one.by_report, one.infections)
    same = [triangle_on(each.cases, 60) for each in (one, changed)]
    assert np.array_equal(same[0].cumulative, same[1].cumulative, equal_nan=True)
    assert max(evenings(one)) < 110 - 35 - 14
    marks = scores_of(one)
    assert marks.nowcast.error_beside and marks.rt_truth.within_95 and marks.cases.beside


def test_a_table_has_a_row_for_each_and_hides_none(quiet_then_loud: Heard) -> None:
    plan = Plan(Path())
    assert len(_trials(plan)) == 4 + 2 * 2 * 3
    trial = Trial(Path(), "sporadic", 1, DAYS)
    rows = _detection_rows(
        [
            Found(trial, {"good": Detected(20, 0, 140), "bad": Detected(3, 9, 140)}, 12, None),
            Found(trial, {"good": Detected(30, 1, 140), "bad": Detected(None, 9, 140)}, 14, None),
        ]
    )
    assert [row["held"] for row in rows] == [True, False]
    assert "1 of 2 worlds" in rows[1]["ours"]
    assert "25 days (20 to 30)" in rows[0]["ours"]
    empty = Found(Trial(Path(), "measles", 1, 160, measured=True), {}, 0, Scores())
    assert "too few" in _estimation_rows("measles", True, [empty])[0]["ours"]
