"""One turn of the loop in Port Alma, with its own people, told once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import TestCase

from salus.act.models import Task
from salus.act.services import task_done, task_hand_over, task_take
from salus.assess.services import assessment_run
from salus.assess.services import pack_load as rules_load
from salus.base import clock, outbox
from salus.base.audit import audited
from salus.base.ids import new_id
from salus.decide.schemas import DecisionEdit
from salus.decide.services import (
    alert_compose,
    decision_approve,
    decision_draft,
    decision_submit,
    release_publish,
    situation_autopublish_set,
)
from salus.gather.sources.loading import load
from salus.plan.schemas import ProposalRow
from salus.plan.selectors import proposal_list
from salus.plan.services import pack_load as measures_load
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer, viewer_for
from salus.trust.services import organisation_create, person_create, role_assign, roles_load

START = datetime(2026, 5, 31, 20, tzinfo=UTC)
SYSTEM = system_viewer("test")
CREW = {
    "amira": "duty_officer",
    "marta": "head",
    "kofi": "logistics_lead",
    "lea": "communications_lead",
    "jonas": "epidemiologist",
}


@audited("clock.day_began")
def day_begin(*, day: datetime, by: Viewer) -> UUID:
    """The heart's daily word, said by hand."""
    mark = new_id()
    outbox.publish(
        topic="base.day_began", record_kind="day", record_id=mark, payload={"day": day.date().isoformat()}, by=by
    )
    return mark


def deliver() -> None:
    """Deliver every event and run every job that follows, as the heart and the worker would."""
    for _ in range(20):
        with TestCase.captureOnCommitCallbacks(execute=True) as called:
            count = outbox.deliver_all()
        if not count and not called:
            return


@dataclass
class World:
    """What the story leaves behind."""

    people: dict[str, UUID] = field(default_factory=dict)
    organisations: dict[str, UUID] = field(default_factory=dict)
    proposal: ProposalRow | None = None
    decision: UUID | None = None
    alert: UUID | None = None
    decided_at: datetime | None = None
    before: datetime | None = None
    ended_at: datetime = START
    tasks: list[UUID] = field(default_factory=list)

    def viewer(self, name: str) -> Viewer:
        """A person with the rights that they hold."""
        return viewer_for(person=self.people[name])


def assess_at(moment: datetime) -> None:
    """A day's work of the machinery."""
    with clock.fixed_at(moment):
        day_begin(day=moment, by=SYSTEM)
        with TestCase.captureOnCommitCallbacks(execute=True):
            assessment_run(by=SYSTEM)
        deliver()


def make_people(world: World) -> None:
    """Named people of two organisations."""
    for code in ("centre", "hospitals"):
        made = organisation_create(name={"en": code}, kind="management", by=SYSTEM)
        world.organisations[code] = made.id
    for username, role in CREW.items():
        made_person = person_create(
            username=username,
            name=username.title(),
            organisation_id=world.organisations["centre"],
            password="correct horse battery",
            demo=True,
            by=SYSTEM,
        )
        role_assign(person=made_person.id, role=role, by=SYSTEM)
        world.people[username] = made_person.id
    partner = person_create(
        username="paula", name="Paula", organisation_id=world.organisations["hospitals"], password="correct horse battery",
        demo=True, by=SYSTEM,
    )  # fmt: skip
    role_assign(person=partner.id, role="partner", organisation_id=world.organisations["hospitals"], by=SYSTEM)
    world.people["paula"] = partner.id


def decide(world: World, proposal: ProposalRow) -> None:
    """Amira drafts, Marta approves, Léa tells the public."""
    amira, marta, lea = world.viewer("amira"), world.viewer("marta"), world.viewer("lea")
    chosen = next(option.key for option in proposal.options if option.key in ("playbook", "health"))
    others = {option.key: "It would do too little, or cost too much." for option in proposal.options}
    edit = DecisionEdit(
        option=chosen,
        rationale="Cases rise in most districts and beds will be short in two weeks.",
        dissent="Kofi would have waited for two more days of data.",
        why_rejected=others,
        accountable=marta.id,
    )
    row = decision_draft(proposal=proposal.id, edit=edit, by=amira)
    decision_submit(decision=row.id, by=amira)
    world.decision = row.id
    deliver()
    with clock.fixed_at(clock.now() + timedelta(hours=5)) as decided_at:
        decision_approve(decision=row.id, by=marta)
        world.decided_at = decided_at
        deliver()
        world.tasks = list(
            Task.objects.known().filter(decision_id=row.id).order_by("number").values_list("id", flat=True)
        )
    with clock.fixed_at(decided_at + timedelta(hours=1)):
        world.alert = alert_compose(decision=row.id, by=lea).id
        release_publish(kind="decision", decision=row.id, by=lea)
        release_publish(kind="alert", alert=world.alert, by=lea)
        deliver()


def work(world: World) -> None:
    """Kofi hands one task to the hospitals and does another."""
    kofi, paula = world.viewer("kofi"), world.viewer("paula")
    mine = list(Task.objects.known().filter(owner_id=kofi.id).order_by("number").values_list("id", flat=True))
    assert world.decided_at is not None
    with clock.fixed_at(world.decided_at + timedelta(hours=3)):
        task_hand_over(
            task=mine[0], to_organisation=world.organisations["hospitals"], reason="They have the vans.", by=kofi
        )
        deliver()
    with clock.fixed_at(world.decided_at + timedelta(hours=7)):
        task_take(task=mine[0], by=paula)
        task_done(task=mine[1], note="All sites are open.", by=kofi)
        deliver()


def tell_the_story() -> World:
    """From the first assessment to the outcome."""
    world = World()
    with clock.fixed_at(START):
        roles_load(by=SYSTEM)
        rules_load(by=SYSTEM)
        measures_load(by=SYSTEM)
        load(slug="builtin_city", by=SYSTEM)
        make_people(world)
        situation_autopublish_set(on=True, by=world.viewer("lea"))
    moment = START
    for _ in range(40):
        assess_at(moment)
        with clock.fixed_at(moment + timedelta(minutes=30)):
            waiting = [row for row in proposal_list(viewer=SYSTEM, status="open") if row.level_to >= 2]
            if waiting:
                world.before = clock.now()
                world.proposal = waiting[0]
                with clock.fixed_at(moment + timedelta(hours=2)):
                    decide(world, waiting[0])
                work(world)
                break
        moment += timedelta(days=1)
    for _ in range(5):
        moment += timedelta(days=5)
        assess_at(moment)
    world.ended_at = moment
    return world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The story, told once and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield tell_the_story()
        transaction.set_rollback(True)
