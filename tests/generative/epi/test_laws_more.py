"""Laws of the detectors over many zones, growth rates and effects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from salus.epi import (
    SerialInterval,
    baseline_pvalues,
    control_false_discoveries,
    cusum,
    discretised_serial_interval,
    growth_rate,
    interrupted_time_series,
    likelihood_ratio,
    reproduction_from_growth,
    wallinga_teunis,
)

PVALUES = arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1))
COUNTS = arrays(np.float64, st.tuples(st.integers(20, 40), st.integers(1, 3)), elements=st.integers(0, 99).map(float))


@given(PVALUES, st.randoms(use_true_random=False), st.sampled_from(["bh", "by"]))
@settings(max_examples=60, deadline=None)
def test_adjusted_pvalues_do_not_depend_on_order_and_never_fall(values, random, method):
    order = list(range(values.size))
    random.shuffle(order)
    plain = control_false_discoveries(values, method=method).adjusted
    mixed = control_false_discoveries(values[order], method=method).adjusted
    np.testing.assert_array_equal(mixed, plain[order])
    assert (plain >= values * (1 - 1e-12)).all()
    assert (plain <= 1).all()


@given(PVALUES, st.floats(0.01, 0.2))
@settings(max_examples=60, deadline=None)
def test_discoveries_are_those_of_the_step_up_rule(values, level):
    found = control_false_discoveries(values, level=level)
    ordered = np.sort(values)
    below = np.flatnonzero(ordered <= level * np.arange(1, values.size + 1) / values.size + 1e-15)
    wanted = below[-1] + 1 if below.size else 0
    assert abs(int(found.discovery.sum()) - int((values <= ordered[wanted - 1]).sum() if wanted else 0)) == 0


@given(PVALUES)
@settings(max_examples=30, deadline=None)
def test_missing_pvalues_take_no_part(values):
    alone = control_false_discoveries(values)
    padded = control_false_discoveries(np.r_[values, np.nan, np.nan])
    np.testing.assert_array_equal(padded.adjusted[:-2], alone.adjusted)
    assert not padded.discovery[-2:].any()


def test_false_discovery_rate_holds_for_zones_without_outbreak():
    counts = np.random.default_rng(4).poisson(3.0, (400, 177))
    found = control_false_discoveries(baseline_pvalues(counts)[9:], level=0.05)
    # Without outbreaks every discovery is false: days with any must be at most 5 %.
    assert found.discovery.any(axis=1).mean() <= 0.05


def test_false_discovery_control_finds_an_outbreak():
    counts = np.random.default_rng(4).poisson(3.0, (20, 177)).astype(float)
    counts[-1, 7] = 30
    found = control_false_discoveries(baseline_pvalues(counts)[-1])
    assert found.discovery[7]
    assert found.discovery.sum() == 1


@given(COUNTS)
@settings(max_examples=30, deadline=None)
def test_growth_rate_does_not_depend_on_the_number_of_series(counts):
    whole = growth_rate(counts, window=7)
    for column in range(counts.shape[1]):
        np.testing.assert_allclose(growth_rate(counts[:, column], window=7).rate, whole.rate[:, column], atol=1e-8)


@given(st.floats(-0.2, 0.2), st.floats(50, 1e4))
@settings(max_examples=30, deadline=None)
def test_growth_of_an_exponential_is_its_rate(rate, level):
    counts = level * np.exp(rate * np.arange(20))
    found = growth_rate(counts, window=14)
    assert found.rate[-1] == pytest.approx(rate, abs=1e-8)
    assert found.lower[-1] <= rate + 1e-9
    assert found.upper[-1] >= rate - 1e-9


@given(st.floats(-0.1, 0.3), st.floats(2, 8), st.floats(0.5, 3))
@settings(max_examples=30, deadline=None)
def test_reproduction_and_growth_have_the_same_sign(rate, mean, sd):
    weights = discretised_serial_interval(mean, sd)
    ratio = float(reproduction_from_growth(rate, weights))
    assert (ratio > 1) == (rate > 0) or abs(rate) < 1e-6
    assert float(reproduction_from_growth(0.0, weights)) == pytest.approx(1, abs=1e-9)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_every_case_has_one_infector_at_most(seed):
    cases = np.random.default_rng(seed).poisson(5, 40).astype(float)
    cases[0] = 5
    found = wallinga_teunis(cases, SerialInterval(4.0, 2.0))
    infected = np.nansum(found.by_date * cases)
    assert infected <= cases.sum() + 1e-9


@given(COUNTS, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_sequential_detectors_treat_series_alone(counts, random):
    order = list(range(counts.shape[1]))
    random.shuffle(order)
    for run in (cusum, likelihood_ratio):
        plain = run(counts, expected=20.0)
        mixed = run(counts[:, order], expected=20.0)
        np.testing.assert_array_equal(mixed.statistic, plain.statistic[:, order])
        np.testing.assert_array_equal(mixed.alarm, plain.alarm[:, order])


@given(st.floats(0.3, 3), st.floats(-0.02, 0.02), st.floats(1e3, 1e5))
@settings(max_examples=20, deadline=None)
def test_a_known_effect_without_noise_is_found_exactly(ratio, trend, level):
    steps = np.arange(48)
    without = level * np.exp(trend * steps)
    counts = without * np.where(steps >= 24, ratio, 1.0)
    found = interrupted_time_series(counts, start=24)
    assert found.ratio == pytest.approx(ratio, rel=1e-6)
    np.testing.assert_allclose(found.counterfactual, without, rtol=1e-6)
    assert found.averted == pytest.approx((without - counts).sum(), rel=1e-5, abs=1e-3)
