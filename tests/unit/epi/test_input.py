"""What degenerate input gives: a named error with advice, or an explicit mask."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import numpy as np
import pytest

import salus.epi as epi
from salus.epi import errors

RNG = np.random.default_rng(1)
SI = epi.SerialInterval(4.0, 2.0)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: epi.ears([]), errors.EmptyInputError),
        (lambda: epi.ears([1, -1, 2]), errors.NegativeInputError),
        (lambda: epi.ears(np.ones((3, 3, 3))), errors.ShapeMismatchError),
        (lambda: epi.ears([1, 2, 3], baseline=2), errors.InvalidParameterError),
        (lambda: epi.estimate_rt([5], SI), errors.TooShortError),
        (lambda: epi.estimate_rt([5, 5, np.inf], SI), errors.MissingInputError),
        (lambda: epi.estimate_rt([5, 5, 5], [0, 0.5, 0.2]), errors.InvalidSerialIntervalError),
        (lambda: epi.estimate_rt([5, 5, 5], [0.5, 0.5]), errors.InvalidSerialIntervalError),
        (lambda: epi.discretised_serial_interval(1.0, 1.0), errors.InvalidSerialIntervalError),
        (lambda: epi.discretised_serial_interval(3.0, 0.0), errors.InvalidSerialIntervalError),
        (lambda: epi.forecast([1, 2], horizon=1, rng=RNG), errors.TooShortError),
        (lambda: epi.forecast([1, 2, np.nan], horizon=1, rng=RNG), errors.TooShortError),
        (lambda: epi.forecast([1, 2, 3], horizon=0, rng=RNG), errors.InvalidParameterError),
        (lambda: epi.forecast([1, 2, 3], horizon=1, rng=RNG, quantiles=(0, 1)), errors.InvalidParameterError),
        (lambda: epi.reporting_triangle([], [], [], 3), errors.EmptyInputError),
        (lambda: epi.reporting_triangle([1], [9], [4], 3), errors.EmptyInputError),
        (lambda: epi.reporting_triangle([1.5], [2], [4], 3), errors.MissingInputError),
    ],
)
def test_degenerate_input_raises_a_named_error_with_advice(call, error):
    with pytest.raises(error) as caught:
        call()
    assert len(str(caught.value)) > 20


def test_nowcast_without_versions_says_so():
    days = np.arange(40)
    triangle = epi.reporting_triangle(days, np.full(40, 39), np.full(40, 5), 39, max_delay=7)
    with pytest.raises(errors.NoDelayHistoryError, match="two weeks"):
        epi.nowcast(triangle, rng=RNG)
    triangle = epi.reporting_triangle(days, days, np.full(40, 5), 39, max_delay=7)
    with pytest.raises(errors.NoDelayHistoryError, match="ever changed"):
        epi.nowcast(triangle, rng=RNG)


def test_rt_of_zeros_and_of_gaps_is_undefined_not_a_number():
    counts = np.zeros((40, 2))
    counts[:, 1] = 10
    counts[20, 1] = np.nan
    result = epi.estimate_rt(counts, SI)
    assert result.undefined[:, 0].all()
    assert np.isnan(result.mean[:, 0]).all()
    assert result.undefined[20:27, 1].all()
    assert not result.undefined[39, 1]


def test_rt_marks_windows_that_only_repeat_the_prior():
    counts = np.zeros(60)
    counts[50:] = 5
    result = epi.estimate_rt(counts, SI)
    assert result.uninformed[40]
    assert result.mean[40] == 5
    assert not result.uninformed[59]


def test_ears_with_a_gap_is_undefined_around_it_only():
    counts = np.full(40, 5.0)
    counts[20] = np.nan
    result = epi.ears(counts, method="C2")
    assert result.undefined[20]
    assert result.undefined[23:30].all()
    assert not result.undefined[[19, 30]].any()


def test_triangle_counts_by_delay_with_revisions_down():
    # Date 0: 5 known on day 0, 9 on day 2, revised to 8 on day 3; date 1: 4 on day 3.
    triangle = epi.reporting_triangle([0, 0, 0, 1], [0, 2, 3, 3], [5, 9, 8, 4], 3, max_delay=2)
    np.testing.assert_array_equal(triangle.cumulative[0], [5, 5, 9])
    np.testing.assert_array_equal(triangle.cumulative[1], [0, 0, 4])
    np.testing.assert_array_equal(np.isnan(triangle.cumulative[2:]), [[False, False, True], [False, True, True]])
    np.testing.assert_array_equal(triangle.latest, [8, 4, 0, 0])


def test_forecast_of_silence_is_silence():
    result = epi.forecast(np.zeros((30, 2)), horizon=3, rng=RNG)
    assert result.median.max() == 0
    assert result.quantiles.max() < 3


def test_forecast_widens_when_the_end_is_uncertain():
    counts = np.random.default_rng(2).poisson(50, 100).astype(float)
    sure = epi.forecast(counts, horizon=3, rng=RNG)
    ends = np.random.default_rng(3).normal(50, 20, (5, 100)).clip(0)
    unsure = epi.forecast(counts, horizon=3, rng=RNG, last_uncertain=ends)
    assert np.ptp(unsure.quantiles[0]) > np.ptp(sure.quantiles[0])


def test_frame_is_in_hub_format():
    result = epi.forecast(np.full((20, 2), 7.0), horizon=2, rng=RNG, period=1)
    frame = epi.to_frame(result, reference_date=date(2024, 1, 6), target="inc hosp", locations=["A", "B"], step=7)
    assert frame.columns == [
        "reference_date",
        "target",
        "horizon",
        "target_end_date",
        "location",
        "output_type",
        "output_type_id",
        "value",
    ]
    assert frame.height == 2 * 2 * 23
    last = frame.row(-1, named=True)
    assert (last["horizon"], last["target_end_date"], last["location"]) == (2, date(2024, 1, 20), "B")
    assert last["output_type_id"] == pytest.approx(0.99)
    assert last["value"] == result.quantiles[1, 1, -1]


def test_import_is_cheap():
    code = "import sys, salus.epi; sys.exit(any(m in sys.modules for m in ('numpy', 'polars', 'numba', 'django')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_forecast_survives_gaps_at_the_end():
    counts = np.random.default_rng(1).poisson(20, (60, 8)).astype(float)
    counts[-30:, 0] = np.nan
    for period in (1, 7):
        result = epi.forecast(counts, horizon=4, rng=RNG, period=period)
        assert np.isfinite(result.quantiles).all()


def test_weekly_forecast_of_many_places_uses_what_followed_elsewhere():
    # Everyone has the same wave, one after another; the last place is at its foot.
    steps = np.arange(100)
    waves = [200 * np.exp(-(((steps + shift) % 50 - 25.0) ** 2) / 50) + 5 for shift in range(0, 50, 5)]
    history = np.column_stack(waves)[:85]
    result = epi.forecast(history, horizon=3, rng=RNG, period=1, days=7 * steps[:85])
    assert result.method == "stacked ensemble" and result.parameters["weights"]["analogues"] > 0.05
    rising = np.column_stack(waves)[84] > np.column_stack(waves)[83] + 2
    ahead = np.column_stack(waves)[87]
    flat_error = np.abs(history[-1] - ahead)[rising].mean()
    assert np.abs(result.median[2] - ahead)[rising].mean() < 0.6 * flat_error


def test_nowcast_of_zones_leaves_silent_ones_silent():
    rng = np.random.default_rng(3)
    rows = []
    for zone, level in ((0, 0.0), (1, 8.0), (2, 0.4)):
        for day in range(60):
            delays = np.minimum(rng.geometric(0.4, rng.poisson(level)) - 1, 6)
            rows += [(zone, day, day + k, total) for k, total in enumerate(np.cumsum(np.bincount(delays, minlength=7)))]
    table = np.array(rows)
    triangle = epi.reporting_triangle(table[:, 1], table[:, 2], table[:, 3], 59, max_delay=8, series=table[:, 0])
    found = epi.nowcast(triangle, rng=rng)
    assert found.quantiles[:, 0, :].max() <= 1
    assert found.mean[-1, 1] > triangle.latest[-1, 1]
    assert found.quantiles.shape == (60, 3, 7)
