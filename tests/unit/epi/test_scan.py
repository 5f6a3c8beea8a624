"""Scans: named errors on bad input, small truths that can be worked out by hand."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from salus.epi import errors
from salus.epi.scan import (
    circular_windows,
    connected_windows,
    elliptic_windows,
    expected_cases,
    person_time,
    scan_bernoulli,
    scan_permutation,
    scan_poisson,
)

GRID = np.array([[x, y] for x in range(4) for y in range(4)], dtype=float)
ONES = np.ones(16)
CIRCLES = circular_windows(GRID, ONES, geographic=False)
FLAT = np.ones((6, 16))


def rng():
    return np.random.default_rng(3)


def counts(seed=1, steps=6, mean=2.0):
    return np.random.default_rng(seed).poisson(mean, (steps, 16)).astype(float)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: circular_windows([], []), errors.EmptyInputError),
        (lambda: circular_windows([[1, 2, 3]], [1]), errors.ShapeMismatchError),
        (lambda: circular_windows([[1, np.nan]], [1]), errors.MissingInputError),
        (lambda: circular_windows([[100, 2]], [1]), errors.InvalidParameterError),
        (lambda: circular_windows(GRID, -ONES, geographic=False), errors.NegativeInputError),
        (lambda: circular_windows(GRID, 0 * ONES, geographic=False), errors.InvalidParameterError),
        (lambda: circular_windows(GRID, ONES, max_share=0.01, geographic=False), errors.InvalidParameterError),
        (lambda: elliptic_windows(GRID, ONES, geographic=False, elongations=(0.5,), angles=(4,)), errors.EpiError),
        (lambda: connected_windows([[0, 1], [0, 0]], [1, 1]), errors.InvalidParameterError),
        (lambda: connected_windows([[0, 1]], [1, 1]), errors.ShapeMismatchError),
        (lambda: person_time([], [], [0, 1]), errors.EmptyInputError),
        (lambda: person_time([1, 2], [5, 3], [0, 1]), errors.InvalidParameterError),
        (lambda: person_time([1, 2], [3, 5], [0]), errors.TooShortError),
        (lambda: expected_cases([[1.0]], [[0.0]]), errors.InvalidParameterError),
        (lambda: expected_cases([[1.0]], [[1.0, 2.0]]), errors.ShapeMismatchError),
        (lambda: scan_poisson(0 * FLAT, FLAT, CIRCLES, rng=rng()), errors.EmptyInputError),
        (lambda: scan_poisson(FLAT / 2, FLAT, CIRCLES, rng=rng()), errors.MissingInputError),
        (lambda: scan_poisson(-FLAT, FLAT, CIRCLES, rng=rng()), errors.NegativeInputError),
        (lambda: scan_poisson(FLAT * np.nan, FLAT, CIRCLES, rng=rng()), errors.MissingInputError),
        (lambda: scan_poisson(FLAT[0], FLAT[0], CIRCLES, rng=rng()), errors.ShapeMismatchError),
        (lambda: scan_poisson(FLAT, FLAT[:3], CIRCLES, rng=rng()), errors.ShapeMismatchError),
        (lambda: scan_poisson(FLAT[:, :4], FLAT[:, :4], CIRCLES, rng=rng()), errors.ShapeMismatchError),
        (lambda: scan_poisson(FLAT, 0 * FLAT, CIRCLES, rng=rng()), errors.InvalidParameterError),
        (lambda: scan_poisson(FLAT[:1], FLAT[:1], CIRCLES, rng=rng()), errors.TooShortError),
        (lambda: scan_poisson(FLAT, FLAT, None, rng=rng(), analysis="spatial"), errors.InvalidParameterError),
        (lambda: scan_poisson(FLAT, FLAT, CIRCLES, rng=rng(), max_duration=6), errors.InvalidParameterError),
        (lambda: scan_poisson(FLAT, FLAT, CIRCLES, rng=rng(), rates="odd"), errors.InvalidParameterError),
        (lambda: scan_poisson(FLAT, FLAT, CIRCLES, rng=rng(), replicates=0), errors.InvalidParameterError),
        (lambda: scan_poisson(FLAT, FLAT, CIRCLES, rng=rng(), strata=[1, 2]), errors.ShapeMismatchError),
        (lambda: scan_bernoulli(FLAT, 0 * FLAT, CIRCLES, rng=rng()), errors.InvalidParameterError),
        (lambda: scan_permutation(FLAT[:1], CIRCLES, rng=rng()), errors.TooShortError),
    ],
)
def test_bad_input_is_named(call, error):
    with pytest.raises(error):
        call()


def test_a_window_is_connected_holds_its_centre_and_is_met_once():
    touching = np.abs(GRID[:, None] - GRID[None]).sum(axis=2) == 1
    windows = connected_windows(touching, ONES, size=6)
    seen = [frozenset(windows.members(i).tolist()) for i in range(windows.zone.size)]
    for i, zones in enumerate(seen):
        assert windows.centre[i] in zones
        assert len(zones) <= 6
        reached, front = {min(zones)}, {min(zones)}
        while front:
            front = {z for z in zones - reached if touching[z, sorted(front)].any()}
            reached |= front
        assert reached == zones
    assert len({(int(c), zones) for c, zones in zip(windows.centre, seen, strict=True)}) == len(seen)
    assert {zones for zones, fresh in zip(seen, windows.fresh, strict=True) if fresh} == set(seen)
    assert windows.fresh.sum() == len(set(seen))


def test_a_path_of_three_zones_has_six_connected_sets():
    path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    windows = connected_windows(path, np.ones(3), size=3, max_share=1.0)
    found = {tuple(sorted(windows.members(i).tolist())) for i in range(windows.zone.size)}
    assert found == {(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)}


def test_zones_at_one_distance_enter_a_circle_together():
    sizes = {len(CIRCLES.members(i)) for i in np.flatnonzero(CIRCLES.keep & (CIRCLES.centre == 5))}
    assert sizes == {1, 5}


def test_ellipses_reach_along_a_line_where_circles_do_not():
    windows = elliptic_windows(GRID, ONES, geographic=False)
    line = {0, 1, 2, 3}
    assert any(set(windows.members(i).tolist()) == line for i in np.flatnonzero(windows.keep))
    assert not any(set(CIRCLES.members(i).tolist()) == line for i in np.flatnonzero(CIRCLES.keep))


def test_an_elongated_cluster_is_found_by_ellipses_with_its_penalty():
    cases = np.ones((1, 16))
    cases[0, :4] = 12
    found = scan_poisson(
        cases, np.ones((1, 16)), elliptic_windows(GRID, ONES, geographic=False), rng=rng(), analysis="spatial"
    )
    first = found.clusters[0]
    assert set(first.zones.tolist()) == {0, 1, 2, 3}
    assert first.statistic < first.log_likelihood_ratio
    assert first.statistic == pytest.approx(
        first.log_likelihood_ratio * math.sqrt(4 * first.elongation) / (first.elongation + 1)
    )


def test_the_statistic_of_one_window_by_hand():
    cases, expected = np.array([[8.0, 2.0, 2.0, 4.0]]), np.ones((1, 4))
    places = np.array([[0, 0], [10, 0], [20, 0], [31, 0]], dtype=float)
    windows = circular_windows(places, np.ones(4), max_share=0.25, geographic=False)
    first = scan_poisson(cases, expected, windows, rng=rng(), analysis="spatial").clusters[0]
    assert first.log_likelihood_ratio == pytest.approx(8 * math.log(2) + 8 * math.log(8 / 12))
    assert (first.cases, first.expected, first.ratio, first.relative_risk) == (8, 4, 2, 3)
    people = scan_bernoulli(cases, 10 - cases, windows, rng=rng()).clusters[0]
    ratio = 8 * math.log(0.8) + 2 * math.log(0.2) + 8 * math.log(8 / 30) + 22 * math.log(22 / 30)
    assert people.log_likelihood_ratio == pytest.approx(ratio - 16 * math.log(0.4) - 24 * math.log(0.6))


@pytest.mark.parametrize("scan", ["poisson", "bernoulli", "permutation"])
def test_threads_do_not_change_the_result(scan):
    cases = counts()
    args = {"poisson": (cases, FLAT, CIRCLES), "bernoulli": (cases, FLAT * 3, CIRCLES), "permutation": (cases, CIRCLES)}
    call = {"poisson": scan_poisson, "bernoulli": scan_bernoulli, "permutation": scan_permutation}[scan]
    alone = call(*args[scan], rng=rng(), replicates=1200)
    with ThreadPoolExecutor(3) as pool:
        together = call(*args[scan], rng=rng(), replicates=1200, executor=pool)
    np.testing.assert_array_equal(alone.maxima, together.maxima)
    assert alone.clusters[0].pvalue == together.clusters[0].pvalue


def test_early_stop_is_the_beginning_of_the_full_run():
    cases = counts()
    full = scan_poisson(cases, FLAT, CIRCLES, rng=rng(), replicates=1500)
    early = scan_poisson(cases, FLAT, CIRCLES, rng=rng(), replicates=1500, early_stop=20)
    assert early.stopped
    assert not full.stopped
    np.testing.assert_array_equal(early.maxima, full.maxima[: early.maxima.size])
    assert early.clusters[0].pvalue == pytest.approx(20 / early.maxima.size)


def test_an_outbreak_going_on_is_found_prospectively_and_dated():
    cases = counts(mean=1.0)
    cases[4:, [5, 6]] += 9
    found = scan_poisson(cases, FLAT, CIRCLES, rng=rng(), analysis="prospective")
    first = found.clusters[0]
    assert {5, 6} <= set(first.zones.tolist())
    assert (first.start, first.end) == (4, 5)
    assert first.pvalue == pytest.approx(0.001)
    assert first.recurrence == pytest.approx(1000)
    assert first.log_likelihood_ratio > found.critical_value(0.05)
    over = counts(mean=1.0)
    over[:2, [5, 6]] += 9
    ended = scan_poisson(over, FLAT, CIRCLES, rng=rng(), analysis="prospective").clusters
    assert all(cluster.pvalue > 0.05 for cluster in ended)


def test_low_rates_are_found_only_when_sought():
    cases = np.full((1, 16), 20.0)
    cases[0, [5, 6]] = 2
    high = scan_poisson(cases, np.ones((1, 16)), CIRCLES, rng=rng(), analysis="spatial")
    low = scan_poisson(cases, np.ones((1, 16)), CIRCLES, rng=rng(), analysis="spatial", rates="low")
    both = scan_poisson(cases, np.ones((1, 16)), CIRCLES, rng=rng(), analysis="spatial", rates="both")
    assert all(cluster.ratio > 1 for cluster in high.clusters)
    assert low.clusters[0].ratio < 0.2
    assert both.clusters[0].log_likelihood_ratio == low.clusters[0].log_likelihood_ratio
    assert (both.maxima >= np.maximum(low.maxima, 0)).all()


def test_a_weekday_pattern_is_a_cluster_in_time_unless_adjusted_for():
    cases = np.full((28, 16), 2.0)
    cases[::7] = 12
    weekday = np.arange(28) % 7
    raw = scan_poisson(cases, np.ones((28, 16)), None, rng=rng(), max_duration=3)
    adjusted = scan_poisson(cases, np.ones((28, 16)), None, rng=rng(), max_duration=3, strata=weekday)
    assert raw.clusters[0].pvalue < 0.01
    assert adjusted.clusters == ()


def test_permutation_within_weekdays_forgives_zones_with_a_pattern_of_their_own():
    cases = np.full((28, 16), 3.0)
    cases[6::7, :2] = 25
    weekday = np.arange(28) % 7
    raw = scan_permutation(cases, CIRCLES, rng=rng(), max_duration=1)
    adjusted = scan_permutation(cases, CIRCLES, rng=rng(), max_duration=1, strata=weekday)
    assert raw.clusters[0].pvalue < 0.01
    assert all(cluster.pvalue > 0.2 for cluster in adjusted.clusters)


def test_person_time_is_constant_before_the_first_census_and_linear_after():
    risk = person_time([10.0, 20.0], [10, 20], [0, 10, 20, 30])
    np.testing.assert_allclose(risk, [100, 150, 200])


def test_standardisation_keeps_the_total_and_gives_old_zones_more():
    cases, people = np.zeros((1, 2, 2)), np.array([[[100.0, 900.0], [900.0, 100.0]]])
    cases[0, :, 0] = [8, 82]
    cases[0, :, 1] = [9, 1]
    expected = expected_cases(cases, people)
    np.testing.assert_allclose(expected, [[9 + 9, 81 + 1]])
