"""Nowcast: counts that fall later, holidays, the pace of reporting, and bad input."""

from __future__ import annotations

import numpy as np
import pytest

from salus.epi import errors
from salus.epi.nowcasting import nowcast
from salus.epi.reporting_days import reporting_weekday, stood_still
from salus.epi.tempo import paced, persistence
from salus.epi.triangles import reporting_triangle

START = 738_000


def _triangle(shares, *, days=80, level=200.0, seed=0):
    """Counts that are known in given shares of the final one, by delay."""
    final = np.random.default_rng(seed).poisson(level, days)
    rows = [
        (START + day, START + day + delay, round(share * final[day]))
        for day in range(days)
        for delay, share in enumerate(shares)
    ]
    valid, known, value = np.array(rows).T
    return final, reporting_triangle(valid, known, value, START + days - 1, max_delay=len(shares) - 1)


def test_counts_that_are_revised_down_are_lowered():
    final, triangle = _triangle([0.5, 1.1, 1.3, 1.2, 1.1, 1.0])
    found = nowcast(triangle, rng=np.random.default_rng(1))
    assert (found.mean[-4:-1] < triangle.latest[-4:-1]).all()
    np.testing.assert_allclose(found.mean[-4:], final[-4:], rtol=0.12)
    assert (found.diagnostics["completeness"][1:4] > 1).all()


def test_dates_of_which_reports_are_taken_back_may_end_below_what_is_known():
    rng = np.random.default_rng(3)
    counts = [(rng.poisson(200, 90) * 0.9).astype(int)]
    for _ in range(12):
        counts.append(counts[-1] + rng.poisson(1.0, 90) - rng.binomial(counts[-1], 0.005))
    cells = [(START + day, START + day + age, known) for age, row in enumerate(counts) for day, known in enumerate(row)]
    valid, known, value = np.array(cells).T
    found = nowcast(reporting_triangle(valid, known, value, START + 89, max_delay=12), rng=rng)
    old, final = slice(78, 86), counts[12][78:86]
    assert (found.quantiles[old, 0] < found.reported[old]).all()
    assert (found.quantiles[old, -1] > found.reported[old]).all()
    assert np.mean((found.quantiles[old, 0] <= final) & (final <= found.quantiles[old, -1])) >= 0.75


def test_it_says_exactly_which_days_are_estimates():
    _, triangle = _triangle([0.4, 0.7, 0.9, 1.0])
    found = nowcast(triangle, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(np.flatnonzero(found.is_estimate), [77, 78, 79])
    np.testing.assert_array_equal(found.quantiles[:77], np.repeat(triangle.latest[:77, None], 7, axis=1))
    assert found.samples.shape[0] == 3


def test_holidays_are_sundays_and_the_working_day_after_a_monday():
    monday = START + (1 - START % 7) % 7
    week = monday + np.arange(8)
    np.testing.assert_array_equal(reporting_weekday(week, ()), [1, 2, 3, 4, 5, 6, 0, 1])
    np.testing.assert_array_equal(reporting_weekday(week, (monday + 2,)), [1, 2, 0, 1, 5, 6, 0, 1])
    np.testing.assert_array_equal(reporting_weekday(week, (monday + 4, monday + 7)), [1, 2, 3, 4, 0, 6, 0, 0])


def test_a_day_on_which_the_source_stood_still_is_found_and_a_quiet_weekday_is_not():
    weekday = np.arange(70) % 7
    added = np.where(weekday == 0, 0.0, 100.0)
    added[33] = 2.0
    assert np.flatnonzero(stood_still(added, weekday)).tolist() == [33]
    assert not stood_still(added / 10, weekday).any()


def test_pace_moves_the_odds_of_what_is_missing():
    share = np.array([0.0, 0.2, 0.5, 1.0, 1.2])
    np.testing.assert_allclose(paced(share, np.array(0.0)), share)
    slower = paced(share, np.array(np.log(2.0)))
    np.testing.assert_allclose(slower, [0.0, 0.2 / 1.8, 1 / 3, 1.0, 1.2])


def test_what_lasts_of_the_pace_is_learnt():
    pace = np.linspace(-0.4, 0.4, 60)[:, None]
    expected = np.full((60, 5, 1), 500.0)
    used = np.ones(expected.shape, dtype=bool)
    lasting = persistence(pace, expected, expected * np.exp(pace[:, None]), used)
    passing = persistence(pace, expected, expected, used)
    assert passing < 0.15
    assert lasting > 0.85
    assert persistence(pace, expected, expected, ~used) == pytest.approx(0.5)


def test_bad_input_is_named():
    _, triangle = _triangle([0.4, 0.7, 0.9, 1.0])
    rng = np.random.default_rng(1)
    with pytest.raises(errors.InvalidParameterError, match="14 report days"):
        nowcast(triangle, rng=rng, window=7)
    with pytest.raises(errors.InvalidParameterError, match="day numbers"):
        nowcast(triangle, rng=rng, holidays=["2021-12-25"])
    with pytest.raises(errors.InvalidParameterError, match="samples"):
        nowcast(triangle, rng=rng, samples=1)
    with pytest.raises(errors.InvalidParameterError, match="max_delay"):
        nowcast(triangle, rng=rng, max_delay=0)


def test_days_of_silence_make_dates_younger_and_not_empty():
    shares = [0.2, 0.5, 0.7, 0.85, 0.95, 1.0]
    final = np.random.default_rng(4).poisson(300, 90)
    quiet = {START + 87, START + 88, START + 89}
    rows = [
        (START + day, START + day + delay, round(share * final[day]))
        for day in range(90)
        for delay, share in enumerate(shares)
        if START + day + delay not in quiet
    ]
    valid, known, value = np.array(rows).T
    triangle = reporting_triangle(valid, known, value, START + 89, max_delay=5)
    found = nowcast(triangle, rng=np.random.default_rng(1))
    np.testing.assert_allclose(found.mean[-5:], final[-5:], rtol=0.35)
    assert (found.quantiles[-5:, 0] <= final[-5:]).all()
    assert (found.quantiles[-5:, -1] >= final[-5:]).all()
