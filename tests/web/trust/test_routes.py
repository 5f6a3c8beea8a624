"""Each route asks for the right that it declares; one that declares none does not start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from salus.trust.checks import routes_are_declared
from salus.trust.middleware import TrustMiddleware
from salus.trust.models import Person
from salus.trust.routes import undeclared_routes

pytestmark = pytest.mark.django_db


def test_the_product_does_not_start_with_an_undeclared_route(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.web.trust.site_undeclared"
    with pytest.raises(ImproperlyConfigured, match="forgotten"):
        TrustMiddleware(lambda request: request)  # type: ignore[arg-type,return-value]
    assert [error.id for error in routes_are_declared()] == ["salus.E010"] * 2
    found = " ".join(undeclared_routes())
    assert "/deep/forgotten/" in found
    assert "/deep/template/" in found
    assert "declared/" not in found.replace("undeclared", "")


def test_a_declared_site_starts() -> None:
    assert undeclared_routes() == []
    assert routes_are_declared() == []


def test_a_public_page_looks_at_no_session_and_no_table(
    client: Client, make_person: Callable[..., Person], sign_in: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    make_person()
    sign_in(client)
    with django_assert_num_queries(0):
        page = client.get("/open/")
    assert page.content == b"anonymous "
    assert "Cookie" not in page.headers.get("Vary", "")


def test_a_stranger_is_sent_to_the_door_and_back(client: Client) -> None:
    page = client.get("/signals/?zone=3")
    assert (page.status_code, page["Location"]) == (302, "/accounts/login/?next=/signals/%3Fzone%3D3")


def test_a_person_passes_where_their_role_lets_them(
    client: Client, make_person: Callable[..., Person], sign_in: Callable[..., Any]
) -> None:
    make_person()
    sign_in(client)
    assert client.get("/signals/").content == b"person Amira Haddad"
    assert client.get("/own/").status_code == 200
    refused = client.get("/roles/")
    assert refused.status_code == 403
    assert b"role.manage" not in refused.content
    assert client.get("/contacts/").status_code == 403


def test_somebody_without_a_role_sees_only_what_is_their_own(
    client: Client, make_person: Callable[..., Person], sign_in: Callable[..., Any]
) -> None:
    make_person(role=None)
    sign_in(client)
    assert client.get("/own/").status_code == 200
    assert client.get("/signals/").status_code == 403


def test_a_request_asks_for_the_person_once_and_for_nothing_else(
    client: Client, make_person: Callable[..., Person], sign_in: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    make_person()
    sign_in(client)
    client.get("/signals/")
    with django_assert_num_queries(1) as asked:
        client.get("/signals/")
    assert "trust_person" in asked.captured_queries[0]["sql"]


def test_a_part_of_a_page_sends_the_whole_page_to_the_door(client: Client) -> None:
    answer = client.get("/signals/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/accounts/login/?next=/signals/")
