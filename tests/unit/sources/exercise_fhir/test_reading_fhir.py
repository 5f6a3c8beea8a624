"""A message is read as far as it can be, every defect has its place, and no case is counted twice."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from salus.gather.fhir import results_of, take
from salus.gather.fhir.documents import BadDocument, strict_json
from salus.gather.sources import registry
from salus.gather.sources.chunks import FactsChunk

SOURCE, LABORATORIES = registry.get("exercise_fhir"), registry.get("exercise_lab")
VECTORS = Path(__file__).resolve().parents[4].parent / "shared/data/interop/fhir"
here = pytest.mark.skipif(not VECTORS.is_dir(), reason="the shared FHIR vectors are not beside the repository")


def chunks(path: Path = SOURCE.fixture, **options: object) -> list[FactsChunk]:
    return [chunk for chunk in SOURCE.read()(path, **options) if isinstance(chunk, FactsChunk)]


def test_reports_are_counted_by_zone_each_once() -> None:
    found = chunks()[0].frame.filter(pl.col("series") == "exercise.lab_messages")
    assert dict(found.select("zone", "value").iter_rows()) == {"HAR-1": 2.0, "OLD-1": 3.0, "OLD-2": 1.0}


def test_the_share_of_messages_with_defects_and_where_they_are() -> None:
    day = chunks()[0]
    assert day.frame.filter(pl.col("series") == "exercise.lab_messages_defective")["value"].to_list() == [55.6]
    assert day.remarks[0].code == "defective_messages"
    assert day.remarks[0].params["n"] == 5


def test_only_a_message_of_which_nothing_can_be_counted_waits_and_it_names_nobody() -> None:
    doubtful = {line.line: line.defects[0].code for line in chunks()[0].parked}
    assert doubtful == {7: "bad_json", 8: "bad_json", 9: "no_result"}
    for line in chunks()[0].parked:
        assert set(line.raw) == {"file", "sha256", "message", "report_id", "zone", "specimen_on", "status"}


def test_defects_have_their_place() -> None:
    line = (SOURCE.fixture / "fhir" / "fhir-2026-03-02.ndjson").read_bytes().split(b"\n")
    collection = take(line[1], line=2)
    assert [(fault.line, fault.column, fault.code) for fault in collection.defects] == [
        (2, "entry[5].resource.specimen.reference", "bad_reference"),
        (2, "entry[6].resource.specimen[0].reference", "bad_reference"),
    ]
    strange = {fault.column for fault in take(line[3]).defects}
    assert strange == {
        "entry[0].resource.wardOfOrigin", "entry[0].resource.gender", "entry[1].resource.wardOfOrigin",
        "entry[1].resource.gender", "entry[1].resource",
    }  # fmt: skip


def test_a_missing_specimen_is_made_up_for_by_the_observation_and_a_missing_report_too() -> None:
    line = (SOURCE.fixture / "fhir" / "fhir-2026-03-02.ndjson").read_bytes().split(b"\n")
    found = {one.report_id: one for one in results_of(take(line[1], models=False))}
    assert found["B3"].specimen_on == "2026-03-02"
    assert (found["B4"].zone, found["B4"].status) == ("HAR-1", "final")


def together(folder: Path) -> Path:
    """The fixtures of both, as the feeds of one city."""
    shutil.copytree(LABORATORIES.fixture, folder)
    shutil.copytree(SOURCE.fixture / "fhir", folder / "fhir")
    return folder


def test_the_laboratories_count_lines_and_messages_together(tmp_path: Path) -> None:
    read = [one for one in LABORATORIES.read()(together(tmp_path / "feeds")) if isinstance(one, FactsChunk)]
    frame = pl.concat([chunk.frame for chunk in read]).filter(
        pl.col("series") == "exercise.cases", pl.col("zone") == "ALMA", pl.col("valid_on") == date(2026, 3, 1)
    )
    # A line, and four messages of the day before; of those one is taken back next day, when one line comes.
    assert frame.sort("known_at")["value"].to_list() == [5.0, 5.0, 4.0]
    waiting = {(line.raw["report_id"], line.defects[0].code) for chunk in read for line in chunk.parked}
    assert {("B5", "unknown_zone"), ("B7", "unknown_code"), ("B9", "bad_date")} <= waiting


def test_a_day_on_which_only_messages_came_counts_too(tmp_path: Path) -> None:
    feeds = together(tmp_path / "feeds")
    (feeds / "lab" / "lab-2026-03-02.csv").unlink()
    read = [one for one in LABORATORIES.read()(feeds) if isinstance(one, FactsChunk)]
    assert [chunk.label for chunk in read] == ["lab-2026-03-02", "lab-2026-03-03", "lab-2026-03-04"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":1e999}', b"<a/>", b"\xff\xfe", b"[" * 100_000,
     b'{"a":' * 70 + b"1" + b"}" * 70, b'{"a":' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_rubbish_is_told_and_never_raised(raw: bytes) -> None:
    found = take(raw)
    assert found.defects
    assert results_of(found) == []


def test_a_document_is_read_strictly() -> None:
    assert strict_json(b'{"a": [1, 2.5, null]}') == {"a": [1, 2.5, None]}
    with pytest.raises(BadDocument, match="too large"):
        strict_json(b'{"a": 1e999}')
    with pytest.raises(BadDocument, match="stands twice"):
        strict_json(b'{"a": {"b": 1, "b": 2}}')


@here
def test_valid_cases_are_accepted_and_most_faulty_ones_flagged() -> None:
    expected = json.loads((VECTORS / "validator" / "expected.json").read_text())
    flagged = {row["file"]: bool(take((VECTORS / "validator" / row["file"]).read_bytes()).defects) for row in expected}
    assert [row["file"] for row in expected if not row["expected_errors"] and flagged[row["file"]]] == []
    faulty = [row["file"] for row in expected if row["expected_errors"]]
    # What is left needs a profile or a terminology server; the models alone flag 8.
    assert sum(flagged[name] for name in faulty) >= 16


@here
def test_official_examples_have_no_defect_and_come_in_whole() -> None:
    for path in sorted((VECTORS / "r4-examples").glob("*.json")):
        found = take(path.read_bytes())
        assert found.defects == (), path.name
        assert found.entries[0].resource == json.loads(path.read_bytes()), path.name


@here
def test_real_case_reports_are_taken_as_far_as_they_can_be() -> None:
    for path in sorted((VECTORS / "ecr").glob("*.json")):
        found = take(path.read_bytes())
        assert len(found.entries) == len(json.loads(path.read_bytes())["entry"]), path.name
        assert found.defects, path.name
        assert all(fault.column for fault in found.defects), path.name
    for path in (VECTORS / "ecr").glob("*.xml"):
        assert [fault.code for fault in take(path.read_bytes()).defects] == ["bad_json"]
