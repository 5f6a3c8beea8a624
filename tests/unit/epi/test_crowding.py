"""Small truths and bad input of crowding."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from salus.epi import errors
from salus.epi.crowding import count_crowding, count_crowding_files, expected_crowding

START = datetime(2024, 1, 1)
WEEKS = np.full((3 * 168, 2), 5.0)


def test_one_person_who_goes_and_comes_back():
    hour = 3600
    found = count_crowding([7, 7, 7, 7], [0, 60, 120, 5 * hour], [0, 1, 0, 1], zones=2)
    assert found.occupancy.tolist() == [[1, 1], [0, 0], [0, 0], [0, 0], [0, 0], [0, 1]]
    assert found.flows.tolist() == [[[0, 2], [1, 0]]]
    assert (found.people, found.rows, found.outside) == (1, 4, 0)


def test_rows_at_the_same_second_are_taken_in_order_of_zone():
    for order in ([0, 1, 2], [2, 0, 1], [1, 2, 0]):
        found = count_crowding([1, 1, 1], [50, 50, 50], np.array([0, 1, 2])[order], zones=3)
        assert found.flows[0].tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_a_trip_that_took_too_long_is_none():
    assert count_crowding([1, 1], [0, 100], [0, 1], zones=2, longest_gap=99).flows.sum() == 0
    assert count_crowding([1, 1], [0, 100], [0, 1], zones=2, longest_gap=100).flows.sum() == 1


def test_times_may_be_dates():
    moments = np.array(["2024-01-01T10:00:00.9", "2024-01-01T11:30"], dtype="datetime64[ms]")
    found = count_crowding([1, 1], moments, [0, 1], zones=2)
    assert np.flatnonzero(found.occupancy.sum(axis=1)).tolist() == [10, 11]
    assert found.start == 1_704_067_200


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: count_crowding([], [], [], zones=2), errors.EmptyInputError),
        (lambda: count_crowding([1, 2], [0, 0], [-1, -1], zones=2), errors.EmptyInputError),
        (lambda: count_crowding([1, 2], [0], [0, 0], zones=2), errors.ShapeMismatchError),
        (lambda: count_crowding([[1]], [[1]], [[1]], zones=2), errors.ShapeMismatchError),
        (lambda: count_crowding([1], [0], [2], zones=2), errors.InvalidParameterError),
        (lambda: count_crowding([1.5], [0], [0], zones=2), errors.InvalidParameterError),
        (lambda: count_crowding([1], [np.nan], [0], zones=2), errors.MissingInputError),
        (lambda: count_crowding([1], [2**50], [0], zones=2), errors.InvalidParameterError),
        (lambda: count_crowding([1], np.array(["NaT"], "M8[s]"), [0], zones=2), errors.MissingInputError),
        (lambda: count_crowding([1], [0], [0], zones=0), errors.InvalidParameterError),
        (lambda: count_crowding([1], [0], [0], zones=2, step=7, flow_step=10), errors.InvalidParameterError),
        (lambda: count_crowding([1, 1], [0, 10**10], [0, 0], zones=99), errors.InvalidParameterError),
        (lambda: expected_crowding(WEEKS[:100], start=START, horizon=5), errors.TooShortError),
        (lambda: expected_crowding(np.zeros((0, 2)), start=START, horizon=5), errors.EmptyInputError),
        (lambda: expected_crowding(-WEEKS, start=START, horizon=5), errors.NegativeInputError),
        (lambda: expected_crowding(WEEKS, start=START, horizon=0), errors.InvalidParameterError),
        (lambda: expected_crowding(WEEKS, start=START, horizon=5, step=7000), errors.InvalidParameterError),
        (lambda: expected_crowding(WEEKS, start=datetime(2024, 1, 1, 0, 7), horizon=5), errors.InvalidParameterError),
        (lambda: expected_crowding(np.where(WEEKS > 0, np.nan, 0), start=START, horizon=5), errors.MissingInputError),
    ],
)
def test_bad_input_raises_a_named_error_with_advice(call, error):
    with pytest.raises(error) as caught:
        call()
    assert len(str(caught.value)) > 20


def test_empty_cells_of_a_file_are_refused(tmp_path):
    pl.DataFrame({"person": [1, 2], "time": [0, None], "zone": [0, 1]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(errors.MissingInputError):
        count_crowding_files([tmp_path / "a.parquet"], zones=2)


def test_a_zone_without_people_is_expected_to_stay_empty():
    table = np.c_[WEEKS[:, 0], np.zeros(WEEKS.shape[0])]
    ahead = expected_crowding(table, start=START, horizon=24)
    assert ahead.mean[:, 1].max() < 0.1
    assert ahead.quantiles[:, 1].max() <= 1


def test_a_zone_without_data_is_undefined_and_gaps_do_not_spread():
    table = np.tile(WEEKS, (2, 1))
    table[:, 1] = np.nan
    table[100:120, 0] = np.nan
    ahead = expected_crowding(table, start=START, horizon=24)
    assert np.isnan(ahead.mean[:, 1]).all() and np.isnan(ahead.quantiles[:, 1]).all()
    np.testing.assert_allclose(ahead.mean[:, 0], 5.0, rtol=0.02)
