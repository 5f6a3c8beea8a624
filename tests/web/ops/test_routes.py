"""Each page as each role: shown, refused or not found, and never broken; the same in the past and in Arabic."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.web.ops.routes import CHAINED, addresses
from tests.web.ops.story import PEOPLE, Story

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
