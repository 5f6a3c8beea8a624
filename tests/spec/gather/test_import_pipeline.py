"""4-1: files of several formats arrive, are checked, are stored once, and become visible at once."""

from __future__ import annotations

import json
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from salus.base import clock
from salus.base.errors import SalusError
from salus.base.models import AuditEntry, Event
from salus.gather.imports import pipeline
from salus.gather.models import Import
from salus.gather.schemas import MappingSpec
from salus.gather.selectors import import_get, mapping_list, observation_history, observations_as_of, parked_list
from salus.gather.services import import_commit, import_resume, import_start, mapping_save
from tests.spec.gather.support import BY, CASES, LONG, NOW, RATE, SOURCE, bring

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
ROWS = [("2021-11-15", "A1", 3), ("2021-11-15", "A2", 0), ("2021-11-16", "A1", 5)]


def as_csv(rows: list[tuple[Any, ...]] = ROWS, header: str = "date,zone,cases", mark: str = ",") -> str:
    return "\n".join([header, *(mark.join(str(cell) for cell in row) for row in rows)]) + "\n"


def facts(series: str = CASES) -> list[tuple[Any, ...]]:
    frame = observations_as_of(viewer=BY, series=series)
    return frame.select("valid_on", "zone", "value", "status").rows()


def values(series: str = CASES) -> list[float | None]:
    return [row[2] for row in facts(series)]


def write_csv(folder: Path) -> Path:
    path = folder / "in.csv"
    path.write_text(as_csv())
    return path


def write_semicolons(folder: Path) -> Path:
    path = folder / "in.txt"
    path.write_bytes(as_csv(header="date;zone;cases", mark=";").encode("utf-16"))
    return path


def write_excel(folder: Path) -> Path:
    path = folder / "in.dat"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("numbers")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["date", "zone", "cases"])
        for at, (when, zone, value) in enumerate(ROWS, start=1):
            sheet.write_datetime(at, 0, date.fromisoformat(when), day)  # type: ignore[arg-type]
            sheet.write(at, 1, zone)
            sheet.write(at, 2, value)
    return path


def write_parquet(folder: Path) -> Path:
    path = folder / "in.bin"
    columns = dict(zip(("date", "zone", "cases"), zip(*ROWS, strict=True), strict=True))
    pl.DataFrame(columns).with_columns(pl.col("date").str.to_date()).write_parquet(path)
    return path


def records() -> list[dict[str, Any]]:
    return [dict(zip(("date", "zone", "cases"), row, strict=True)) for row in ROWS]


def write_json(folder: Path) -> Path:
    path = folder / "in.json"
    path.write_text(json.dumps({"data": records()}))
    return path


def write_lines(folder: Path) -> Path:
    path = folder / "in.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in records()))
    return path


