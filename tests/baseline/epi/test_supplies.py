"""Supplies: the calculator's arithmetic, the textbook's reorder point, intervals that cover."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from salus.epi.supplies import burn_rate, days_of_supply, draw_usage, reorder_point, stock_out


def test_burn_rate_is_the_calculators():
    # Boxes of gowns and gloves counted on four mornings, twelve boxes of gloves received on day 2.
    stock = np.array([[100.0, 40], [88, 31], [79, 34], [70, 25]])
    received = np.array([[0.0, 0], [0, 12], [0, 0], [0, 0]])
    found = burn_rate(stock, received=received, patients=[20, 25, 30, 0])
    np.testing.assert_array_equal(found.rate, [10.0, 9.0])
    np.testing.assert_array_equal(found.cover, [7.0, 25 / 9])
    np.testing.assert_array_equal(found.per_patient, [0.4, 27 / 75])
    np.testing.assert_allclose(found.with_patients(50), [70 / 20, 25 / 18], rtol=1e-15)


def test_a_rise_that_nobody_wrote_down_is_no_use_and_said_so():
    found = burn_rate([50.0, 40, 90, 80, np.nan, 60])
    assert found.rate == 10
    assert (found.days, found.unexplained) == (2, 1)
    assert found.cover == 6


def test_constant_demand_runs_out_after_the_days_of_supply():
    stock = np.array([9.0, 10, 0, 61, 60])
    demand = np.broadcast_to(2.0, (30, 5, 3))
    found = stock_out(stock, demand)
    np.testing.assert_array_equal(found.median, [4.5, 5, 0, np.inf, 30])
    np.testing.assert_array_equal(found.median[:3], days_of_supply(stock[:3], 2.0))
    assert found.probability[:, 0].tolist() == [0.0] * 4 + [1.0] * 26


def test_dates_are_of_the_first_unmet_need():
    found = stock_out(9.0, np.full((10, 1), 2.0), quantiles=(0.5,))
    assert found.dates(date(2024, 2, 27)) == [date(2024, 3, 2)]
    assert stock_out(50.0, np.full((10, 1), 2.0), quantiles=(0.5,)).dates(date(2024, 1, 1)) == [None]


def test_reorder_point_is_near_the_textbooks_for_independent_days():
    rng = np.random.default_rng(3)
    demand = np.maximum(0, rng.normal(100, 20, (12, 40_000)))
    lead = np.zeros(11)
    lead[[4, 6, 8]] = 0.25, 0.5, 0.25
    found = reorder_point(demand, lead, rng=rng, service=0.9, stock=np.array(500.0))
    assert found.expected == pytest.approx(600, rel=0.005)
    textbook = 600 + 1.2816 * np.sqrt(6 * 20**2 + 100**2 * 2)
    assert found.level == pytest.approx(textbook, rel=0.03)
    assert found.order == found.level - 500


def test_intervals_of_the_stock_out_cover_the_truth():
    rng = np.random.default_rng(8)
    inside, half, cases = 0, 0, 160
    for case in range(cases):
        drift, noise = [(0.0, 0.3), (0.05, 0.25)][case % 2]
        rate = 40 * np.exp(np.cumsum(drift * rng.standard_normal(90)))
        use = rate * rng.gamma(1 / noise**2, noise**2, 90)
        stock = 12 * rate[39]
        truth = stock_out(stock, use[40:, None]).median
        found = stock_out(stock, draw_usage(use[:40], horizon=50, rng=rng)).quantiles
        inside += found[0] <= truth <= found[4]
        half += found[1] <= truth <= found[3]
    assert 0.90 <= inside / cases <= 0.995
    assert 0.38 <= half / cases <= 0.68
