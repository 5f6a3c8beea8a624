"""Signing in: one-time passwords, rotating sessions, closed doors, equal times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from salus.base import clock, outbox
from salus.base.models import AuditEntry
from salus.trust.models import Person
from salus.trust.selectors import assignment_list, system_viewer
from salus.trust.services import (
    administrator_bootstrap,
    password_reset,
    person_deactivate,
    role_assign,
    role_define,
    role_withdraw,
    sessions_end,
)
from tests.web.trust.conftest import PASSWORD, SYSTEM

pytestmark = pytest.mark.django_db
NEW = "another good long password"
SignIn = Callable[..., Any]
Make = Callable[..., Person]


def key(client: Client) -> str:
    return client.cookies["sessionid"].value


def test_the_first_administrator_must_choose_a_password_before_anything_else(client: Client, sign_in: SignIn) -> None:
    password = administrator_bootstrap(by=system_viewer("first_start"))
    sign_in(client, "administrator", password)
    change = reverse("account_change_password")
    for where in ("/roles/", "/own/", reverse("mfa_index")):
        assert client.get(where)["Location"] == change
    assert client.get(change).status_code == 200
    assert client.get("/open/").status_code == 200
    weak = client.post(change, {"oldpassword": password, "password1": "short", "password2": "short"})
    assert weak.status_code == 200
    same = client.post(change, {"oldpassword": password, "password1": password, "password2": password})
    assert same.status_code == 200
    done = client.post(change, {"oldpassword": password, "password1": NEW, "password2": NEW})
    assert (done.status_code, done["Location"]) == (302, "/ops/")
    assert client.get("/roles/").status_code == 200
    assert AuditEntry.objects.filter(action="password.change").count() == 1


def test_a_second_start_makes_nobody(make_person: Make) -> None:
    make_person()
    assert administrator_bootstrap(by=system_viewer("first_start")) is None
    assert Person.objects.count() == 1


def test_the_session_has_a_new_key_after_signing_in(client: Client, make_person: Make, sign_in: SignIn) -> None:
    make_person()
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client)
    assert key(client) != session.session_key
    assert client.get("/own/").status_code == 200


def test_a_new_role_rotates_the_session_and_holds_at_once(client: Client, make_person: Make, sign_in: SignIn) -> None:
    person = make_person()
    sign_in(client)
    before = key(client)
    assert client.get("/roles/").status_code == 403
    role_assign(person=person.id, role="administrator", by=SYSTEM)
    assert client.get("/roles/").status_code == 200
    assert key(client) != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get("/own/").status_code == 302


def test_a_withdrawn_role_is_gone_at_the_next_request(client: Client, make_person: Make, sign_in: SignIn) -> None:
    person = make_person()
    sign_in(client)
    assert client.get("/signals/").status_code == 200
    (held,) = assignment_list(viewer=SYSTEM, person=person.id)
    role_withdraw(assignment=held.id, by=SYSTEM)
    assert client.get("/signals/").status_code == 403


def test_a_changed_role_reaches_those_who_hold_it(client: Client, make_person: Make, sign_in: SignIn) -> None:
    make_person()
    sign_in(client)
    role_define(code="duty_officer", name={"en": "Duty officer"}, permissions=["role.manage"], by=SYSTEM)
    assert client.get("/signals/").status_code == 403
    assert client.get("/roles/").status_code == 200


@pytest.mark.parametrize("end", [sessions_end, person_deactivate, password_reset])
def test_sessions_end_everywhere(end: Callable[..., Any], make_person: Make, sign_in: SignIn) -> None:
    person = make_person()
    phone, desk = Client(), Client()
    for client in (phone, desk):
        sign_in(client)
        assert client.get("/own/").status_code == 200
    end(person=person.id, by=SYSTEM)
    for client in (phone, desk):
        assert client.get("/own/").status_code == 302


def test_changing_the_password_ends_the_other_sessions(make_person: Make, sign_in: SignIn) -> None:
    make_person()
    here, elsewhere = Client(), Client()
    sign_in(here)
    sign_in(elsewhere)
    data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post(reverse("account_change_password"), data).status_code == 302
    assert elsewhere.get("/own/").status_code == 302


@pytest.mark.parametrize(
    "where",
    [
        "/accounts/signup/",
        "/accounts/email/",
        "/accounts/password/reset/",
        "/accounts/password/set/",
        "/accounts/confirm-email/",
    ],
)
def test_what_is_not_offered_is_not_there(where: str, client: Client, make_person: Make, sign_in: SignIn) -> None:
    assert client.get(where).status_code == 404
    make_person()
    sign_in(client)
    assert client.get(where).status_code == 404


def test_nobody_signs_up(client: Client, db: None) -> None:
    client.post("/accounts/signup/", {"username": "eve", "password1": NEW, "password2": NEW})
    assert not Person.objects.exists()


@pytest.mark.parametrize(("username", "password"), [("amira", "wrong"), ("nobody", "wrong"), ("closed", "wrong")])
def test_known_and_unknown_people_cost_the_same_hashing_and_get_the_same_answer(
    username: str, password: str, client: Client, make_person: Make, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person()
    person_deactivate(person=make_person("closed").id, by=SYSTEM)
    hashed: list[str] = []
    plain = MD5PasswordHasher.encode

    def encode(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    page = sign_in(client, username, password)
    assert len(hashed) == 1
    assert page.status_code == 200
    assert b"not correct" in page.content


def test_the_name_may_be_typed_in_any_case(client: Client, make_person: Make, sign_in: SignIn) -> None:
    make_person()
    assert sign_in(client, "AMIRA").status_code == 302


def test_signing_in_and_out_is_in_the_audit_under_the_pseudonym(
    client: Client, make_person: Make, sign_in: SignIn
) -> None:
    person = make_person()
    sign_in(client)
    client.post("/accounts/logout/")
    rows = AuditEntry.objects.filter(action__startswith="session.").order_by("id")
    assert [row.action for row in rows] == ["session.started", "session.ended"]
    assert {row.by_id for row in rows} == {person.id}
    assert "amira" not in str([row.detail for row in rows]).lower()


def test_second_factors_can_be_set_up(client: Client, make_person: Make, sign_in: SignIn) -> None:
    make_person()
    sign_in(client)
    for name in ("mfa_index", "mfa_activate_totp", "mfa_list_webauthn"):
        page = client.get(reverse(name))
        assert page.status_code in (200, 302), name
        if page.status_code == 302:
            assert "reauthenticate" in page["Location"]


def test_a_second_factor_is_sealed_at_rest_and_asked_for(client: Client, make_person: Make, sign_in: SignIn) -> None:
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

    person = make_person()
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(person, secret)
    stored = Authenticator.objects.get(user=person)
    assert secret not in str(stored.data)
    assert get_adapter().decrypt(stored.data["secret"]) == secret
    asked = sign_in(client)
    assert asked["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get("/own/").status_code == 302
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.get("/own/").status_code == 200


@pytest.mark.parametrize("limits", [False, {"login_failed": "10/m/ip,30/5m/key"}])
def test_guessing_is_slowed_for_the_guesser_and_not_for_the_person(
    limits: Any, make_person: Make, sign_in: SignIn, settings: Any
) -> None:
    settings.AXES_ENABLED, settings.ACCOUNT_RATE_LIMITS = True, limits
    make_person()
    guesser, person = Client(REMOTE_ADDR="203.0.113.7"), Client(REMOTE_ADDR="198.51.100.1")
    answers = [sign_in(guesser, "amira", f"wrong {n}").status_code for n in range(settings.AXES_FAILURE_LIMIT + 1)]
    assert answers[-1] == 429
    sign_in(guesser)
    assert guesser.get("/own/").status_code == 302
    sign_in(person)
    assert person.get("/own/").status_code == 200


@pytest.mark.parametrize("username", ["amira", "nobody"])
def test_a_guesser_cannot_tell_who_exists_by_being_slowed(
    username: str, client: Client, make_person: Make, sign_in: SignIn, settings: Any
) -> None:
    settings.AXES_ENABLED = True
    make_person()
    answers = [sign_in(client, username, "wrong").status_code for _ in range(settings.AXES_FAILURE_LIMIT + 1)]
    assert answers == [200] * (settings.AXES_FAILURE_LIMIT - 1) + [429, 429]


@pytest.mark.django_db(transaction=True)
def test_what_slows_guessing_is_forgotten(client: Client, make_person: Make, sign_in: SignIn, settings: Any) -> None:
    settings.AXES_ENABLED = True
    make_person()
    sign_in(client, "amira", "wrong")
    assert AccessAttempt.objects.count() == 1
    outbox.publish(topic="base.day_began", record_kind="clock", record_id=UUID(int=0), by=SYSTEM)
    outbox.deliver_all()
    assert AccessAttempt.objects.count() == 1
    AccessAttempt.objects.update(attempt_time=clock.wall_now() - timedelta(days=2))
    Session.objects.create(session_key="old", session_data="", expire_date=clock.wall_now() - timedelta(days=1))
    outbox.publish(topic="base.day_began", record_kind="clock", record_id=UUID(int=0), by=SYSTEM)
    outbox.deliver_all()
    assert not AccessAttempt.objects.exists()
    assert not Session.objects.filter(session_key="old").exists()


def test_a_test_may_let_somebody_in_without_the_page(client: Client, make_person: Make) -> None:
    client.force_login(make_person())
    assert client.get("/own/").content == b"person Amira Haddad"
