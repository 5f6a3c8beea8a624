"""How numbers are written: the rules of the interface, number 6."""

import math
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from salus.web.ui import formats
from salus.web.ui.formats import Suppressed


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (1234, "1,234"),
        (1234567.5, "1,234,567.5"),
        (None, "not known"),
        (math.nan, "not known"),
        (math.inf, "not known"),
        (Suppressed(5), "fewer than 5"),
        (Suppressed(10), "fewer than 10"),
        (Suppressed(None), "hidden for privacy"),
        (Decimal("12.50"), "12.5"),
        (-3, "-3"),
    ],
)
def test_number(value, words):
    assert formats.number(value) == words


def test_zero_missing_and_suppressed_have_three_words():
    assert len({formats.number(v) for v in (0, None, Suppressed(5), Suppressed(None))}) == 4


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (12345, "12,000"),
        (148, "150"),
        (99.6, "100"),
        (9.96, "10"),
        (1.25, "1.2"),
        (0.0634, "0.063"),
        (0, "0"),
        (7, "7"),
        (None, "not known"),
        (Suppressed(5), "fewer than 5"),
    ],
)
def test_estimate_has_two_figures(value, words):
    assert formats.estimate(value) == words


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_two_figures_stays_within_five_percent(value):
    assert abs(float(formats.two_figures(value)) - value) <= 0.0501 * value


@pytest.mark.parametrize(
    ("share", "base", "words"),
    [
        (0.006, None, "6 in 1,000"),
        (0.2, None, "20 in 100"),
        (0.00031, None, "3.1 in 10,000"),
        (0, None, "0 in 1,000"),
        (0.0123, 1000, "12 in 1,000"),
        (None, None, "not known"),
    ],
)
def test_out_of(share, base, words):
    assert formats.out_of(share, base) == words


def test_ranges():
    assert formats.likely(118, 183) == "likely between 120 and 180"
    assert formats.likely(None, 183) == "not known"
    assert formats.span(15, 20) == "15 to 20"
    assert formats.span(15, 15) == "15"


def test_change_is_spoken():
    assert formats.change(120, 100) == "an increase of 20 (20%)"
    assert formats.change(75, 100) == "a decrease of 25 (25%)"
    assert formats.change(5, 5) == "no change"
    assert formats.change(5, 0) == "an increase of 5"
    assert formats.change(None, 5) == "change not known"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=4, minutes=38), "4 hours 38 minutes"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=3), "2 days 3 hours"),
        (timedelta(days=40, hours=3), "40 days"),
        (None, "not known"),
    ],
)
def test_duration(value, words):
    assert formats.duration(value) == words


def test_other_languages_write_numbers_their_own_way():
    with translation.override("fr"):
        assert formats.plain(1234567.5).replace("\u202f", " ").replace("\xa0", " ") == "1 234 567,5"
    with translation.override("ar-eg"):
        assert formats.plain(1234) == "١٬٢٣٤"
    with translation.override("fa"):
        assert formats.plain(12) == "۱۲"
    with translation.override("xx"):
        assert formats.plain(1234) == "1,234"
