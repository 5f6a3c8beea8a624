"""Laws of scan statistics: brute force agrees, order does not matter, false alarms are as stated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from salus.epi.scan import circular_windows, elliptic_windows, scan_bernoulli, scan_permutation, scan_poisson
from salus.epi.scan.draws import hypergeometric, poisson, seat
from salus.epi.scan.frame import frame_of
from salus.epi.scan.montecarlo import simulate
from salus.epi.scan.run import Question, _plan
from salus.epi.scan.simulate import cells_of, poisson_counts
from salus.epi.scan.standard import permuted_expectation

STEPS, ZONES = 5, 7
PLACES = np.random.default_rng(8).uniform(0, 1, (ZONES, 2))
PEOPLE = np.random.default_rng(9).integers(1, 50, ZONES).astype(float)
CIRCLES = circular_windows(PLACES, PEOPLE, geographic=False)
SEEDS = st.integers(0, 2**32 - 1)
RATES = st.sampled_from(["high", "low", "both"])


def generator(seed):
    return np.random.default_rng(seed)


def part(count, expected):
    return count * math.log(count / expected) if count > 0 else 0.0


def ratio(count, expected, total):
    return part(count, expected) + part(total - count, total - expected)


def slowly(cases, expected, windows, rates, ends, longest):
    """Largest statistic by looking at every window in turn."""
    total, best = cases.sum(), 0.0
    for step in np.flatnonzero(windows.keep):
        zones = windows.members(step)
        weight = windows.shapes[windows.kind[step]][2]
        for end in ends:
            for start in range(max(0, end - longest), end):
                count, mean = cases[start:end, zones].sum(), expected[start:end, zones].sum()
                wanted = (count > mean and count >= 2) if rates == "high" else count < mean
                if rates == "both":
                    wanted = count < mean or count >= 2
                if wanted:
                    best = max(best, weight * ratio(count, mean, total))
    return best


@given(SEEDS, RATES, st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_most_likely_cluster_is_that_of_brute_force(seed, rates, prospective):
    cases = generator(seed).poisson(generator(seed + 1).gamma(1, 1.5, (STEPS, ZONES))).astype(float)
    cases[0, 0] += 1
    expected = np.tile(PEOPLE, (STEPS, 1)) * cases.sum() / (STEPS * PEOPLE.sum())
    analysis = "prospective" if prospective else "space-time"
    found = scan_poisson(cases, expected, CIRCLES, rng=generator(1), analysis=analysis, rates=rates, replicates=9)
    want = slowly(cases, expected, CIRCLES, rates, [STEPS] if prospective else range(1, STEPS + 1), STEPS // 2)
    assert (found.clusters[0].statistic if found.clusters else 0.0) == pytest.approx(want, abs=1e-9)


@given(SEEDS, RATES, st.sampled_from(["poisson", "permutation"]))
@settings(max_examples=15, deadline=None)
def test_each_replicate_is_judged_as_brute_force_judges_it(seed, rates, model):
    cases = generator(seed).poisson(2.0, (STEPS, ZONES)).astype(float)
    cases[0, 0] += 1
    expected = np.tile(PEOPLE, (STEPS, 1)) * cases.sum() / (STEPS * PEOPLE.sum())
    groups = np.zeros(STEPS, dtype=np.int64)
    if model == "permutation":
        expected = permuted_expectation(cases, groups)
    windows = elliptic_windows(PLACES, PEOPLE, geographic=False, elongations=(2.0,), angles=(3,))
    frame = frame_of(cases, expected, windows, "space-time", (1, None), groups)
    plan = _plan(model, frame, windows, Question(rates, 2, 12, None), generator(seed), 0)
    paths = simulate(plan, np.arange(12))
    if model == "poisson":
        found = scan_poisson(cases, expected, windows, rng=generator(seed), rates=rates, replicates=12)
    else:
        found = scan_permutation(cases, windows, rng=generator(seed), rates=rates, replicates=12, analysis="space-time")
    for lane in range(12):
        drawn = np.diff(plan.rounded - paths[0, :, :, lane], axis=1).T.astype(float)
        assert drawn.sum() == cases.sum()
        want = slowly(drawn, expected, windows, rates, range(1, STEPS + 1), STEPS // 2)
        assert found.maxima[lane] == pytest.approx(want, abs=1e-9)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_zones_does_not_matter(seed):
    cases = generator(seed).poisson(2.0, (STEPS, ZONES)).astype(float)
    cases[1, 2] += 6
    order = generator(seed + 1).permutation(ZONES)
    risk = np.tile(PEOPLE, (STEPS, 1))
    one = scan_poisson(cases, risk, CIRCLES, rng=generator(1), replicates=9).clusters[0]
    moved = circular_windows(PLACES[order], PEOPLE[order], geographic=False)
    two = scan_poisson(cases[:, order], risk[:, order], moved, rng=generator(1), replicates=9).clusters[0]
    assert one.statistic == pytest.approx(two.statistic)
    if np.isclose(one.cases, two.cases):
        assert set(one.zones.tolist()) == {int(order[zone]) for zone in two.zones}


@given(SEEDS, st.sampled_from([0.5, 4.0, 1000.0]))
@settings(max_examples=20, deadline=None)
def test_the_unit_of_the_population_does_not_matter(seed, unit):
    cases = generator(seed).poisson(2.0, (STEPS, ZONES)).astype(float)
    cases[0, 0] += 2
    risk = np.tile(PEOPLE, (STEPS, 1))
    one = scan_poisson(cases, risk, CIRCLES, rng=generator(1), replicates=19)
    two = scan_poisson(cases, risk * unit, CIRCLES, rng=generator(1), replicates=19)
    assert one.clusters[0].statistic == pytest.approx(two.clusters[0].statistic)


def test_permutation_keeps_both_margins_in_few_and_in_many_cases():
    groups = np.arange(STEPS) % 2
    for mean in (2.0, 500.0):
        cases = generator(4).poisson(mean, (STEPS, ZONES)).astype(float)
        frame = frame_of(cases, permuted_expectation(cases, groups), CIRCLES, "space-time", (1, None), groups)
        plan = _plan("permutation", frame, CIRCLES, Question("high", 2, 9, None), generator(1), 0)
        paths = simulate(plan, np.arange(64))
        drawn = np.diff(plan.rounded[..., None] - paths[0, :, :, :64], axis=1)
        for group in (0, 1):
            rows = groups == group
            np.testing.assert_array_equal(drawn[:, rows].sum(axis=1), np.tile(cases[rows].sum(axis=0)[:, None], 64))
        np.testing.assert_array_equal(drawn.sum(axis=0), np.tile(cases.sum(axis=1)[:, None], 64))
        # Each cell of a random table with these margins has a known mean and spread.
        rows = groups == 0
        part_of = cases[rows]
        n, by_time, by_zone = part_of.sum(), part_of.sum(axis=1), part_of.sum(axis=0)
        mean_cell = np.outer(by_zone, by_time) / n
        spread = mean_cell * np.outer(n - by_zone, n - by_time) / (n * (n - 1))
        gap = (drawn[:, rows].mean(axis=2) - mean_cell) / np.sqrt(spread / 64)
        assert np.abs(gap).max() < 4.5


@pytest.mark.parametrize("mean", [0.3, 4.0, 11.0, 80.0, 5000.0])
def test_poisson_numbers_have_their_mean_and_variance(mean):
    state = np.zeros(1, dtype=np.uint64)
    seat(state, 7, 1)
    drawn = np.array([poisson(state, mean) for _ in range(20_000)], dtype=float)
    assert abs(drawn.mean() - mean) < 4.5 * math.sqrt(mean / 20_000)
    assert drawn.var() == pytest.approx(mean, rel=0.06)


def test_many_cases_are_distributed_as_a_multinomial():
    expected = np.array([0.0, 3.0, 40.0, 41.0, 300.0, 16.0])
    kept = cells_of(expected, 400)
    assert kept.table.size > 0
    state, out, draws = np.zeros(1, dtype=np.uint64), np.zeros(6, dtype=np.int64), []
    seat(state, 11, 1)
    for _ in range(8000):
        poisson_counts(state, kept, out)
        draws.append(out.copy())
    found, share = np.array(draws), expected / 400
    assert (found.sum(axis=1) == 400).all()
    for cell in range(6):
        drawn = np.bincount(found[:, cell], minlength=401)
        exact = stats.binom.pmf(np.arange(401), 400, share[cell]) * 8000
        many = exact >= 8
        if many.sum() > 1:
            statistic = ((drawn - exact)[many] ** 2 / exact[many]).sum()
            assert stats.chi2.sf(statistic, many.sum() - 1) > 1e-4
    together = np.cov(found[:, 3], found[:, 4])[0, 1]
    assert together == pytest.approx(-400 * share[3] * share[4], abs=5 * 400 * share[3] / np.sqrt(8000) * 3)


@pytest.mark.parametrize(
    ("good", "total", "sample"), [(5, 40, 30), (300, 1000, 200), (900, 1000, 700), (40_000, 90_000, 30_000)]
)
def test_hypergeometric_numbers_have_their_mean_and_variance(good, total, sample):
    state = np.zeros(1, dtype=np.uint64)
    seat(state, 7, 2)
    drawn = np.array([hypergeometric(state, good, total, sample) for _ in range(20_000)], dtype=float)
    mean = sample * good / total
    variance = mean * (1 - good / total) * (total - sample) / (total - 1)
    assert abs(drawn.mean() - mean) < 4.5 * math.sqrt(variance / 20_000)
    assert drawn.var() == pytest.approx(variance, rel=0.06)


@pytest.mark.parametrize("model", ["poisson", "bernoulli", "permutation"])
def test_without_clusters_p_values_are_uniform(model):
    data = generator(11)
    risk = np.tile(PEOPLE, (STEPS, 1))
    found = []
    for _ in range(250):
        cases = data.poisson(risk * 60 / risk.sum()).astype(float)
        if model == "poisson":
            result = scan_poisson(cases, risk, CIRCLES, rng=data, replicates=99)
        elif model == "bernoulli":
            result = scan_bernoulli(cases, np.maximum(risk - cases, 1), CIRCLES, rng=data, replicates=99)
        else:
            result = scan_permutation(cases, CIRCLES, rng=data, replicates=99)
        found.append(result.clusters[0].pvalue if result.clusters else 1.0)
    for level in (0.05, 0.2, 0.5):
        alarms = np.mean(np.array(found) <= level)
        assert alarms <= level + 3.5 * math.sqrt(level * (1 - level) / 250)
        assert alarms >= level - 4 * math.sqrt(level * (1 - level) / 250) - 0.02
