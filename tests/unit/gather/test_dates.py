"""Dates are read in a proved or a stated order, never in a guessed one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from salus.base import clock
from salus.gather.imports.dates import dates, moments, settle
from salus.gather.imports.faults import NeedsAnswer


def days(order: str, *texts: str) -> list[date | None]:
    return dates(pl.Series(texts), order)["day"].to_list()


def piece(*texts: str) -> tuple[pl.Series, pl.Series]:
    return pl.Series(texts, dtype=pl.String), pl.Series(range(2, 2 + len(texts)), dtype=pl.Int64)


@pytest.mark.parametrize(
    "text",
    [
        "2021-11-05",
        "20211105",
        "2021/11/05",
        "2021.11.5",
        "2021-11-05T13:45:00",
        "5 Nov 2021",
        "Nov 5, 2021",
        "05-Nov-21",
    ],
)
@pytest.mark.parametrize("order", ["ymd", "dmy", "mdy"])
def test_what_cannot_be_misread_is_read_in_any_order(text: str, order: str) -> None:
    assert days(order, text) == [date(2021, 11, 5)]


def test_the_order_decides_what_two_numbers_mean() -> None:
    texts = ("05/11/2021", "5.11.21", "05-11-2021 10:00")
    assert days("dmy", *texts) == [date(2021, 11, 5)] * 3
    assert days("mdy", *texts) == [date(2021, 5, 11)] * 3
    assert days("ymd", *texts) == [None] * 3


@pytest.mark.parametrize(
    "text", ["", "soon", "2021-02-30", "2021-13-01", "32/01/2021", "2021", "44515", "2021-11-05T25:00"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert days("dmy", text) == [None]


def test_a_leap_day_is_a_day() -> None:
    assert days("ymd", "2020-02-29", "2021-02-29") == [date(2020, 2, 29), None]


def test_the_first_proof_settles_the_order() -> None:
    assert settle([piece("01/02/2021", "13/02/2021")]) == "dmy"
    assert settle([piece("01/02/2021"), piece("01/13/2021")]) == "mdy"
    assert settle([piece("2021-01-02")]) == "ymd"


def test_without_a_proof_a_person_is_asked() -> None:
    with pytest.raises(NeedsAnswer, match="line 2 says 01/02/2021"):
        settle([piece("01/02/2021", "03/04/2021")])


def test_a_contradiction_names_both_lines() -> None:
    with pytest.raises(NeedsAnswer, match=r"line 2 \(13/02/2021\).*line 3 \(02/14/2021\)"):
        settle([piece("13/02/2021", "02/14/2021")])


def known(*texts: str, zone: str = "America/New_York") -> list[datetime | None]:
    found = moments(pl.Series(texts), "ymd", zone)
    return [None if micros is None else clock.from_micros(micros) for micros in found]


def test_a_moment_without_an_offset_is_city_time() -> None:
    assert known("2021-11-05 18:00") == [datetime(2021, 11, 5, 22, tzinfo=UTC)]
    # The hour that comes twice in autumn is the first of the two; the one that spring skips is none.
    assert known("2021-11-07 01:30", "2021-03-14 02:30") == [datetime(2021, 11, 7, 5, 30, tzinfo=UTC), None]


def test_a_moment_with_an_offset_is_itself() -> None:
    expected = datetime(2021, 11, 5, 16, 30, tzinfo=UTC)
    assert known("2021-11-05T18:00:00+01:30", "2021-11-05T16:30Z", "2021-11-05T11:30:00.000000-0500") == [expected] * 3


def test_a_day_alone_is_known_at_its_end() -> None:
    assert known("2021-11-05", zone="UTC") == [datetime(2021, 11, 5, 23, 59, 59, 999_999, tzinfo=UTC)]