def write_geojson(folder: Path) -> Path:
    path = folder / "in.geojson"
    features = [
        {"type": "Feature", "properties": record, "geometry": {"type": "Point", "coordinates": [10, 50]}}
        for record in records()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def write_zip(folder: Path) -> Path:
    path = folder / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/table.csv", as_csv())
        archive.writestr("__MACOSX/folder/._table.csv", "x")
    return path


FORMATS = {
    "csv": write_csv,
    "utf-16": write_semicolons,
    "excel": write_excel,
    "parquet": write_parquet,
    "json": write_json,
    "jsonl": write_lines,
    "geojson": write_geojson,
    "zip": write_zip,
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_brings_the_same_facts(place: Path, kind: str) -> None:
    row = bring(FORMATS[kind](place))

    assert row.status == "committed", row.message
    assert row.rows_written == 3
    assert [(fact[0].isoformat(), fact[2]) for fact in facts()] == [
        ("2021-11-15", 3.0),
        ("2021-11-15", 0.0),
        ("2021-11-16", 5.0),
    ]


def test_a_commit_leaves_one_event_and_one_audit_row_and_keeps_the_bytes(place: Path, settings: Any) -> None:
    path = write_csv(place)
    row = bring(path)

    event = Event.objects.get(topic="gather.import_committed")
    assert event.payload == {"source": SOURCE, "series": [CASES], "rows": 3}
    assert (event.record_kind, event.record_id) == ("observation_batch", row.id)
    assert AuditEntry.objects.filter(action="import.commit", record_id=row.id).count() == 1
    kept = Path(settings.SALUS_DATA_DIR) / "originals" / row.original_sha256[:2] / row.original_sha256
    assert kept.read_bytes() == path.read_bytes()
    assert not (Path(settings.SALUS_DATA_DIR) / "spool" / str(row.id)).exists()


def test_the_same_file_twice_changes_nothing_and_says_so(place: Path) -> None:
    path = write_csv(place)
    first = bring(path)
    second = bring(path)

    assert (second.status, second.rows_written) == ("unchanged", 0)
    assert "taken in before" in second.message
    assert second.report["same_as"] == str(first.id)
    assert Event.objects.filter(topic="gather.import_committed").count() == 1


def test_an_overlapping_file_writes_only_what_is_news(place: Path) -> None:
    bring(write_csv(place))
    later = place / "later.csv"
    later.write_text(as_csv([*ROWS[:2], ("2021-11-16", "A1", 6), ("2021-11-17", "A1", 1)]))
    with clock.fixed_at(NOW + timedelta(days=1)):
        row = bring(later)
        assert (row.rows_written, row.rows_unchanged) == (2, 2)
        assert values() == [3.0, 0.0, 6.0, 1.0]
    assert observations_as_of(viewer=BY, series=CASES, known_at=NOW)["value"].to_list() == [3.0, 0.0, 5.0]


def test_a_dry_run_tells_what_would_change_and_writes_nothing(place: Path) -> None:
    bring(write_csv(place))
    later = place / "later.csv"
    later.write_text(as_csv([("2021-11-16", "A1", 9), ("2021-11-17", "A1", 1), ("2021-11-17", "Z9", 1)]))
    row = bring(later, dry_run=True)

    assert row.status == "checked"
    assert row.report["difference"] == {"new": 1, "changed": 1, "unchanged": 0}
    assert row.report["by_code"] == {"unknown_zone": 1}
    assert values() == [3.0, 0.0, 5.0]
    assert parked_list(viewer=BY) == []

    import_commit(import_id=row.id, queue=False, by=BY)
    pipeline.run(import_id=row.id, by=BY)
    assert Import.objects.get(id=row.id).status == "committed"
    assert values() == [3.0, 0.0, 9.0, 1.0]
    assert len(parked_list(viewer=BY)) == 1


def test_a_mapping_is_asked_for_once_and_remembered(place: Path) -> None:
    row = bring(write_csv(place), mapping=None)
    assert row.status == "needs_mapping"
    assert row.report["suggestion"]["valid_column"] == "date"
    assert row.report["suggestion"]["zone_column"] == "zone"
    assert row.report["sample"][0] == {"date": "2021-11-15", "zone": "A1", "cases": "3"}

    import_resume(import_id=row.id, mapping=LONG, queue=False, by=BY)
    pipeline.run(import_id=row.id, by=BY)
    assert Import.objects.get(id=row.id).status == "committed"

    other = place / "other.csv"
    other.write_text(as_csv([("2021-11-18", "B1", 2)]))
    assert bring(other, mapping=None).status == "committed"
    assert [kept.mapping for kept in mapping_list(viewer=BY)] == [LONG]


def test_a_mapping_can_be_stated_beforehand(place: Path) -> None:
    mapping_save(source=SOURCE, headers=["date", "zone", "cases"], mapping=LONG, by=BY)
    assert bring(write_csv(place), mapping=None).status == "committed"


def test_a_wide_file_has_a_column_for_each_series(place: Path) -> None:
    path = place / "wide.csv"
    path.write_text("day;area;n;rate\n15.11.2021;A1;3;1,5\n16.11.2021;A2;4;NA\n17.11.2021;A2;*;2,5\n")
    mapping = MappingSpec(valid_column="day", zone_column="area", values={"n": CASES, "rate": RATE})
    row = bring(path, mapping=mapping)

    assert row.status == "committed", row.message
    assert (row.report["date_order"], row.report["decimal"]) == ("dmy", ",")
    assert [fact[2:] for fact in facts(RATE)] == [(1.5, 0), (None, 1), (2.5, 0)]
    assert [fact[2:] for fact in facts(CASES)] == [(3.0, 0), (4.0, 0), (None, 2)]


def test_a_file_may_state_when_each_value_was_published(place: Path) -> None:
    path = place / "vintages.csv"
    path.write_text(
        "date,zone,cases,as_of\n2021-11-10,A1,3,2021-11-11\n2021-11-10,A1,4,2021-11-12T10:00:00Z\n"
        "2021-11-10,A1,5,2021-12-24\n"
    )
    mapping = MappingSpec(
        valid_column="date", zone_column="zone", series_fixed=CASES, value_column="cases", known_column="as_of"
    )
    row = bring(path, mapping=mapping)
    assert (row.rows_written, row.report["by_code"]) == (2, {"future_known": 1})
    history = observation_history(viewer=BY, series=CASES, zone=_number("A1"), valid_on=date(2021, 11, 10))
    assert [(version.value, version.known_at.isoformat()) for version in history] == [
        (3.0, "2021-11-11T23:59:59.999999+00:00"),
        (4.0, "2021-11-12T10:00:00+00:00"),
    ]
    assert {version.import_id for version in history} == {row.id}


def _number(code: str) -> int:
    from salus.city.selectors import zone_by_code

    return zone_by_code(viewer=BY, code=code).number


def test_a_source_that_is_not_live_brings_nothing(place: Path) -> None:
    from tests.spec.gather.support import make_source

    make_source(status="draft", slug="stranger")
    with pytest.raises(SalusError, match="not live"):
        import_start(source="stranger", path=write_csv(place), queue=False, by=BY)
    assert not Import.objects.exists()


def test_an_import_is_shown_in_the_state_it_had(place: Path) -> None:
    with clock.fixed_at(NOW):
        row = import_start(source=SOURCE, path=write_csv(place), mapping=LONG, queue=False, by=BY)
    with clock.fixed_at(NOW + timedelta(hours=1)):
        pipeline.run(import_id=row.id, by=BY)
    assert import_get(viewer=BY, id=row.id).status == "committed"
    before = import_get(viewer=BY, id=row.id, known_at=NOW + timedelta(minutes=1))
    assert (before.status, before.rows_written, before.committed_at) == ("reading", 0, None)
