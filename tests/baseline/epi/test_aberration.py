"""EARS against R surveillance 1.20.3."""

from __future__ import annotations

import numpy as np
import pytest

from salus.epi import ears
from tests.baseline.epi.shared import table

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
