"""Laws that hold for every input, not only for the reference cases."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from salus.epi import (
    discretised_serial_interval,
    ears,
    estimate_rt,
    forecast,
    nowcast,
    reporting_triangle,
)

COUNTS = arrays(np.float64, st.tuples(st.integers(20, 40), st.integers(1, 4)), elements=st.integers(0, 500).map(float))
METHODS = st.sampled_from(["C1", "C2", "C3"])
WEIGHTS = discretised_serial_interval(4.0, 2.0)


@given(COUNTS, METHODS)
@settings(max_examples=40, deadline=None)
def test_ears_of_a_table_is_ears_of_each_column_in_any_order(counts, method):
    whole = ears(counts, method=method)
    for column in range(counts.shape[1]):
        alone = ears(counts[:, column], method=method)
        np.testing.assert_array_equal(whole.upper[:, column], alone.upper)
        np.testing.assert_array_equal(whole.alarm[:, column], alone.alarm)


@given(COUNTS, METHODS, st.sampled_from([2.0, 4.0, 8.0]))
@settings(max_examples=40, deadline=None)
def test_ears_alarms_do_not_depend_on_the_unit(counts, method, factor):
    # Powers of two scale without rounding, so that ties stay ties.
    np.testing.assert_array_equal(ears(counts, method=method).alarm, ears(counts * factor, method=method).alarm)


@given(COUNTS, METHODS)
@settings(max_examples=40, deadline=None)
def test_ears_says_nothing_about_the_past_from_the_future(counts, method):
    early = ears(counts[:-3], method=method)
    late = ears(counts, method=method)
    np.testing.assert_array_equal(early.upper, late.upper[:-3])


@given(COUNTS)
@settings(max_examples=40, deadline=None)
def test_rt_with_a_vague_prior_does_not_depend_on_the_unit(counts):
    counts = counts + 1
    low = estimate_rt(counts, WEIGHTS, prior_sd=1e6)
    high = estimate_rt(counts * 3, WEIGHTS, prior_sd=1e6)
    np.testing.assert_allclose(low.mean, high.mean, rtol=1e-4)


@given(COUNTS, st.integers(1, 10))
@settings(max_examples=40, deadline=None)
def test_rt_does_not_depend_on_silent_days_before_the_first_case(counts, zeros):
    padded = np.vstack([np.zeros((zeros, counts.shape[1])), counts + 1])
    plain = estimate_rt(counts + 1, WEIGHTS).mean
    later = estimate_rt(padded, WEIGHTS).mean[zeros:]
    both = ~np.isnan(plain)
    # A window that starts on the first day needs the day before, which only padding gives.
    np.testing.assert_allclose(later[both], plain[both], rtol=1e-12)


@given(COUNTS)
@settings(max_examples=40, deadline=None)
def test_rt_quantiles_rise_and_hold_the_mean(counts):
    result = estimate_rt(counts, WEIGHTS, quantiles=(0.001, 0.5, 0.999))
    known = ~result.undefined
    assert (np.diff(result.quantiles[known], axis=-1) >= 0).all()
    assert (result.quantiles[known][:, 0] <= result.mean[known]).all()
    assert (result.quantiles[known][:, 2] >= result.mean[known]).all()


@given(COUNTS, st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_forecast_same_seed_same_result_and_rising_quantiles(counts, seed):
    one = forecast(counts, horizon=4, rng=np.random.default_rng(seed), samples=20)
    two = forecast(counts, horizon=4, rng=np.random.default_rng(seed), samples=20)
    np.testing.assert_array_equal(one.quantiles, two.quantiles)
    np.testing.assert_array_equal(one.samples, two.samples)
    assert np.isfinite(one.quantiles).all()
    assert (one.quantiles >= 0).all()
    assert (np.diff(one.quantiles, axis=-1) >= 0).all()


@given(COUNTS, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_forecast_does_not_depend_on_the_order_of_the_series(counts, random):
    order = list(range(counts.shape[1]))
    random.shuffle(order)
    rng = np.random.default_rng(0)
    plain = forecast(counts, horizon=3, rng=rng, samples=0).quantiles
    mixed = forecast(counts[:, order], horizon=3, rng=rng, samples=0).quantiles
    np.testing.assert_allclose(mixed, plain[:, order], rtol=1e-9, atol=1e-9)


def _versions(rng, *, days=70, level=30.0, delay=6):
    """Bitemporal rows of a made-up series with geometric delays."""
    final = rng.poisson(level, days)
    rows = []
    for day in range(days):
        later = np.bincount(np.minimum(rng.geometric(0.4, final[day]) - 1, delay), minlength=delay + 1)
        rows += [(day, day + k, total) for k, total in enumerate(np.cumsum(later))]
    return np.array(rows)


@given(st.integers(0, 2**32 - 1), st.floats(0.5, 200))
@settings(max_examples=10, deadline=None)
def test_nowcast_same_seed_same_result_and_settled_dates_untouched(seed, level):
    rows = _versions(np.random.default_rng(seed), level=level)
    triangle = reporting_triangle(rows[:, 0], rows[:, 1], rows[:, 2], 69, max_delay=8)
    one, two = (nowcast(triangle, rng=np.random.default_rng(seed)) for _ in range(2))
    np.testing.assert_array_equal(one.samples, two.samples)
    assert np.isfinite(one.quantiles).all()
    assert (np.diff(one.quantiles, axis=-1) >= 0).all()
    settled = ~one.is_estimate
    np.testing.assert_array_equal(one.quantiles[settled, 0], triangle.latest[settled])
    assert (one.quantiles >= 0).all()


@given(st.integers(0, 2**32 - 1), st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_triangle_does_not_depend_on_the_order_of_rows_or_on_later_ones(seed, random):
    rows = _versions(np.random.default_rng(seed), days=30)
    order = list(range(len(rows)))
    random.shuffle(order)
    whole = reporting_triangle(rows[:, 0], rows[:, 1], rows[:, 2], 25, max_delay=8)
    known = rows[order][rows[order][:, 1] <= 25]
    part = reporting_triangle(known[:, 0], known[:, 1], known[:, 2], 25, max_delay=8)
    np.testing.assert_array_equal(whole.cumulative, part.cumulative)
    np.testing.assert_array_equal(whole.latest, part.latest)
