"""Outlines for alerts, tables for spreadsheets, and the one way to write a body down."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from salus.base.errors import Invalid
from salus.decide.alerting import inside, outer, polygon
from salus.decide.publication.levels import bins
from salus.decide.publication.tables import csv_text
from salus.decide.releases.canonical import canonical, digest, plain

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]
HOLE = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0), (1.0, 1.0)]
ISLAND = [(9.0, 9.0), (10.0, 9.0), (10.0, 10.0), (9.0, 9.0)]


def test_holes_are_left_out_and_islands_kept() -> None:
    assert outer([SQUARE, HOLE, ISLAND]) == [SQUARE, ISLAND]
    assert inside((1.5, 1.5), HOLE) and not inside((3.0, 3.0), HOLE)


def test_a_polygon_has_latitude_first_and_closes() -> None:
    assert polygon([(-74.0, 40.7), (-73.9, 40.7), (-73.9, 40.8)]).split() == [
        "40.70000,-74.00000", "40.70000,-73.90000", "40.80000,-73.90000", "40.70000,-74.00000",
    ]  # fmt: skip
    assert len(polygon(SQUARE).split()) == 5


def test_a_spreadsheet_runs_nothing() -> None:
    text = csv_text(["name", "n"], [["=cmd()", 1.5], ["@x", None], ["-5 to 6", -5], ['a "b", c', 0.0]])
    assert text.split("\r\n") == ["name,n", "'=cmd(),1.5", "'@x,", "'-5 to 6,-5", '"a ""b"", c",0', ""]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "é"]}, '{"a":[true,null,"é"],"b":1}'),
        (1.0, "1"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1e-9, "0"),
        (datetime(2021, 12, 20, tzinfo=UTC), '"2021-12-20T00:00:00+00:00"'),
        (UUID(int=7), '"00000000-0000-0000-0000-000000000007"'),
        ({3: (1, 2)}, '{"3":[1,2]}'),
    ],
)
def test_a_value_is_written_in_one_way(value: object, text: str) -> None:
    assert canonical(value) == text and canonical(plain(value)) == text


def test_numbers_that_are_not_finite_are_refused() -> None:
    for value in (float("nan"), float("inf")):
        with pytest.raises(Invalid):
            canonical({"x": value})


def test_the_digest_is_sha_256_of_the_text_in_utf_8() -> None:
    assert digest("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


def test_bins_start_at_the_thresholds_of_the_levels() -> None:
    assert bins({"thresholds": {1: 50, 2: 200, 3: 500}}) == [50, 200, 500, 1000]
    assert bins({"thresholds": {}}) == [10, 20, 40, 80]
