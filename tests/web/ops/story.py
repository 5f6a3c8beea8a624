"""One short history of the built-in city, told once for all pages: from its data to what came of a decision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.test import Client, TestCase

from salus.act.selectors import task_list
from salus.assess.selectors import assessment_latest, risk_level_list, signal_list
from salus.assess.services import assessment_run
from salus.base import clock, outbox
from salus.base.audit import audited
from salus.base.ids import new_id
from salus.base.selectors import job_list
from salus.city.selectors import zone_list
from salus.config.packs import packs_load
from salus.decide.schemas import DecisionEdit
from salus.decide.selectors import decision_get
from salus.decide.services import (
    alert_compose,
    decision_approve,
    decision_draft,
    decision_submit,
    release_publish,
)
from salus.gather.schemas import MappingSpec
from salus.gather.selectors import parked_list
from salus.gather.services import import_start
from salus.gather.sources.loading import load
from salus.learn.selectors import outcome_list
from salus.plan.selectors import proposal_list
from salus.trust.models import Person
from salus.trust.schemas import Viewer
from salus.trust.selectors import assignment_list, system_viewer, viewer_for
from salus.trust.services import organisation_create, person_create, role_assign
from salus.web.ops.pages import forget_pages

START = datetime(2026, 7, 4, 20, tzinfo=UTC)
SYSTEM = system_viewer("tests")
SOURCE, SERIES = "builtin_city", "alma.zone_cases_reported"
PEOPLE = {
    "ines": "administrator",
    "amira": "duty_officer",
    "jonas": "epidemiologist",
    "marta": "head",
    "kofi": "logistics_lead",
    "lea": "communications_lead",
    "paula": "partner",
    "vera": "viewer",
    "otto": "auditor",
    "nina": "",
}
MAPPING = MappingSpec(valid_column="date", zone_column="zone", value_column="value", series_fixed=SERIES)
BAD_ROWS = "date,zone,value\n2026-06-20,{zone},12\n2026-06-21,{zone},twelve\n2026-06-22,NOWHERE,4\n"


@dataclass
class Story:
    """What the history leaves behind, and its moments."""

    people: dict[str, UUID] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    started_at: datetime = START
    decided_at: datetime = START
    ended_at: datetime = START

    def viewer(self, name: str) -> Viewer:
        """A person with the rights that they hold."""
        return viewer_for(person=self.people[name])

    def client(self, name: str = "", **options: Any) -> Client:
        """A browser in which a person has signed in, or nobody."""
        client = Client(**options)
        if name:
            client.force_login(
                Person.objects.get(id=self.people[name]), "allauth.account.auth_backends.AuthenticationBackend"
            )
        return client


@audited("clock.day_began")
def day_begin(*, by: Viewer) -> UUID:
    """The heart's daily word, said by hand."""
    mark = new_id()
    payload = {"day": clock.now().date().isoformat()}
    outbox.publish(topic="base.day_began", record_kind="day", record_id=mark, payload=payload, by=by)
    return mark


@contextmanager
def work_done() -> Iterator[None]:
    """Run the jobs and deliver the events that what is done inside asks for."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield
    for _ in range(20):
        with TestCase.captureOnCommitCallbacks(execute=True) as called:
            count = outbox.deliver_all()
        if not count and not called:
            return


def assess() -> None:
    """A day's work of the machinery."""
    with work_done():
        day_begin(by=SYSTEM)
        assessment_run(by=SYSTEM)


def make_people(story: Story) -> None:
    """One person for each role, and one without any."""
    centre = organisation_create(name={"en": "Centre"}, kind="management", by=SYSTEM).id
    for username, role in PEOPLE.items():
        made = person_create(
            username=username,
            name=f"{username.title()} Test",
            organisation_id=centre,
            password="correct horse battery",
            demo=True,
            by=SYSTEM,
        )
        if role:
            role_assign(person=made.id, role=role, organisation_id=centre if role == "partner" else None, by=SYSTEM)
        story.people[username] = made.id


