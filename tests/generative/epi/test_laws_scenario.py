"""Laws of the scenario engine that hold for every city."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from salus.epi.scenario import (
    Care,
    Caution,
    InForce,
    Measure,
    Model,
    Scenario,
    Seed,
    Setting,
    State,
    advance,
    begin,
    compare,
    simulate,
)
from tests.generative.epi.scenario_models import busy_city, city, one_group

SEEDS = st.integers(0, 2**32 - 1)
CAUTION = Caution({"out": 0.7, "*": 0.2}, half=[2.0, 5.0, 1.0], admissions=0.2, fatigue_days=60.0, floor=0.4)
CLOSED = (InForce("close", 10, 40), InForce("stay", 15, zones=(0, 2)), InForce("trace", 20))


@given(SEEDS, st.booleans(), st.sampled_from([None, 0.4]))
@settings(max_examples=10, deadline=None)
def test_nobody_appears_or_vanishes_and_nothing_is_negative(seed, chance, dispersion):
    model = busy_city(seed=seed % 100, dispersion=dispersion)
    state = begin(model, rng=np.random.default_rng(seed) if chance else None, runs=2)
    state, course = advance(model, state, days=60, orders=CLOSED, doses=np.full(60, 15.0))
    people = state.people()
    np.testing.assert_allclose(people.sum(axis=0), np.repeat(model.people[..., None], 2, axis=-1), rtol=1e-12)
    assert people.min() >= -1e-9
    assert course.values.min() >= -1e-6
    if chance:
        counts = course.values[:, [course.outputs.index(name) for name in ("infections", "reported", "deaths", "beds")]]
        np.testing.assert_array_equal(counts, np.round(counts))
        np.testing.assert_array_equal(people, np.round(people))


@given(SEEDS)
@settings(max_examples=8, deadline=None)
def test_by_variant_and_by_place_add_up(seed):
    model = busy_city(seed=seed % 100)
    fine = simulate(model, days=50, by=("zone", "stratum"), orders=CLOSED, doses=np.full(50, 20.0))
    city_only = simulate(model, days=50, orders=CLOSED, doses=np.full(50, 20.0))
    for output in fine.outputs:
        np.testing.assert_allclose(fine.city(output), city_only.city(output), rtol=1e-9, atol=1e-9)
    parts = sum(fine.city(output) for output in fine.outputs if output.startswith("infections:"))
    np.testing.assert_allclose(parts, fine.city("infections"), rtol=1e-9)


@given(SEEDS, st.integers(1, 44), st.booleans(), st.sampled_from([None, CAUTION]))
@settings(max_examples=14, deadline=None)
def test_a_run_in_pieces_kept_and_resumed_is_the_run_in_one(seed, cut, chance, caution):
    model = busy_city(seed=seed % 100, caution=caution)
    doses = np.arange(45.0)
    start = begin(model, rng=np.random.default_rng(seed) if chance else None, runs=3)
    end, whole = advance(model, start, days=45, orders=CLOSED, doses=doses)
    middle, first = advance(model, start, days=cut, orders=CLOSED, doses=doses[:cut])
    again = State.from_bytes(middle.to_bytes())
    last, second = advance(model, again, days=45 - cut, orders=CLOSED, doses=doses[cut:])
    np.testing.assert_array_equal(np.concatenate([first.values, second.values]), whole.values)
    for one, other in zip(end.block, last.block, strict=True):
        np.testing.assert_array_equal(one, other)
    assert again.day == cut and last.day == 45


@given(SEEDS, st.integers(1, 40))
@settings(max_examples=6, deadline=None)
def test_same_seed_same_runs_whatever_the_workers_and_the_number_of_runs(seed, runs):
    model = city(seed=3)
    one = simulate(model, days=30, runs=runs, rng=np.random.default_rng(seed), by=("zone",))
    with ThreadPoolExecutor(3) as pool:
        two = simulate(model, days=30, runs=runs, rng=np.random.default_rng(seed), by=("zone",), executor=pool)
    np.testing.assert_array_equal(one.values, two.values)
    fewer = simulate(model, days=30, runs=1, rng=np.random.default_rng(seed), by=("zone",))
    np.testing.assert_array_equal(one.values[..., :1], fewer.values)


def _permuted(model: Model, order: list[int]) -> Model:
    settings_ = tuple(
        Setting(s.name, s.contacts, None if s.presence is None else s.presence[:, order][:, :, order], s.weight)
        for s in model.settings
    )
    where = {zone: index for index, zone in enumerate(order)}
    seeds = tuple(replace(seed, zone=where[seed.zone]) for seed in model.seeds)
    return replace(model, people=model.people[order], settings=settings_, seeds=seeds, zones=())


@given(st.permutations(range(4)), st.integers(0, 99))
@settings(max_examples=10, deadline=None)
def test_the_order_of_zones_does_not_matter(order, seed):
    model = busy_city(seed=seed)
    plain = simulate(model, days=60, by=("zone",), keep=("infections", "deaths"), doses=np.full(60, 9.0))
    mixed = simulate(
        _permuted(model, order), days=60, by=("zone",), keep=("infections", "deaths"), doses=np.full(60, 9.0)
    )
    np.testing.assert_allclose(mixed.values, plain.values[:, :, order], rtol=1e-8, atol=1e-9)


@given(st.integers(0, 99), st.booleans())
@settings(max_examples=10, deadline=None)
def test_an_empty_zone_changes_nothing(seed, chance):
    model = city(seed=seed)
    zones = model.people.shape[0]
    grown = []
    for setting in model.settings:
        presence = setting.presence
        if presence is not None:
            wide = np.zeros((presence.shape[0], zones + 1, zones + 1))
            wide[:, :zones, :zones], wide[:, zones, zones] = presence, 1.0
            presence = wide
        grown.append(Setting(setting.name, setting.contacts, presence, setting.weight))
    larger = replace(model, people=np.vstack([model.people, np.zeros(3)]), settings=tuple(grown), zones=())
    runs = [
        simulate(each, days=50, keep=("infections", "deaths"), rng=np.random.default_rng(seed) if chance else None)
        for each in (model, larger)
    ]
    np.testing.assert_allclose(runs[1].values, runs[0].values, rtol=1e-10)


@given(st.integers(0, 99), st.floats(0, 1), st.floats(0, 1), st.sampled_from(["close", "stay", "trace"]))
@settings(max_examples=15, deadline=None)
def test_more_compliance_with_a_lasting_measure_never_means_more_infections(seed, one, two, name):
    low, high = sorted((one, two))
    ever = []
    for compliance in (low, high):
        measures = (
            Measure("close", {"out": 0.6}, compliance=compliance),
            Measure("stay", {"*": 0.4}, compliance=compliance),
            Measure("trace", isolation=0.7, compliance=compliance),
        )
        course = simulate(
            city(seed=seed, measures=measures), days=150, orders=(InForce(name, 20),), keep=("infections",)
        )
        ever.append(course.city("infections")[:, 0].cumsum())
    assert (ever[1] <= ever[0] * (1 + 1e-9)).all()


@given(st.integers(0, 99))
@settings(max_examples=3, deadline=None)
def test_the_mean_of_many_runs_of_a_large_city_is_the_expectation(seed):
    model = busy_city(seed=seed, scale=400_000, seeds=tuple(Seed(0, 400.0, 0, 1, v) for v in range(2)), dispersion=None)
    doses = np.full(60, 2000.0)
    runs = simulate(model, days=60, runs=48, rng=np.random.default_rng(seed), orders=CLOSED, doses=doses)
    exact = simulate(model, days=60, orders=CLOSED, doses=doses)
    for output in exact.outputs:
        mean, goal = runs.city(output).mean(axis=-1), exact.city(output)[:, 0]
        error = runs.city(output).std(axis=-1) / np.sqrt(48)
        assert (np.abs(mean - goal) <= 6 * error + 0.02 * goal + 1.0).all(), output


@given(SEEDS)
@settings(max_examples=3, deadline=None)
def test_common_chance_sharpens_differences(seed):
    scenarios = {"late": Scenario((InForce("close", 33),)), "early": Scenario((InForce("close", 30),))}
    found = compare(city(scale=20_000), scenarios, days=90, runs=32, rng=np.random.default_rng(seed))
    assert found.difference[1, 0] < -3 * found.standard_error[1, 0]
    assert found.variance_reduction[1, 0] > 4
    assert found.difference[0].tolist() == [0, 0, 0]


@given(st.integers(0, 99), st.floats(1, 400), st.floats(0, 1))
@settings(max_examples=10, deadline=None)
def test_doses_given_are_never_more_than_stock_or_the_willing(seed, arriving, share):
    model = busy_city(seed=seed)
    uptake = np.full(3, share)
    vaccine = replace(model.vaccine, uptake=uptake, waning_days=float("inf"), per_day=50.0)
    model = replace(model, vaccine=vaccine, immune=None)
    for rng in (None, np.random.default_rng(seed)):
        given_ = simulate(model, days=40, rng=rng, doses=np.full(40, arriving), by=("stratum",), keep=("doses",))
        path = given_.path("doses")
        assert (path.sum(axis=1) <= 50.0 + 1e-6).all()
        assert (path.sum(axis=1).cumsum() <= arriving * np.arange(1, 41) + 1e-6).all()
        assert (path.sum(axis=0) <= model.people.sum(axis=0) * share + 1e-6).all()


@given(st.integers(0, 99), st.booleans())
@settings(max_examples=6, deadline=None)
def test_caution_that_nobody_is_capable_of_changes_nothing_at_all(seed, chance):
    runs = [
        simulate(
            busy_city(seed=seed, caution=caution),
            days=50,
            runs=2,
            by=("zone",),
            orders=CLOSED,
            rng=np.random.default_rng(seed) if chance else None,
        ).values
        for caution in (None, replace(CAUTION, willing=0.0), replace(CAUTION, effects={}))
    ]
    np.testing.assert_array_equal(runs[1], runs[0])
    np.testing.assert_array_equal(runs[2], runs[0])


@given(st.integers(0, 99), st.floats(0.2, 20), st.floats(1, 5), st.floats(2, 30))
@settings(max_examples=12, deadline=None)
def test_the_more_severe_the_fewer_meet_and_are_infected(seed, half, steepness, memory):
    """As long as the epidemic grows: later, those who were spared may be infected."""
    caution = Caution({"out": 0.8}, half=half, steepness=steepness, memory_days=memory)
    ever = []
    for share, answer in ((0.05, None), (0.05, caution), (0.1, caution), (0.4, caution)):
        care = Care(hospital=share, death_ward=0.5, icu=0.0)
        course = simulate(city(seed=seed, care=care, caution=answer), days=45, keep=("infections",))
        ever.append(course.city("infections")[:, 0].cumsum())
    for less, more in pairwise(ever):
        assert (more <= less * (1 + 1e-9)).all()


@given(SEEDS)
@settings(max_examples=2, deadline=None)
def test_the_mean_of_many_cautious_runs_of_a_large_city_is_the_expectation(seed):
    care = Care(hospital=0.1, death_ward=0.5, icu=0.0)
    model = city(seed=seed % 100, scale=2_000_000, seeds=(Seed(0, 3000.0, 0, 1),), care=care, caution=CAUTION)
    runs = simulate(model, days=80, runs=32, rng=np.random.default_rng(seed), keep=("infections", "deaths"))
    exact = simulate(model, days=80, keep=("infections", "deaths"))
    for output in exact.outputs:
        mean, goal = runs.city(output).mean(axis=-1), exact.city(output)[:, 0]
        error = runs.city(output).std(axis=-1) / np.sqrt(32)
        assert (np.abs(mean - goal) <= 6 * error + 0.02 * goal + 1.0).all(), output


def test_a_full_hospital_kills_more_and_only_then():
    care = {"hospital": 0.1, "icu": 0.3, "death_icu": 0.2, "excess_icu": 0.8, "excess_ward": 0.2}
    deaths = [
        simulate(one_group(2.5, care=Care(**care, icu_beds=beds, beds=10 * beds)), days=200).total("deaths")[0]
        for beds in (0.0, 100.0, 400.0, 1e9, np.inf)
    ]
    assert deaths[0] > deaths[1] > deaths[2] > deaths[3] == deaths[4]
