"""Mappings: suggested by names, checked against the header, remembered by it."""

from __future__ import annotations

import pytest

from salus.base.errors import Invalid
from salus.gather.imports.mapping import check, content_digest, signature, suggest
from salus.gather.schemas import MappingSpec

SPEC = MappingSpec(valid_column="day", zone_column="area", series_fixed="s.cases", value_column="n")


def test_the_header_is_recognised_whatever_its_case_but_not_in_another_order() -> None:
    assert signature(["Day", " area"]) == signature(["day", "area"])
    assert signature(["day", "area"]) != signature(["area", "day"])


def test_a_long_file_and_a_wide_file_are_suggested() -> None:
    assert suggest(["Date", "ZIP", "Count"], {"s.cases": 1}) == {
        "valid_column": "Date",
        "zone_column": "ZIP",
        "value_column": "Count",
        "series_fixed": "s.cases",
    }
    wide = suggest(["date", "zone", "cases", "deaths"], {"s.cases": 1, "s.deaths": 2})
    assert wide["values"] == {"cases": "s.cases", "deaths": "s.deaths"}
    assert "value_column" not in wide


def test_a_mapping_that_leaves_something_open_is_refused() -> None:
    headers = ["day", "area", "n"]
    check(SPEC, headers)
    with pytest.raises(Invalid, match="no column 'area'"):
        check(SPEC, ["day", "n"])
    for spec, words in (
        (MappingSpec(valid_column="", zone_column="area", series_fixed="s", value_column="n"), "the date"),
        (MappingSpec(valid_column="day", series_fixed="s", value_column="n"), "the zone"),
        (MappingSpec(valid_column="day", zone_column="area", series_fixed="s"), "the value"),
        (MappingSpec(valid_column="day", zone_column="area", value_column="n"), "which series"),
    ):
        with pytest.raises(Invalid, match=words):
            check(spec, headers)


def test_a_mapping_reads_back_as_it_was_and_names_the_content() -> None:
    assert MappingSpec.from_json(SPEC.as_json()) == SPEC
    other = MappingSpec.from_json({**SPEC.as_json(), "date_order": "dmy"})
    assert content_digest("a", SPEC) == content_digest("a", MappingSpec.from_json(SPEC.as_json()))
    assert len({content_digest("a", SPEC), content_digest("b", SPEC), content_digest("a", other)}) == 3