def decide(story: Story) -> UUID:
    """Amira drafts, Marta approves."""
    rows = proposal_list(viewer=SYSTEM, status="open")
    proposal = max(rows, key=lambda row: (row.level_to, len(row.zone_ids)))
    chosen = next(option.key for option in proposal.options if option.key in ("playbook", "health"))
    edit = DecisionEdit(
        option=chosen,
        rationale="Cases rise in most districts.",
        why_rejected={option.key: "It would do too little." for option in proposal.options},
        accountable=story.people["marta"],
    )
    row = decision_draft(proposal=proposal.id, edit=edit, by=story.viewer("amira"))
    decision_submit(decision=row.id, by=story.viewer("amira"))
    with work_done():
        decision_approve(decision=row.id, by=story.viewer("marta"))
    story.ids |= {"proposal": proposal.id, "decision": row.id}
    return row.id


def tell(story: Story, decision: UUID) -> None:
    """Lea publishes the decision, its alert, and the situation."""
    lea = story.viewer("lea")
    alert = alert_compose(decision=decision, by=lea)
    with work_done():
        release_publish(kind="situation", by=lea)
        story.ids["release"] = release_publish(kind="decision", decision=decision, by=lea).number
        release_publish(kind="alert", alert=alert.id, by=lea)
    story.ids["alert"] = alert.id


def bring_in(story: Story, folder: Path, text: str = BAD_ROWS) -> UUID:
    """Amira brings a file in, two rows of which are doubtful."""
    path = folder / "rows.csv"
    zone = zone_list(viewer=SYSTEM, level="zone")[0]
    path.write_text(text.format(zone=zone.code))
    with work_done():
        row = import_start(source=SOURCE, path=path, mapping=MAPPING, label="rows.csv", by=story.viewer("amira"))
    return row.id


def gather_ids(story: Story) -> None:
    """Note one record of each kind, for the addresses."""
    ids = story.ids
    ids["signal"] = signal_list(viewer=SYSTEM)[0].id
    levels = risk_level_list(viewer=SYSTEM)
    ids["zone"] = zone_list(viewer=SYSTEM, level="zone")[0].id
    ids["risk_level"] = next(row.id for row in levels if row.zone_id == ids["zone"])
    ids["task"] = task_list(viewer=SYSTEM, decision=ids["decision"])[0].id
    ids["outcome"] = next((row.id for row in outcome_list(viewer=SYSTEM)), new_id())
    ids["assessment"] = assessment_latest(viewer=SYSTEM).id  # type: ignore[union-attr]
    ids["job"] = job_list()[0].id
    ids["assignment"] = assignment_list(viewer=SYSTEM, person=story.people["amira"])[0].id
    ids["row"] = next((row.id for row in parked_list(viewer=SYSTEM, limit=1)), new_id())


def begin(folder: Path) -> Story:
    """From the city's data to a decision that the public was told of."""
    cache.clear()
    forget_pages()
    story = Story()
    with clock.fixed_at(START):
        packs_load()
        load(slug=SOURCE, by=SYSTEM)
        make_people(story)
        assess()
    story.decided_at = START + timedelta(hours=3)
    with clock.fixed_at(story.decided_at):
        decision = decide(story)
    with clock.fixed_at(START + timedelta(hours=5)):
        tell(story, decision)
        story.ids["import"] = bring_in(story, folder)
        gather_ids(story)
    due = decision_get(viewer=SYSTEM, decision=decision).expected
    assert due is not None and due.due_on is not None
    story.ended_at = datetime(due.due_on.year, due.due_on.month, due.due_on.day, 20, tzinfo=UTC) + timedelta(days=16)
    return story


def tell_the_story(folder: Path) -> Story:
    """From the city's data to the outcome of a decision."""
    story = begin(folder)
    with clock.fixed_at(story.ended_at):
        assess()
        gather_ids(story)
    return story
