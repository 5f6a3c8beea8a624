"""Numbers are read by a proved or a stated decimal mark."""

from __future__ import annotations

import polars as pl
import pytest

from salus.gather.imports.faults import NeedsAnswer
from salus.gather.imports.numbers import DecimalEvidence, numbers


def read(decimal: str, *texts: str) -> list[float | None]:
    return pl.DataFrame({"text": texts}).select(numbers(pl.col("text"), decimal)).to_series().to_list()


def proof(*texts: str) -> str | None:
    evidence = DecimalEvidence()
    evidence.look(pl.Series(texts, dtype=pl.String), pl.Series(range(2, 2 + len(texts)), dtype=pl.Int64))
    return evidence.settled()


def test_numbers_with_a_point() -> None:
    assert read(".", "12", "-3", "+4", "1.5", "1,234", "1,234,567.8", "1e3", "1 234", "1’234.5") == [
        12.0, -3.0, 4.0, 1.5, 1234.0, 1234567.8, 1000.0, 1234.0, 1234.5,
    ]  # fmt: skip


def test_numbers_with_a_comma() -> None:
    assert read(",", "12", "1,5", "1.234", "1.234.567,8", "1 234,5") == [12.0, 1.5, 1234.0, 1234567.8, 1234.5]


@pytest.mark.parametrize(
    "text", ["", "many", "1,5", "1.2.3", "12,34,567", "--1", "NaN", "inf", "0x10", "1e9999", "5%", "=1+1"]
)
def test_what_is_no_number_with_a_point_is_none(text: str) -> None:
    assert read(".", text) == [None]


@pytest.mark.parametrize("text", ["1.5", "1,2,3", "1.23.456", "1,234,567"])
def test_what_is_no_number_with_a_comma_is_none(text: str) -> None:
    assert read(",", text) == [None]


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (("12", "13"), None),
        (("1.5", "1,234"), "."),
        (("1,5", "1.234"), ","),
        (("0.123",), "."),
        (("1234.567",), "."),
        (("1,234,567",), "."),
        (("1.234,5",), ","),
    ],
)
def test_the_mark_is_proved_by_the_numbers(texts: tuple[str, ...], mark: str | None) -> None:
    assert proof(*texts) == mark


@pytest.mark.parametrize("texts", [("1,234",), ("12", "1.234"), ("1.5", "1,5")])
def test_without_a_proof_a_person_is_asked(texts: tuple[str, ...]) -> None:
    with pytest.raises(NeedsAnswer, match="can be read in two ways"):
        proof(*texts)
