"""CUSUM and likelihood-ratio detectors against R surveillance 1.20.3."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from salus.epi import cusum, likelihood_ratio

HERE = Path(__file__).parent / "data"
SERIES = ("pois", "out", "sparse", "down", "nb")
RATIOS = {
    "glr": {"threshold": 5},
    "glr_w": {"threshold": 4, "window": 12},
    "glr_m3": {"threshold": 4, "least": 3},
    "glr_w3": {"threshold": 4, "least": 3, "window": 12},
    "glr_dec": {"threshold": 4, "direction": "down"},
    "glrnb": {"threshold": 4, "dispersion": 0.25},
    "glrnb_dec": {"threshold": 4, "dispersion": 0.25, "direction": "down"},
    "glrnb_w3": {"threshold": 4, "dispersion": 0.25, "least": 3, "window": 12},
    "lr": {"threshold": 4, "factor": np.exp(0.5)},
    "lrnb": {"threshold": 4, "dispersion": 0.25, "factor": np.exp(0.5)},
}
TRANSFORMS = ("standard", "rossi", "anscombe", "anscombe2nd", "pearsonNegBin", "none")


def _data():
    table = pl.read_csv(HERE / "sequential_input.csv")
    mean = np.repeat(table["mu"].to_numpy()[:, None], 5, axis=1)
    mean[:, 2] = 0.3
    return table.select(SERIES).to_numpy().astype(float), mean


def _reference(tag):
    rows = pl.read_parquet(HERE / "sequential_reference.parquet")
    part = rows.filter(pl.col("tag") == tag)
    return {name: np.array(part[name].to_list(), dtype=float).reshape(5, -1).T for name in ("value", "cusum", "alarm")}


@pytest.mark.parametrize("tag", RATIOS)
def test_likelihood_ratios(tag):
    counts, mean = _data()
    expected = _reference(tag)
    found = likelihood_ratio(counts, expected=mean, **RATIOS[tag])
    # R's Newton steps for silent stretches stop a little early.
    np.testing.assert_allclose(found.statistic, expected["value"], rtol=1e-10, atol=1e-7 if "dec" in tag else 1e-9)
    np.testing.assert_array_equal(found.alarm, expected["alarm"] == 1)


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_cusum(transform):
    counts, mean = _data()
    expected = _reference(f"cusum_{transform}")
    name = "pearson_nb" if transform == "pearsonNegBin" else transform
    found = cusum(counts, expected=mean, transform=name)
    np.testing.assert_allclose(found.statistic, expected["cusum"], rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(found.upper, expected["value"], rtol=1e-10, atol=1e-9)
    np.testing.assert_array_equal(found.alarm, expected["alarm"] == 1)


def test_the_change_point_is_found():
    counts = np.r_[np.full(30, 5.0), np.full(10, 10.0)]
    found = likelihood_ratio(counts, expected=5.0, threshold=50.0)
    assert found.change[-1] == 30
