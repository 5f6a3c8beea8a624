"""Texts made in every language."""

from __future__ import annotations

from datetime import date

import pytest

from salus.plan.phrases import days, fill, number, ranges

PHRASES = {
    "whole_city": {"en": "Whole city", "fr": "Toute la ville", "ar": "المدينة كلها"},
    "range": {"en": "{low} to {high}", "fr": "{low} à {high}", "ar": "{low} إلى {high}"},
}


def test_places_are_filled_in_each_language_and_nothing_else_is_understood() -> None:
    made = fill({"en": "{a} and {b} {0} {a.b}", "fr": "{a} et {b}"}, a={"en": "one", "fr": "un"}, b="2")
    assert made == {"en": "one and 2 {0} {a.b}", "fr": "un et 2"}


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0"), (0.0123, "0.012"), (7.46, "7.5"), (184.3, "180"), (12_345.0, "12,000"), (96.0, "96")],
)
def test_figures_have_two_significant_digits(value: float, said: str) -> None:
    assert number(value, "en") == said


def test_ranges_and_days_are_said_in_each_language() -> None:
    assert ranges(123.0, 1834.0, PHRASES)["en"] == "120 to 1,800"
    assert days(date(2021, 12, 24), PHRASES)["fr"] == "24 décembre 2021"
