"""Laws of the reproduction number by zone, for any counts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from salus.epi.generation import discretised_serial_interval
from salus.epi.reproduction import estimate_rt
from salus.epi.zone_reproduction import estimate_rt_by_zone

WEIGHTS = discretised_serial_interval(4.7, 2.9)
COUNTS = arrays(np.int64, (45, 4), elements=st.integers(0, 60))


@given(COUNTS, st.permutations(range(4)))
@settings(max_examples=25, deadline=None)
def test_the_order_of_zones_does_not_matter(counts, order):
    plain, mixed = estimate_rt_by_zone(counts, WEIGHTS), estimate_rt_by_zone(counts[:, order], WEIGHTS)
    np.testing.assert_allclose(mixed.quantiles, plain.quantiles[:, order], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(mixed.spread, plain.spread, rtol=1e-8)


@given(COUNTS, st.integers(30, 44))
@settings(max_examples=25, deadline=None)
def test_later_days_do_not_change_what_was_said(counts, now):
    early, late = estimate_rt_by_zone(counts[: now + 1], WEIGHTS), estimate_rt_by_zone(counts, WEIGHTS)
    np.testing.assert_allclose(early.mean, late.mean[: now + 1], rtol=1e-8)
    np.testing.assert_allclose(early.sd, late.sd[: now + 1], rtol=1e-8)
    np.testing.assert_array_equal(early.undefined, late.undefined[: now + 1])


@given(COUNTS)
@settings(max_examples=25, deadline=None)
def test_estimates_lie_between_the_zones_own_and_the_shared_number(counts):
    found = estimate_rt_by_zone(counts + 1, WEIGHTS)
    own = estimate_rt(counts + 1, WEIGHTS, prior_sd=1e6)
    known = ~found.undefined & ~own.undefined
    low = np.minimum(own.mean, found.shared_mean[:, None]) * (1 - 1e-3)
    high = np.maximum(own.mean, found.shared_mean[:, None]) * (1 + 1e-3)
    assert ((found.mean >= low) & (found.mean <= high))[known].all()
    assert ((found.weight >= 0) & (found.weight <= 1))[known].all()
    assert (np.diff(found.quantiles[known], axis=-1) >= 0).all()


def _zones(seed, *, zones=30, days=130, spread=0.2):
    """Zones whose numbers wander around a shared one, and their true number by window."""
    rng = np.random.default_rng(seed)
    shared = 0.15 * np.sin(np.arange(days) / 12)
    apart = np.zeros((days, zones))
    apart[0] = rng.normal(0, spread, zones)
    for day in range(1, days):
        apart[day] = 0.95 * apart[day - 1] + rng.normal(0, spread * np.sqrt(1 - 0.95**2), zones)
    number = np.exp(shared[:, None] + apart)
    cases = np.zeros((days, zones))
    cases[:20] = rng.poisson(rng.uniform(5, 60, zones), (20, zones))
    pressure = np.zeros((days, zones))
    share = WEIGHTS[1:] / WEIGHTS.sum()
    for day in range(20, days):
        reach = min(day, share.size)
        pressure[day] = share[:reach] @ cases[day - reach : day][::-1]
        cases[day] = rng.poisson(number[day] * pressure[day])
    whole = np.lib.stride_tricks.sliding_window_view
    top, bottom = (whole(part, 7, axis=0).sum(axis=-1) for part in (number * pressure, pressure))
    true = np.full((days, zones), np.nan)
    true[6:] = top / np.maximum(bottom, 1e-9)
    return cases, true, bottom


def test_intervals_hold_the_truth_and_pooling_errs_less():
    hits, error, alone = [], [], []
    for seed in range(4):
        cases, true, _ = _zones(seed)
        found, apart = estimate_rt_by_zone(cases, WEIGHTS), estimate_rt(cases, WEIGHTS)
        days = np.arange(40, 130, 7)
        alive = (np.lib.stride_tricks.sliding_window_view(cases, 14, axis=0).sum(axis=-1) > 0)[days - 13]
        inside = (found.quantiles[days, :, 0] <= true[days]) & (true[days] <= found.quantiles[days, :, -1])
        hits.append(inside[alive])
        error.append((found.mean - true)[days][alive])
        alone.append((apart.mean - true)[days][alive])
    assert 0.92 <= np.concatenate(hits).mean() <= 0.99
    # Measured: .0096 against .029.
    assert np.square(np.concatenate(error)).mean() < 0.5 * np.square(np.concatenate(alone)).mean()
