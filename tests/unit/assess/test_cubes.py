"""Series as arrays: sums where a level has no numbers, differences of totals, gaps that stay gaps."""

import numpy as np
import pytest

from salus.assess.run.cubes import build
from salus.assess.run.detection import window_sum
from tests.unit.assess.support import FIRST, areas, frame, series

NAN = np.nan


def column(cube, number: int) -> list[float]:  # type: ignore[no-untyped-def]
    return cube.values[:, areas().by_number[number]].tolist()


def test_zones_add_up_to_boroughs_and_city() -> None:
    rows = [(day, zone, float(zone)) for day in range(3) for zone in (4, 5, 6)]
    found = build(series(), frame(rows), areas())
    assert found is not None
    assert found.summed == {"city", "borough"}
    assert column(found, 2) == [9, 9, 9]
    assert column(found, 1) == [15, 15, 15]
    assert found.ends_on(0) == FIRST


def test_a_level_with_its_own_numbers_is_not_summed() -> None:
    found = build(series(), frame([(0, 1, 100.0), (0, 4, 1.0), (0, 5, 1.0), (0, 6, 1.0)]), areas())
    assert found is not None
    assert found.summed == {"borough"}
    assert column(found, 1) == [100]


def test_a_sum_without_most_of_its_people_is_unknown() -> None:
    found = build(
        series(), frame([(0, 4, 5.0), (0, 5, 5.0), (0, 6, None), (1, 4, 5.0), (1, 5, 5.0), (1, 6, 5.0)]), areas()
    )
    assert found is not None
    assert np.isnan(column(found, 1)[0])
    assert column(found, 1)[1] == 15
    assert column(found, 2)[0] == 10


def test_rates_are_averaged_over_people() -> None:
    found = build(series(kind="rate"), frame([(0, 4, 30.0), (0, 5, 60.0), (0, 6, 10.0)]), areas())
    assert found is not None
    assert column(found, 2) == [pytest.approx(40.0)]


def test_totals_become_daily_counts() -> None:
    rows = [(0, 4, 10.0), (1, 4, 14.0), (3, 4, 20.0), (4, 4, 18.0), (5, 4, 25.0)]
    found = build(series(kind="cumulative"), frame(rows), areas())
    assert found is not None
    np.testing.assert_array_equal(column(found, 4), [NAN, 4, 3, 3, 0, 7])


def test_facts_of_strange_zones_and_missing_values_make_no_cube() -> None:
    assert build(series(), frame([(0, 77, 5.0), (0, 4, None)]), areas()) is None


def test_weeks_are_steps_of_seven_days() -> None:
    found = build(series(period="week"), frame([(0, 4, 5.0), (7, 4, 6.0)]), areas())
    assert found is not None
    assert found.step == 7
    assert (found.ends_on(1) - FIRST).days == 13


def test_a_window_forgives_two_missing_days_of_seven() -> None:
    table = np.full((7, 2), 10.0)
    table[1, 0] = table[3, 0] = NAN
    table[:3, 1] = NAN
    found = window_sum(table, 7)
    assert found[6, 0] == pytest.approx(70)
    assert np.isnan(found[6, 1])
    assert np.isnan(found[:6]).all()
    assert np.isnan(window_sum(table[:3], 7)).all()
