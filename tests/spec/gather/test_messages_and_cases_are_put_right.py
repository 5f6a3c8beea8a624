"""4-1: a message that cannot be counted and a line that names a person wait, are put right, and count once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection

from salus.base import clock
from salus.base.errors import Conflict, Invalid, Refused
from salus.base.models import AuditEntry
from salus.city.selectors import zone_by_code
from salus.gather.cases.mending import parked_case_fix, parked_case_look
from salus.gather.cases.selectors import case_facts
from salus.gather.cases.services import cases_forget
from salus.gather.models import CaseKey, ParkedRow
from salus.gather.selectors import observations_as_of, parked_list
from salus.gather.services import parked_row_dismiss, parked_row_fix
from salus.gather.sources.loading import load
from salus.trust.schemas import Grant, Tier, Viewer
from salus.trust.selectors import system_viewer
from salus.world.city.pack import build

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BY = system_viewer("test")
HEAD = (
    "report_id,reported_at,asked_as,asked_for,name,telephone,age,sex,zone,street,works_at,work_zone,onset_at,symptoms,"
    "admitted,laboratory,had_chicken\n"
)


def somebody(*permissions: str, tier: Tier, purposes: frozenset[str] | None = None) -> Viewer:
    grant = Grant("role", frozenset(permissions), None, tier, purposes)
    return Viewer(uuid4(), "person", "Somebody", None, (grant,))


INVESTIGATES = somebody("case.mend", tier=Tier.PERSONAL, purposes=frozenset({"investigation"}))
REVIEWS = somebody("import.review", "import.view", tier=Tier.SENSITIVE)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("rows") / "pack", seed=5, people=2_000)


@pytest.fixture
def zone(pack: Path) -> str:
    features = json.loads((pack / "zones.geojson").read_text())["features"]
    return next(row["properties"]["code"] for row in features if row["properties"]["level"] == "zone")


@pytest.fixture
def feeds(pack: Path, tmp_path: Path) -> Path:
    """A city, and the zones of its feeds."""
    features = json.loads((pack / "zones.geojson").read_text())["features"]
    about = [row["properties"] for row in features if row["properties"]["level"] == "zone"]
    folder = tmp_path / "feeds"
    for name in ("fhir", "lab", "cases"):
        (folder / name).mkdir(parents=True)
    (folder / "zones.csv").write_text("zone,district\n" + "".join(f"{row['code']},{row['parent']}\n" for row in about))
    with clock.fixed_at(evening(1)):
        load(slug="exercise_city", path=pack, by=BY)
    return folder


def evening(day: int) -> datetime:
    return datetime(2026, 3, day, 18, 30, tzinfo=UTC)


def hear(folder: Path, day: int, *sources: str) -> None:
    with clock.fixed_at(evening(day)):
        for slug in sources:
            load(slug=slug, path=folder, by=BY, heard_at=clock.now())


def value(series: str, zone: str, day: date, known_at: datetime) -> float | None:
    number = zone_by_code(viewer=BY, code=zone).number
    frame = observations_as_of(
        viewer=BY, series=series, zones=[number], valid_from=day, valid_to=day, known_at=known_at
    )
    return frame["value"].to_list()[0] if len(frame) else None


def message(report: str, zone: str) -> bytes:
    patient = {"fullUrl": "urn:p", "resource": {"resourceType": "Patient", "address": [{"district": zone}]}}
    found = {
        "resourceType": "Observation", "identifier": [{"system": "x", "value": report}], "status": "final",
        "subject": {"reference": "urn:p"}, "effectiveDateTime": "2026-03-01",
    }  # fmt: skip
    bundle = {"resourceType": "Bundle", "type": "message", "entry": [patient, {"fullUrl": "urn:o", "resource": found}]}
    return json.dumps(bundle, separators=(",", ":")).encode()


def test_a_message_that_is_cut_off_counts_once_when_a_person_has_said_what_it_reported(feeds: Path, zone: str) -> None:
    cut = message("R2", zone)[:-40]
    (feeds / "fhir" / "fhir-2026-03-02.ndjson").write_bytes(message("R1", zone) + b"\n" + cut + b"\n" + cut + b"\n")
    hear(feeds, 2, "exercise_fhir", "exercise_lab")
    first, morning = date(2026, 3, 1), evening(2) + timedelta(hours=15)
    with clock.fixed_at(morning):
        row, twin = parked_list(viewer=BY, source="exercise_fhir")
        # What the text still says is filled in; what tells which message it is cannot be changed.
        assert (row.raw["report_id"], row.raw["zone"], row.raw["status"]) == ("R2", zone, "final")
        assert [name for name, _text in row.cells] == ["report_id", "zone", "specimen_on", "status"]
        with pytest.raises(Invalid, match="not a date"):
            parked_row_fix(row=row.id, values={"specimen_on": "soon"}, by=BY)
        before = AuditEntry.objects.count()
        parked_row_fix(row=row.id, values={"specimen_on": "2026-03-01", "sha256": "other"}, by=BY)
        assert AuditEntry.objects.count() == before + 1
        assert ParkedRow.objects.get(id=row.id).fix == {"specimen_on": "2026-03-01"}
        with pytest.raises(Conflict):
            parked_row_fix(row=row.id, values={"specimen_on": "2026-03-01"}, by=BY)
        with pytest.raises(Invalid, match="put right before"):
            parked_row_fix(row=twin.id, values={"specimen_on": "2026-03-01"}, by=BY)
        parked_row_dismiss(row=twin.id, reason="It is the same message.", by=BY)
    counts = [value("exercise.zone_cases", zone, first, moment) for moment in (evening(2), morning)]
    assert counts == [1.0, 2.0]
    assert value("exercise.lab_messages", zone, date(2026, 3, 2), morning) == 2.0
    # The same report comes again, whole this time: it was counted, and all that was heard changes nothing.
    (feeds / "fhir" / "fhir-2026-03-03.ndjson").write_bytes(message("R2", zone) + b"\n" + message("R3", zone) + b"\n")
    hear(feeds, 3, "exercise_fhir", "exercise_lab")
    assert value("exercise.zone_cases", zone, first, evening(3)) == 3.0
    before_again = facts()
    hear(feeds, 4, "exercise_fhir", "exercise_lab")
    assert facts() == before_again


def case(reference: str, *, zone: str, onset: str = "2026-03-01T09:00", asked: str = "case") -> str:
    return (
        f"{reference},2026-03-02T13:00,{asked},,Zenobia Quillfeather,+99 555 010 203,41,female,{zone},7 Baker Street,"
        f",,{onset},vomiting,no,,yes\n"
    )


def listed(feeds: Path, day: int, *lines: str) -> None:
    (feeds / "cases" / f"cases-2026-03-{day:02d}.csv").write_text(HEAD + "".join(lines))
    hear(feeds, day, "exercise_cases")


def waiting() -> UUID:
    [row] = parked_list(viewer=BY, source="exercise_cases")
    assert (row.sealed, dict(row.raw)) == (True, {})
    return row.id


def test_a_line_that_names_a_person_waits_sealed_and_is_opened_with_a_reason(feeds: Path, zone: str) -> None:
    listed(feeds, 2, case("C1", zone=zone), case("C2", zone="Zenobia"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM gather_parkedrow")
        text = str([bytes(part) if isinstance(part, memoryview) else part for row in cursor.fetchall() for part in row])
    assert "Zenobia" not in text
    assert "Baker" not in text
    row = waiting()
    with pytest.raises(Refused):
        parked_case_look(row=row, reason="curious", by=REVIEWS)
    with pytest.raises(Refused):
        parked_row_fix(row=row, values={"zone": zone}, by=BY)
    with pytest.raises(Invalid):
        parked_case_look(row=row, reason=" ", by=INVESTIGATES)
    line = parked_case_look(row=row, reason="to ask where they live", by=INVESTIGATES)
    assert (line.cells["name"], line.cells["zone"]) == ("Zenobia Quillfeather", "Zenobia")
    assert line.defects[0].code == "no_such_zone"
    assert AuditEntry.objects.filter(action="parked_case.look").count() == 1


def put_right(zone: str, moment: datetime) -> None:
    with clock.fixed_at(moment):
        row = waiting()
        with pytest.raises(Invalid, match="names no zone"):
            parked_case_fix(row=row, values={"zone": "NO-9"}, by=INVESTIGATES)
        parked_case_fix(row=row, values={"zone": zone}, by=INVESTIGATES)
        with pytest.raises(Conflict):
            parked_case_fix(row=row, values={"zone": zone}, by=INVESTIGATES)
        assert not CaseKey.objects.filter(case_id=row).exists()
        assert bytes(ParkedRow.objects.get(id=row).sealed) == b""


def test_a_line_that_is_put_right_counts_once_and_nobody_is_asked_again(feeds: Path, zone: str) -> None:
    listed(feeds, 2, case("C1", zone=zone), case("C2", zone="Zenobia"))
    morning = evening(2) + timedelta(hours=15)
    put_right(zone, morning)
    number = zone_by_code(viewer=BY, code=zone).number
    assert {one.zone for one in case_facts(viewer=BY, source="exercise_cases")} == {number}
    assert value("exercise.zone_complaints", zone, date(2026, 3, 2), morning) == 1.0
    assert value("exercise.zone_complaints", zone, morning.date(), morning) == 1.0
    # Its laboratory result comes with the same slip: what was put right stays, and it is no new case.
    with_result = case("C2", zone="Zenobia").replace(",no,,yes", ",no,positive,yes")
    listed(feeds, 4, with_result, case("C3", zone=zone))
    assert value("exercise.zone_complaints", zone, date(2026, 3, 4), evening(4)) == 1.0
    with clock.fixed_at(evening(4)):
        assert parked_list(viewer=BY, source="exercise_cases") == []
        again = {one.reference: one for one in case_facts(viewer=BY, source="exercise_cases")}
        assert (again["C2"].zone, again["C2"].laboratory) == (number, "positive")


def test_a_line_that_comes_again_without_its_fault_settles_itself_and_one_put_aside_is_forgotten(
    feeds: Path, zone: str
) -> None:
    listed(feeds, 2, case("C1", zone=zone, onset="2027-03-01T09:00"), case("C2", zone=zone, asked=""))
    with clock.fixed_at(evening(2)):
        assert len(parked_list(viewer=BY, source="exercise_cases")) == 2
        # Who fell ill when is not known, but that somebody did is counted.
        assert value("exercise.zone_complaints", zone, date(2026, 3, 2), evening(2)) == 1.0
    listed(feeds, 3, case("C1", zone=zone))
    with clock.fixed_at(evening(3)):
        row = waiting()
        parked_row_dismiss(row=row, reason="Nobody knows what it was.", by=BY)
        assert not CaseKey.objects.filter(case_id=row).exists()
        assert {one.onset_at for one in case_facts(viewer=BY, source="exercise_cases")} == {
            datetime(2026, 3, 1, 9, tzinfo=UTC)
        }


def test_a_line_that_waited_for_too_long_is_forgotten(feeds: Path, zone: str) -> None:
    listed(feeds, 2, case("C1", zone="nowhere"))
    with clock.fixed_at(evening(2) + timedelta(days=400)):
        row = waiting()
        cases_forget(by=BY)
        with pytest.raises(Refused, match="forgotten"):
            parked_case_look(row=row, reason="late", by=INVESTIGATES)
        parked_row_dismiss(row=row, reason="It is too late.", by=BY)


def facts() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM gather_observation")
        return int(cursor.fetchone()[0])
