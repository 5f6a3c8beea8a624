"""The scenario engine equals what theory says of epidemics."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit
from scipy import stats
from scipy.optimize import brentq

from salus.epi.scenario import (
    Care,
    Caution,
    Model,
    Observed,
    Prior,
    Reporting,
    Seed,
    Setting,
    Variant,
    calibrate,
    discretised_delay,
    final_size,
    next_generation,
    simulate,
    transmissibility,
)
from salus.epi.scenario.draws import address, binomial, gamma
from salus.epi.scenario.importance import smooth_weights
from salus.epi.scenario.likelihood import Trial, expected, lay_out
from tests.generative.epi.scenario_models import GENERATION, city, one_group


@pytest.mark.parametrize("r0", [1.2, 1.8, 3.0, 6.0])
def test_final_size_of_one_group_is_the_identity(r0):
    people = 1_000_000
    model = one_group(r0, people, seeds=1.0)
    share = simulate(model, days=1500).total("infections")[0] / people
    exact = brentq(lambda z: 1 - np.exp(-r0 * z) * (1 - 1 / people) - z, 1e-6, 1)
    assert share == pytest.approx(exact, abs=1e-7)
    assert final_size(model)[0, 0] == pytest.approx(brentq(lambda z: 1 - np.exp(-r0 * z) - z, 1e-6, 1), abs=1e-9)


def test_final_size_of_zones_and_strata_is_the_identity_of_the_next_generation():
    model = city(seeds=(Seed(0, 1e-3, 0, 0),))
    share = simulate(model, days=1500, by=("zone", "stratum"), keep=("infections",)).path("infections").sum(axis=0)
    np.testing.assert_allclose(share / model.people, final_size(model), atol=1e-5)
    assert np.ptp(final_size(model)) > 0.05


def test_r0_is_the_largest_eigenvalue_of_the_next_generation():
    model = city(variants=2)
    largest = np.abs(np.linalg.eigvals(next_generation(model))).max()
    np.testing.assert_allclose(transmissibility(model) * largest, [1.7, 2.0], rtol=1e-9)


def test_early_growth_solves_the_equation_of_euler_and_lotka():
    model = one_group(2.2, 10**12, seeds=1.0)
    path = simulate(model, days=80, keep=("infections",)).city("infections")[:, 0]
    days = np.arange(GENERATION.size)
    rate = brentq(lambda r: 2.2 * (GENERATION * np.exp(-r * days)).sum() - 1, 0, 2)
    assert np.log(path[60] / path[59]) == pytest.approx(rate, abs=1e-6)


def test_clustered_offspring_die_out_as_branching_theory_says():
    r0, k = 1.8, 0.3
    # Seeds infect as one Poisson case each; their children are clustered, or not.
    for dispersion in (None, k):
        model = one_group(r0, 10**7, seeds=1.0, dispersion=dispersion)
        total = simulate(model, days=60, runs=1500, rng=np.random.default_rng(3), keep=("infections",))
        small = (total.total("infections") < 200).mean()
        law = (lambda q: np.exp(-r0 * (1 - q))) if dispersion is None else (lambda q: (1 + r0 * (1 - q) / k) ** -k)
        extinct = brentq(lambda q, law=law: law(q) - q, 0, 0.999)
        exact = extinct if dispersion is None else np.exp(-r0 * (1 - extinct))
        assert small == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 1500))


@njit
def _binomials(n, hazard, count, key):
    out = np.empty(count)
    for i in range(count):
        out[i] = binomial(n, hazard, address(key, i // 1000, i % 1000, 1, 3))
    return out


@njit
def _gammas(shape, count, key):
    out = np.empty(count)
    for i in range(count):
        out[i] = gamma(shape, address(key, i // 1000, i % 1000, 1, 3))
    return out


@pytest.mark.parametrize(
    ("n", "p"),
    [
        (5, 0.3),
        (8000, 1e-4),
        (8000, 1.3e-3),
        (8000, 0.02),
        (21, 0.499),
        (50, 0.9),
        (40, 0.76),
        (12, 0.99),
        (10**6, 0.3),
    ],
)
def test_binomial_draws_have_the_binomial_law(n, p):
    count = 200_000
    drawn = np.bincount(_binomials(float(n), -np.log1p(-p), count, np.uint64(77)).astype(int), minlength=1)
    exact = stats.binom.pmf(np.arange(drawn.size), n, p) * count
    many = exact >= 8
    statistic = ((drawn - exact)[many] ** 2 / exact[many]).sum()
    assert stats.chi2.sf(statistic, many.sum() - 1) > 1e-4
    assert drawn[~many].sum() == pytest.approx(
        count - exact[many].sum(), abs=6 * np.sqrt(count - exact[many].sum() + 9)
    )


@pytest.mark.parametrize("shape", [0.1, 1.0, 7.0])
def test_gamma_draws_have_the_gamma_law(shape):
    assert stats.kstest(_gammas(shape, 50_000, np.uint64(5)), "gamma", args=(shape,)).pvalue > 1e-4


def test_delays_are_gamma_delays_seen_in_dates():
    rng = np.random.default_rng(0)
    seen = np.floor(rng.random(400_000) + rng.gamma(4.0, 2.0, 400_000)).astype(int)
    delay = discretised_delay(8.0, 4.0, days=40)
    np.testing.assert_allclose(np.bincount(np.minimum(seen, 39), minlength=40) / seen.size, delay, atol=3e-3)
    assert delay.sum() == pytest.approx(1.0)


def test_care_of_one_day_of_infections_follows_its_delays():
    to_hospital, stay = np.array([0.0, 0.25, 0.75]), np.array([0.0, 0.0, 1.0])
    care = Care(hospital=0.5, icu=0.2, death_ward=0.25, death_icu=0.5, to_hospital=to_hospital, ward_stay=stay,
                to_icu=[1.0], icu_stay=[0.0, 0.0, 0.0, 1.0], recovery_stay=[0.0, 1.0])  # fmt: skip
    model = one_group(1e-9, 10_000, seeds=1000.0, care=care)
    run = simulate(model, days=10)
    np.testing.assert_allclose(run.city("admissions")[:4, 0], [0, 125, 375, 0], atol=1e-6)
    # 400 in the ward for two days; 100 in intensive care for three, half of whom then recover a day.
    np.testing.assert_allclose(run.city("beds")[:7, 0], [0, 100, 400, 300, 12.5, 37.5, 0], atol=1e-6)
    np.testing.assert_allclose(run.city("icu")[:7, 0], [0, 25, 100, 100, 75, 0, 0], atol=1e-6)
    assert run.total("deaths")[0] == pytest.approx(400 * 0.25 + 100 * 0.5)


def test_deaths_settle_where_caution_makes_one_case_infect_one():
    """Weitz 2020 (https://doi.org/10.1073/pnas.2009911117): deaths level off where caution and spread balance."""
    r0, half, people = 2.5, 0.2, 10**8
    delay = discretised_delay(3.0, 1.0)
    care = Care(hospital=0.05, icu=0.0, death_ward=0.2, to_hospital=delay, ward_stay=delay)
    caution = Caution({"*": 1.0}, half=half, memory_days=2.0)
    run = simulate(one_group(r0, people, 1000.0, care=care, caution=caution), days=300)
    deaths = run.city("deaths")[:, 0] / people * 1e5
    open_to = 1 - run.city("infections")[:, 0].cumsum() / people
    # Both sides of a contact are cautious, so that transmission falls by (1 + P / half)^2.
    plateau = half * (np.sqrt(r0 * open_to[:-6]) - 1)
    np.testing.assert_allclose(deaths[206:], plateau[200:], rtol=4e-3)
    plain = simulate(one_group(r0, people, 1000.0, care=care), days=300).city("deaths")[:, 0] / people * 1e5
    assert plain.max() > 50 * deaths.max()


def _recover(rng, model, prior, days):
    names = ("reported", "admissions")
    blank = tuple(Observed(name, np.ones(days)) for name in names)
    layout = lay_out(prior, blank)
    z = rng.standard_normal(layout.width)
    mean = expected(Trial(model, layout, blank), z[None])[..., 0]
    size = layout.natural(z[None])[0, layout.path :]
    counts = rng.poisson(rng.gamma(size[:, None], mean / size[:, None]))
    seen = tuple(Observed(name, row) for name, row in zip(names, counts, strict=True))
    fit = calibrate(model, seen, rng=rng, prior=prior, draws=99, particles=300)
    return (fit.standard < z).mean(axis=0)


def test_posterior_is_calibrated_on_data_from_its_prior():
    """Simulation-based calibration: ranks of the truth among posterior draws are uniform."""
    model = one_group(1.6, 10**6, 100.0, reporting=Reporting(ascertainment=0.3), care=Care(hospital=0.02))
    ranks = np.array([_recover(np.random.default_rng(seed), model, Prior(step_days=14), 42) for seed in range(30)])
    for column in ranks.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-3
    inside = ((ranks > 0.05) & (ranks < 0.95)).mean()
    assert 0.84 <= inside <= 0.96


def test_weights_with_a_heavy_tail_are_found_out():
    rng = np.random.default_rng(1)
    light = smooth_weights(rng.normal(0, 0.1, 4000))[1]
    heavy = smooth_weights(np.log(rng.pareto(1.0, 4000)))[1]
    assert light < 0.3 < 0.7 < heavy < 1.4


def test_hours_that_are_alike_are_a_day():
    presence = np.array([[0.6, 0.4], [0.1, 0.9]])
    people, variant = [[4000.0], [9000.0]], (Variant("a", 2.0, GENERATION),)
    seeds = (Seed(0, 5.0, 1),)
    day = Model(people, variant, (Setting("out", [[8.0]], presence),), seeds=seeds)
    hours = Model(people, variant, (Setting("out", [[8.0]], np.stack([presence] * 3), [0.2, 0.3, 0.5]),), seeds=seeds)
    np.testing.assert_allclose(
        simulate(day, days=90, by=("zone",)).path("infections"),
        simulate(hours, days=90, by=("zone",)).path("infections"),
        rtol=1e-10,
    )
