"""The nowcast on a source that reports every day's 200 over four days."""

import numpy as np
import pytest

from salus.assess.methods.contracts import CannotSay
from salus.assess.methods.registry import get
from salus.assess.methods.truncation import method
from salus.epi.triangles import ReportingTriangle, reporting_triangle


def _triangle() -> ReportingTriangle:
    case = get("truncation").fixture
    known = np.cumsum(case["arrives"]) * case["count"]
    rows = [(day, day + lag, total) for day in range(case["days"]) for lag, total in enumerate(known)]
    valid, report, value = np.array(rows).T
    now = case["days"] - 1
    series = np.zeros(len(rows), dtype=int)
    return reporting_triangle(valid.astype(int), report.astype(int), value, now, max_delay=10, series=series)


def test_fixture() -> None:
    """The newest day stands at 80 and is expected to reach 200."""
    case = get("truncation").fixture
    found = method.run(_triangle(), case["parameters"], np.random.default_rng(1))
    low, high = case["median_between"]
    assert found.reported[-1, 0] == pytest.approx(case["reported_newest"])
    assert low <= found.median_path()[-1, 0] <= high
    assert found.quantiles.shape[-1] == len(method.QUANTILES)


def test_same_seed_same_numbers() -> None:
    """Two runs with one seed are equal to the last bit."""
    case = get("truncation").fixture
    one, two = (method.run(_triangle(), case["parameters"], np.random.default_rng(5)) for _ in range(2))
    assert one.samples.tobytes() == two.samples.tobytes()


def test_without_versions_it_says_so() -> None:
    """A history that came in one piece teaches no delay."""
    days = np.arange(60)
    once = reporting_triangle(days, np.full(60, 59), np.full(60, 9.0), 59, series=np.zeros(60, dtype=int))
    with pytest.raises(CannotSay, match="no_delay_history"):
        method.run(once, {}, np.random.default_rng(1))
