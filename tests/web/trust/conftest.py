"""A small site behind the product's own doors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import clear_url_caches

from salus.trust.models import Person
from salus.trust.selectors import system_viewer
from salus.trust.services import person_create, role_assign, roles_load

PASSWORD = "a long enough password"
SYSTEM = system_viewer("tests")


@pytest.fixture(autouse=True)
def own_site(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.SALUS_DATA_DIR = tmp_path
    settings.ROOT_URLCONF = "tests.web.trust.site"
    clear_url_caches()
    cache.clear()
    yield
    clear_url_caches()


@pytest.fixture
def make_person(db: None) -> Callable[..., Person]:
    """Make a person with a role who has chosen their password."""
    roles_load(by=SYSTEM)

    def make(username: str = "amira", role: str | None = "duty_officer", **where: Any) -> Person:
        made = person_create(username=username, name=f"{username.title()} Haddad", password=PASSWORD, by=SYSTEM)
        Person.objects.filter(id=made.id).update(must_change_password=False)
        if role:
            role_assign(person=made.id, role=role, by=SYSTEM, **where)
        return Person.objects.get(id=made.id)

    return make


@pytest.fixture
def sign_in() -> Callable[..., Any]:
    """Sign in through the page, as a person does."""

    def enter(client: Client, username: str = "amira", password: str = PASSWORD) -> Any:
        return client.post("/accounts/login/", {"login": username, "password": password})

    return enter
