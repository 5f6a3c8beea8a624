"""Laws of the detectors that hold for every input, and calibration on simulated truth."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from salus.epi.farrington import farrington
from salus.epi.hierarchy import control_hierarchically
from salus.epi.multiplicity import control_false_discoveries
from salus.epi.outbreak import (
    SCENARIOS,
    Scenario,
    bayes,
    detect_outbreaks,
    detection_power,
    outbreak_p,
    rki,
    simulate_outbreaks,
)

WEEKS = arrays(np.float64, st.tuples(st.integers(60, 90), st.integers(1, 3)), elements=st.integers(0, 60).map(float))
PVALUES = arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1))


@given(WEEKS, st.data())
@settings(max_examples=25, deadline=None)
def test_series_are_judged_alone_and_without_the_future(counts, data):
    counts[data.draw(st.integers(0, len(counts) - 1)), 0] = np.nan
    cut = data.draw(st.integers(1, 10))
    whole = detect_outbreaks(counts)
    early = detect_outbreaks(counts[:-cut, ::-1])
    np.testing.assert_array_equal(early.evidence, whole.evidence[:-cut, ::-1])
    np.testing.assert_array_equal(early.upper, whole.upper[:-cut, ::-1])


@given(WEEKS)
@settings(max_examples=25, deadline=None)
def test_alarm_is_the_same_as_a_count_above_the_bound(counts):
    found = detect_outbreaks(counts, alpha=0.02)
    judged = ~found.undefined
    np.testing.assert_array_equal(found.alarm[judged], (counts > found.upper)[judged])
    assert (found.dispersion[judged] >= 1).all()
    assert ((found.pvalue[judged] >= 0) & (found.pvalue[judged] <= 1)).all()
    assert np.isfinite(found.evidence[judged]).all()


@given(WEEKS, st.floats(0.5, 5000))
@settings(max_examples=15, deadline=None)
def test_the_unit_of_a_constant_population_does_not_matter(counts, people):
    plain = detect_outbreaks(counts + 1)
    scaled = detect_outbreaks(counts + 1, population=people)
    np.testing.assert_allclose(scaled.expected, plain.expected, rtol=2e-3)


@given(WEEKS, st.sampled_from([rki, bayes]))
@settings(max_examples=25, deadline=None)
def test_historical_limits_of_a_table_are_those_of_its_columns(counts, rule):
    whole = rule(counts, b=0, w=6, current=True)
    for column in range(counts.shape[1]):
        alone = rule(counts[:, column], b=0, w=6, current=True)
        np.testing.assert_array_equal(whole.upper[:, column], alone.upper)
        np.testing.assert_array_equal(whole.alarm[:, column], alone.alarm)


@given(WEEKS)
@settings(max_examples=25, deadline=None)
def test_the_rising_mean_alarms_from_its_bound_on_and_ignores_the_unit(counts):
    found = outbreak_p(counts, k=20)
    known = ~np.isnan(found.upper)
    np.testing.assert_array_equal(found.alarm[known], (counts >= found.upper)[known])
    assert (found.statistic > 0.999).all()
    np.testing.assert_allclose(np.log(outbreak_p(2 * counts).statistic), 2 * np.log(found.statistic), atol=1e-8)


@given(arrays(np.float64, 150, elements=st.integers(0, 40).map(float)), st.floats(0.001, 0.1))
@settings(max_examples=15, deadline=None)
def test_a_stricter_level_never_adds_alarms(counts, alpha):
    strict = farrington(counts, b=2, start=120, alpha=alpha / 2).alarm
    assert not (strict & ~farrington(counts, b=2, start=120, alpha=alpha).alarm).any()


@given(PVALUES, st.integers(1, 5), st.floats(0.01, 0.3))
@settings(max_examples=60, deadline=None)
def test_hierarchy_finds_series_in_found_nodes_only_and_more_at_higher_levels(values, zones, level):
    zone = [f"z{place % zones}" for place in range(values.size)]
    found = control_hierarchically(values, [zone], level=level)
    nodes = dict(zip(found.levels[0].labels, found.levels[0].discovery, strict=True))
    assert all(nodes[label] for label, mark in zip(zone, found.discovery, strict=True) if mark)
    wider = control_hierarchically(values, [zone], level=min(2 * level, 0.99))
    assert (wider.discovery >= found.discovery).all()
    alone = control_hierarchically(values, [["all"] * values.size], level=level)
    np.testing.assert_array_equal(alone.discovery, control_false_discoveries(values, level=level).discovery)


def test_false_discoveries_stay_below_their_level():
    rng = np.random.default_rng(1)
    values = rng.random((2000, 60))
    zones = np.repeat(np.arange(12), 5)
    values[:, :10] **= 8
    found = control_hierarchically(values, [zones], level=0.1)
    wrong, all_found = found.discovery[:, 10:].sum(axis=1), found.discovery.sum(axis=1)
    zone = found.levels[0]
    true_zone = np.isin(zone.labels, ("0", "1"))
    share = zone.discovery[:, ~true_zone].sum(axis=1) / np.maximum(zone.discovery.sum(axis=1), 1)
    assert share.mean() < 0.1
    assert (wrong / np.maximum(all_found, 1)).mean() < 0.1
    assert found.discovery[:, :10].mean() > 0.2


def test_false_alarms_and_power_on_the_published_scenarios():
    simulated = simulate_outbreaks(SCENARIOS, replicates=6, rng=np.random.default_rng(77))
    found = detect_outbreaks(simulated.counts, start=575)
    power = detection_power(found.alarm, simulated)
    assert power.false_alarm_rate < 0.009
    assert power.sensitivity > 0.48


def test_false_alarms_on_scenarios_that_it_was_not_made_for():
    rng = np.random.default_rng(78)
    others = [
        Scenario(rng.uniform(-1.5, 6), rng.uniform(-0.002, 0.002), (rng.normal(0, 0.4), rng.normal(0, 0.4)), 1, phi)
        for phi in rng.uniform(1, 5, 200)
    ]
    simulated = simulate_outbreaks(others, replicates=1, rng=rng, weeks=364)
    power = detection_power(detect_outbreaks(simulated.counts, start=315).alarm, simulated)
    assert power.false_alarm_rate < 0.012
    assert power.sensitivity > 0.4
