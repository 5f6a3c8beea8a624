"""What options are projected to do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from salus.plan.projection import combined, project, summed
from salus.plan.schemas import Baseline, ExpectedChange


def change(low: float, mid: float, high: float) -> ExpectedChange:
    return ExpectedChange("cases", 14, low, mid, high)


def baseline(share: float = 1.0) -> Baseline:
    day = date(2021, 12, 20)
    return Baseline(
        "x", "cases", "cases", (1,), day, day, {"0.05": 50.0, "0.5": 100.0, "0.95": 300.0},
        datetime(2021, 12, 6, tzinfo=UTC), (UUID(int=1),), share,
    )  # fmt: skip


def test_nothing_changes_nothing() -> None:
    assert combined([]) == (0.0, 0.0, 0.0)
    projected = project(baseline(), [])
    assert (projected.low, projected.mid, projected.high) == (50.0, 100.0, 300.0)


def test_the_strongest_counts_whole_and_the_next_by_half() -> None:
    low, mid, high = combined([change(-0.2, -0.1, 0.0), change(-0.4, -0.2, -0.1)])
    assert low == pytest.approx(0.6 * 0.9 - 1)
    assert mid == pytest.approx(0.8 * 0.95 - 1)
    assert high == pytest.approx(-0.1)


def test_the_range_of_the_change_widens_the_range_of_the_forecast() -> None:
    projected = project(baseline(), [change(-0.4, -0.2, -0.1)])
    assert (projected.low, projected.mid, projected.high) == pytest.approx((30.0, 80.0, 270.0))


def test_a_part_of_the_people_moves_the_figure_by_its_part() -> None:
    projected = project(baseline(share=0.25), [change(-0.4, -0.2, -0.1)])
    assert projected.mid == pytest.approx(95.0)


def test_quantiles_of_a_sum_add_and_keep_common_levels_only() -> None:
    assert summed([{"0.1": 1.0, "0.5": 2.0}, {"0.5": 3.0, "0.9": 9.0}]) == {"0.5": 5.0}
    assert summed([]) == {}
