"""Reproduction numbers against EpiEstim 2.2-4."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
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

HERE = Path(__file__).parent / "data"

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


@pytest.mark.parametrize("method", ["p", "n", "w3"])
def test_silence_gaps_short_high_and_sparse_epidemics(method):
    # Made with EpiEstim: parametric, by day (longer than some series), and other windows.
    counts = pl.read_parquet(HERE / "counts.parquet").filter(pl.col("kind") == "rt")
    rows = pl.read_parquet(HERE / "rt_reference.parquet").filter(pl.col("method") == method)
    days = np.arange(1, 40)
    shape = days**3 * np.exp(-days / 2)
    interval = {"p": SerialInterval(8.4, 3.8), "n": np.r_[0, shape / shape.sum()], "w3": SerialInterval(5.2, 2.8)}
    options = {"window": 3, "prior_mean": 2, "prior_sd": 1} if method == "w3" else {}
    for (series,), expected in rows.group_by("series"):
        values = counts.filter(pl.col("series") == series)["count"].to_numpy()
        found = estimate_rt(values, interval[method], **options)
        ends = expected["te"].to_numpy() - 1
        wanted = expected[:, 4:].fill_null(float("nan")).to_numpy().astype(float)
        columns = np.column_stack([found.mean, found.sd, found.quantiles])[ends]
        np.testing.assert_allclose(columns, wanted, rtol=1e-9, atol=1e-9, err_msg=str(series))
