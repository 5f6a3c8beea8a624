"""Detectors and the control of false discoveries on small cases and bad input."""

from __future__ import annotations

import numpy as np
import pytest

from salus.epi import errors
from salus.epi.farrington import farrington
from salus.epi.hierarchy import control_hierarchically
from salus.epi.outbreak import (
    Scenario,
    bayes,
    detect_outbreaks,
    detection_power,
    evidence_threshold,
    outbreak_p,
    rki,
    simulate_outbreaks,
)

YEAR = np.random.default_rng(1).poisson(5, 300).astype(float)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: rki([]), errors.EmptyInputError),
        (lambda: rki(YEAR[:60]), errors.TooShortError),
        (lambda: rki(YEAR, b=0), errors.InvalidParameterError),
        (lambda: rki(YEAR, population=np.ones(7)), errors.ShapeMismatchError),
        (lambda: bayes(YEAR, alpha=1.0), errors.InvalidParameterError),
        (lambda: bayes(YEAR, population=0.0), errors.InvalidParameterError),
        (lambda: bayes(-YEAR - 1), errors.NegativeInputError),
        (lambda: outbreak_p([]), errors.EmptyInputError),
        (lambda: outbreak_p(YEAR, k=0), errors.InvalidParameterError),
        (lambda: outbreak_p([1, np.inf]), errors.MissingInputError),
        (lambda: farrington(YEAR, b=6), errors.TooShortError),
        (lambda: farrington(YEAR, power="3/4"), errors.InvalidParameterError),
        (lambda: detect_outbreaks([]), errors.EmptyInputError),
        (lambda: detect_outbreaks(YEAR[:20]), errors.TooShortError),
        (lambda: detect_outbreaks(YEAR, alpha=0.5), errors.InvalidParameterError),
        (lambda: detect_outbreaks(YEAR, start=300), errors.InvalidParameterError),
        (lambda: detect_outbreaks(YEAR, dates=np.arange(3)), errors.ShapeMismatchError),
        (lambda: detect_outbreaks(np.ones((4, 4, 4))), errors.ShapeMismatchError),
        (lambda: simulate_outbreaks(replicates=0, rng=np.random.default_rng(1)), errors.InvalidParameterError),
        (lambda: control_hierarchically([], [[]]), errors.EmptyInputError),
        (lambda: control_hierarchically([0.1, 1.1], [["a", "b"]]), errors.InvalidParameterError),
        (lambda: control_hierarchically([0.1, 0.2], [["a"]]), errors.ShapeMismatchError),
    ],
)
def test_degenerate_input_raises_a_named_error_with_advice(call, error):
    with pytest.raises(error) as caught:
        call()
    assert len(str(caught.value)) > 20


def test_limits_with_gaps_use_what_is_known():
    counts = np.full(300, 4.0)
    counts[[295, 297]] = np.nan
    found = bayes(counts, w=6)
    assert found.undefined[[295, 297]].all()
    assert not found.undefined[299]
    assert found.expected[299] == pytest.approx((4 * 4 + 0.5) / 4)
    counts[250:299] = np.nan
    assert bayes(counts, w=6).undefined[299]


def test_limits_scale_with_the_population():
    counts, people = np.full(300, 30.0), np.full(300, 1000.0)
    people[299] = 2000.0
    assert rki(counts, population=people).expected[299] == pytest.approx(60.0)
    assert bayes(counts, population=people).expected[299] == pytest.approx(60.0, rel=0.01)


def test_rising_mean_goes_on_over_gaps_and_does_not_overflow():
    counts = np.r_[np.full(20, 1000.0), np.full(3, 9000.0)]
    with_gap = np.insert(counts, 5, np.nan)
    plain, gap = outbreak_p(counts), outbreak_p(with_gap)
    np.testing.assert_allclose(np.delete(gap.statistic, 5), plain.statistic)
    assert gap.undefined[5]
    assert plain.alarm[-1]
    assert np.isinf(plain.statistic[-1])


