"""What an exercise makes says everywhere that it is one, and goes nowhere by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from lxml import etree

from salus.base import clock
from salus.base.models import ClockState
from salus.decide.releases import release_latest, release_list
from salus.decide.services import alert_compose, release_publish
from salus.trust.accounts import ClosedSignup
from salus.trust.models import Person
from salus.web.ops.pages import forget_pages
from tests.fixtures.town import NOW, Town
from tests.spec.decide.test_decisions import approved

pytestmark = pytest.mark.django_db
THRICE = ("EXERCISE", "EXERCICE", "تمرين")
STATIC = Path(__file__).parents[3] / "src" / "salus" / "web" / "ui" / "static" / "salus"


@pytest.fixture(autouse=True)
def exercise(town: Town) -> Iterator[None]:
    """The clock of an exercise."""
    ClockState.objects.update_or_create(
        name="main", defaults={"mode": "exercise", "anchor_at": NOW, "anchor_wall": NOW, "rate": 1.0, "paused": True}
    )
    clock.forget()
    cache.clear()
    forget_pages()
    yield
    ClockState.objects.all().delete()
    clock.forget()
    cache.clear()
    forget_pages()


@pytest.fixture
def published(town: Town) -> UUID:
    """Everything that an exercise can publish."""
    decision, samira = approved(town), town.viewer("samira")
    release_publish(kind="situation", by=samira)
    release_publish(kind="decision", decision=decision, by=samira)
    release_publish(kind="alert", alert=alert_compose(decision=decision, by=samira).id, by=samira)
    return decision


def room(town: Town, name: str = "olga") -> Client:
    client = Client()
    client.force_login(Person.objects.get(id=town.people[name]), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def marked(text: str) -> bool:
    """Tell whether a page has the stripe in three languages, its frame, and the word in its title."""
    stripe = 'class="band exercise"' in text and all(word in text for word in THRICE)
    return stripe and 'data-mode="exercise"' in text and any(f"<title>{word} ·" in text for word in THRICE)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("page", ["", "area/", "what-to-do/", "decisions/", "data/", "map/", "accessibility/"])
def test_every_public_page_says_so(published: UUID, client: Client, language: str, page: str) -> None:
    text = client.get(f"/{language}/{page}").content.decode()
    assert marked(text)
    assert '<meta name="robots" content="noindex, nofollow">' in text


def test_a_stage_says_so_before_anything_is_published(town: Town, client: Client) -> None:
    assert release_latest(kind="situation") is None
    assert marked(client.get("/en/").content.decode())


def test_the_operations_room_and_its_door_say_so(town: Town, client: Client) -> None:
    for path in ("ops:now", "ops:plan", "ops:log", "ops:account"):
        assert marked(room(town).get(reverse(path)).content.decode()), path
    door = client.get("/accounts/login/").content.decode()
    assert 'class="band exercise"' in door
    assert all(word in door for word in THRICE)


def test_paper_says_so_on_every_sheet() -> None:
    text = (STATIC / "print.css").read_text(encoding="utf-8")
    assert 'body[data-mode="exercise"] { page: exercise; }' in text
    sheet = text[text.index("@page exercise") :].split("\n", maxsplit=1)[0]
    assert "EXERCISE" in sheet
    assert "EXERCICE" in sheet
    assert "تمرين" in sheet


def test_every_file_of_every_release_says_so(published: UUID, client: Client) -> None:
    rows = release_list(limit=50)
    assert {row.kind for row in rows} == {"situation", "decision", "alert"}
    for row in rows:
        assert row.exercise
        for name in row.files:
            answer = client.get(reverse("public:file", args=[row.number, name]))
            assert 'filename="EXERCISE-salus-' in answer["Content-Disposition"], (row.number, name)
            assert answer["X-Salus-Exercise"] == "true"
        told = json.loads(client.get(reverse("public:file", args=[row.number, "json"])).content)
        assert told["exercise"] is True
        assert told["body"]["exercise"] is True


def test_an_alert_is_no_real_one_to_any_machine(published: UUID, client: Client) -> None:
    row = release_list(kind="alert")[0]
    message = etree.fromstring(client.get(reverse("public:file", args=[row.number, "cap.xml"])).content)
    space = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
    assert message.findtext("c:status", namespaces=space) == "Exercise"
    assert message.findtext("c:note", namespaces=space)
    heads = [head.text or "" for head in message.findall("c:info/c:headline", namespaces=space)]
    texts = [node.text or "" for node in message.findall("c:info/c:parameter/c:value", namespaces=space)]
    assert all(any(word in head for word in THRICE) for head in heads)
    assert all(any(word in text for word in THRICE) for text in texts if len(text) > 3)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_feed_says_so(published: UUID, client: Client, language: str) -> None:
    feed = etree.fromstring(client.get(f"{reverse('public:alerts')}?language={language}").content)
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert any(word in (feed.findtext("a:title", namespaces=space) or "") for word in THRICE)
    terms = [node.get("term") for node in feed.findall("a:entry/a:category", namespaces=space)]
    assert terms == ["Exercise"]


def test_no_search_engine_is_let_in(published: UUID, client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /\n" in text
    assert "Sitemap" not in text


def test_what_people_take_out_of_the_room_says_so(town: Town) -> None:
    answer = room(town).get(reverse("ops:catalogue_csv"))
    assert 'filename="EXERCISE-catalogue.csv"' in answer["Content-Disposition"]


def test_no_message_is_sent_to_anybody(published: UUID) -> None:
    ClosedSignup().send_mail("account/email/anything", "a@example.org", {})
    assert mail.outbox == []
