"""Farrington Flexible against R surveillance 1.20.3."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from salus.epi import farrington_flexible
from tests.baseline.epi.shared import reference, table

HERE = Path(__file__).parent / "data"
VARIANTS = {
    "old": ({"blocks": 1, "weights_threshold": 1, "past_excluded": 3, "trend_p": 0.05, "threshold": "delta"}, 26),
    "nbPlugin": ({"threshold": "nbPlugin"}, 16),
    "muan": ({"threshold": "muan"}, 12),
    "delta": ({"threshold": "delta"}, 17),
}
COLUMNS = ("upperbound", "alarm", "expected", "phi", "score", "pvalue")

WEEKS = dt.date(2012, 1, 2).toordinal() + 7 * np.arange(420)
SIMULATED = {
    "date_nb": {"dates": WEEKS},
    "index_nb": {},
    "date_muan": {"dates": WEEKS, "threshold": "muan", "alpha": 0.01},
    "date_delta": {"dates": WEEKS, "threshold": "delta", "power": "1/2"},
    "index_old": {
        "blocks": 1,
        "weights_threshold": 1,
        "past_excluded": 3,
        "trend_p": 0.05,
        "threshold": "delta",
        "power": "none",
        "alpha": 0.005,
    },
    "date_nore": {"dates": WEEKS, "reweight": False, "blocks": 5, "w": 2},
    "pop": {"population": 1e5 * (1 + 0.001 * np.arange(1, 421))},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_salmonella_newport(variant):
    options, alarms = VARIANTS[variant]
    lines = reference("epi/aberration/salmNewport_input.csv").read_text().splitlines()[1:]
    days = np.array([dt.date.fromisoformat(line.split(",")[0].strip('"')).toordinal() for line in lines])
    counts = table("epi/aberration/salmNewport_input.csv", "observed")[:, 0]
    expected = table(f"epi/aberration/salmNewport_farringtonFlexible_{variant}.csv", *COLUMNS)
    found = farrington_flexible(counts, dates=days, start=365, b=4, **options)
    values = (found.upper, found.expected, found.dispersion, found.score, found.pvalue)
    for value, column in zip(values, (0, 2, 3, 4, 5), strict=True):
        np.testing.assert_allclose(value[365:], expected[:, column], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(found.alarm[365:], expected[:, 1] == 1)
    assert found.alarm.sum() == alarms


@pytest.mark.parametrize("variant", SIMULATED)
def test_simulated_series_sparse_silent_high_and_with_gaps(variant):
    # Made with R from negative binomial series, among them one of zeros, one nearly so, one
    # with past outbreaks and one with missing weeks.
    counts = pl.read_csv(HERE / "farrington_input.csv", null_values="NA", infer_schema_length=1000)
    rows = pl.read_csv(HERE / "farrington_reference.csv", infer_schema_length=10000).filter(pl.col("tag") == variant)
    assert rows.height
    for (series,), part in rows.group_by("series"):
        found = farrington_flexible(
            counts[series].cast(pl.Float64).fill_null(float("nan")).to_numpy(), start=329, b=4, **SIMULATED[variant]
        )
        at = part["i"].to_numpy() - 1
        values = {
            "upper": found.upper,
            "expected": found.expected,
            "phi": found.dispersion,
            "score": found.score,
            "p": found.pvalue,
        }
        for name, value in values.items():
            wanted = part[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
            np.testing.assert_allclose(value[at], wanted, rtol=1e-8, atol=1e-9, err_msg=f"{series} {name}")
        np.testing.assert_array_equal(found.alarm[at], part["alarm"].fill_null(0).to_numpy() == 1)
        np.testing.assert_array_equal(found.trend[at], part["trend"].fill_null(0).to_numpy() == 1)


def test_many_series_at_once_equal_each_alone():
    counts = np.random.default_rng(5).poisson(8, (300, 3))
    whole = farrington_flexible(counts, b=4)
    for column in range(3):
        alone = farrington_flexible(counts[:, column], b=4)
        np.testing.assert_array_equal(whole.upper[:, column], alone.upper)
        np.testing.assert_array_equal(whole.alarm[:, column], alone.alarm)
