"""Laws of effects, chains and common sources, for any input and on simulated truth."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from salus.epi.chains import delay_distribution, extinction_probability, offspring_distribution, who_infected_whom
from salus.epi.common_source import back_calculate, exposure_window, mantel_haenszel, traceback, two_by_two
from salus.epi.effects import averted_by_model, structural_effect, synthetic_control

SEEDS = st.integers(0, 2**32 - 1)
TABLES = arrays(np.int64, (2, 2), elements=st.integers(0, 40)).filter(lambda table: table.sum() > 0)
GENERATION = np.array([0.0, 0.1, 0.2, 0.3, 0.2, 0.1, 0.1])
DELAY = np.array([0.1, 0.2, 0.3, 0.2, 0.2])


def panel(seed: int, steps: int = 25, places: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(steps, 1)), axis=0) + rng.normal(size=(steps, places)) + rng.normal(size=places)


@given(SEEDS, st.floats(0.5, 20), st.floats(-50, 50))
@settings(max_examples=25, deadline=None)
def test_synthetic_control_does_not_depend_on_units(seed, factor, shift):
    table = panel(seed)
    plain, other = synthetic_control(table, start=18), synthetic_control(table * factor + shift, start=18)
    np.testing.assert_allclose(other.gap, plain.gap * factor, atol=1e-5 * factor)
    np.testing.assert_allclose([other.lower, other.upper], np.array([plain.lower, plain.upper]) * factor, rtol=1e-3)
    assert (plain.weights >= 0).all()
    assert abs(plain.weights.sum() - 1) < 1e-9


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_synthetic_control_does_not_depend_on_the_order_of_places(seed):
    table = panel(seed)
    order = np.concatenate([[0], 1 + np.random.default_rng(seed).permutation(7)])
    plain, other = synthetic_control(table, start=18), synthetic_control(table[:, order], start=18)
    np.testing.assert_allclose(other.counterfactual, plain.counterfactual, atol=1e-6)
    assert other.placebo_share == plain.placebo_share


def test_synthetic_control_covers_where_nothing_happened():
    inside = [found.lower <= 0 <= found.upper for found in (synthetic_control(panel(s), start=18) for s in range(60))]
    assert np.mean(inside) > 0.85


@given(SEEDS, st.floats(0.5, 20), st.floats(-50, 50))
@settings(max_examples=10, deadline=None)
def test_structural_effect_does_not_depend_on_units(seed, factor, shift):
    table = panel(seed, 40, 2)
    plain, other = (
        structural_effect(values, controls=table[:, 1], start=30, rng=np.random.default_rng(1), draws=500, drift=0.05)
        for values in (table[:, 0], table[:, 0] * factor + shift)
    )
    np.testing.assert_allclose(other.effect, plain.effect * factor, rtol=1e-6, atol=1e-6)
    assert other.tail_probability == plain.tail_probability


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_averted_is_the_difference_of_sums(seed):
    rng = np.random.default_rng(seed)
    runs, seen = rng.poisson(20, (12, 120)).astype(float), rng.poisson(15, 12).astype(float)
    found = averted_by_model(seen, runs, start=4)
    assert abs(found.averted - (np.median(runs[4:].sum(axis=0)) - seen[4:].sum())) < 1e-9
    assert (np.diff(found.cumulative_quantiles, axis=1) >= 0).all()


@given(SEEDS, st.floats(0.3, 3), st.floats(0.1, 5))
@settings(max_examples=20, deadline=None)
def test_the_mean_offspring_is_the_mean_and_lies_in_its_interval(seed, mean, k):
    counts = np.random.default_rng(seed).negative_binomial(k, k / (k + mean), 60)
    counts[0] += 1
    found = offspring_distribution(counts)
    np.testing.assert_allclose(found.R, counts.mean(), rtol=1e-4)  # the likelihood is flat where k is large
    assert found.R_lower < found.R < found.R_upper
    assert found.k_lower <= found.k <= found.k_upper


@given(st.floats(1.01, 10), st.floats(0.05, 50), st.integers(0, 5))
@settings(max_examples=50, deadline=None)
def test_extinction_of_several_is_that_of_each(mean, k, cases):
    alone = extinction_probability(mean, k)
    assert 0 < alone < 1
    np.testing.assert_allclose(extinction_probability(mean, k, cases), alone**cases, rtol=1e-9)


@given(SEEDS, st.integers(-1000, 1000))
@settings(max_examples=10, deadline=None)
def test_delays_do_not_depend_on_the_calendar(seed, shift):
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 20, 30)
    second = first + rng.integers(1, 9, 30)
    plain, other = delay_distribution(first, second), delay_distribution(first + shift, second + shift)
    np.testing.assert_allclose([other.mean, other.sd], [plain.mean, plain.sd], rtol=1e-6)


def outbreak(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dates, true infectors and distances of fifteen cases from one import."""
    days, infector, genomes = [0], [-1], [frozenset()]
    place = 0
    while len(days) < 15:
        for _ in range(max(1, rng.poisson(2))):
            days.append(days[place] + int(rng.choice(7, p=GENERATION)))
            infector.append(place)
            genomes.append(genomes[place] ^ frozenset(rng.integers(0, 30_000, rng.poisson(1.5)).tolist()))
        place += 1
    apart = np.array([[len(a ^ b) for b in genomes] for a in genomes], dtype=float)
    return np.array(days) + rng.choice(5, len(days), p=DELAY), np.array(infector), apart


