"""EARS against R surveillance 1.20.3."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from salus.epi import ears
from tests.baseline.epi.shared import table

HERE = Path(__file__).parent / "data"

COUNTS = "epi/aberration/salmNewport_input.csv"


@pytest.mark.parametrize(("method", "alarms"), [("C1", 20), ("C2", 24), ("C3", 45)])
def test_ears_equals_the_reference(method, alarms):
    counts = table(COUNTS, "observed")[:, 0]
    expected = table(f"epi/aberration/salmNewport_ears{method}.csv", "upperbound", "alarm")
    result = ears(counts, method=method)
    rows = len(expected)
    assert np.abs(result.upper[-rows:] - expected[:, 0]).max() < 1e-9
    np.testing.assert_array_equal(result.alarm[-rows:], expected[:, 1] == 1)
    assert result.alarm.sum() == alarms
    assert result.undefined[:-rows].all()


def test_ears_where_the_baseline_does_not_vary_is_as_in_r():
    # From R: earsC(sts(c(rep(0,9),1,0,0,2,0,0,0,0,0,0,0,0,3,3)), list(method="C2")).
    counts = np.array([0] * 9 + [1, 0, 0, 2] + [0] * 8 + [3, 3], dtype=float)
    result = ears(counts, method="C2")
    assert result.upper[9] == 0
    assert result.alarm[9]
    assert np.isinf(result.score[9])


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
@pytest.mark.parametrize(("baseline", "min_sigma"), [(7, 0.0), (4, 0.5)])
def test_ears_of_sparse_silent_flat_and_high_series(method, baseline, min_sigma):
    # Made with R's earsC; where its bound is NA, so is ours.
    rows = pl.read_parquet(HERE / "ears_reference.parquet")
    counts = pl.read_parquet(HERE / "counts.parquet").filter(pl.col("kind") == "ears")
    part = rows.filter((pl.col("method") == method) & (pl.col("baseline") == baseline))
    for (series,), expected in part.group_by("series"):
        values = counts.filter(pl.col("series") == series)["count"].to_numpy()
        found = ears(values, method=method, baseline=baseline, min_sigma=min_sigma)
        at = expected["t"].to_numpy()
        upper = expected["upper"].fill_null(float("nan")).to_numpy()
        np.testing.assert_allclose(found.upper[at], upper, rtol=0, atol=1e-9, err_msg=str(series))
        np.testing.assert_array_equal(found.alarm[at], expected["alarm"].fill_null(0).to_numpy() == 1)
