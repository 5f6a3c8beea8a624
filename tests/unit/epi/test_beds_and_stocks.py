"""What degenerate input gives in bed demand, supplies and wastewater: a named error with advice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from salus.epi import errors
from salus.epi.demand import Ward, forecast_occupancy, length_of_stay, ward_flow
from salus.epi.supplies import burn_rate, days_of_supply, draw_usage, reorder_point, stock_out
from salus.epi.wastewater import normalise_wastewater, wastewater_rt, wastewater_trend

RNG = np.random.default_rng(1)
DAYS = np.arange(1.0, 21)
STAY = [0.0, 0.5, 0.5]
GENERATION = [0.0, 0.4, 0.6]


def beds(values, **more):
    return forecast_occupancy(values, horizon=2, rng=RNG, **more)


def rt(values, **more):
    settings = {"generation": GENERATION, "shedding": [0.5, 0.5], "rng": RNG} | more
    return wastewater_rt(values, **settings)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: beds([]), errors.EmptyInputError),
        (lambda: beds(DAYS[:14]), errors.TooShortError),
        (lambda: beds(-DAYS), errors.NegativeInputError),
        (lambda: beds(np.where(DAYS < 10, np.nan, DAYS)), errors.TooShortError),
        (lambda: forecast_occupancy(DAYS, horizon=0, rng=RNG), errors.InvalidParameterError),
        (lambda: beds(DAYS, quantiles=(0, 1)), errors.InvalidParameterError),
        (lambda: length_of_stay([], discharged=[]), errors.EmptyInputError),
        (lambda: length_of_stay([1.0], discharged=[True, True]), errors.ShapeMismatchError),
        (lambda: length_of_stay(DAYS, discharged=np.zeros(20, bool)), errors.TooShortError),
        (lambda: length_of_stay(-DAYS, discharged=np.ones(20, bool)), errors.NegativeInputError),
        (lambda: length_of_stay(DAYS * np.nan, discharged=np.ones(20, bool)), errors.MissingInputError),
        (lambda: length_of_stay(DAYS, discharged=DAYS > 0, families=["cauchy"]), errors.InvalidParameterError),
        (lambda: ward_flow([], [Ward("a", STAY)]), errors.EmptyInputError),
        (lambda: ward_flow(np.ones((3, 2)), [Ward("a", STAY)]), errors.ShapeMismatchError),
        (lambda: ward_flow(np.ones((3, 1)), [Ward("a", [0.5, 0.4])]), errors.InvalidParameterError),
        (lambda: ward_flow(np.ones((3, 1)), [Ward("a", STAY, {"b": 1.0})]), errors.InvalidParameterError),
        (lambda: ward_flow(np.ones((3, 1)), [Ward("a", [1.0], {"a": 1.0})]), errors.InvalidParameterError),
        (lambda: ward_flow(-np.ones((3, 1)), [Ward("a", STAY)]), errors.NegativeInputError),
        (lambda: ward_flow(np.ones((3, 1, 1, 5)), [Ward("a", STAY)]), errors.InvalidParameterError),
        (lambda: burn_rate([]), errors.EmptyInputError),
        (lambda: burn_rate([3.0]), errors.TooShortError),
        (lambda: burn_rate([3.0, -1.0]), errors.NegativeInputError),
        (lambda: burn_rate([3.0, 1.0], received=[1.0]), errors.ShapeMismatchError),
        (lambda: stock_out(3.0, np.ones(5)), errors.ShapeMismatchError),
        (lambda: stock_out(np.nan, np.ones((5, 2))), errors.MissingInputError),
        (lambda: stock_out(3.0, -np.ones((5, 2))), errors.NegativeInputError),
        (lambda: reorder_point(np.ones((5, 2)), 9, rng=RNG), errors.TooShortError),
        (lambda: reorder_point(np.ones((5, 2)), [0.5, 0.2], rng=RNG), errors.InvalidParameterError),
        (lambda: reorder_point(np.ones((5, 2)), 2, rng=RNG, service=1.0), errors.InvalidParameterError),
        (lambda: draw_usage([1.0, 2.0], horizon=3, rng=RNG), errors.TooShortError),
        (lambda: draw_usage(DAYS, horizon=3, rng=RNG, patients=DAYS), errors.InvalidParameterError),
        (lambda: rt([]), errors.EmptyInputError),
        (lambda: rt(DAYS[:4]), errors.TooShortError),
        (lambda: rt(DAYS - 1), errors.InvalidParameterError),
        (lambda: rt(DAYS, limit=100.0), errors.TooShortError),
        (lambda: rt(DAYS, limit=0.0), errors.InvalidParameterError),
        (lambda: rt(DAYS, flow=np.zeros(20)), errors.NegativeInputError),
        (lambda: rt(DAYS, flow=np.ones(3)), errors.ShapeMismatchError),
        (lambda: rt(DAYS, shedding=[0.5, 0.2]), errors.InvalidSerialIntervalError),
        (lambda: rt(DAYS, generation=[0.5, 0.5]), errors.InvalidSerialIntervalError),
        (lambda: wastewater_trend(np.full(9, np.nan), rng=RNG), errors.TooShortError),
        (lambda: wastewater_trend([1.0, np.inf, 2, 3, 4], rng=RNG), errors.MissingInputError),
        (lambda: normalise_wastewater(DAYS, flow=-DAYS), errors.NegativeInputError),
        (lambda: normalise_wastewater(DAYS, marker=DAYS * np.nan), errors.MissingInputError),
        (lambda: normalise_wastewater(DAYS, population=0), errors.InvalidParameterError),
    ],
)
def test_bad_input_raises_a_named_error_that_says_what_to_do(call, error):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, errors.EpiError)
    assert len(str(caught.value)) > 10


def test_a_unit_that_never_had_a_patient_is_marked():
    table = np.column_stack([np.zeros(40), np.full(40, 30.0)])
    found = beds(table)
    assert found.undefined.tolist() == [True, False]
    assert found.median[0, 0] < 1 < found.median[0, 1]


def test_gaps_in_occupancy_are_bridged():
    whole = np.full(40, 25.0)
    gap = whole.copy()
    gap[[10, 11, 39]] = np.nan
    np.testing.assert_allclose(beds(gap).quantiles, beds(whole).quantiles, rtol=1e-9)


def test_items_without_two_counts_in_a_row_have_no_rate():
    found = burn_rate(np.array([[5.0, np.nan], [np.nan, 3.0], [2.0, np.nan]]))
    assert found.undefined.all()
    assert np.isnan(found.rate).all()
    assert np.isnan(found.cover).all()
    np.testing.assert_array_equal(found.stock, [2.0, 3.0])


def test_days_of_supply_at_the_edges():
    np.testing.assert_array_equal(days_of_supply([0, 5, np.nan, 5], [0, 0, 1, np.nan]), [0, np.inf, np.nan, np.nan])


def test_deliveries_later_than_the_forecast_leave_the_level_undefined():
    found = reorder_point(np.ones((3, 40)), [0, 0.5, 0, 0, 0.5], rng=np.random.default_rng(1))
    assert found.undefined
    assert np.isnan(found.level)


def test_two_plants_are_estimated_as_each_alone_would_be():
    days = np.random.default_rng(2).lognormal(3, 0.3, (30, 2))
    both = wastewater_trend(days, rng=np.random.default_rng(5), draws=50)
    alone = wastewater_trend(days[:, 0], rng=np.random.default_rng(5), draws=50)
    np.testing.assert_array_equal(both.quantiles[:, 0], alone.quantiles)
    with ThreadPoolExecutor(2) as executor:
        shared = wastewater_trend(days, rng=np.random.default_rng(5), draws=50, executor=executor)
    np.testing.assert_array_equal(both.quantiles, shared.quantiles)


def test_the_last_days_are_said_to_be_uninformed():
    values = np.full(60, 50.0)
    values[35:] = np.nan
    found = rt(values, draws=100)
    assert found.uninformed[35:].all()
    assert not found.uninformed[:35].any()
