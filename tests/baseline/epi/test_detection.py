"""Detectors against R surveillance 1.20.3 on salmonella.agona and the 16 states of salmNewport.

The references were made with R 4.2.2: ``algo.rki``, ``algo.bayes`` (three settings each),
``algo.outbreakP`` (both kinds of result), ``algo.farrington`` with b=4 and four settings, and
``farringtonFlexible`` in four variants over the last 60 weeks of the 16 states. Where R writes
a bound of 0 because there are too few cases to judge, ours is undefined.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from salus.epi.farrington import farrington, farrington_flexible
from salus.epi.outbreak import bayes, outbreak_p, rki

HERE = Path(__file__).parent / "data"
SETS = ("agona", "newport")
WINDOWS = {
    "1": {"b": 0, "w": 6, "current": True},
    "2": {"b": 1, "w": 6, "current": True},
    "3": {"b": 2, "w": 4, "current": False},
}
ORIGINAL = {
    "farrington": {},
    "farrington_none": {"power": "none", "alpha": 0.01},
    "farrington_half": {"power": "1/2", "reweight": False},
    "farrington_flat": {"trend": False, "w": 2},
}
FLEXIBLE = {
    "old": {"blocks": 1, "weights_threshold": 1, "past_excluded": 3, "trend_p": 0.05, "threshold": "delta"},
    "nbPlugin": {"threshold": "nbPlugin"},
    "muan": {"threshold": "muan"},
    "delta": {"threshold": "delta"},
}


@cache
def _tables():
    return pl.read_parquet(HERE / "detection_counts.parquet"), pl.read_parquet(HERE / "detection_reference.parquet")


def _counts(name):
    part = _tables()[0].filter(pl.col("set") == name)
    series = part["series"].unique(maintain_order=True).to_list()
    counts = part["count"].to_numpy().reshape(len(series), -1).T.astype(float)
    return counts, part["day"].to_numpy()[: len(counts)], series


def _reference(name, method, series):
    rows = _tables()[1].filter((pl.col("set") == name) & (pl.col("method") == method))
    assert rows.height
    places = rows["t"].unique().sort().to_numpy()
    shape = (len(series), len(places))
    upper = rows["upper"].fill_null(float("nan")).to_numpy().reshape(shape).T
    return places, upper, rows["alarm"].fill_null(0).to_numpy().reshape(shape).T == 1


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(("rule", "method"), [(rki, "rki"), (bayes, "bayes")])
def test_historical_limits(name, window, rule, method):
    counts, _, series = _counts(name)
    at, upper, alarm = _reference(name, method + window, series)
    found = rule(counts, **WINDOWS[window])
    np.testing.assert_allclose(found.upper[at], upper, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(found.alarm[at], alarm)


@pytest.mark.parametrize("name", SETS)
def test_rising_mean(name):
    counts, _, series = _counts(name)
    found = outbreak_p(counts, most_cases=1000)
    at, value, alarm = _reference(name, "outbreakP_value", series)
    np.testing.assert_allclose(found.statistic[at], value, rtol=1e-9)
    np.testing.assert_array_equal(found.alarm[at], alarm)
    at, upper, alarm = _reference(name, "outbreakP_cases", series)
    np.testing.assert_array_equal(found.upper[at], upper)
    np.testing.assert_array_equal(found.alarm[at], alarm)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("variant", ORIGINAL)
def test_original_farrington(name, variant):
    counts, days, series = _counts(name)
    at, upper, alarm = _reference(name, variant, series)
    dates = days if name == "newport" else None
    found = farrington(counts, dates=dates, b=4, start=int(at[0]), **ORIGINAL[variant])
    judged = ~found.undefined[at]
    np.testing.assert_allclose(found.upper[at][judged], upper[judged], rtol=1e-6, atol=1e-6)
    assert (upper[~judged] == 0).all()
    np.testing.assert_array_equal(found.alarm[at], alarm)


@pytest.mark.parametrize("variant", FLEXIBLE)
def test_farrington_flexible_in_16_states(variant):
    counts, days, series = _counts("newport")
    at, upper, alarm = _reference("newport", f"flexible_{variant}", series)
    found = farrington_flexible(counts, dates=days, b=4, start=int(at[0]), **FLEXIBLE[variant])
    np.testing.assert_allclose(found.upper[at], upper, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(found.alarm[at], alarm)