def test_silence_is_no_outbreak_and_ten_cases_after_it_are():
    counts = np.zeros(150)
    counts[140] = 10
    found = detect_outbreaks(counts)
    assert list(np.flatnonzero(found.alarm)) == [140]
    assert found.undefined[:34].all()
    assert not found.undefined[34:].any()


def test_moderate_rises_in_two_weeks_alarm_where_one_does_not():
    counts = np.random.default_rng(3).poisson(20, 200).astype(float)
    counts[197:] = 20
    upper = detect_outbreaks(counts).upper[199]
    counts[199] = upper
    assert not detect_outbreaks(counts).alarm[199]
    counts[198] = upper
    assert detect_outbreaks(counts).alarm[199]


def test_outbreaks_of_the_past_do_not_hide_the_next():
    rng = np.random.default_rng(4)
    counts = rng.poisson(10, 300).astype(float)
    clean = detect_outbreaks(counts, start=290)
    counts[[100, 101, 150, 200, 201, 250]] += 60
    dirty = detect_outbreaks(counts, start=290)
    np.testing.assert_allclose(dirty.upper[290:], clean.upper[290:], atol=2)


def test_a_missing_week_is_undefined_and_the_next_is_judged_alone():
    counts = YEAR.copy()
    counts[250] = np.nan
    found = detect_outbreaks(counts, start=249)
    assert found.undefined[250]
    assert not found.undefined[251]
    assert not found.alarm[250]


def test_dates_give_the_season_of_calendar_years():
    days = 738000 + 7 * np.arange(400)
    mean = np.exp(3 + np.cos(2 * np.pi * days / 365.2425))
    counts = np.random.default_rng(5).poisson(mean).astype(float)
    found = detect_outbreaks(counts, dates=days, start=350)
    np.testing.assert_allclose(found.expected[350:], mean[350:], rtol=0.12)


def test_lower_rates_of_false_alarms_need_more_evidence():
    bounds = [evidence_threshold(alpha) for alpha in (0.0005, 0.001, 0.006, 0.02, 0.05)]
    assert (np.diff(bounds) < 0).all()


def test_power_counts_alarms_inside_and_outside_of_outbreaks():
    simulated = simulate_outbreaks([Scenario(2.0, 0.0, (0.0, 0.0), 0, 1.0)], replicates=5, rng=np.random.default_rng(1))
    never = detection_power(np.zeros(simulated.counts.shape, bool), simulated)
    assert (never.false_alarm_rate, never.sensitivity) == (0.0, 0.0)
    assert np.isnan(never.delay)
    truth = detection_power(simulated.outbreak, simulated)
    assert (truth.false_alarm_rate, truth.sensitivity, truth.delay) == (0.0, 1.0, 0.0)
    with pytest.raises(errors.ShapeMismatchError):
        detection_power(simulated.outbreak[1:], simulated)


def test_hierarchy_by_hand():
    # Two zones of two ages: Simes .02 and .6; at .05 zone A is found (1 of 2), so its ages are
    # tested at .025: .01 * 2 <= 1 * .025 holds, .04 * 2 <= 2 * .025 does not.
    found = control_hierarchically([0.01, 0.04, 0.6, 0.5], [["A", "A", "B", "B"]], level=0.05)
    np.testing.assert_allclose(found.levels[0].pvalue, [0.02, 0.6])
    assert found.levels[0].labels == ("A", "B")
    assert list(found.levels[0].discovery) == [True, False]
    assert list(found.discovery) == [True, False, False, False]


def test_hierarchy_ignores_missing_series_and_keeps_time():
    values = np.array([[0.001, np.nan, 0.5], [0.9, 0.8, np.nan]])
    found = control_hierarchically(values, [["A", "A", "B"]])
    assert found.discovery.tolist() == [[True, False, False], [False, False, False]]
    assert np.isnan(found.levels[0].pvalue[1, 1])
