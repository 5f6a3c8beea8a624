"""Laws of the nowcast, for any reporting triangle."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from salus.epi.nowcasting import nowcast
from salus.epi.triangles import reporting_triangle

LONGEST = 14
START = 738_000


def _reports(rng, *, days=90, zones=1, level=40.0, drift=0.0, closed=()):
    """Final counts (T, S) and the rows that led to them; nothing is reported on closed days."""
    mean = level * np.exp(np.cumsum(rng.normal(0, 0.04, days)))[:, None] * np.exp(rng.normal(0, 0.5, zones))
    final = rng.poisson(np.minimum(mean, 50 * level))
    pace = np.cumsum(rng.normal(0, drift, days + LONGEST + 1))
    rows = []
    for day in range(days):
        left = final[day].copy()
        known = np.zeros(zones)
        for delay in range(LONGEST + 1):
            report = day + delay
            odds = -1.2 + pace[report] - 1.3 * ((START + report) % 7 in (0, 6))
            share = 1.0 if delay == LONGEST else (0.0 if report in closed else 1 / (1 + np.exp(-odds)))
            came = rng.binomial(left, share)
            left, known = left - came, known + came
            rows += [(START + day, START + report, zone, known[zone]) for zone in range(zones)]
    return final, np.array(rows)


def _triangle(rows, now, *, labels=None, scale=1.0):
    series = rows[:, 2].astype(int) if labels is None else np.asarray(labels)[rows[:, 2].astype(int)]
    day, known = rows[:, 0].astype(int), rows[:, 1].astype(int)
    return reporting_triangle(day, known, scale * rows[:, 3], START + now, max_delay=LONGEST, series=series)


@given(st.integers(0, 2**32 - 1), st.integers(45, 80))
@settings(max_examples=10, deadline=None)
def test_reports_that_come_later_do_not_change_what_is_said_now(seed, now):
    _, rows = _reports(np.random.default_rng(seed), zones=2)
    known = rows[rows[:, 1] <= START + now]
    whole, part = (nowcast(_triangle(each, now), rng=np.random.default_rng(1)) for each in (rows, known))
    np.testing.assert_array_equal(whole.samples, part.samples)


@given(st.integers(0, 2**32 - 1), st.permutations(range(4)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_zones_does_not_matter_to_what_is_learnt(seed, order):
    _, rows = _reports(np.random.default_rng(seed), zones=4)
    plain = nowcast(_triangle(rows, 80), rng=np.random.default_rng(1))
    mixed = nowcast(_triangle(rows, 80, labels=order), rng=np.random.default_rng(1))
    share = plain.diagnostics["completeness"]
    np.testing.assert_allclose(mixed.diagnostics["completeness"][:, order], share, rtol=1e-9)
    np.testing.assert_allclose(mixed.diagnostics["spread"], plain.diagnostics["spread"], rtol=1e-6)
    # Draws are dealt out by position: equal up to Monte Carlo error.
    gap = np.abs(mixed.mean[:, order] - plain.mean)
    assert (gap <= 0.25 * plain.mean + 3).all()


@given(st.integers(0, 2**32 - 1), st.sampled_from([10.0, 100.0]))
@settings(max_examples=10, deadline=None)
def test_large_counts_scale(seed, scale):
    _, rows = _reports(np.random.default_rng(seed), level=3000.0)
    one, many = (nowcast(_triangle(rows, 80, scale=factor), rng=np.random.default_rng(1)) for factor in (1.0, scale))
    np.testing.assert_allclose(many.mean / scale, one.mean, rtol=0.05)


def _coverage(seeds, *, drift, zones, level, holidays=()):
    hits, inner, score, naive = [], [], [], []
    for seed in seeds:
        final, rows = _reports(np.random.default_rng(seed), days=110, zones=zones, level=level, drift=drift)
        for now in range(60, 95, 7):
            found = nowcast(_triangle(rows, now), rng=np.random.default_rng(seed), holidays=holidays)
            tail = slice(now - LONGEST + 1, now + 1)
            true, q = final[tail], found.quantiles[tail]
            hits.append((q[..., 0] <= true) & (true <= q[..., -1]))
            inner.append((q[..., 2] <= true) & (true <= q[..., 4]))
            score.append(np.abs(q[..., 3] - true))
            naive.append(np.abs(found.reported[tail] - true))
    return np.mean(hits), np.mean(inner), np.mean(score) / np.mean(naive)


def test_intervals_hold_the_truth_when_delays_stay_and_when_they_wander():
    steady = _coverage(range(4), drift=0.0, zones=2, level=60.0)
    wandering = _coverage(range(4, 10), drift=0.08, zones=2, level=60.0)
    assert 0.92 <= steady[0] <= 1.0
    assert 0.90 <= wandering[0] <= 0.995
    assert 0.4 <= steady[1] <= 0.75
    assert steady[2] < 0.3
    assert wandering[2] < 0.4


def test_sparse_zones_are_covered_too():
    sparse = _coverage(range(3), drift=0.03, zones=12, level=1.5)
    assert 0.93 <= sparse[0] <= 1.0
    # Of counts below two there is little to add.
    assert sparse[2] < 0.95


def test_a_given_holiday_helps():
    closed = (83, 76, 69, 62)
    gains = []
    for seed in range(6):
        final, rows = _reports(np.random.default_rng(seed), level=2000.0, closed=closed)
        for now in (82, 81):
            tail = slice(now - 5, now + 1)
            days = [START + day for day in closed]
            aware = nowcast(_triangle(rows, now), rng=np.random.default_rng(1), holidays=days)
            blind = nowcast(_triangle(rows, now), rng=np.random.default_rng(1))
            error = [np.abs(each.mean[tail] - final[tail]).mean() for each in (aware, blind)]
            gains.append(error)
    aware, blind = np.mean(gains, axis=0)
    assert aware < blind


def test_a_day_without_any_publication_does_not_spoil_what_is_learnt():
    still = (70,)
    final, rows = _reports(np.random.default_rng(3), level=500.0, closed=still)
    calm_final, calm = _reports(np.random.default_rng(3), level=500.0)
    tail = slice(72, 81)
    error = np.abs(nowcast(_triangle(rows, 80), rng=np.random.default_rng(1)).mean[tail] / final[tail] - 1).mean()
    usual = np.abs(nowcast(_triangle(calm, 80), rng=np.random.default_rng(1)).mean[tail] / calm_final[tail] - 1).mean()
    assert error < usual + 0.05
