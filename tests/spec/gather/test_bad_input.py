"""Bad input: a clear message, nothing half-visible, and the work can go on."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from salus.base.errors import SalusError
from salus.gather.imports import archives, pipeline
from salus.gather.imports.readers import delimited
from salus.gather.models import Import
from salus.gather.schemas import MappingSpec
from salus.gather.selectors import observations_as_of, parked_list
from salus.gather.services import (
    import_resume,
    parked_row_dismiss,
    parked_row_fix,
)
from salus.gather.store import counts
from tests.spec.gather.support import BY, CASES, HEADER, LONG, ROWS, bring, given, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def values() -> list[float | None]:
    return observations_as_of(viewer=BY, series=CASES)["value"].to_list()


def open_defects() -> list[tuple[int, str]]:
    return [(row.line, row.defects[0].message) for row in parked_list(viewer=BY)]


# Archives


def zipped(**members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return packed.getvalue()


def test_a_broken_zip(place: Path) -> None:
    whole = zipped(table=HEADER + "2021-11-15,A1,1\n" * 1000)
    assert "broken" in refusal(given(place, whole[: len(whole) // 2]))


def test_a_zip_whose_table_is_damaged(place: Path) -> None:
    whole = bytearray(zipped(table=HEADER + "".join(f"2021-11-15,A1,{n}\n" for n in range(1000))))
    whole[60] ^= 0xFF
    assert "broken" in refusal(given(place, bytes(whole)))


def test_a_zip_with_several_tables(place: Path) -> None:
    assert "2 files: a.csv, b.csv" in refusal(given(place, zipped(**{"a.csv": HEADER, "b.csv": HEADER})))


@pytest.mark.parametrize("name", ["../../outside.csv", "/etc/outside.csv", "c:\\outside.csv"])
def test_a_zip_that_climbs_out(place: Path, name: str) -> None:
    assert "outside itself" in refusal(given(place, zipped(**{name: HEADER})))
    assert not list(place.rglob("outside.csv"))


def test_a_zip_bomb(place: Path) -> None:
    assert "bomb" in refusal(given(place, zipped(table=" " * (archives._RATIO_FLOOR + 1))))


def test_a_zip_that_lies_about_its_size(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = zipped(table=HEADER + "2021-11-15,A1,1\n" * 100_000)
    size = len(HEADER + "2021-11-15,A1,1\n" * 100_000)
    lying = whole.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != whole
    message = refusal(given(place, lying))
    assert "bomb" in message or "broken" in message


def test_an_archive_in_an_archive(place: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner.zip", zipped(table=HEADER))
    assert "another archive" in refusal(given(place, packed.getvalue()))


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"%PDF-1.7 ...", "PDF"), (b"\x89PNG\r\n", "PNG"), (b"<html><body>", "HTML"), (b"\x1f\x8b\x08", "gzip")],
)
def test_something_else_altogether(place: Path, content: bytes, name: str) -> None:
    assert name in refusal(given(place, content, "table.csv"))


def test_an_empty_file(place: Path) -> None:
    assert "empty" in refusal(given(place, b" \n"))


def test_a_broken_workbook_and_a_broken_parquet(place: Path) -> None:
    assert "workbook" in refusal(given(place, zipped(**{"[Content_Types].xml": "<x/>"})))
    assert "Parquet" in refusal(given(place, b"PAR1 and nothing more"))


# Columns


def test_two_columns_of_the_same_name(place: Path) -> None:
    message = refusal(given(place, "date,zone,cases,zone\n2021-11-15,A1,1,A2\n"))
    assert "'zone' (columns 2, 4)" in message


def test_a_mapping_that_does_not_fit(place: Path) -> None:
    assert "no column 'cases'. It has: date, zone, n." in refusal(given(place, "date,zone,n\n2021-11-15,A1,1\n"))


# Dates


def asked(path: Path, mapping: MappingSpec = LONG) -> Import:
    row = bring(path, mapping=mapping)
    assert row.status == "needs_mapping"
    assert counts() == {}
    return row


def test_dates_that_can_be_read_in_two_ways_are_asked_about(place: Path) -> None:
    row = asked(given(place, HEADER + "05/06/2021,A1,1\n07/08/2021,A1,2\n"))
    assert "line 2 says 05/06/2021" in row.message
    assert row.report["question"]["choices"] == ["dmy", "mdy"]

    from dataclasses import replace

    import_resume(import_id=row.id, mapping=replace(LONG, date_order="mdy"), queue=False, by=BY)
    pipeline.run(import_id=row.id, by=BY)
    days = observations_as_of(viewer=BY, series=CASES)["valid_on"].cast(str).to_list()
    assert days == ["2021-05-06", "2021-07-08"]


def test_dates_that_contradict_each_other_are_asked_about(place: Path) -> None:
    row = asked(given(place, HEADER + "13/06/2021,A1,1\n06/14/2021,A1,2\n"))
    assert "line 2 (13/06/2021) has the day first, line 3 (06/14/2021) has the month first" in row.message


def test_a_contradiction_far_down_stops_the_import(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 4096)
    rows = [f"{1 + n % 28:02d}/06/2021,A{1 + n % 2},{n}" for n in range(56)] * 20
    row = asked(given(place, HEADER + "\n".join([*rows, "06/29/2021,A1,1"]) + "\n"))
    assert f"line {len(rows) + 2} (06/29/2021)" in row.message


def test_dates_in_another_order_are_read_when_the_file_proves_it(place: Path) -> None:
    row = bring(given(place, HEADER + "05/06/2021,A1,1\n05/13/2021,A1,2\n"))
    assert (row.status, row.report["date_order"]) == ("committed", "mdy")
    days = observations_as_of(viewer=BY, series=CASES)["valid_on"].cast(str).to_list()
    assert days == ["2021-05-06", "2021-05-13"]


def test_numbers_that_can_be_read_in_two_ways_are_asked_about(place: Path) -> None:
    row = asked(given(place, "date;zone;cases\n2021-11-15;A1;1.234\n"))
    assert "line 2 says 1.234" in row.message


# Rows


def test_each_bad_row_is_named_with_its_line_and_the_others_come_in(place: Path) -> None:
    row = bring(given(place, ROWS))

    assert (row.status, row.rows_written, row.rows_parked) == ("committed", 2, 11)
    assert values() == [3.0, 0.0]
    assert open_defects() == [
        (3, "The city has no zone 'Z9'."),
        (4, "'many' is not a number."),
        (5, "The date 2021-12-24 lies in the future (today is 2021-11-20)."),
        (6, "-5 is below zero; a count cannot be."),
        (7, "'2021-02-30' is not a date (expected year-month-day)."),
        (8, "1.5 is not a whole number; a count must be."),
        (9, "99999999999999999999 is too large to be true."),
        (10, "'zone' is empty."),
        (11, "This line has 2 fields; the header has 3."),
        (12, "This line has 4 fields; the header has 3."),
        (13, "This line opens a quotation mark and does not close it."),
    ]
    assert all(defect.remedy for parked in parked_list(viewer=BY) for defect in parked.defects)


def test_a_person_mends_a_row_or_lets_it_go(place: Path) -> None:
    bring(given(place, ROWS))
    first, second, *_others = parked_list(viewer=BY)

    with pytest.raises(SalusError, match="no zone 'Z8'"):
        parked_row_fix(row=first.id, values={"zone": "Z8"}, by=BY)
    parked_row_fix(row=first.id, values={"zone": "B2"}, by=BY)
    with pytest.raises(SalusError, match="reason"):
        parked_row_dismiss(row=second.id, reason=" ", by=BY)
    parked_row_dismiss(row=second.id, reason="a test entry", by=BY)
    with pytest.raises(SalusError, match="settled already"):
        parked_row_fix(row=first.id, values={"zone": "B1"}, by=BY)

    assert values() == [3.0, 4.0, 0.0]
    assert len(parked_list(viewer=BY)) == 9
    assert [row.status for row in parked_list(viewer=BY, status="fixed")] == ["fixed"]


def test_a_line_that_is_not_utf8_is_set_aside(place: Path) -> None:
    good = [f"2021-11-{day:02d},A1,{day},né\n".encode() for day in range(1, 10)]
    text = b"".join([b"date,zone,cases,remark\n", *good, b"2021-11-10,A1,1,n\xe9\n", b"2021-11-11,A1,11,\n"])
    assert bring(given(place, text)).rows_written == 10
    assert open_defects() == [(11, "This line holds characters that are not UTF-8.")]


def test_a_windows_file_is_read_as_such(place: Path) -> None:
    text = "date;zone;cases;remark\n2021-11-15;A1;3;né\n2021-11-16;A1;4;là\n"
    row = bring(given(place, text.encode("cp1252")))
    assert (row.rows_written, row.report["encoding"]) == (2, "cp1252")


def test_quoted_fields_may_hold_delimiters_and_ends_of_lines(place: Path) -> None:
    text = 'date,zone,cases,remark\n2021-11-15,A1,3,"two,\nlines ""said"""\n"2021-11-16","A1","4",plain\n2021-11-17,A1,x,\n'
    assert bring(given(place, text)).rows_written == 2
    assert open_defects() == [(5, "'x' is not a number.")]


