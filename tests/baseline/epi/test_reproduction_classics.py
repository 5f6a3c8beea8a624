"""Reproduction numbers of textbook epidemics against EpiEstim 2.2-4 (see data/rt_classics.R)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from salus.epi import (
    SerialInterval,
    discretised_serial_interval,
    estimate_rt,
    estimate_rt_uncertain,
    wallinga_teunis,
)

HERE = Path(__file__).parent / "data"
MOMENTS = {"Flu1918": (2.6, 1.5), "SARS2003": (8.4, 3.8), "Smallpox1972": (22.4, 6.1)}
CLASSICS = tuple(MOMENTS)


def _input(name, kind):
    table = pl.read_parquet(HERE / "rt_classics_input.parquet").filter(
        (pl.col("set").cast(pl.String) == name) & (pl.col("kind").cast(pl.String) == kind)
    )
    return table.sort("day")["value"].to_numpy()


def _expected(name, method):
    table = pl.read_parquet(HERE / "rt_classics.parquet").filter(
        (pl.col("set").cast(pl.String) == name) & (pl.col("method").cast(pl.String) == method)
    )
    values = table.select("mean", "sd", "^q.$").fill_null(float("nan")).to_numpy()
    return table["t_end"].to_numpy() - 1, values


def _columns(found):
    return np.column_stack([found.mean, found.sd, found.quantiles])


@pytest.mark.parametrize("kind", ["parametric", "nonparametric"])
@pytest.mark.parametrize("name", CLASSICS)
def test_every_column_equals_the_reference(name, kind):
    interval = SerialInterval(*MOMENTS[name]) if kind == "parametric" else _input(name, "si")
    ends, expected = _expected(name, kind)
    found = estimate_rt(_input(name, "incidence"), interval)
    np.testing.assert_allclose(_columns(found)[ends], expected, rtol=1e-9, atol=1e-9)
    assert found.undefined[: ends[0]].all()
    np.testing.assert_array_equal(found.undefined[ends], np.isnan(expected[:, 0]))


def test_imported_cases_infect_but_were_not_infected_here():
    local, imported = _input("MERS2014", "local"), _input("MERS2014", "imported")
    ends, expected = _expected("MERS2014", "parametric")
    found = estimate_rt(local + imported, SerialInterval(6.8, 4.1), imported=imported)
    np.testing.assert_allclose(_columns(found)[ends], expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", ["parametric", "nonparametric"])
@pytest.mark.parametrize("name", CLASSICS)
def test_case_reproduction_numbers_equal_the_reference(name, kind):
    interval = SerialInterval(*MOMENTS[name]) if kind == "parametric" else _input(name, "si")
    ends, expected = _expected(name, f"wt_{kind}")
    found = wallinga_teunis(_input(name, "incidence"), interval)
    np.testing.assert_allclose(found.mean[ends], expected[:, 0], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", CLASSICS)
def test_drawn_trees_spread_like_the_reference(name):
    ends, expected = _expected(name, "wt_drawn")
    found = wallinga_teunis(
        _input(name, "incidence"), SerialInterval(*MOMENTS[name]), rng=np.random.default_rng(1), simulations=500
    )
    # Both sides draw 500 trees: the ratio of two such spreads has a standard error of 4.5 %.
    busy = expected[:, 1] > 0.02
    ratio = found.sd[ends][busy] / expected[busy, 1]
    assert abs(np.log(ratio)).max() < 0.25
    assert abs(np.median(ratio) - 1) < 0.05
    # Ends move by whole cases: one of a window of few cases is much.
    window = np.convolve(_input(name, "incidence"), np.ones(7), "valid")[ends - 6]
    assert (np.abs(found.lower[ends] - expected[:, 2]) <= 0.3 + 1 / window).all()
    assert (np.abs(found.upper[ends] - expected[:, 3]) <= 0.3 + 1 / window).all()


@pytest.mark.parametrize("name", CLASSICS)
def test_uncertain_serial_interval_agrees_within_monte_carlo_error(name):
    cases = _input(name, "incidence")
    moments = zip(_input(name, "si_mean"), _input(name, "si_sd"), strict=True)
    samples = [discretised_serial_interval(mean, sd, days=cases.size) for mean, sd in moments]
    ends, expected = _expected(name, "uncertain")
    found = estimate_rt_uncertain(cases, np.stack(samples, axis=1), rng=np.random.default_rng(1), draws=250)
    # The same intervals on both sides: only draws of R differ, 250 for each that is short enough.
    speaks = (ends[:, None] + 1 > _input(name, "si_mean")).sum(axis=1)
    error = expected[:, 1] * np.sqrt(2 / np.maximum(250 * speaks, 1))
    gap = np.abs(found.mean[ends] - expected[:, 0])
    np.testing.assert_array_equal(np.isnan(gap), speaks == 0)
    assert (gap[speaks > 0] <= 5 * error[speaks > 0] + 1e-5).all()
    many = speaks >= 50
    np.testing.assert_allclose(found.sd[ends][many], expected[many, 1], rtol=0.04)
    np.testing.assert_allclose(found.quantiles[ends][many], expected[many, 2:], rtol=0.03, atol=0.01)
