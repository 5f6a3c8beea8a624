"""Wastewater: what is estimated from simulated sewers whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from salus.epi import discretised_serial_interval, to_frame
from salus.epi.wastewater import normalise_wastewater, wastewater_rt, wastewater_trend
from salus.epi.wastewater.renewal import Sewershed

GENERATION = discretised_serial_interval(3.0, 2.4, days=13)
GENERATION = GENERATION / GENERATION.sum()
SHEDDING = np.exp(-np.arange(25) / 6.0) / np.exp(-np.arange(25) / 6.0).sum()
LEAD = 40


def sewer(seed, *, noise=0.3, days=100):
    """R by day, samples of three days a week, all measurements, flow."""
    rng = np.random.default_rng(seed)
    total = days + LEAD
    wave = rng.uniform(50, 110)
    number = np.exp(0.25 * np.sin(2 * np.pi * (np.arange(total) / wave + rng.random())))
    infected = np.full(total, 3000.0)
    for day in range(13, total):
        pressure = GENERATION[1:] @ infected[day - 1 : day - 13 : -1]
        infected[day] = rng.poisson(number[day] * pressure)
    load = np.convolve(infected, SHEDDING)[:total][LEAD:]
    flow = 5.0 * np.exp(rng.normal(0, 0.25, days))
    measured = load / flow * np.exp(noise * rng.standard_normal(days))
    measured[rng.random(days) < 0.02] *= 6
    known = np.isin(np.arange(days) % 7, (0, 2, 4))
    return number[LEAD:], np.where(known, measured, np.nan), measured, flow


@pytest.fixture(scope="module")
def estimates():
    out = []
    for seed in range(4):
        number, samples, measured, flow = sewer(seed)
        limit = np.nanquantile(samples, 0.12) if seed % 2 else None
        found = wastewater_rt(
            samples,
            generation=GENERATION,
            shedding=SHEDDING,
            flow=flow,
            limit=limit,
            rng=np.random.default_rng(seed),
            draws=400,
        )
        out.append((number, samples, measured, found))
    return out


def test_intervals_of_r_cover_the_truth(estimates):
    middle, wide, error = [], [], []
    for number, _, _, found in estimates:
        early = slice(0, -7)
        low, lower, median, upper, high = found.quantiles.T
        wide.append(((number >= low) & (number <= high))[early].mean())
        middle.append(((number >= lower) & (number <= upper))[early].mean())
        error.append(np.abs(median - number)[early].mean())
    assert np.mean(wide) >= 0.88
    assert 0.3 <= np.mean(middle) <= 0.75
    assert np.mean(error) <= 0.09


def test_held_out_concentrations_are_covered(estimates):
    share = []
    for _, samples, measured, found in estimates:
        held = np.isnan(samples)
        low, high = found.concentration[:, 0], found.concentration[:, -1]
        share.append(((measured >= low) & (measured <= high))[held].mean())
    assert 0.90 <= np.mean(share) <= 0.98


def test_stray_samples_are_named():
    _, samples, _, flow = sewer(11, noise=0.15)
    day = int(np.flatnonzero(~np.isnan(samples))[20])
    samples[day] *= 12
    found = wastewater_trend(samples, flow=flow, rng=np.random.default_rng(1))
    assert found.stray[day] > 0.9
    assert np.nanmedian(found.stray) < 0.1


def test_values_below_the_limit_pull_less_than_zeros_would():
    _, samples, _, flow = sewer(3)
    limit = np.nanquantile(samples, 0.3)
    full = wastewater_trend(samples, flow=flow, rng=np.random.default_rng(1))
    cut = wastewater_trend(
        np.where(samples < limit, 0.0, samples), flow=flow, limit=limit, rng=np.random.default_rng(1)
    )
    ratio = np.log(cut.median / full.median)
    assert np.abs(ratio).mean() < 0.2


def test_growth_of_a_pure_exponential_is_found():
    days = np.arange(60)
    noise = np.random.default_rng(4).normal(0, 0.1, 60)
    found = wastewater_trend(100 * np.exp(0.05 * days + noise), rng=np.random.default_rng(1))
    assert found.growth[30, 2] == pytest.approx(0.05, abs=0.01)
    assert found.doubling[30] == pytest.approx(np.log(2) / 0.05, rel=0.25)
    assert found.rising[10:50].min() > 0.99


def test_steady_growth_has_the_reproduction_number_of_euler_and_lotka():
    model = Sewershed(GENERATION[1:], SHEDDING, 120)
    infected = model.infections(np.full(120, 1.3))
    rate = np.diff(np.log(infected))[-1]
    lag = np.arange(1, GENERATION.size)
    assert 1 / (GENERATION[1:] @ np.exp(-rate * lag)) == pytest.approx(np.logaddexp(0, 5.2) / 4, rel=1e-6)


def test_slopes_of_the_load_are_its_derivatives():
    model = Sewershed(GENERATION[1:], SHEDDING, 50)
    path = 1 + 0.3 * np.sin(np.arange(50) / 5)
    arrival = model.arrival(np.arange(20, 50, 3))
    load, slope = model.slopes(path, arrival)
    for day in (0, 3, 11, 12, 13, 30, 49):
        moved = path.copy()
        moved[day] += 1e-6
        near = (model.slopes(moved, arrival)[0] - load) / 1e-6
        np.testing.assert_allclose(slope[:, day], near, atol=3e-3 if day < 12 else 1e-5)


def test_normalisation_is_its_formula_and_learns_how_far_to_trust_a_marker():
    rng = np.random.default_rng(6)
    dilution = np.exp(rng.normal(0, 0.5, 200))
    clean = 1000 / dilution * np.exp(rng.normal(0, 0.1, 200))
    good, bad = 50 / dilution, 50 * np.exp(rng.normal(0, 0.5, 200))
    trusted = normalise_wastewater(clean, marker=good)
    assert trusted.marker_weight > 0.9
    assert np.log(trusted.load).std() < 0.2
    assert normalise_wastewater(clean, marker=bad).marker_weight < 0.2
    full = normalise_wastewater(clean, flow=dilution, marker=good, population=2000, limit=3, marker_weight=1.0)
    usual = np.median(good * dilution)
    np.testing.assert_allclose(full.load, clean * dilution / 2000 * usual / (good * dilution))
    np.testing.assert_allclose(full.limit, 3 * full.factor)


def test_estimates_become_a_table(estimates):
    from datetime import date

    frame = to_frame(estimates[0][3], reference_date=date(2024, 5, 1), target="rt", locations=["plant"])
    assert frame["target_end_date"].max() == date(2024, 5, 1)
    assert frame.height == 100 * 5
