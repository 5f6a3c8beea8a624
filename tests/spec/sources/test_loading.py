"""Loading a source: whole, once, going on where it stopped, and only when it may go live."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection

from salus.base import clock
from salus.base.errors import Conflict, Invalid, Refused
from salus.base.models import AuditEntry, Event
from salus.city import selectors as city
from salus.gather.models import Import, Series, Source
from salus.gather.selectors import observations_as_of, series_get
from salus.gather.services import source_pause
from salus.gather.sources import loading, registry
from salus.gather.sources.loading import load
from salus.gather.store import counts
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer
from tests.spec.sources.conftest import REPLAY

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
FIXTURE = registry.get("nyc").fixture
SYSTEM = system_viewer("test")


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with clock.fixed_at(REPLAY):
        yield


def _state() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*), MAX(known_at), SUM(value) FROM gather_observation")
        facts = cursor.fetchone()
    return (
        facts,
        Import.objects.count(),
        Series.objects.count(),
        Source.objects.count(),
        len(city.zone_list(viewer=SYSTEM)),
    )


def test_a_load_brings_zones_people_and_facts(loader: Viewer) -> None:
    report = load(slug="nyc", path=FIXTURE, by=loader)
    zones = {row.code: row for row in city.zone_list(viewer=loader)}
    assert report.zones == len(zones) == 8
    assert zones["BX"].population == pytest.approx(92_000.5)
    assert zones["NYC"].population == pytest.approx(123_000.5)
    assert city.city_get(viewer=loader).time_zone == "America/New_York"
    frame = observations_as_of(
        viewer=loader, series="nyc.zone_cases_reported", zones=[zones["10451"].number], valid_from=date(2020, 12, 9)
    )
    assert frame["value"].to_list() == [3.0, 3.0, 4.0, 0.0]
    assert report.written == sum(counts().values())
    assert "8 zones" in str(report)


def test_the_past_is_known_although_it_was_loaded_later(loader: Viewer) -> None:
    load(slug="nyc", path=FIXTURE, by=loader)
    row = series_get(viewer=loader, code="nyc.cases")
    assert row.first_known is not None
    assert row.first_known < REPLAY
    early = series_get(viewer=loader, code="nyc.cases", known_at=row.first_known)
    assert early.number == row.number


def test_the_city_is_known_since_its_facts_are(loader: Viewer) -> None:
    load(slug="nyc", path=FIXTURE, by=loader)
    first = series_get(viewer=loader, code="nyc.cases").first_known
    assert first is not None
    assert len(city.zone_list(viewer=loader, known_at=first)) == 8
    assert city.city_get(viewer=loader, known_at=first).slug == "nyc"
    assert {row.code for row in city.zone_list(viewer=loader, known_at=first)} >= {"NYC", "10451"}


def test_what_changes_after_a_load_was_not_known_before(loader: Viewer) -> None:
    load(slug="nyc", path=FIXTURE, by=loader)
    row = Source.objects.known().get(slug="nyc")
    source_pause(source=row.id, by=loader)
    assert Source.objects.known().get(slug="nyc").recorded_at == REPLAY
    assert row.recorded_at == clock.day_start(date(2020, 3, 1))


def test_a_second_load_changes_nothing(loader: Viewer) -> None:
    load(slug="nyc", path=FIXTURE, by=loader)
    before, events = _state(), Event.objects.filter(topic="gather.import_committed").count()
    again = load(slug="nyc", path=FIXTURE, by=loader)
    assert _state() == before
    assert Event.objects.filter(topic="gather.import_committed").count() == events
    assert (again.files, again.files_kept) == (0, 8)


def test_a_changed_file_brings_only_what_is_new(loader: Viewer, tmp_path: Path) -> None:
    load(slug="nyc", path=FIXTURE, by=loader)
    before = sum(counts().values())
    folder = Path(shutil.copytree(FIXTURE, tmp_path / "nyc"))
    name = "weekly_case_rate_age.csv"
    text = (folder / name).read_text()
    (folder / name).write_text(text + text.splitlines()[1].replace("03/06/2021", "03/13/2021") + "\n")
    report = load(slug="nyc", path=folder, by=loader)
    assert report.files == 1
    assert report.written == sum(counts().values()) - before == 6
    assert report.unchanged > 0


def test_an_interrupted_load_goes_on_where_it_stopped(loader: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    real, done = loading.facts_import, []

    def failing(**given: Any) -> Any:
        if len(done) == 3:
            raise OSError("No space left on device")
        done.append(given)
        return real(**given)

    monkeypatch.setattr(loading, "facts_import", failing)
    with pytest.raises(OSError, match="No space"):
        load(slug="nyc", path=FIXTURE, by=loader)
    assert Import.objects.filter(status="committed").count() == Import.objects.count() == 3
    monkeypatch.setattr(loading, "facts_import", real)
    report = load(slug="nyc", path=FIXTURE, by=loader)
    assert (report.files_kept, report.files) == (3, 5)


def test_every_file_is_one_import_with_one_audit_row(loader: Viewer) -> None:
    report = load(slug="nyc", path=FIXTURE, by=loader)
    rows = AuditEntry.objects.filter(action="import.facts")
    assert rows.count() == report.files == 8
    assert Import.objects.filter(kind="frames", status="committed").count() == 8
    assert set(rows.values_list("by_id", flat=True)) == {loader.id}


def test_a_source_that_needs_its_data_says_so(loader: Viewer) -> None:
    with pytest.raises(Invalid, match="--from PATH"):
        load(slug="nyc", by=loader)


def test_a_paused_source_is_not_loaded(loader: Viewer) -> None:
    load(slug="nyc", path=FIXTURE, by=loader)
    source_pause(source="nyc", by=loader)
    with pytest.raises(Invalid, match="paused"):
        load(slug="nyc", path=FIXTURE, by=loader)


def test_an_installation_does_not_become_another_city(loader: Viewer) -> None:
    load(slug="nyc", path=FIXTURE, by=loader)
    with pytest.raises(Conflict, match="New York City"):
        load(slug="builtin_city", path=registry.get("builtin_city").fixture, by=loader)
    assert city.city_get(viewer=loader).slug == "nyc"


def test_somebody_without_the_right_cannot_load() -> None:
    nobody = Viewer(id=SYSTEM.id, kind="person", name="nobody")
    with pytest.raises(Refused):
        load(slug="nyc", path=FIXTURE, by=nobody)
    assert not Source.objects.exists()


@pytest.mark.requirement("5.4.3-b")
@pytest.mark.parametrize("missing", ["owner", "reuse_policy", "tier"])
def test_no_source_goes_live_without_owner_reuse_policy_and_tier(
    loader: Viewer, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(registry.get("nyc").folder, tmp_path / "nyc"))
    manifest = yaml.safe_load((folder / "manifest.yaml").read_text())
    del manifest[missing]
    (folder / "manifest.yaml").write_text(yaml.safe_dump(manifest))
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    registry.get.cache_clear()
    try:
        with pytest.raises(Invalid, match="cannot go live"):
            load(slug="nyc", path=FIXTURE, by=loader)
    finally:
        registry.get.cache_clear()
    assert not Import.objects.exists()
    assert not Source.objects.filter(status="live").exists()
