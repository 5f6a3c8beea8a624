"""A line list is kept sealed: in once, open to those who may, and never in clear where the data lie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from salus.base import clock
from salus.base.errors import Refused
from salus.base.models import AuditEntry
from salus.gather.cases.schemas import CASE, CaseLine, CasesChunk
from salus.gather.cases.selectors import area_list, case_counts, case_facts, may_identify
from salus.gather.cases.services import case_erase, cases_forget, cases_import, cases_look
from salus.gather.models import Case, CaseKey
from salus.gather.sources.loading import load
from salus.trust.schemas import Grant, Tier, Viewer
from salus.trust.selectors import system_viewer
from salus.world.city.pack import build

pytestmark = pytest.mark.django_db
BY = system_viewer("test")
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
FIXTURE = Path(__file__).parents[3] / "src/salus/gather/sources/exercise_cases/fixture"
SOURCE = "exercise_cases"


def somebody(*permissions: str, tier: Tier, purposes: frozenset[str] | None = None) -> Viewer:
    grant = Grant("role", frozenset(permissions), None, tier, purposes)
    return Viewer(uuid4(), "person", "Somebody", None, (grant,))


LOOKS = somebody("case.view", tier=Tier.OPERATIONAL)
INVESTIGATES = somebody(
    "case.view", "case.identify", tier=Tier.PERSONAL, purposes=frozenset({"response", "investigation"})
)
PARTNER = somebody("city.view", "series.view", tier=Tier.PARTNER)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("city") / "pack", seed=5, people=6_000)


@pytest.fixture
def city(pack: Path) -> None:
    with clock.fixed_at(NOON):
        load(slug="exercise_city", path=pack, by=BY)


@pytest.fixture
def listed(city: None) -> None:
    with clock.fixed_at(NOON):
        load(slug=SOURCE, path=FIXTURE, by=BY)


def line(reference: str, *, laboratory: str = "", name: str = "Zenobia Quillfeather") -> CaseLine:
    health = {"age": 41, "sex": "female", "symptoms": ["vomiting"], "answers": {"tap_water_home": "yes"}}
    return CaseLine(reference, NOON, CASE, "", name, "+99 555 123 456", "7 Baker Street", "SAL-3", "", NOON, laboratory,
                    health)  # fmt: skip


def brought(*lines: CaseLine, digest: str) -> object:
    chunk = CasesChunk(digest, NOON, lines, ())
    return cases_import(source=SOURCE, digest=digest, size=1, chunk=chunk, zones={"SAL-3": 3}, by=BY)


def test_the_same_files_again_change_nothing_and_a_report_that_says_more_is_its_next_version(listed: None) -> None:
    with clock.fixed_at(NOON):
        rows, keys = Case.objects.count(), CaseKey.objects.count()
        assert rows >= keys == Case.objects.known().count() > 10
        load(slug=SOURCE, path=FIXTURE, by=BY)
        assert (Case.objects.count(), CaseKey.objects.count()) == (rows, keys)
        brought(line("X-1"), digest="a")
    with clock.fixed_at(NOON + timedelta(hours=2)):
        brought(line("X-1", laboratory="positive"), line("X-2"), digest="b")
    earlier = case_facts(viewer=BY, source=SOURCE, known_at=NOON + timedelta(hours=1))
    now = {row.reference: row for row in case_facts(viewer=BY, source=SOURCE, known_at=NOON + timedelta(hours=3))}
    assert {row.laboratory for row in earlier if row.reference == "X-1"} == {""}
    assert now["X-1"].laboratory == "positive"
    assert now["X-1"].answers == {"tap_water_home": "yes"}
    # The second report of the same person is kept, and marked.
    assert not now["X-1"].duplicate
    assert now["X-2"].duplicate


def test_nobody_can_be_read_in_the_tables_and_an_erased_person_is_gone(listed: None) -> None:
    with clock.fixed_at(NOON):
        brought(line("X-1"), digest="a")
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM gather_case")
            text = b"".join(bytes(part) if isinstance(part, bytes | memoryview) else str(part).encode()
                            for row in cursor.fetchall() for part in row)  # fmt: skip
        for word in (
            b"Zenobia",
            b"Quillfeather",
            b"Baker",
            b"555 123",
            b"vomiting",
            b"tap_water",
            b"diarrhoea",
            b"Jardim",
        ):
            assert word not in text
        case = Case.objects.known().get(reference="X-1")
        assert cases_look(ids=[case.id], reason="test", by=INVESTIGATES)[0].name == "Zenobia Quillfeather"
        case_erase(case=case.id, by=BY)
        opened = cases_look(ids=[case.id], reason="test", by=INVESTIGATES)[0]
        assert (opened.name, opened.facts.answers) == ("", {})


@pytest.mark.django_db(transaction=True)
def test_nobody_can_be_read_in_the_bytes_of_the_file(store_emptied: None, listed: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a file of bytes is looked through on SQLite")
    with clock.fixed_at(NOON):
        brought(line("X-1"), digest="a")
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM sqlite_master")
            copy = Path(settings.SALUS_DATA_DIR) / "copy-for-the-test.sqlite3"
            copy.unlink(missing_ok=True)
            cursor.execute("VACUUM INTO %s", [str(copy)])
    content = copy.read_bytes()
    copy.unlink()
    assert b"gather_case" in content
    assert not [word for word in (b"Zenobia", b"Quillfeather", b"555 123", b"vomiting") if word in content]


def test_persons_are_for_those_who_investigate_and_every_look_is_written_down(listed: None) -> None:
    ids = list(Case.objects.known().values_list("id", flat=True))
    for other in (LOOKS, PARTNER):
        assert not may_identify(viewer=other)
        with pytest.raises(Refused):
            cases_look(ids=ids, reason="curious", by=other)
    with pytest.raises(Refused):
        case_counts(viewer=PARTNER, source=SOURCE)
    with pytest.raises(Refused):
        case_facts(viewer=LOOKS, source=SOURCE)
    before = AuditEntry.objects.filter(action="case.look").count()
    assert len(cases_look(ids=ids, reason="to call them", by=INVESTIGATES)) == len(ids)
    assert AuditEntry.objects.filter(action="case.look").count() == before + 1


def test_small_numbers_are_hidden_from_who_may_not_see_persons(listed: None) -> None:
    plain = {row.zone: row.cases for row in case_counts(viewer=INVESTIGATES, source=SOURCE)}
    seen = case_counts(viewer=LOOKS, source=SOURCE)
    assert {row.zone for row in seen} == set(plain)
    assert all(row.hidden for row in seen if plain[row.zone] is not None and plain[row.zone] < 5)
    assert all(row.cases == plain[row.zone] for row in seen if not row.hidden)
    assert sum(row.hidden for row in seen) != 1


def test_reports_are_forgotten_when_they_were_kept_for_long_enough(listed: None) -> None:
    with clock.fixed_at(NOON + timedelta(days=100)):
        assert cases_forget(by=BY) == 0
    with clock.fixed_at(NOON + timedelta(days=400)):
        assert cases_forget(by=BY) > 0
        assert not CaseKey.objects.exists()
        assert not any(row.answers for row in case_facts(viewer=BY, source=SOURCE))


def test_the_water_works_say_which_main_serves_which_zone(listed: None) -> None:
    areas = area_list(viewer=LOOKS, source=SOURCE)
    assert areas
    assert all(row.network == "water" and row.zones for row in areas)