def test_values_stated_twice_are_one_and_contradictions_wait(place: Path) -> None:
    text = HEADER + "2021-11-15,A1,3\n2021-11-15,A1,3\n2021-11-16,A1,4\n2021-11-16,A1,5\n2021-11-17,A1,0\n"
    row = bring(given(place, text))
    assert (row.rows_written, row.rows_parked) == (2, 2)
    assert values() == [3.0, 0.0]
    message = "Lines 4, 5 state different values (4, 5) for the same observation."
    assert open_defects() == [(4, message), (5, message)]

    right = parked_list(viewer=BY)[1]
    parked_row_fix(row=right.id, values={}, by=BY)
    assert values() == [3.0, 5.0, 0.0]


def test_a_file_full_of_bad_rows_is_refused_whole(place: Path) -> None:
    text = HEADER + "2021-11-15,A1,1\n" + "".join(f"2021-11-15,X{n},1\n" for n in range(10_001))
    assert "More than 10000 rows cannot be taken in; most often: The city has no zone 'X0'." in refusal(
        given(place, text)
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[{"date": "2021-11-15", "zone": "A1", "cases": NaN}]', "NaN"),
        ('[{"date": "2021-11-15", "zone": "A1", "zone": "A2", "cases": 1}]', "'zone' stands twice"),
        ('[{"date": "2021-11-15", "zone": "A1", "cases": 1' + "0" * 50 + "}]", "51 digits"),
        ("[" * 100_000, "nested too deeply"),
        ('[{"date": "2021-11-15"', "cannot be read"),
        ("[1, 2]", "not records"),
    ],
)
def test_json_that_harms_or_means_two_things(place: Path, text: str, problem: str) -> None:
    assert problem in refusal(given(place, text))


def test_json_lines_set_their_bad_lines_aside(place: Path) -> None:
    good = [json.dumps({"date": f"2021-11-{day:02d}", "zone": "A1", "cases": day}) for day in (1, 2, 3)]
    row = bring(given(place, "\n".join([*good[:2], '{"date": "2021-11-09", ', good[2]])))
    assert row.rows_written == 3
    assert open_defects()[0][0] == 3
    assert "not valid JSON" in open_defects()[0][1]
