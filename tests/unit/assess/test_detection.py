"""Alarms of the newest days, and what is too little to be one."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from salus.assess.rules.document import DetectorPlan
from salus.assess.run.detection import watch
from tests.unit.assess.support import areas, cube

PLAN: dict[str, Any] = {
    "method": "ears_c2",
    "roles": ["cases"],
    "parameters": {"min_sigma": 1.0},
    "span_days": {"zone": 7},
    "minimum_count": 20,
    "minimum_excess": 10,
}


def shelf(values: np.ndarray, **changes: object) -> Any:
    one = cube(values, **changes)
    return SimpleNamespace(cube=lambda role, level: one if level == "zone" else None)


def quiet(days: int = 90, mean: float = 5.0) -> np.ndarray:
    return np.random.default_rng(1).poisson(mean, size=(days, 6)).astype(float)


def alarms(values: np.ndarray, **plan: Any) -> dict[int, tuple[bool, ...]]:
    found = watch(shelf(values), areas(), DetectorPlan(**{**PLAN, **plan}))
    return {areas().rows[row.place].number: row.alarm for row in found}


def test_a_planted_week_alarms_in_its_zone_only() -> None:
    values = quiet()
    values[-4:, areas().by_number[5]] += 30
    found = alarms(values)
    assert found[5][-1]
    assert not any(found[4])
    assert not any(found[6])


def test_weeks_are_taken_together_and_do_not_overlap() -> None:
    values = np.zeros((90, 6))
    values[:, 3] = np.arange(90)
    [row, *_] = watch(shelf(values), areas(), DetectorPlan(**PLAN))
    assert row.span_days == 7
    assert row.observed[-1] == sum(range(83, 90))
    # Seven weeks, two left out before the newest: their middle lies six weeks back.
    assert row.expected[-1] == pytest.approx(sum(range(83 - 42, 90 - 42)))
    assert len(row.days) == 7


@pytest.mark.parametrize(
    "plan",
    [{"minimum_count": 500}, {"minimum_excess": 300}, {"minimum_ratio": 9}],
    ids=["few", "small excess", "small ratio"],
)
def test_what_is_too_little_is_no_signal(plan: dict[str, float]) -> None:
    values = quiet()
    values[-4:, areas().by_number[5]] += 30
    assert not any(alarms(values, **plan)[5])


def test_a_short_or_missing_history_says_nothing() -> None:
    assert alarms(quiet(days=40)) == {}
    values = quiet()
    values[-20:, areas().by_number[5]] = np.nan
    assert 5 not in alarms(values)


def test_rates_are_watched_as_counts() -> None:
    values = np.full((90, 6), 50.0)
    found = watch(shelf(values, kind="rate"), areas(), DetectorPlan(**{**PLAN, "span_days": {}}))
    people = areas().rows[found[0].place].people or 0
    assert found[0].observed[-1] == pytest.approx(50 * people / 1e5)


def test_shares_are_not_watched() -> None:
    assert watch(shelf(np.full((90, 6), 0.5), kind="share"), areas(), DetectorPlan(**PLAN)) == []
