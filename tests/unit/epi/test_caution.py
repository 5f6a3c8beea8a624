"""Voluntary caution: bad input, and small truths."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

from salus.epi.errors import InvalidParameterError, ShapeMismatchError
from salus.epi.scenario import (
    Care,
    Caution,
    Measure,
    State,
    advance,
    begin,
    model_from_plain,
    model_to_plain,
    simulate,
)
from salus.epi.scenario.caution import cautious, contact_left
from salus.epi.scenario.measures import compliance_by_day
from salus.epi.scenario.model import InForce
from tests.generative.epi.scenario_models import busy_city, city, one_group


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"effects": {"moon": 0.5}}, InvalidParameterError),
        ({"effects": {"all": 1.5}}, InvalidParameterError),
        ({"half": 0.0}, InvalidParameterError),
        ({"half": np.inf}, InvalidParameterError),
        ({"half": [1.0, 2.0]}, ShapeMismatchError),
        ({"deaths": 0.0}, InvalidParameterError),
        ({"deaths": -1.0, "admissions": 1.0}, InvalidParameterError),
        ({"steepness": 0.0}, InvalidParameterError),
        ({"memory_days": np.nan}, InvalidParameterError),
        ({"willing": 1.1}, InvalidParameterError),
        ({"fatigue_days": 0.0}, InvalidParameterError),
        ({"floor": -0.1}, InvalidParameterError),
    ],
)
def test_wrong_caution_is_refused_with_a_reason(wrong, error):
    with pytest.raises(error, match=r"\w"):
        one_group(caution=Caution(**({"effects": {"all": 0.5}, "half": 1.0} | wrong)))


def test_half_are_cautious_at_the_level_that_says_so():
    caution = Caution({"out": 0.75}, half=[1.0, 4.0], willing=[1.0, 0.5], steepness=2.0)
    mood = np.zeros((3, 2))
    assert not cautious(caution, mood).any()
    mood[0] = [1.0, 4.0]
    np.testing.assert_allclose(cautious(caution, mood), [[1 / 2, 16 / 17], [0.5 / 17, 0.25]])
    left = contact_left(caution, ("home", "out"), mood)
    assert (left[0] == 1).all()
    np.testing.assert_allclose(left[1], 1 - 0.5 * cautious(caution, mood))


def test_under_steady_alarm_caution_tires_as_compliance_with_a_measure_does():
    # Everybody who is infected is in hospital that day, so that the alarm is full at once.
    care = Care(hospital=1.0, to_hospital=[1.0])
    caution = Caution({}, half=1e-9, deaths=0.0, admissions=1.0, fatigue_days=20.0, floor=0.3, memory_days=1e3)
    model = one_group(care=care, caution=caution)
    state, _ = advance(model, begin(model), days=1)
    found = []
    for _ in range(30):
        found.append(cautious(caution, state.block.mood)[0, 0])
        state, _ = advance(model, state)
    measure = Measure("m", compliance=1.0, fatigue_days=20.0, floor=0.3)
    goal = compliance_by_day(measure, InForce("m", 0), np.arange(30.0), 1)[:, 0]
    np.testing.assert_allclose(found, goal, rtol=1e-4)


def test_what_was_seen_loses_half_its_weight_in_the_days_of_memory():
    caution = Caution({"all": 0.5}, half=1.0, memory_days=5.0)
    model = one_group(caution=caution, seeds=0.0)
    state = begin(model)
    state.block.mood[0] = 8.0
    state, _ = advance(model, state, days=10)
    assert state.block.mood[0, 0] == pytest.approx(2.0)


def test_strata_that_are_not_willing_are_infected_more():
    whole = {"care": Care(hospital=0.3), "seeds": one_group().seeds}
    shares = []
    for willing in ([1.0, 1.0, 1.0], [1.0, 0.0, 1.0]):
        caution = Caution({"*": 0.9}, half=0.5, deaths=0.0, admissions=1.0, willing=willing)
        course = simulate(city(caution=caution, **whole), days=200, by=("stratum",), keep=("infections",))
        shares.append(course.path("infections").sum(axis=0))
    assert (shares[1] > shares[0]).all()
    assert (shares[1] / shares[0]).argmax() == 1


def test_caution_survives_json_and_a_state_kept_before_there_was_any_still_runs():
    model = busy_city(caution=Caution({"out": 0.6}, half=[1.0, 2.0, 0.5], fatigue_days=40.0))
    again = model_from_plain(json.loads(json.dumps(model_to_plain(model))))
    np.testing.assert_array_equal(simulate(model, days=40).values, simulate(again, days=40).values)
    bare = begin(model).to_bytes()
    with np.load(io.BytesIO(bare)) as archive:
        parts = {name: archive[name] for name in archive.files if name != "mood"}
    old = io.BytesIO()
    np.savez(old, **parts)
    one, other = (advance(model, State.from_bytes(data), days=9)[1] for data in (bare, old.getvalue()))
    np.testing.assert_array_equal(one.values, other.values)
