"""Bad input of the scenario engine, and small truths."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from salus.epi import to_frame
from salus.epi.errors import (
    EmptyInputError,
    InvalidParameterError,
    InvalidSerialIntervalError,
    MissingInputError,
    NegativeInputError,
    ShapeMismatchError,
    TooShortError,
)
from salus.epi.scenario import (
    Calibration,
    Care,
    Course,
    InForce,
    Measure,
    Observed,
    Prior,
    Reporting,
    Scenario,
    Seed,
    Setting,
    State,
    Variant,
    Variation,
    add_noise,
    advance,
    begin,
    calibrate,
    compare,
    model_from_plain,
    model_to_plain,
    order_from_plain,
    project,
    simulate,
)
from salus.epi.scenario.likelihood import lay_out
from tests.generative.epi.scenario_models import GENERATION, busy_city, city, one_group

WRONG = [
    ({"people": np.zeros((0, 1))}, EmptyInputError),
    ({"people": [[0.0]]}, EmptyInputError),
    ({"people": [[-1.0]]}, NegativeInputError),
    ({"people": [[np.nan]]}, MissingInputError),
    ({"people": [[1.5]]}, InvalidParameterError),
    ({"people": [1.0]}, ShapeMismatchError),
    ({"variants": ()}, InvalidParameterError),
    ({"variants": (Variant("a", 2.0, [0.5, 0.5]),)}, InvalidSerialIntervalError),
    ({"variants": (Variant("a", 2.0, [0.0, 0.5]),)}, InvalidSerialIntervalError),
    ({"variants": (Variant("a", -2.0, GENERATION),)}, InvalidParameterError),
    ({"variants": (Variant("a", 2.0, GENERATION),) * 2}, InvalidParameterError),
    ({"settings": ()}, InvalidParameterError),
    ({"settings": (Setting("all", [[0.0]]),)}, InvalidParameterError),
    ({"settings": (Setting("all", [[1.0, 2.0]]),)}, ShapeMismatchError),
    ({"settings": (Setting("all", [[1.0]], [[0.4]]),)}, InvalidParameterError),
    ({"settings": (Setting("all", [[1.0]], np.ones((2, 1, 1)), [1.0]),)}, ShapeMismatchError),
    ({"seeds": (Seed(0, 1.0, 7),)}, InvalidParameterError),
    ({"dispersion": 0.0}, InvalidParameterError),
    ({"importation": [1.0, 2.0]}, ShapeMismatchError),
    ({"immune": [[0.5], [0.0], [0.0], [0.0]]}, InvalidParameterError),
    ({"care": Care(hospital=1.5)}, InvalidParameterError),
    ({"care": Care(to_hospital=[0.4, 0.4])}, InvalidParameterError),
    ({"reporting": Reporting(weekday=np.zeros(7))}, InvalidParameterError),
    ({"measures": (Measure("m", {"school": 0.5}),)}, InvalidParameterError),
    ({"measures": (Measure("m", {"all": 1.5}),)}, InvalidParameterError),
    ({"measures": (Measure("m", fatigue_days=0.0),)}, InvalidParameterError),
    ({"zones": ("a", "b")}, ShapeMismatchError),
]


@pytest.mark.parametrize(("change", "error"), WRONG)
def test_a_wrong_model_is_refused_with_a_reason(change, error):
    with pytest.raises(error, match=r"\w"):
        replace(one_group(), **change)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"days": 0}, InvalidParameterError),
        ({"days": 5, "runs": 0}, InvalidParameterError),
        ({"days": 5, "keep": ("rubbish",)}, InvalidParameterError),
        ({"days": 5, "by": ("age",)}, InvalidParameterError),
        ({"days": 5, "doses": 3.0}, InvalidParameterError),
        ({"days": 5, "doses": [1.0, 2.0]}, ShapeMismatchError),
        ({"days": 5, "orders": (InForce("unknown", 0),)}, InvalidParameterError),
        ({"days": 5, "variation": Variation(transmission=np.full(5, np.nan))}, MissingInputError),
        ({"days": 5, "variation": Variation(seeds=[-1.0])}, NegativeInputError),
    ],
)
def test_a_wrong_run_is_refused_with_a_reason(more, error):
    with pytest.raises(error, match=r"\w"):
        simulate(one_group(), **more)


def test_wrong_orders_are_refused():
    model = city()
    for order in (
        InForce("close", 5, 3),
        InForce("close", 5, zones=(9,)),
        InForce("close", 5, compliance=[0.5, 2.0, 0]),
    ):
        with pytest.raises(InvalidParameterError):
            simulate(model, days=9, orders=(order,))
    with pytest.raises(ShapeMismatchError):
        simulate(model, days=9, orders=(InForce("close", 5, compliance=[0.5]),))


def test_a_state_of_another_model_or_rubbish_is_refused():
    state = begin(city(), by=())
    with pytest.raises(ShapeMismatchError, match="resume"):
        advance(city(zones=5), state)
    for data in (b"", b"rubbish", state.to_bytes()[:200]):
        with pytest.raises(InvalidParameterError):
            State.from_bytes(data)


def test_a_model_survives_json():
    model = busy_city()
    again = model_from_plain(json.loads(json.dumps(model_to_plain(model))))
    doses = np.full(30, 5.0)
    orders = (order_from_plain({"measure": "close", "start": 3, "zones": [0, 1]}),)
    for one, other in (
        (simulate(model, days=30, doses=doses, orders=orders), simulate(again, days=30, doses=doses, orders=orders)),
    ):
        np.testing.assert_array_equal(one.values, other.values)


def test_plain_data_may_name_moments_and_says_what_it_does_not_know():
    plain = {
        "people": [[1000]],
        "variants": [{"name": "a", "r0": 2, "generation": {"mean": 5, "sd": 2}}],
        "settings": [{"name": "all", "contacts": [[10]]}],
        "reporting": {"delay": {"mean": 4, "sd": 2}},
    }
    model = model_from_plain(plain)
    days = np.arange(model.variants[0].generation.size)
    assert (days * model.variants[0].generation).sum() == pytest.approx(5, abs=1e-3)
    with pytest.raises(InvalidParameterError, match="colour"):
        model_from_plain(plain | {"colour": 1})
    with pytest.raises(InvalidParameterError, match="incomplete"):
        model_from_plain({"people": [[1000]]})


def test_a_day_without_infection_is_quiet():
    run = simulate(one_group(seeds=0.0), days=20, rng=np.random.default_rng(1), runs=2)
    assert not run.values.any()


def test_fatigue_halves_what_is_above_the_floor():
    from salus.epi.scenario.measures import measure_factors

    model = one_group(measures=(Measure("m", {"all": 0.75}, compliance=0.8, fatigue_days=10.0, floor=0.5),))
    factor = measure_factors(model, (InForce("m", 5, 30),), 0, 40).contact[:, 0, 0, 0]
    complying = (1 - factor) / (1 - np.sqrt(0.25))
    assert complying[4] == 0 and complying[30] == 0
    np.testing.assert_allclose(complying[[5, 15, 25]], [0.8, 0.4 + 0.2, 0.4 + 0.1])


def test_isolation_of_all_after_the_first_day_stops_it():
    measures = (Measure("trace", isolation=1.0),)
    model = one_group(3.0, measures=measures, isolation_delay=[0.0, 1.0])
    total = simulate(model, days=100, orders=(InForce("trace", 0),)).total("infections")
    assert total[0] == pytest.approx(10.0)


def test_closing_work_costs_work_days():
    from salus.epi.scenario import Work

    model = city(work=Work(employed=[0.0, 0.5, 1.0]), seeds=())
    lost = simulate(model, days=3, orders=(InForce("stay", 1, 2, zones=(0,)),)).city("work_days_lost")[:, 0]
    np.testing.assert_allclose(lost, [0, 0.5 * (0.5 * model.people[0, 1] + model.people[0, 2]), 0])


def test_weekday_moves_reports_and_loses_none():
    closed = Reporting(ascertainment=1.0, delay=[1.0], weekday=[1, 1, 1, 1, 1, 0, 0])
    run = simulate(one_group(reporting=closed), days=15 * 7)
    reported, infected = run.city("reported")[:, 0], run.city("infections")[:, 0]
    assert not reported[5::7].any() and not reported[6::7].any()
    assert reported[:-2].sum() == pytest.approx(infected[:-2].sum())


def test_quantiles_go_into_the_long_frame():
    run = simulate(city(), days=10, rng=np.random.default_rng(1), runs=5, by=("zone",))
    found = run.quantiles("infections", levels=(0.1, 0.5))
    frame = to_frame(found, reference_date=date(2026, 1, 1), target="inc inf", locations=found.labels, first_horizon=0)
    assert frame.height == 10 * 4 * 2
    with pytest.raises(InvalidParameterError, match="kept"):
        run.path("rubbish")


def test_comparison_and_calibration_refuse_what_says_nothing():
    rng = np.random.default_rng(1)
    with pytest.raises(InvalidParameterError, match="two scenarios"):
        compare(one_group(), {"a": Scenario()}, days=5, rng=rng)
    with pytest.raises(EmptyInputError):
        calibrate(one_group(), (), rng=rng)
    with pytest.raises(TooShortError):
        Observed("reported", [1.0, 2.0])
    with pytest.raises(EmptyInputError):
        Observed("reported", np.full(20, np.nan))
    with pytest.raises(NegativeInputError):
        Observed("reported", np.full(20, -1.0))
    with pytest.raises(ShapeMismatchError):
        calibrate(one_group(), (Observed("reported", np.ones(20)), Observed("deaths", np.ones(30))), rng=rng)


def test_projection_starts_where_the_data_end():
    model = one_group(
        1.5, 200_000, 50.0, reporting=Reporting(ascertainment=0.5), measures=(Measure("m", {"all": 0.5}),)
    )
    truth = simulate(model, days=63, rng=np.random.default_rng(4)).city("reported")[:, 0]
    fit = calibrate(
        model,
        (Observed("reported", truth[:49]),),
        rng=np.random.default_rng(5),
        prior=Prior(step_days=14),
        draws=64,
        particles=400,
    )
    scenarios = {"none": Scenario(), "m": Scenario((InForce("m", 49),))}
    ahead = project(model, fit, scenarios, days=14, rng=np.random.default_rng(6))
    noisy = add_noise(ahead["none"], "reported", fit, 0, np.random.default_rng(7))
    low, high = np.quantile(noisy.sum(axis=0), [0.01, 0.99])
    assert low < truth[49:].sum() < high
    assert (ahead["m"].total("infections") <= ahead["none"].total("infections")).all()
    assert fit.tail < 0.7


def test_noise_gives_counts_the_spread_of_their_series_and_counts_chance_once():
    rng, runs, mean, size = np.random.default_rng(3), 20_000, 50.0, 10.0
    counts = rng.poisson(mean, (1, 1, 1, 1, runs)).astype(float)
    course = Course(0, ("reported",), ("city",), ("all",), counts)
    layout = lay_out(Prior(), (Observed("reported", np.ones(14)),))
    values = np.full((runs, layout.width), size)
    fit = Calibration(layout.names(), values, values[:2], values[0, :1], values[None], 1.0, 0.0, layout, values)
    noisy = add_noise(course, "reported", fit, 0, rng)[0]
    assert noisy.mean() == pytest.approx(mean, rel=0.02)
    assert noisy.var() == pytest.approx(mean + mean**2 / size, rel=0.06)
    assert (noisy == np.floor(noisy)).all()
