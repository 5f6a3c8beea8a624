"""Laws of bed demand, supplies and wastewater that hold for every input."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from salus.epi.demand import Ward, forecast_occupancy, ward_flow
from salus.epi.supplies import burn_rate, reorder_point, stock_out
from salus.epi.wastewater import normalise_wastewater

BEDS = arrays(np.float64, st.tuples(st.integers(30, 45), st.integers(1, 4)), elements=st.integers(0, 300).map(float))
UNITS = arrays(np.float64, st.tuples(st.integers(2, 12), st.integers(1, 5)), elements=st.integers(0, 99).map(float))
STAY = arrays(np.float64, 6, elements=st.floats(0.01, 1)).map(lambda row: row / row.sum())


@given(BEDS)
@settings(max_examples=15, deadline=None)
def test_forecasts_of_beds_do_not_depend_on_the_order_of_units(beds):
    order = np.arange(beds.shape[1])[::-1]
    plain = forecast_occupancy(beds, horizon=4, rng=np.random.default_rng(1), samples=0).quantiles
    turned = forecast_occupancy(beds[:, order], horizon=4, rng=np.random.default_rng(1), samples=0).quantiles
    np.testing.assert_allclose(turned, plain[:, order], rtol=1e-6, atol=1e-6)


@given(BEDS)
@settings(max_examples=15, deadline=None)
def test_forecasts_of_beds_rise_over_levels_and_are_never_negative(beds):
    found = forecast_occupancy(beds, horizon=3, rng=np.random.default_rng(1), samples=20)
    assert (np.diff(found.quantiles, axis=-1) >= 0).all()
    assert found.quantiles.min() >= 0
    assert found.samples.min() >= 0
    assert (np.diff(found.exceedance(0.0)) <= 1).all()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=5, deadline=None)
def test_draws_of_beds_are_those_of_the_seed(seed):
    beds = np.random.default_rng(seed).poisson(40, (60, 2))
    first, second = (forecast_occupancy(beds, horizon=5, rng=np.random.default_rng(seed)).samples for _ in range(2))
    np.testing.assert_array_equal(first, second)


@given(STAY, STAY, st.floats(0, 1), arrays(np.float64, (10, 2), elements=st.floats(0, 50)))
@settings(max_examples=40, deadline=None)
def test_patients_are_neither_made_nor_lost(first, second, share, admissions):
    wards = [Ward("icu", first, {"ward": share}), Ward("ward", second)]
    flow = ward_flow(admissions, wards)
    inside = flow.entries.cumsum(axis=0) - flow.exits.cumsum(axis=0)
    # A stay of no day enters and leaves on one day, and is not counted among the exits to come.
    same_day = flow.entries * np.array([first[0], second[0]])
    assert (flow.occupancy >= 0).all()
    np.testing.assert_allclose(flow.occupancy, inside, atol=1e-6 + 0 * same_day.max())


@given(STAY, STAY, arrays(np.float64, (8, 2), elements=st.floats(0, 50)), st.floats(0.1, 10))
@settings(max_examples=40, deadline=None)
def test_twice_the_patients_need_twice_the_beds(first, second, admissions, factor):
    wards = [Ward("icu", first, {"ward": 0.5}), Ward("ward", second, {"icu": 0.2})]
    low, high = ward_flow(admissions, wards), ward_flow(admissions * factor, wards)
    np.testing.assert_allclose(high.occupancy, low.occupancy * factor, rtol=1e-9, atol=1e-9)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_draws_of_patients_average_to_the_expectation(seed):
    rng = np.random.default_rng(seed)
    stay = rng.dirichlet(np.ones(8))
    wards = [Ward("icu", stay, {"ward": 0.6}), Ward("ward", stay)]
    flow = ward_flow(np.full((15, 2), 20.0), wards, present=[30.0, 50.0], rng=rng, draws=400)
    error = flow.samples.std(axis=-1) / 20
    assert (np.abs(flow.samples.mean(axis=-1) - flow.occupancy) <= 6 * error + 0.5).all()


@given(UNITS, UNITS)
@settings(max_examples=60, deadline=None)
def test_stock_used_is_stock_lost_plus_received(stock, received):
    days = min(stock.shape[0], received.shape[0])
    items = min(stock.shape[1], received.shape[1])
    stock = -np.sort(-stock[:days, :items], axis=0)
    received = received[:days, :items]
    received[-1] = 0
    found = burn_rate(stock, received=received)
    np.testing.assert_allclose(found.rate * (days - 1), stock[0] - stock[-1] + received.sum(axis=0), atol=1e-9)
    some = found.rate > 0
    np.testing.assert_allclose(found.cover[some] * found.rate[some], found.stock[some], atol=1e-9)


@given(st.integers(0, 2**32 - 1), st.floats(1, 500), st.floats(0, 100))
@settings(max_examples=40, deadline=None)
def test_more_stock_never_runs_out_sooner(seed, stock, more):
    demand = np.random.default_rng(seed).gamma(2, 5, (20, 50))
    less, plenty = stock_out(stock, demand), stock_out(stock + more, demand)
    assert (plenty.samples >= less.samples).all()
    assert (np.diff(less.probability) >= 0).all()
    later = stock_out(stock, demand, deliveries=np.full(20, 1.0))
    assert (later.samples >= less.samples).all()


@given(st.integers(0, 2**32 - 1), st.integers(1, 10))
@settings(max_examples=40, deadline=None)
def test_stock_at_the_reorder_point_lasts_as_often_as_said(seed, lead):
    rng = np.random.default_rng(seed)
    demand = rng.gamma(2, 5, (12, 200))
    found = reorder_point(demand, lead, rng=rng, service=0.9)
    lasts = (stock_out(found.level, demand).samples >= lead).mean()
    assert 0.9 - 1e-9 <= lasts <= 0.915


@given(arrays(np.float64, (12, 2), elements=st.floats(0.1, 1e4)), st.floats(0.01, 100))
@settings(max_examples=40, deadline=None)
def test_loads_do_not_depend_on_the_unit_of_the_marker(concentration, factor):
    marker = concentration[::-1] + 1
    plain = normalise_wastewater(concentration, marker=marker)
    scaled = normalise_wastewater(concentration, marker=marker * factor)
    np.testing.assert_allclose(scaled.load, plain.load, rtol=1e-6)
