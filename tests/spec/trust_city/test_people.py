"""5.2.2-a and security: people, what is known of them, and what stays when they go."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.base.models import AuditEntry
from salus.trust import privacy, vault
from salus.trust.models import Person, PersonKey
from salus.trust.schemas import Viewer
from salus.trust.selectors import (
    ANONYMOUS,
    person_get,
    person_list,
    person_names,
    system_viewer,
    viewer_for,
)
from salus.trust.services import (
    ADMINISTRATOR,
    administrator_bootstrap,
    contact_set,
    organisation_create,
    password_change,
    password_reset,
    person_create,
    person_deactivate,
    person_erase,
    person_rename,
    role_assign,
)
from tests.spec.trust_city.conftest import START, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Make = Callable[..., Viewer]


def stored() -> str:
    """Return everything that the tables of people hold, as text."""
    text = []
    with connection.cursor() as cursor:
        for table in ("trust_person", "trust_personkey", "base_auditentry", "base_event"):
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                text += [bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row]
    return "\n".join(text)


def test_the_first_start_makes_one_administrator_with_a_one_time_password() -> None:
    password = administrator_bootstrap(by=system_viewer("first_start"))
    assert password
    person = Person.objects.get()
    assert (person.username, person.must_change_password) == (ADMINISTRATOR, True)
    assert person.check_password(password)
    assert viewer_for(person=person.id).roles == ("administrator",)
    assert password not in stored()
    assert administrator_bootstrap(by=system_viewer("first_start")) is None


def test_one_time_passwords_differ_and_are_long() -> None:
    made = {person_create(username=f"p{n}", name="P", by=SYSTEM).one_time_password for n in range(5)}
    assert len(made) == 5
    assert all(len(password) == 24 for password in made)


def test_what_is_personal_is_sealed_in_the_tables(somebody: Make) -> None:
    amira = somebody()
    contact_set(person=amira.id, email="amira@example.org", phone="+212612345678", by=amira)
    found = stored()
    for secret in ("Haddad", "example.org", "612345678"):
        assert secret not in found
    assert person_names([amira.id]) == {amira.id: "Amira Haddad"}


def test_the_master_key_is_readable_by_its_owner_only(somebody: Make, tmp_path: Path) -> None:
    somebody()
    path = tmp_path / "keys" / "personal-master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
    assert list(path.parent.iterdir()) == [path]


def test_sealed_data_opens_for_nobody_else_and_in_no_other_field(somebody: Make) -> None:
    amira, jonas = somebody(), somebody("jonas")
    rows = {person.id: person for person in Person.objects.all()}
    seals = vault.seals_of([amira.id, jonas.id])
    with pytest.raises(vault.UnreadableError):
        seals[jonas.id].open("name", bytes(rows[amira.id].name_sealed))
    with pytest.raises(vault.UnreadableError):
        seals[amira.id].open("email", bytes(rows[amira.id].name_sealed))


def test_a_lost_master_key_is_said_and_never_replaced(somebody: Make, tmp_path: Path) -> None:
    amira = somebody()
    (tmp_path / "keys" / "personal-master.key").unlink()
    vault._master.cache_clear()
    with pytest.raises(vault.UnreadableError, match="Restore"):
        person_names([amira.id])
    assert not (tmp_path / "keys" / "personal-master.key").exists()


def test_a_damaged_master_key_is_said(somebody: Make, tmp_path: Path) -> None:
    amira = somebody()
    (tmp_path / "keys" / "personal-master.key").write_bytes(b"short")
    vault._master.cache_clear()
    with pytest.raises(vault.UnreadableError, match="damaged"):
        person_names([amira.id])


def test_a_look_at_somebodys_contact_details_is_in_the_audit(somebody: Make) -> None:
    amira, ines = somebody(), somebody("ines", "administrator")
    contact_set(person=amira.id, email="amira@example.org", by=amira)
    before = AuditEntry.objects.count()
    row = person_get(viewer=ines, person=amira.id, contact=True)
    assert row.contact is not None
    assert row.contact.email == "amira@example.org"
    (looked,) = AuditEntry.objects.filter(action="person.looked")
    assert (looked.by_id, looked.record_id, looked.purpose) == (ines.id, amira.id, "response")
    assert AuditEntry.objects.count() == before + 1
    assert person_get(viewer=ines, person=amira.id).contact is None
    assert person_get(viewer=amira, person=amira.id, contact=True).contact == row.contact
    assert AuditEntry.objects.count() == before + 1


def test_contact_details_are_refused_without_the_right(somebody: Make) -> None:
    amira, jonas = somebody(), somebody("jonas", "epidemiologist")
    with pytest.raises(Refused):
        person_get(viewer=jonas, person=amira.id, contact=True)
    with pytest.raises(Refused):
        contact_set(person=amira.id, email="x@example.org", by=jonas)
    assert not AuditEntry.objects.filter(action="person.looked").exists()


def test_names_go_by_policy(somebody: Make) -> None:
    amira, partner = somebody(), somebody("pat", "partner")
    assert "Haddad" not in person_names([amira.id], viewer=partner)[amira.id]
    assert "Haddad" not in person_names([amira.id], viewer=ANONYMOUS)[amira.id]
    assert person_names([amira.id], viewer=somebody("jonas", "viewer"))[amira.id] == "Amira Haddad"
    assert person_names([SYSTEM.id])[SYSTEM.id] == "Salus (tests)"
    assert person_names([]) == {}


def test_people_are_listed_as_they_were_known(somebody: Make, at: Callable[..., None]) -> None:
    amira = somebody()
    at(START + timedelta(days=1))
    jonas = somebody("jonas", "head")
    at(START + timedelta(days=2))
    person_deactivate(person=amira.id, by=SYSTEM)
    then = person_list(viewer=SYSTEM, known_at=START + timedelta(hours=1))
    assert [(row.username, row.active, row.roles) for row in then] == [("amira", True, ("duty_officer",))]
    now = person_list(viewer=SYSTEM)
    assert [(row.username, row.active, row.roles) for row in now] == [("amira", False, ()), ("jonas", True, ("head",))]
    assert [row.username for row in person_list(viewer=SYSTEM, active_only=True)] == ["jonas"]
    assert [row.username for row in person_list(viewer=SYSTEM, role="head")] == ["jonas"]
    with pytest.raises(NotFound):
        person_get(viewer=SYSTEM, person=jonas.id, known_at=START)


def test_an_erased_person_is_gone_and_their_pseudonym_stays(somebody: Make) -> None:
    amira, ines = somebody(), somebody("ines", "administrator")
    contact_set(person=amira.id, email="amira@example.org", by=amira)
    sealed = bytes(Person.objects.get(id=amira.id).name_sealed)
    person_erase(person=amira.id, reason="asked by letter", by=ines)
    row = person_get(viewer=ines, person=amira.id, contact=True)
    assert (row.name, row.active, row.erased, row.roles) == ("Former colleague", False, True, ())
    assert row.contact is not None
    assert row.contact.email == ""
    assert not PersonKey.objects.filter(person_id=amira.id).exists()
    assert "amira" not in stored().lower()
    # What a backup still holds of the fields is noise without the key.
    assert vault.seals_of([amira.id]) == {}
    assert sealed
    assert AuditEntry.objects.filter(by_id=amira.id).exists()
    for again in (
        lambda: person_erase(person=amira.id, reason="x", by=ines),
        lambda: contact_set(person=amira.id, by=ines),
    ):
        with pytest.raises(Conflict):
            again()


def test_an_erasure_needs_the_right_and_a_reason(somebody: Make) -> None:
    amira, head = somebody(), somebody("marta", "head")
    with pytest.raises(Refused):
        person_erase(person=amira.id, reason="x", by=head)
    with pytest.raises(Invalid):
        person_erase(person=amira.id, reason=" ", by=SYSTEM)


def test_only_the_person_chooses_their_password_and_it_is_a_good_one(somebody: Make) -> None:
    amira, ines = somebody(), somebody("ines", "administrator")
    with pytest.raises(Refused):
        password_change(person=amira.id, password="a new good password", by=ines)
    for bad in ("short", "1234567890123", "passwordpassword"[:8]):
        with pytest.raises(Invalid):
            password_change(person=amira.id, password=bad, by=amira)
    password_change(person=amira.id, password="a new good password", by=amira)
    with pytest.raises(Invalid, match="have now"):
        password_change(person=amira.id, password="a new good password", by=amira)
    given = password_reset(person=amira.id, by=ines)
    person = Person.objects.get(id=amira.id)
    assert person.must_change_password
    assert person.check_password(given.password)
    assert given.password not in repr(given)
    assert given.password not in stored()


@pytest.mark.parametrize("username", ["", "a", "Zoë", "a b", "-a", "x" * 65])
def test_a_sign_in_name_is_plain(username: str) -> None:
    with pytest.raises(Invalid):
        person_create(username=username, name="X", by=SYSTEM)


def test_sign_in_names_are_one_whatever_their_case(somebody: Make) -> None:
    somebody()
    with pytest.raises(Conflict):
        person_create(username=" AMIRA ", name="X", by=SYSTEM)


def test_nobody_opens_accounts_without_the_right(somebody: Make) -> None:
    amira = somebody()
    before = Person.objects.count()
    for attempt in (
        lambda: person_create(username="eve", name="Eve", by=amira),
        lambda: role_assign(person=amira.id, role="administrator", by=amira),
        lambda: organisation_create(name={"en": "X"}, by=amira),
        lambda: password_reset(person=amira.id, by=amira),
        lambda: person_rename(person=somebody("jonas").id, name="X", by=amira),
    ):
        with pytest.raises(Refused):
            attempt()
    assert Person.objects.count() == before + 1


def test_one_may_rename_oneself_and_is_seen_so_at_once(somebody: Make) -> None:
    amira = somebody()
    person_rename(person=amira.id, name="Amira El Haddad", by=amira)
    assert viewer_for(person=amira.id).name == "Amira El Haddad"


def test_nobody_closes_their_own_account(somebody: Make) -> None:
    ines = somebody("ines", "administrator")
    with pytest.raises(Invalid):
        person_deactivate(person=ines.id, by=ines)


def test_every_write_leaves_exactly_one_row(somebody: Make) -> None:
    amira, ines = somebody(), somebody("ines", "administrator")
    writes: list[Callable[[], Any]] = [
        lambda: person_rename(person=amira.id, name="A. Haddad", by=ines),
        lambda: contact_set(person=amira.id, phone="+212612345678", by=amira),
        lambda: password_reset(person=amira.id, by=ines),
        lambda: person_deactivate(person=amira.id, by=ines),
        lambda: person_erase(person=amira.id, reason="asked", by=ines),
    ]
    for write in writes:
        before = AuditEntry.objects.count()
        write()
        assert AuditEntry.objects.count() == before + 1


def test_what_was_opened_here_is_known_to_the_scrubber(somebody: Make) -> None:
    somebody()
    assert "Haddad" not in privacy.scrub("Amira Haddad signed")


def test_a_person_shows_as_a_pseudonym_in_texts(somebody: Make) -> None:
    amira = somebody()
    person = Person.objects.get(id=amira.id)
    assert "amira" not in f"{person} {person!r}".lower()
