"""A city with a decision in force, for all tests of a module; each test's own changes are taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from salus.base import clock
from salus.city.selectors import facility_list, line_list, zone_list
from salus.decide.changes.schemas import SiteHours
from salus.decide.changes.services import line_close, site_open
from salus.decide.schemas import DecisionEdit
from salus.decide.services import decision_approve, decision_draft, decision_submit, release_publish
from salus.gather.sources import registry
from salus.gather.sources.loading import load
from salus.plan.services import pack_load
from salus.trust.models import Person
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer, viewer_for
from salus.trust.services import organisation_create, person_create, role_assign, roles_load
from salus.web.ops.pages import forget_pages

NOBODY = UUID(int=0)
BY = system_viewer("tests")
BEGUN, NOW = datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 12, tzinfo=UTC)
PEOPLE = {
    "amira": "duty_officer", "marta": "head", "kofi": "logistics_lead", "vera": "viewer", "paula": "partner",
    "otto": "auditor", "nina": "",
}  # fmt: skip


@dataclass
class Room:
    """The room in which lines are closed and sites are opened."""

    people: dict[str, UUID] = field(default_factory=dict)
    decision: UUID = NOBODY
    line: UUID = NOBODY
    change: UUID = NOBODY

    def viewer(self, name: str) -> Viewer:
        """A person with the rights that they hold."""
        return viewer_for(person=self.people[name])

    def client(self, name: str = "", **options: Any) -> Client:
        """A browser in which a person has signed in, or nobody."""
        client = Client(**options)
        if name:
            person = Person.objects.get(id=self.people[name])
            client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
        return client


def people() -> dict[str, UUID]:
    """Named people, each with a role."""
    roles_load(by=BY)
    home = organisation_create(name={"en": "Centre"}, kind="management", by=BY).id
    found = {}
    for username, role in PEOPLE.items():
        row = person_create(
            username=username, name=f"{username.title()} Test", organisation_id=home,
            password="correct horse battery", demo=True, by=BY,
        )  # fmt: skip
        if role:
            role_assign(person=row.id, role=role, organisation_id=home if role == "partner" else None, by=BY)
        found[username] = row.id
    return found


def decided(room: Room) -> UUID:
    """A decision for the whole city that closes lines, and asks for tests and vaccines."""
    edit = DecisionEdit(
        title={"en": "Fewer ways, more tests", "fr": "Moins de trajets, plus de tests", "ar": "تنقل أقل وفحوص أكثر"},
        measures=("close-lines", "free-tests", "vaccine-visits"), rationale="Cases rise.",
        accountable=room.people["marta"], why_rejected={"none": "It would do too little."},
        public_text={"en": "Some lines are closed.", "fr": "Des lignes sont fermées.", "ar": "بعض الخطوط مغلقة."},
    )  # fmt: skip
    root = next(row.id for row in zone_list(viewer=BY) if row.level == "city")
    row = decision_draft(zone_ids=[root], edit=edit, by=room.viewer("amira"))
    decision_submit(decision=row.id, by=room.viewer("amira"))
    decision_approve(decision=row.id, by=room.viewer("marta"))
    return UUID(str(row.id))


def made() -> Room:
    """Bring a small city in, decide, close a line, open a site, and publish."""
    load(slug="exercise_city", path=registry.get("exercise_city").fixture, by=BY)
    pack_load(by=BY)
    room = Room(people())
    room.decision = decided(room)
    room.line = next(row.id for row in line_list(viewer=BY) if row.code == "R")
    kofi = room.viewer("kofi")
    room.change = line_close(line=room.line, decision=room.decision, reason="It is crowded.", by=kofi).id
    hours = SiteHours(per_day=60, weekdays=(0, 1, 2, 3, 4), opens="08:00", closes="19:30")
    clinic = facility_list(viewer=BY, kind="pharmacy")[0].id
    site_open(facility=clinic, site="testing", hours=hours, decision=room.decision, reason="Near homes.", by=kofi)
    release_publish(kind="situation", by=BY)
    return room


@pytest.fixture(scope="module")
def opened(django_db_setup: None, django_db_blocker: Any) -> Iterator[Room]:
    """The room, opened once and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.fixed_at(BEGUN):
        yield made()
        transaction.set_rollback(True)


@pytest.fixture
def room(opened: Room, db: None) -> Iterator[Room]:
    """The room some hours later, with nothing kept from another test."""
    cache.clear()
    forget_pages()
    with clock.fixed_at(NOW):
        yield opened
    cache.clear()
    forget_pages()
