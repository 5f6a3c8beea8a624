"""The numbers that the rules read, and why there is none."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from salus.assess.rules.document import IndicatorRule, parse_document
from salus.assess.rules.judge import Reading
from salus.assess.run.cubes import Cube
from salus.assess.run.indicators import Indicators
from salus.assess.services.rule_tables import PACKS
from tests.unit.assess.support import FIRST, areas, cube

TABLE = parse_document((PACKS / "respiratory.yaml").read_text(encoding="utf-8"), name="respiratory")
LAST = FIRST + timedelta(days=29)


def rule(key: str, **changes: Any) -> IndicatorRule:
    found = TABLE.indicator(key)
    assert found is not None
    return found.model_copy(update={"nowcast": False, **changes})


def read(one: IndicatorRule, cubes: dict[str, Cube], today: date = LAST, **people: float | None) -> dict[int, Reading]:
    shelf: Any = SimpleNamespace(cube=lambda role, level: cubes.get(role))
    document: Any = SimpleNamespace(indicators=[one])
    places = areas(**people)
    found = Indicators(shelf, places, [], today).read(document)
    return {row.number: readings[one.key] for row, readings in zip(places.rows, found, strict=True) if readings}


def steady(value: float = 10.0, days: int = 30) -> Cube:
    return cube(np.full((days, 6), value))


def test_a_rate_is_per_100k_people_over_seven_days() -> None:
    found = read(rule("case_rate_7d"), {"cases": steady()})
    assert found[4] == Reading(35.0, "", str(LAST), "t.cases", count=70.0)
    assert found[6].value == 70.0


def test_a_zone_without_people_has_no_rate() -> None:
    for people in (None, 0.0):
        assert read(rule("case_rate_7d"), {"cases": steady()}, z4=people)[4].why == "no_population"


def test_old_figures_are_stale_and_none_are_none() -> None:
    late = read(rule("case_rate_7d"), {"cases": steady()}, today=LAST + timedelta(days=11))
    assert (late[4].value, late[4].why, late[4].on) == (None, "stale", str(LAST))
    empty = steady()
    empty.values[:, 3] = np.nan
    assert read(rule("case_rate_7d"), {"cases": empty})[4].why == "no_data"
    assert read(rule("case_rate_7d"), {})[4].why == "no_series"


def test_each_zone_ends_on_its_own_newest_day() -> None:
    one = steady()
    one.values[-3:, 3] = np.nan
    found = read(rule("case_rate_7d"), {"cases": one})
    assert found[4].on == str(LAST - timedelta(days=3))
    assert found[5].on == str(LAST)


def test_growth_compares_two_weeks_and_needs_enough_before() -> None:
    one = steady()
    one.values[-7:, 3] = 25
    one.values[-14:-7, 4] = 1
    found = read(rule("case_growth_7d"), {"cases": one})
    assert found[4].value == pytest.approx(2.5)
    assert (found[5].value, found[5].why) == (None, "too_few")


def test_zero_is_zero_and_not_unknown() -> None:
    assert read(rule("case_rate_7d"), {"cases": steady(0.0)})[4].value == 0.0


def test_a_share_is_read_as_it_is_reported_or_worked_out() -> None:
    reported = cube(np.full((30, 6), 6.5), kind="share", unit="%")
    fraction = cube(np.full((30, 6), 0.065), kind="share", unit="")
    one = rule("positive_share_7d")
    assert read(one, {"test_positivity": reported})[4].value == 6.5
    assert read(one, {"test_positivity": fraction})[4].value == pytest.approx(6.5)
    tests = cube(np.full((28, 6), 200.0), code="t.tests")
    made = read(one, {"cases": steady(), "tests": tests})[4]
    assert (made.value, made.on) == (5.0, str(LAST - timedelta(days=2)))
    assert read(one, {"cases": steady()})[4].why == "no_series"
    nobody = cube(np.zeros((30, 6)), code="t.tests")
    assert read(one, {"cases": steady(), "tests": nobody})[4].value is None


def test_r_that_was_not_estimated_says_so() -> None:
    assert read(rule("reproduction_number"), {})[2].why == "no_estimate"
