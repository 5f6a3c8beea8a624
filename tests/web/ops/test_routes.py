"""Each page as each role: shown, refused or not found, and never broken; the same in the past and in Arabic."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from salus.act.services import task_create
from salus.assess.selectors import signal_list
from tests.web.ops.routes import CHAINED, addresses
from tests.web.ops.story import PEOPLE, SYSTEM, Story, day_begin

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("person", PEOPLE)
def test_each_address_opens_to_whom_it_is_for(story: Story, person: str) -> None:
    client, viewer = story.client(person, raise_request_exception=False), story.viewer(person)
    wrong = []
    for address in addresses(story):
        wanted = {405} if address.sent else {200, 404} if address.allows(viewer) else {403}
        if PEOPLE[person] in ("administrator", "duty_officer") and address.allows(viewer) and not address.sent:
            # They hold their role in the whole city: nothing of the story is hidden from them.
            wanted = {200}
        if address.name in ("trust", "account") and not PEOPLE[person]:
            # Whoever has no role yet still has an account to look after.
            wanted = {200}
        if address.name == "decision_edit":
            wanted |= {200, 400, 409}
        status = client.get(address.path).status_code
        if status not in wanted:
            wrong.append((address.name, status, sorted(wanted)))
    assert wrong == []


def test_a_stranger_is_sent_to_the_door(story: Story) -> None:
    client = story.client()
    for address in addresses(story):
        answer = client.get(address.path)
        if address.sent:
            assert answer.status_code == 405, address.name
        else:
            assert answer.status_code == 302, address.name
            assert answer["Location"].startswith("/accounts/login/?next="), address.name


@pytest.mark.parametrize(("person", "language"), [("amira", "ar"), ("ines", "fr")])
def test_pages_hold_in_the_past_and_in_other_languages(story: Story, person: str, language: str) -> None:
    client, viewer = story.client(person, headers={"accept-language": language}), story.viewer(person)
    for address in addresses(story):
        if address.sent or not address.allows(viewer):
            continue
        answer = client.get(address.path, {"at": story.decided_at.isoformat()})
        assert answer.status_code in (200, 400, 404), (address.name, answer.status_code)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and address.name != "now_part":
            direction = "rtl" if language == "ar" else "ltr"
            assert f'<html lang="{language}" dir="{direction}">'.encode() in answer.content, address.name


@pytest.mark.parametrize("kind", CHAINED)
def test_each_kind_of_record_has_its_chain(story: Story, kind: str) -> None:
    client = story.client("amira")
    path = reverse("ops:chain", args=[kind, story.ids[kind]])
    assert client.get(path).status_code == 200
    fragment = client.get(path, headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert b"<html" not in fragment.content
    assert b"<li" in fragment.content


def test_a_record_that_was_not_yet_known_has_no_page(story: Story) -> None:
    client = story.client("amira")
    before = story.started_at.replace(hour=1).isoformat()
    for name in ("decision", "proposal", "task", "outcome", "signal", "alert", "import"):
        path = reverse(f"ops:{name}", args=[story.ids[name]])
        assert client.get(path, {"at": before}).status_code == 404, name
    assert client.get(reverse("ops:release", args=[story.ids["release"]]), {"at": before}).status_code == 404


def test_an_address_with_nonsense_says_so(story: Story) -> None:
    client = story.client("amira")
    assert client.get("/ops/?at=yesterday").status_code == 400
    assert client.get("/ops/signals/?page=minus&status=strange").status_code == 200
    assert client.get(reverse("ops:parked"), {"import": "x"}).status_code == 400
    assert client.get("/ops/now/parts/nothing/").status_code == 404
    # The future is never shown: such a moment is now.
    assert b'data-when="now"' in client.get("/ops/?at=2099-01-01").content


def test_changes_answer_only_when_something_happened(story: Story) -> None:
    client = story.client("amira")
    first = client.get("/ops/changes")
    assert first.json()["topics"]["assess.completed"] <= first.json()["seq"]
    again = client.get("/ops/changes", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    day_begin(by=SYSTEM)
    later = client.get("/ops/changes", headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200
    assert later.json()["topics"]["base.day_began"] > first.json()["topics"]["base.day_began"]


def test_the_search_finds_zones_and_series_and_keeps_the_moment(story: Story) -> None:
    client = story.client("amira")
    found = client.get("/ops/search", {"q": "lighthouse"}).json()["results"]
    assert (found[0]["title"], found[0]["kind"]) == ("Lighthouse Point", "Zone")
    assert any("/ops/series/" in one["href"] for one in client.get("/ops/search", {"q": "cases"}).json()["results"])
    assert client.get("/ops/search", {"q": "l"}).json() == {"results": []}
    past = client.get("/ops/search", {"q": "lighthouse", "at": story.decided_at.isoformat()}).json()["results"]
    assert "at=2026-07-04" in past[0]["href"]


def test_now_is_kept_for_one_person_language_address_and_change(story: Story) -> None:
    amira, vera = story.client("amira"), story.client("vera")
    first = amira.get("/ops/").content.decode()
    assert "Amira Test" in first
    assert "Vera Test" in vera.get("/ops/").content.decode()
    assert '<html lang="ar"' in amira.get("/ops/", headers={"accept-language": "ar"}).content.decode()
    assert 'aria-sort="descending"' not in amira.get("/ops/", {"sort": "zone"}).content.decode()
    assert 'aria-sort="descending"' in amira.get("/ops/", {"sort": "-zone"}).content.decode()
    past = amira.get("/ops/", {"at": story.decided_at.isoformat()}).content.decode()
    assert 'data-when="past"' in past
    # On a page of the past the map leads to zones of the past.
    assert f"/ops/zones/{story.ids['zone']}/?at=2026-07-04" in past
    assert 'data-when="now"' in amira.get("/ops/").content.decode()


def test_now_shows_a_message_once_and_never_to_others(story: Story) -> None:
    client = story.client("amira")
    client.get("/ops/")
    row = next(row for row in signal_list(viewer=SYSTEM) if row.is_open)
    said = "The signal is confirmed."
    path = reverse("ops:signal_triage", args=[row.id, "confirm"])
    assert said in client.post(path, {"next": "/ops/"}, follow=True).content.decode()
    assert said not in client.get("/ops/").content.decode()


def test_now_is_made_anew_when_something_happened(story: Story) -> None:
    client = story.client("amira")
    assert "Bring more vans" not in client.get("/ops/").content.decode()
    due = story.ended_at - timedelta(days=1)
    task_create(title={"en": "Bring more vans"}, due_at=due, owner=story.people["kofi"], by=story.viewer("amira"))
    assert "Bring more vans" in client.get("/ops/").content.decode()
