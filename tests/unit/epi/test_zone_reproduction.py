"""Reproduction number by zone: small truths and bad input."""

from __future__ import annotations

import numpy as np
import pytest

from salus.epi import errors
from salus.epi.generation import SerialInterval, discretised_serial_interval
from salus.epi.nowcasting import nowcast
from salus.epi.reproduction import estimate_rt
from salus.epi.triangles import reporting_triangle
from salus.epi.zone_reproduction import estimate_rt_by_zone

SI = SerialInterval(4.7, 2.9)


def test_equal_zones_get_the_number_of_the_city():
    counts = np.tile(np.round(40 * np.exp(0.03 * np.arange(60)))[:, None], 6)
    found = estimate_rt_by_zone(counts, SI)
    city = estimate_rt(counts.sum(axis=1), SI)
    np.testing.assert_allclose(found.mean[-20:], np.repeat(city.mean[-20:, None], 6, axis=1), rtol=0.01)


def test_a_quiet_zone_follows_the_others_and_a_busy_one_itself():
    days = np.arange(80)
    up, down = np.round(500 * np.exp(0.03 * days)), np.round(500 * np.exp(-0.03 * days))
    one = np.zeros(80)
    one[[10, 30, 55]] = 1
    found = estimate_rt_by_zone(np.stack([up, up, down, one, np.zeros(80)], axis=1), SI)
    own = estimate_rt(np.stack([up, down], axis=1), SI)
    np.testing.assert_allclose(found.mean[-1, [0, 2]], own.mean[-1], rtol=0.12)
    assert found.mean[-1, 0] > 1 > found.mean[-1, 2]
    assert (found.weight[-1, :3] > 0.5).all()
    assert (found.weight[-1, 3:] < 0.2).all()
    np.testing.assert_allclose(found.mean[-1, 4], found.shared_mean[-1], rtol=1e-6)
    assert found.sd[-1, 4] > found.sd[-1, 0]


def test_late_reports_widen_the_last_days_only():
    rng = np.random.default_rng(2)
    rows = []
    for zone in range(3):
        for day in range(70):
            delay = np.minimum(rng.geometric(0.3, rng.poisson(20)) - 1, 8)
            rows += [(zone, day, day + k, n) for k, n in enumerate(np.cumsum(np.bincount(delay, minlength=9)))]
    table = np.array(rows)
    triangle = reporting_triangle(table[:, 1], table[:, 2], table[:, 3], 69, max_delay=9, series=table[:, 0])
    late = nowcast(triangle, rng=rng)
    plain = estimate_rt_by_zone(late.median_path(), SI)
    wide = estimate_rt_by_zone(late.median_path(), SI, last_uncertain=late.samples)
    assert (wide.sd[-1] > 1.02 * plain.sd[-1]).all()
    assert (wide.weight[-1] < plain.weight[-1]).all()
    np.testing.assert_allclose(wide.mean[:-9], plain.mean[:-9], rtol=1e-9)


def test_a_city_without_cases_is_undefined():
    found = estimate_rt_by_zone(np.zeros((40, 3)), SI)
    assert found.undefined.all()
    assert np.isnan(found.mean).all()
    assert np.isnan(found.quantiles).all()


def test_missing_days_silence_a_zone_and_not_its_neighbours():
    counts = np.full((60, 3), 20.0)
    counts[40, 1] = np.nan
    found = estimate_rt_by_zone(counts, SI)
    assert found.undefined[40:47, 1].all()
    assert not found.undefined[40:47, [0, 2]].any()
    assert np.isfinite(found.mean[40:47, [0, 2]]).all()


@pytest.mark.parametrize(
    ("counts", "options", "error", "says"),
    [
        (np.ones(40), {}, errors.ShapeMismatchError, "two zones"),
        (np.ones((40, 1)), {}, errors.ShapeMismatchError, "two zones"),
        (-np.ones((40, 2)), {}, errors.NegativeInputError, "negative"),
        (np.ones((40, 2)), {"window": 1}, errors.InvalidParameterError, "2 days"),
        (np.ones((40, 2)), {"quantiles": (0.0,)}, errors.InvalidParameterError, "between 0 and 1"),
        (np.ones((40, 2)), {"last_uncertain": np.ones((5, 3, 9))}, errors.ShapeMismatchError, "zones of incidence"),
        (np.ones((1, 2)), {}, errors.TooShortError, "time steps"),
    ],
)
def test_bad_input_is_named(counts, options, error, says):
    with pytest.raises(error, match=says):
        estimate_rt_by_zone(counts, SI, **options)


def test_imported_cases_must_be_part_of_all_cases():
    with pytest.raises(errors.InvalidParameterError, match="more cases than incidence"):
        estimate_rt(np.ones(40), SI, imported=np.full(40, 2.0))
    with pytest.raises(errors.ShapeMismatchError, match="shape of incidence"):
        estimate_rt(np.ones(40), SI, imported=np.ones(39))


def test_all_cases_imported_leaves_no_transmission():
    counts = np.full(60, 30.0)
    found = estimate_rt(counts, discretised_serial_interval(4.7, 2.9), imported=counts)
    assert found.mean[-1] < 0.02
