"""Every page in every language: complete, marked, printable, and made of releases only."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from salus.base import clock
from tests.web.public import samples

PAGES = [
    "",
    "area/",
    "area/?q=har",
    "area/NB/",
    "area/10001/",
    "area/10003/",
    "area/10004/",
    "map/",
    "map/?show=case_rate_7d",
    "map/?sort=-case_rate_7d",
    "what-to-do/",
    "decisions/",
    "decisions/3/",
    "data/",
    "releases/1/",
    "releases/2/",
    "releases/3/",
    "releases/4/",
    "releases/5/",
    "accessibility/",
]
LANGUAGES = {"en": "ltr", "fr": "ltr", "ar": "rtl"}
# Words of the frame that must never be left in English.
ENGLISH = ("Skip to main content", "What to do<", "Decisions and reasons", "Next update", "Published", "Download (CSV)")


def text_of(client: Client, path: str, **more: str) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_in_every_language(published: None, client: Client, page: str, language: str) -> None:
    text = text_of(client, f"/{language}/{page}")
    assert f'<html lang="{language}" dir="{LANGUAGES[language]}">' in text
    assert text.count("<h1") == 1
    assert 'href="tel:0800116117"' in text
    assert "style=" not in text.replace("<style=", "") and "<script>" not in text
    # The release, its two moments and the next update are on every page.
    for day in ("2031-03-18T09:00:00", "2031-03-19"):
        assert f'datetime="{day}' in text, day
    if language != "en":
        assert [word for word in ENGLISH if word in text] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_releases_and_nothing_else(published: None, client: Client, page: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        text_of(client, f"/en/{page}")
    tables = {name for query in queries for name in re.findall(r'(?:FROM|JOIN|INTO|UPDATE) "?(\w+)', query["sql"])}
    assert tables <= {"decide_release", "decide_releasefile"}, tables


def test_a_kept_page_costs_one_small_query(published: None, client: Client) -> None:
    text_of(client, "/en/")
    with CaptureQueriesContext(connection) as queries:
        text_of(client, "/en/")
    assert len(queries) == 1
    assert '"body"' not in queries[0]["sql"]


@pytest.mark.parametrize("page", ["", "area/", "map/", "what-to-do/", "decisions/", "data/", "accessibility/"])
@pytest.mark.django_db
def test_before_the_first_release_a_page_says_so(client: Client, page: str) -> None:
    text = text_of(client, f"/fr/{page}")
    assert page == "accessibility/" or "Rien n’a encore été publié" in text


def test_home_says_level_advice_numbers_and_what_is_behind_them(published: None, client: Client) -> None:
    text = text_of(client, "/en/")
    assert "Risk in Northbridge: High" in text and "Wear a mask in shops and buses." in text
    assert '<span class="stat-value">180</span>' in text and "per 100,000 in 7 days" in text
    assert "Latest data provided on" in text and 'datetime="2031-03-16"' in text
    assert 'href="/data/releases/5.csv"' in text
    assert "Cases: about 250 a day, up from 210" in text
    assert '<form class="place-search" method="get" action="/en/area/"' in text


def test_zero_hidden_and_missing_differ(published: None, client: Client) -> None:
    assert '<span class="stat-value">0</span>' in text_of(client, "/en/area/10002/")
    assert "hidden for privacy" in text_of(client, "/en/area/10003/")
    unknown = text_of(client, "/en/area/10004/")
    assert "not known" in unknown and "There is no level for this area." in unknown


def test_an_area_has_what_holds_there_and_no_more(published: None, client: Client) -> None:
    west, east = text_of(client, "/en/area/10001/"), text_of(client, "/en/area/10003/")
    assert "Masks in shops" in west and "Masks in shops" not in east
    # Agreed for the whole city, but not yet begun.
    assert "Measures that begin soon" in east and "Free tests" in east
    assert 'href="/en/decisions/3/"' in west


def test_only_the_city_has_the_curve(published: None, client: Client) -> None:
    assert 'class="chart' in text_of(client, "/en/area/NB/")
    assert 'class="chart' not in text_of(client, "/en/area/10001/")


@pytest.mark.parametrize("asked", ["10001", "4050", "40-50", " harbour ", "الميناء", "٤٠٥٠", "Le port"])
def test_a_place_without_doubt_is_opened(published: None, client: Client, asked: str) -> None:
    answer = client.get("/fr/area/", {"q": asked})
    assert answer.status_code == 302 and answer["Location"] == "/fr/area/10001/"


def test_a_doubtful_place_is_listed_and_an_unknown_one_said(published: None, client: Client) -> None:
    listed = text_of(client, "/en/area/?q=eluard")
    assert "/en/area/10003/" in listed or client.get("/en/area/?q=eluard").status_code == 302
    unknown = text_of(client, "/en/area/?q=%3Cscript%3Ezz")
    assert "We know no place called" in unknown and "<script>zz" not in unknown


def test_a_name_in_another_language_is_marked(published: None, client: Client) -> None:
    assert '<span lang="en" dir="ltr">Airport</span>' in text_of(client, "/ar/area/")
    assert '<span lang="en" dir="ltr">Airport</span>' not in text_of(client, "/en/area/")


def test_a_decision_says_why_what_else_and_who(published: None, client: Client) -> None:
    text = text_of(client, "/en/decisions/3/")
    for words in (
        "Cases doubled in a week.",
        "Do nothing more",
        "Head of the centre",
        "Not everybody who took part agreed",
    ):
        assert words in text
    assert "Cases would double again &lt;soon&gt;." in text
    assert "likely between 240 and 390 a day" in text
    assert "We will look at it on" in text and 'datetime="2031-04-01"' in text


def test_what_came_of_a_decision_is_told(published: None, client: Client) -> None:
    outcome = {
        "verdict": "not_met",
        "sentence": samples.local("It did not do what was expected: 410 a day."),
        "observed": 410,
        "effect": None,
        "measured_at": samples.AT.isoformat(),
    }
    with clock.fixed_at(samples.AT + timedelta(days=20)):
        samples.publish(samples.decision(outcome=outcome), "3")
        assert "410 a day" in text_of(client, "/en/decisions/3/")
        assert "It did not do what was expected" in text_of(client, "/en/decisions/")
        # By its own dates it has ended, though its release says in force.
        assert "Ended" in text_of(client, "/en/decisions/3/")
        # The release of before stays as it was, marked as old.
        old = text_of(client, "/en/releases/2/")
    assert "410 a day" not in old and "It is not the newest." in old


def test_an_old_release_is_marked_and_the_correction_named(published: None, client: Client) -> None:
    old = text_of(client, "/en/releases/1/")
    assert "This is release 1. It is not the newest." in old
    assert "Release 5 puts it right." in old
    new = text_of(client, "/en/releases/5/")
    assert "This corrects release 1." in new and "A day was counted twice." in new
    assert "It is not the newest" not in new


def test_an_alert_is_the_one_banner_and_has_a_page(published: None, client: Client) -> None:
    home = text_of(client, "/ar/")
    assert home.count('class="site-banner') == 1 and "الكمامة مطلوبة في الغرب" in home
    page = text_of(client, "/ar/releases/3/")
    assert "ضع الكمامة." in page and 'href="/data/releases/3.cap.xml"' in page
    assert 'lang="en"' in text_of(client, "/fr/releases/3/")


def test_an_alert_that_was_called_off_or_is_over_is_no_banner(published: None, client: Client) -> None:
    samples.publish(samples.alert("nb-2", "Cancel", ("nb-1",)), "nb-2")
    assert 'class="site-banner' not in text_of(client, "/en/")
    assert "This alert has ended" in text_of(client, "/en/releases/3/")
    samples.publish(samples.alert("nb-3"), "nb-3")
    assert "Act now" in text_of(client, "/en/releases/7/")
    assert 'class="site-banner' in text_of(client, "/en/")
    with clock.fixed_at(samples.AT + timedelta(days=3)):
        samples.publish(samples.situation(samples.AT + timedelta(days=3)))
        assert 'class="site-banner' not in text_of(client, "/en/")


def test_an_exercise_says_so(db: None, client: Client) -> None:
    body = samples.situation(exercise=True)
    samples.publish(body)
    text = text_of(client, "/en/")
    # The stripe follows the release, not the words of its body.
    assert ("band exercise" in text) is bool(samples.Release.objects.get(number=1).exercise)


def test_the_language_switch_keeps_the_page(published: None, client: Client) -> None:
    text = text_of(client, "/en/map/?show=case_rate_7d")
    assert 'href="/fr/map/?show=case_rate_7d"' in text and 'href="/ar/map/?show=case_rate_7d"' in text
    assert 'href="/ar/area/10001/"' in text_of(client, "/fr/area/10001/")


@pytest.mark.parametrize("path", ["/en/nowhere/", "/en/area/99999/", "/en/decisions/99/", "/en/releases/99/"])
def test_a_missing_page_is_in_style(published: None, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404 and "There is no page here" in answer.content.decode()
    french = client.get(path.replace("/en/", "/fr/"))
    assert french.status_code == 404 and "Il n’y a pas de page ici" in french.content.decode()


def test_numbers_and_days_are_written_in_the_language(published: None, client: Client) -> None:
    assert ">1,234</span> people in" in text_of(client, "/en/area/NB/")
    french = text_of(client, "/fr/area/NB/")
    assert re.search(r">1\s234</span> personnes en", french) and "16 mars 2031" in french
    assert "مارس" in text_of(client, "/ar/area/NB/")


def test_a_promise_that_was_not_kept_is_admitted(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    samples.publish(samples.situation())
    assert "This is older than planned." not in text_of(client, "/en/")
    monkeypatch.setattr(clock, "wall_now", lambda: samples.AT + timedelta(days=9))
    assert "This is older than planned." in text_of(client, "/en/")
