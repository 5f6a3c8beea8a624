"""What became known later is on no page of an earlier moment: the page is the same before and after it came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from salus.act.selectors import task_list
from salus.act.services import task_create, task_update
from salus.assess.selectors import rule_table_get, signal_list
from salus.assess.services import rule_table_save, signal_triage
from salus.base import clock
from salus.city.selectors import facility_list
from salus.city.services import facility_status_set
from salus.decide.schemas import DecisionEdit
from salus.decide.services import (
    alert_compose,
    decision_draft,
    decision_end,
    release_publish,
    situation_autopublish_set,
)
from salus.gather.services import source_pause
from salus.plan.selectors import proposal_list
from salus.plan.services import proposal_drop
from salus.trust.services import person_create, role_assign
from tests.web.ops.routes import Address, addresses
from tests.web.ops.story import BAD_ROWS, SOURCE, START, SYSTEM, Story, assess, begin, bring_in, work_done

pytestmark = pytest.mark.django_db
# Planted in everything that is written after the moment shown.
MARK, NUMBER = "Zukunftszeichen", "987654"
THEN = START + timedelta(hours=6)
LOOKED_AT = START + timedelta(days=40)
LOOKERS = ("amira", "ines")
# `changes` answers what is new now and has no moment; the others are forms, which the past does not offer.
WITHOUT_A_PAST = ("changes", "import_new", "decision_new", "decision_edit", "person_new")
# Tokens, and when a page was printed, differ from answer to answer and say nothing of the city.
TOKENS = re.compile(r'(name="csrfmiddlewaretoken" value|name="csrf-token" content)="[^"]*"|<p class="print-foot">.*')


def looked_at(story: Story, username: str) -> dict[str, str]:
    """Every page at the earlier moment, as somebody sees it weeks later."""
    cache.clear()
    client, viewer = story.client(username), story.viewer(username)
    found = {}
    with clock.fixed_at(LOOKED_AT):
        for address in addresses(story):
            if address.sent or address.name in WITHOUT_A_PAST or not address.allows(viewer):
                continue
            found[address.name] = body(client, address, THEN)
    return found


def body(client: Client, address: Address, at: datetime | None) -> str:
    """A page's text, with its status, without what differs from answer to answer."""
    answer = client.get(address.path, {"at": at.isoformat()} if at else {})
    return f"{answer.status_code}\n{TOKENS.sub('token', answer.content.decode())}"


def text(**more: str) -> dict[str, str]:
    """A marked text in every language."""
    return {code: f"{MARK} {code}" for code in ("en", "fr", "ar")} | more


def change_the_work(story: Story) -> None:
    """Signals, proposals, decisions, tasks and releases of later."""
    amira, marta, lea = (story.viewer(name) for name in ("amira", "marta", "lea"))
    signal_triage(signal=signal_list(viewer=SYSTEM)[0].id, status="confirmed", note=MARK, by=amira)
    proposal_drop(proposal=proposal_list(viewer=SYSTEM, status="open")[0].id, reason=MARK, by=amira)
    zone = story.ids["zone"]
    decision_draft(zone_ids=[zone], edit=DecisionEdit(title=text(), rationale=MARK, public_text=text()), by=amira)
    task = task_list(viewer=SYSTEM, decision=story.ids["decision"])[0]
    task_update(task=task.id, status="doing", progress=77, note=MARK, by=amira)
    task_create(title=text(), due_at=clock.now() + timedelta(days=1), owner=story.people["kofi"], by=amira)
    alert_compose(decision=story.ids["decision"], by=lea)
    release_publish(kind="situation", by=lea)
    situation_autopublish_set(on=True, by=lea)
    decision_end(decision=story.ids["decision"], reason=MARK, by=marta)


def change_the_rest(story: Story) -> None:
    """Rules, people, places and sources of later."""
    ines, jonas = story.viewer("ines"), story.viewer("jonas")
    table = rule_table_get(viewer=SYSTEM)
    rule_table_save(draft=dict(table.document), note=MARK, expected_number=table.number, by=jonas)
    made = person_create(username="spaeter", name=MARK, password="correct horse battery", by=ines)
    role_assign(person=made.id, role="viewer", by=ines)
    facility = facility_list(viewer=SYSTEM)[0]
    facility_status_set(facility=facility.id, status="closed", note_text=MARK, by=ines)
    source_pause(source=SOURCE, by=ines)


def grow_old(story: Story, folder: Any) -> None:
    """Weeks of which the earlier moment knows nothing."""
    with clock.fixed_at(START + timedelta(days=1)), work_done():
        # Not only new days: a value of a day before the moment shown is corrected too.
        bring_in(story, folder, BAD_ROWS.replace(",12", f",{NUMBER}").replace("2026-06-22", MARK))
    with clock.fixed_at(START + timedelta(days=2)), work_done():
        assess()
    with clock.fixed_at(START + timedelta(days=3)), work_done():
        change_the_work(story)
    with clock.fixed_at(START + timedelta(days=4)), work_done():
        change_the_rest(story)
    with clock.fixed_at(story.ended_at):
        assess()


@pytest.fixture(scope="module")
def seen(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Story, dict[str, dict[str, str]], dict[str, dict[str, str]]]]:
    """The pages of one moment, looked at before and after the later facts came."""
    with django_db_blocker.unblock(), transaction.atomic():
        story = begin(tmp_path_factory.mktemp("story"))
        before = {name: looked_at(story, name) for name in LOOKERS}
        grow_old(story, tmp_path_factory.mktemp("later"))
        after = {name: looked_at(story, name) for name in LOOKERS}
        yield story, before, after
        transaction.set_rollback(True)


@pytest.mark.parametrize("username", LOOKERS)
def test_every_page_is_the_same_as_it_was(seen: Any, username: str) -> None:
    _story, before, after = seen
    changed = {}
    for name, page in before[username].items():
        lines = zip(page.splitlines(), after[username][name].splitlines(), strict=False)
        if page != after[username][name]:
            changed[name] = next(((a.strip()[:300], b.strip()[:300]) for a, b in lines if a != b), ("", "longer"))
    assert changed == {}
    assert len(before[username]) > 30


@pytest.mark.parametrize("username", LOOKERS)
def test_no_later_mark_is_anywhere(seen: Any, username: str) -> None:
    _story, _before, after = seen
    found = [name for name, page in after[username].items() if MARK in page or NUMBER in page or "987,654" in page]
    assert found == []


def test_the_marks_are_there_now(seen: Any) -> None:
    """Else the tests above would prove nothing."""
    story, _before, _after = seen
    client = story.client("ines")
    cache.clear()
    with clock.fixed_at(LOOKED_AT):
        pages = {address.name: body(client, address, None) for address in addresses(story) if not address.sent}
    marked = {name for name, page in pages.items() if MARK in page}
    assert {"decisions", "decision", "tasks", "task", "people", "rules", "log"} <= marked
    assert any(NUMBER in page or "987,654" in page for page in pages.values())


def test_the_earliest_moment_knows_nothing(seen: Any) -> None:
    story, _before, _after = seen
    client = story.client("ines")
    with clock.fixed_at(LOOKED_AT):
        page = client.get("/ops/", {"at": datetime(2020, 1, 1, tzinfo=UTC).isoformat()}).content.decode()
    assert "No city yet" in page
    assert MARK not in page
