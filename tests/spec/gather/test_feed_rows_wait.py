"""4-1: what a feed says doubtfully waits for a person, is worked off, and is named in the catalogue meanwhile."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from salus.base import clock
from salus.base.errors import Conflict, Invalid
from salus.base.models import AuditEntry
from salus.city.selectors import zone_by_code
from salus.gather.catalogue.selectors import source_list
from salus.gather.selectors import observations_as_of, parked_list
from salus.gather.services import parked_row_dismiss, parked_row_fix
from salus.gather.sources.loading import load
from salus.trust.selectors import system_viewer
from salus.world.city.pack import build

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BY = system_viewer("test")
HEAD = "report_id,reported_on,laboratory,zone,age,sex,onset_on,specimen_on,variant,status\n"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("rows") / "pack", seed=5, people=2_000)


@pytest.fixture
def zones(pack: Path) -> list[tuple[str, str]]:
    features = json.loads((pack / "zones.geojson").read_text())["features"]
    about = [row["properties"] for row in features]
    return [(row["code"], row["parent"]) for row in about if row["level"] == "zone"]


def evening(day: int) -> datetime:
    return datetime(2026, 3, day, 18, 30, tzinfo=UTC)


@pytest.fixture
def feeds(pack: Path, zones: list[tuple[str, str]], tmp_path: Path) -> Path:
    """A city, and two days of a laboratory that misspelt a zone."""
    folder = tmp_path / "feeds"
    (folder / "lab").mkdir(parents=True)
    (folder / "zones.csv").write_text("zone,district\n" + "".join(f"{zone},{above}\n" for zone, above in zones))
    with clock.fixed_at(evening(1)):
        load(slug="exercise_city", path=pack, by=BY)
    good, wrong = zones[0][0], zones[0][0].replace("-", "")
    report(folder, 2, f"A1,2026-03-02,LAB-1,{good},34,female,,2026-03-01,,final")
    report(folder, 2, f"A2,2026-03-02,LAB-1,{wrong},61,male,,2026-03-01,,final")
    hear(folder, 2)
    return folder


def report(folder: Path, day: int, line: str) -> None:
    path = folder / "lab" / f"lab-2026-03-{day:02d}.csv"
    path.write_text((path.read_text() if path.exists() else HEAD) + line + "\n")


def hear(folder: Path, day: int) -> None:
    with clock.fixed_at(evening(day)):
        load(slug="exercise_lab", path=folder, by=BY, heard_at=clock.now())


def cases(zone: str, known_at: datetime) -> float | None:
    number = zone_by_code(viewer=BY, code=zone).number
    series = "exercise.cases" if zone == "ALMA" else "exercise.zone_cases"
    day = date(2026, 3, 1)
    frame = observations_as_of(viewer=BY, series=series, zones=[number], valid_from=day, valid_to=day,
                               known_at=known_at)  # fmt: skip
    return frame["value"].to_list()[0] if len(frame) else None


def told(moment: datetime) -> list[str]:
    with clock.fixed_at(moment):
        rows = source_list(viewer=BY)
        return [one.message for row in rows if row.source.slug == "exercise_lab" for one in row.findings]


def test_a_misspelt_zone_waits_and_counts_from_when_it_was_put_right(feeds: Path, zones: list[tuple[str, str]]) -> None:
    zone = zones[0][0]
    assert cases(zone, evening(2)) == 1.0
    assert "1 row waits for a person: unknown zone." in told(evening(2))
    morning = evening(2) + timedelta(hours=15)
    with clock.fixed_at(morning):
        [row] = parked_list(viewer=BY, source="exercise_lab")
        assert (row.label, row.line) == ("lab-2026-03-02", 3)
        assert "age" not in row.raw
        with pytest.raises(Invalid, match="no zone 'NO-9'"):
            parked_row_fix(row=row.id, values={"zone": "NO-9"}, by=BY)
        before = AuditEntry.objects.count()
        parked_row_fix(row=row.id, values={"zone": zone}, by=BY)
        assert AuditEntry.objects.count() == before + 1
        with pytest.raises(Conflict):
            parked_row_fix(row=row.id, values={"zone": zone}, by=BY)
    assert (cases(zone, evening(2)), cases(zone, morning)) == (1.0, 2.0)
    assert cases("ALMA", morning) == 2.0
    assert not [words for words in told(morning) if "waits" in words]
    # What later files say includes it, and hearing all of it again changes nothing.
    report(feeds, 3, f"A3,2026-03-03,LAB-1,{zone},9,male,,2026-03-01,,final")
    hear(feeds, 3)
    assert cases(zone, evening(3)) == 3.0
    before = facts()
    hear(feeds, 4)
    assert (facts(), cases("ALMA", evening(4))) == (before, 3.0)


def test_a_report_that_was_put_right_and_is_then_taken_back_counts_no_more(
    feeds: Path, zones: list[tuple[str, str]]
) -> None:
    zone = zones[0][0]
    with clock.fixed_at(evening(2) + timedelta(hours=4)):
        [row] = parked_list(viewer=BY, source="exercise_lab")
        parked_row_fix(row=row.id, values={"zone": zone}, by=BY)
    report(feeds, 3, f"A2,2026-03-03,LAB-1,{zone.replace('-', '')},61,male,,2026-03-01,,entered-in-error")
    hear(feeds, 3)
    assert cases(zone, evening(3)) == 1.0
    with clock.fixed_at(evening(3)):
        assert parked_list(viewer=BY, source="exercise_lab") == []
    assert "1 report was taken back." in told(evening(3))


def test_a_row_that_is_put_aside_changes_nothing(feeds: Path, zones: list[tuple[str, str]]) -> None:
    with clock.fixed_at(evening(2) + timedelta(hours=4)):
        [row] = parked_list(viewer=BY, source="exercise_lab")
        parked_row_dismiss(row=row.id, reason="The laboratory cannot say where.", by=BY)
    report(feeds, 3, f"A1,2026-03-03,LAB-1,{zones[0][0]},34,female,,2026-03-01,,final")
    hear(feeds, 3)
    assert cases(zones[0][0], evening(3)) == 1.0
    assert "1 duplicate left out." in told(evening(3))


def test_lines_that_cannot_be_read_are_named_and_the_others_are_taken(
    feeds: Path, zones: list[tuple[str, str]]
) -> None:
    zone = zones[0][0]
    report(feeds, 3, f'A4,2026-03-03,LAB-1,{zone},9,male,,2026-03-01,,final\n<html>502\n\x00\x01"')
    report(feeds, 3, f"A5,2026-03-03,LAB-1,{zone},9,male,,2026-03-01,,final")
    hear(feeds, 3)
    assert cases(zone, evening(3)) == 3.0
    assert "lab-2026-03-03.csv, lines 3 to 4: they could not be read and are left out." in told(evening(3))


def facts() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM gather_observation")
        return int(cursor.fetchone()[0])
