"""Laws of the agent-based engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from salus.epi import to_frame
from salus.epi.agents import (
    ByLayer,
    ContactChange,
    DiagnosticTesting,
    Isolation,
    Measures,
    NaturalHistory,
    Quarantine,
    Tracing,
    Vaccination,
    simulate_outbreak,
    simulate_outbreaks,
    synthesise_population,
)

EDGES, AGES, HOMES = (0, 18, 40, 65, 95), (0.2, 0.3, 0.3, 0.2), (0.3, 0.3, 0.2, 0.15, 0.05)
NOBODY, EVERYBODY = ByLayer(0, 0, 0, 0), ByLayer(1, 1, 1, 1)
SEED = st.integers(0, 10_000)


def city(seed, size=3000):
    rng = np.random.default_rng(seed)
    return synthesise_population(size, age_edges=EDGES, age_shares=AGES, household_shares=HOMES, rng=rng)


PEOPLE = city(1)
BUSY = Measures(
    testing=(DiagnosticTesting(symptomatic=0.4, routine=0.01, quarantined=0.5, specificity=0.99, delay=1),),
    tracing=(Tracing(ByLayer(0.9, 0.5, 0.5, 0.1), (0, 1, 1, 2)),),
    contacts=(ContactChange("work", contacts=0.7, transmission=0.9, start=20, end=50),),
    vaccination=(Vaccination(20.0, oldest_first=True, half_life=200.0),),
)


def run(seed, people=PEOPLE, days=120, **options):
    return simulate_outbreak(people, days=days, rng=np.random.default_rng(seed), **options)


@given(SEED)
@settings(max_examples=10, deadline=None)
def test_without_transmission_only_the_first_are_infected(seed):
    outbreak = run(seed, disease=NaturalHistory(transmission=0.0), seeds=7)
    assert outbreak.of("infections").tolist() == [7] + [0] * 119
    assert outbreak.of("recoveries").sum() + outbreak.of("deaths").sum() == 7


@given(SEED, st.booleans())
@settings(max_examples=15, deadline=None)
def test_everyone_is_somewhere(seed, waning):
    disease = NaturalHistory() if waning else NaturalHistory(immunity=None)
    outbreak = run(seed, disease=disease, measures=BUSY)
    entered = outbreak.of("infections").cumsum()
    left = (outbreak.of("recoveries") + outbreak.of("deaths")).cumsum()
    np.testing.assert_array_equal(entered - left, outbreak.now("infected"))
    assert outbreak.of("symptomatic").sum() <= entered[-1]
    assert outbreak.of("deaths").sum() <= outbreak.of("critical").sum() <= outbreak.of("severe").sum()
    assert outbreak.of("positives").sum() <= outbreak.of("tests").sum()
    if not waning:
        assert entered[-1] <= PEOPLE.size


@given(SEED)
@settings(max_examples=15, deadline=None)
def test_every_transmission_goes_along_a_contact_from_an_infected_person(seed):
    outbreak = run(seed, infectors=True, measures=BUSY)
    pairs = outbreak.transmissions
    assert pairs.source.size == outbreak.of("infections").sum() - 20
    since: dict[int, int] = {}
    first = set()
    for source, target, day, layer in zip(pairs.source, pairs.target, pairs.day, pairs.layer, strict=True):
        if int(source) not in since:
            first.add(int(source))
        assert since.get(int(source), -1) < day
        since[int(target)] = int(day)
        start, end = PEOPLE.starts[source, layer], PEOPLE.starts[source + 1, layer]
        assert target in PEOPLE.contacts[start:end]
    assert len(first) <= 20


@given(SEED)
@settings(max_examples=10, deadline=None)
def test_perfect_isolation_and_quarantine_stop_an_outbreak(seed):
    measures = Measures(
        testing=(DiagnosticTesting(symptomatic=1.0, routine=1.0),),
        tracing=(Tracing(EVERYBODY),),
        isolation=Isolation(NOBODY),
        quarantine=Quarantine(NOBODY, days=60),
    )
    assert run(seed, measures=measures).of("infections").sum() == 20


@given(SEED)
@settings(max_examples=10, deadline=None)
def test_closing_everything_leaves_only_the_first(seed):
    closed = tuple(ContactChange(layer, contacts=0.0) for layer in ByLayer._fields)
    assert run(seed, measures=Measures(contacts=closed)).of("infections").sum() == 20


def test_outbreaks_shrink_as_more_contacts_are_traced():
    sizes = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        tracing = (Tracing(ByLayer(*[share] * 4)),)
        measures = Measures(testing=(DiagnosticTesting(symptomatic=0.3),), tracing=tracing)
        sizes.append(np.mean([run(seed, measures=measures).of("infections").sum() for seed in range(8)]))
    assert np.all(np.diff(sizes) < 0), sizes


def test_outbreaks_shrink_as_contacts_close_and_vaccines_protect():
    for change in (
        lambda level: Measures(contacts=(ContactChange("community", contacts=1 - level),)),
        lambda level: Measures(contacts=(ContactChange("household", transmission=1 - level),)),
        lambda level: Measures(vaccination=(Vaccination(1e9, infection=level, onset=0),)),
        lambda level: Measures(vaccination=(Vaccination(1e9, uptake=level, infection=0.8, onset=0),)),
    ):
        sizes = [
            np.mean([run(seed, measures=change(level)).of("infections").sum() for seed in range(5)])
            for level in (0.0, 0.4, 0.8)
        ]
        assert np.all(np.diff(sizes) < 0), sizes


def test_a_measure_that_begins_later_leaves_the_days_before_alone():
    plain = run(3)
    later = run(
        3, measures=replace(BUSY, testing=(DiagnosticTesting(symptomatic=0.5, start=40),), contacts=(), vaccination=())
    )
    np.testing.assert_array_equal(plain.of("infections")[:40], later.of("infections")[:40])
    assert (plain.of("infections")[40:] != later.of("infections")[40:]).any()


@given(SEED)
@settings(max_examples=5, deadline=None)
def test_the_same_seed_gives_the_same_bytes_with_any_number_of_threads(seed):
    def many(executor):
        rng = np.random.default_rng(seed)
        return simulate_outbreaks(PEOPLE, days=60, runs=4, rng=rng, measures=BUSY, executor=executor)

    alone = many(None)
    for workers in (1, 3):
        with ThreadPoolExecutor(workers) as executor:
            shared = many(executor)
        np.testing.assert_array_equal(alone.flows, shared.flows)
        np.testing.assert_array_equal(alone.stocks, shared.stocks)


def test_an_ensemble_becomes_a_table():
    from datetime import date

    ensemble = simulate_outbreaks(PEOPLE, days=30, runs=5, rng=np.random.default_rng(1))
    summary = ensemble.summary("infections", cumulative=True)
    assert np.all(np.diff(summary.quantiles, axis=0) >= 0)
    assert np.all(np.diff(summary.quantiles, axis=1) >= 0)
    frame = to_frame(summary, reference_date=date(2024, 1, 30), target="cum inf")
    assert frame.height == 30 * summary.quantile_levels.size


@given(SEED, st.integers(50, 2000))
@settings(max_examples=20, deadline=None)
def test_a_population_keeps_its_promises(seed, size):
    people = city(seed, size)
    sizes = np.diff(people.households)
    assert people.households[0] == 0 and people.households[-1] == size and sizes.min() >= 1
    oldest = np.maximum.reduceat(people.age, people.households[:-1])
    assert (oldest >= 18).sum() >= min(sizes.size, int((people.age >= 18).sum()))
    for name in ByLayer._fields:
        layer = people.layer(name)
        source = np.repeat(np.arange(size), np.diff(layer.starts))
        forth = np.sort(source.astype(np.int64) * size + layer.contacts)
        back = np.sort(layer.contacts.astype(np.int64) * size + source)
        np.testing.assert_array_equal(forth, back)
        assert not np.any(source == layer.contacts)
