"""One investigation for all tests of a module; each test's own changes are taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from salus.assess.investigations.services import investigation_open
from salus.assess.investigations.work import find
from salus.base import clock
from salus.config.packs import packs_load
from salus.gather.sources import registry
from salus.gather.sources.loading import load
from salus.trust.models import Person
from salus.trust.selectors import system_viewer
from salus.trust.services import person_create, role_assign
from salus.web.ops.pages import forget_pages
from salus.world.city.pack import build

NOBODY = UUID(int=0)
BY = system_viewer("tests")
NOW = datetime(2026, 3, 9, 19, tzinfo=UTC)
PEOPLE = {
    "jonas": ("epidemiologist", "case_investigator"),
    "amira": ("duty_officer",),
    "vera": ("viewer",),
    "otto": ("auditor",),
    "paula": ("partner",),
    "nina": (),
}


@dataclass
class Room:
    """The room in which an investigation goes on."""

    people: dict[str, UUID] = field(default_factory=dict)
    investigation: UUID = NOBODY

    def client(self, name: str = "", **options: Any) -> Client:
        """A browser in which a person has signed in, or nobody."""
        client = Client(**options)
        if name:
            person = Person.objects.get(id=self.people[name])
            client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
        return client


def made(pack: Path) -> Room:
    """Bring a city and a line list in, open an investigation, and work it out."""
    room = Room()
    packs_load("water_main")
    load(slug="exercise_city", path=pack, by=BY)
    load(slug="exercise_cases", path=registry.get("exercise_cases").fixture, by=BY)
    for username, roles in PEOPLE.items():
        row = person_create(
            username=username, name=f"{username.title()} Test", password="correct horse battery", demo=True, by=BY
        )
        for role in roles:
            role_assign(person=row.id, role=role, by=BY)
        room.people[username] = row.id
    room.investigation = investigation_open(pack="water_main", source="exercise_cases", by=BY).id
    find(investigation=room.investigation, by=BY)
    return room


@pytest.fixture(scope="module")
def opened(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The room, opened once and taken back at the end."""
    pack = build(tmp_path_factory.mktemp("room") / "pack", seed=5, people=6_000)
    with django_db_blocker.unblock(), transaction.atomic(), clock.fixed_at(NOW):
        yield made(pack)
        transaction.set_rollback(True)


@pytest.fixture
def room(opened: Room, db: None) -> Iterator[Room]:
    """The room an hour later, with nothing kept from another test."""
    cache.clear()
    forget_pages()
    with clock.fixed_at(NOW.replace(hour=20)):
        yield opened
    cache.clear()
    forget_pages()