def test_support_of_infectors_is_calibrated():
    rng = np.random.default_rng(8)
    right, support = [], []
    for _ in range(12):
        dates, truth, apart = outbreak(rng)
        found = who_infected_whom(
            dates, generation=GENERATION, delay=DELAY, rng=rng, distances=apart, genome_length=10_000, draws=150
        )
        right.append(np.mean(found.infector == truth))
        support.append(found.support.mean())
    assert abs(np.mean(right) - np.mean(support)) < 0.1
    assert np.mean(right) > 0.6


def test_the_same_seed_gives_the_same_tree():
    dates, _, apart = outbreak(np.random.default_rng(3))
    one, two = (
        who_infected_whom(
            dates,
            generation=GENERATION,
            delay=DELAY,
            rng=np.random.default_rng(9),
            distances=apart,
            genome_length=10_000,
            draws=100,
        )
        for _ in range(2)
    )
    np.testing.assert_array_equal(one.probability, two.probability)


@given(TABLES)
@settings(max_examples=25, deadline=None)
def test_swapping_exposure_turns_the_odds_ratio_over(table):
    plain, swapped = two_by_two(table), two_by_two(table[::-1])
    with np.errstate(divide="ignore"):
        inverse = 1 / np.array(swapped.exact_odds_ratio)[[0, 2, 1]]
    np.testing.assert_allclose(plain.exact_odds_ratio, inverse, rtol=1e-6)
    np.testing.assert_allclose(plain.fisher_two_sided, swapped.fisher_two_sided, rtol=1e-9)
    low, high = plain.mid_p_odds_ratio[1:]
    assert np.isnan(low) or (plain.exact_odds_ratio[1] <= low + 1e-9 and high <= plain.exact_odds_ratio[2] * (1 + 1e-9))


@given(TABLES.filter(lambda table: (table > 0).all()))
@settings(max_examples=12, deadline=None)
def test_one_stratum_is_the_plain_table(table):
    plain, only = two_by_two(table), mantel_haenszel([table])
    np.testing.assert_allclose(only.odds_ratio[0], plain.odds_ratio[0], rtol=1e-9)
    np.testing.assert_allclose(only.risk_ratio, plain.risk_ratio, rtol=1e-9)
    np.testing.assert_allclose(only.exact_odds_ratio, plain.exact_odds_ratio, rtol=1e-6)


@given(SEEDS, st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_exposure_moves_with_the_onsets(seed, length):
    rng = np.random.default_rng(seed)
    onsets = rng.integers(0, length, 25) + rng.choice(5, 25, p=DELAY)
    plain, later = exposure_window(onsets, DELAY), exposure_window(onsets + 70, DELAY)
    np.testing.assert_array_equal(later.begin, plain.begin + 70)
    np.testing.assert_allclose(later.exposed, plain.exposed, atol=1e-12)
    assert (plain.begin <= plain.end).all()


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_back_calculated_exposures_explain_the_cases(seed):
    counts = np.random.default_rng(seed).poisson(20, 25)
    found = back_calculate(counts, DELAY)
    np.testing.assert_allclose(found.expected_onsets.sum(), counts.sum(), rtol=0.02)
    assert (np.diff(found.quantiles, axis=1) > 0).all()


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_traceback_does_not_depend_on_the_order_of_nodes(seed):
    rng = np.random.default_rng(seed)
    flows = np.triu(rng.random((8, 8)))
    cases, people = np.r_[0, 0, 0, rng.integers(1, 9, 5)], np.r_[0, 0, 0, rng.integers(20, 90, 5)]
    order = rng.permutation(8)
    plain, other = traceback(flows, cases, people), traceback(flows[np.ix_(order, order)], cases[order], people[order])
    np.testing.assert_allclose(other.probability, plain.probability[order], rtol=1e-9)
    assert abs(plain.probability.sum() - 1) < 1e-9
