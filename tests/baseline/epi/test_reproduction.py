"""Reproduction numbers against EpiEstim 2.2-4."""

from __future__ import annotations

import numpy as np
import pytest

from salus.epi import (
    SerialInterval,
    UncertainSerialInterval,
    discretised_serial_interval,
    estimate_rt,
    estimate_rt_uncertain,
    wallinga_teunis,
)
from tests.baseline.epi.shared import table

CASES = {"Flu2009": (2.6, 1.5, 0), "Measles1861": (14.9, 3.9, 7)}


@pytest.mark.parametrize("name", CASES)
def test_discretised_serial_interval(name):
    mean, sd, _ = CASES[name]
    expected = table(f"epi/rt/{name}_si_parametric_discretised.csv")[:, 1]
    days = len(table(f"epi/rt/{name}_incidence.csv"))
    found = discretised_serial_interval(mean, sd, days=days)
    np.testing.assert_allclose(found, expected[:days], rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["parametric", "nonparametric"])
@pytest.mark.parametrize("name", CASES)
def test_estimate_rt_equals_the_reference(name, kind):
    mean, sd, leading = CASES[name]
    cases = table(f"epi/rt/{name}_incidence.csv")[:, -1]
    interval = SerialInterval(mean, sd) if kind == "parametric" else table(f"epi/rt/{name}_si_distr.csv")[:, 1]
    expected = table(f"epi/rt/{name}_R_{kind}_weekly.csv")
    result = estimate_rt(cases, interval)
    ends = expected[:, 1].astype(int) - 1
    found = np.column_stack([result.mean, result.sd, result.quantiles])
    np.testing.assert_allclose(found[ends], expected[:, 2:], rtol=0, atol=1e-9)
    assert np.isnan(expected[:, 2]).sum() == leading
    assert result.undefined[: ends[0]].all()


def test_wallinga_teunis_equals_the_reference():
    cases = table("epi/rt/Flu2009_incidence.csv")[:, -1]
    expected = table("epi/rt/Flu2009_WT_weekly.csv")
    found = wallinga_teunis(cases, SerialInterval(2.6, 1.5), rng=np.random.default_rng(1), simulations=2000)
    ends = expected[:, 1].astype(int) - 1
    np.testing.assert_allclose(found.mean[ends], expected[:, 2], rtol=0, atol=1e-9)
    # Spread and bounds come from drawn trees, there as here; the reference drew few.
    np.testing.assert_allclose(found.sd[ends], expected[:, 3], rtol=0.2)
    np.testing.assert_allclose(found.lower[ends], expected[:, 4], atol=0.2)
    np.testing.assert_allclose(found.upper[ends], expected[:, 5], atol=0.2)


def test_uncertain_serial_interval_agrees_with_the_reference():
    cases = table("epi/rt/Flu2009_incidence.csv")[:, -1]
    expected = table("epi/rt/Flu2009_R_uncertain_si_seed1.csv")
    interval = UncertainSerialInterval(2.6, 1.0, (1.0001, 4.2), 1.5, 0.5, (0.5, 2.5))
    found = estimate_rt_uncertain(cases, interval, rng=np.random.default_rng(1), intervals=500)
    ends = expected[:, 1].astype(int) - 1
    # Both sides are Monte Carlo; the reference's seed is R's.
    np.testing.assert_allclose(found.mean[ends], expected[:, 2], rtol=0.03)
    np.testing.assert_allclose(found.sd[ends], expected[:, 3], rtol=0.08)
    np.testing.assert_allclose(found.quantiles[ends][:, 3], expected[:, 7], rtol=0.03)


def test_a_certain_serial_interval_is_a_case_of_an_uncertain_one():
    cases = table("epi/rt/Flu2009_incidence.csv")[:, -1]
    weights = table("epi/rt/Flu2009_si_distr.csv")[:, 1]
    exact = estimate_rt(cases, weights)
    sampled = estimate_rt_uncertain(cases, weights[:, None], rng=np.random.default_rng(1), draws=20_000)
    np.testing.assert_array_equal(sampled.undefined, exact.undefined)
    known = ~exact.undefined
    np.testing.assert_allclose(sampled.mean[known], exact.mean[known], rtol=0.02)
    np.testing.assert_allclose(sampled.quantiles[known], exact.quantiles[known], rtol=0.06)
