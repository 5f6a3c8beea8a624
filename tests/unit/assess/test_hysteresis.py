"""Raised at once, lowered after days below, whatever the order of the days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salus.assess.rules.hysteresis import Standing, settle

START = date(2021, 12, 1)


def run(raw: list[int | None], days: int = 3, step: int = 1) -> list[int | None]:
    standing, found = None, []
    for place, level in enumerate(raw):
        standing = settle(standing, level, START + timedelta(days=place * step), lower_after_days=days)
        found.append(standing.level)
    return found


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3]),
        ([3, 1, 1, 1, 1], [3, 3, 3, 3, 1]),
        ([3, 1, 2, 1, 1], [3, 3, 3, 3, 2]),
        ([2, 1, 2, 1, 1, 1], [2, 2, 2, 2, 2, 2]),
        ([2, None, 0, 0], [2, None, 0, 0]),
        ([None, 1], [None, 1]),
    ],
)
def test_histories(raw: list[int | None], expected: list[int | None]) -> None:
    assert run(raw) == expected


def test_days_count_by_the_calendar_not_by_assessments() -> None:
    assert run([2, 0, 0], days=3, step=3) == [2, 2, 0]


def test_several_looks_on_one_day_lower_nothing() -> None:
    standing = Standing(2)
    for _ in range(10):
        standing = settle(standing, 0, START, lower_after_days=1)
    assert standing.level == 2
    assert settle(standing, 0, START + timedelta(days=1), lower_after_days=1).level == 0


def test_the_day_of_the_fall_is_told_beforehand() -> None:
    standing = settle(Standing(3), 1, START, lower_after_days=7)
    assert standing.falls_on(7) == START + timedelta(days=7)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(0, 10))
def test_never_under_the_rules_and_never_lowered_early(raw: list[int], days: int) -> None:
    found = run(list(raw), days)
    for place, (level, now) in enumerate(zip(found, raw, strict=True)):
        assert level is not None
        assert level >= now
        if place and level < (found[place - 1] or 0):
            before = raw[max(0, place - days) : place + 1]
            assert max(before) < (found[place - 1] or 0)
            assert level in raw
