"""What people type finds what they mean."""

from __future__ import annotations

import pytest

from salus.city.reading.names import fold, rank


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Île Saint-Étienne", "ile saint etienne"),
        ("  HELL’S   Kitchen/Midtown ", "hell s kitchen midtown"),
        ("Straße", "strasse"),
        ("مَدينَة", "مدينة"),
        ("10 02", "10 02"),
        ("--", ""),
    ],
)
def test_accents_case_and_marks_do_not_matter(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_the_whole_code_comes_first_then_the_whole_name_then_beginnings() -> None:
    order = [
        rank("1001", "1001", True),
        rank("east", "east", False),
        rank("10", "1001", True),
        rank("eas", "east side", False),
        rank("side", "east side", False),
        rank("ast", "east side", False),
    ]
    assert order == sorted(order)  # type: ignore[type-var]
    assert len(set(order)) == 6
    assert rank("xyz", "east side", False) is None
    assert rank("as", "east side", False) is None
    assert rank("01", "1001", True) is None
    assert rank("1002", "10 02", True) is not None
