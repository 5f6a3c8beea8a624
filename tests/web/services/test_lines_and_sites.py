"""The pages about lines and sites: for those who may, at their moment, with what a person wrote kept on error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from salus.city.selectors import facility_list, line_list
from salus.decide.changes.selectors import service_change_get, service_change_list
from salus.decide.releases import release_latest
from salus.trust.selectors import system_viewer

if TYPE_CHECKING:
    from tests.web.services.conftest import Room

pytestmark = pytest.mark.django_db
BY = system_viewer("tests")
SEES, ORDERS = {"amira", "marta", "kofi", "vera", "paula", "otto"}, {"amira", "marta", "kofi"}
BEFORE = "?at=2026-03-02T07:00:00Z"


def text_of(room: Room, name: str, url: str) -> str:
    answer = room.client(name).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_pages_open_for_those_who_may_and_for_nobody_else(room: Room) -> None:
    record = reverse("ops:service_change", args=[room.change])
    forms = [reverse(f"ops:{name}") for name in ("service_close", "service_open")]
    for person in ("amira", "marta", "kofi", "vera", "paula", "otto", "nina"):
        client = room.client(person, raise_request_exception=False)
        for url in (reverse("ops:services"), record):
            assert client.get(url).status_code == (200 if person in SEES else 403), (person, url)
        for url in forms:
            assert client.get(url).status_code == (200 if person in ORDERS else 403), (person, url)
        ended = client.post(reverse("ops:service_change_step", args=[room.change, "end"]), {"reason": ""})
        assert ended.status_code == (302 if person in ORDERS else 403)
    assert room.client().get(record).status_code == 302
    assert service_change_get(viewer=BY, change=room.change).status == "ordered"


def test_the_list_says_what_is_closed_open_asked_for_and_running(room: Room) -> None:
    text = text_of(room, "kofi", reverse("ops:services"))
    for words in ("Ring line closed", "Tests at", "08:00 to 19:30, for 60 people a day", "Open sites: Vaccination",
                  "Do it", "Line 1", "Monday to Friday"):  # fmt: skip
        assert words in text, words
    assert "Do it" not in text_of(room, "vera", reverse("ops:services"))
    assert "Lines and sites" in text_of(room, "kofi", reverse("ops:act"))


def test_a_past_moment_shows_what_was_known_and_offers_nothing(room: Room) -> None:
    text = text_of(room, "kofi", reverse("ops:services") + BEFORE)
    assert "No line is closed" in text and "Close a line" not in text
    client = room.client("kofi", raise_request_exception=False)
    record = reverse("ops:service_change", args=[room.change])
    assert client.get(record + BEFORE).status_code == 404
    assert "Reopen it now" not in text_of(room, "kofi", record + "?at=2026-03-02T08:30:00Z")


def test_the_record_says_who_answers_for_it_why_and_what_the_public_knows(room: Room) -> None:
    text = text_of(room, "vera", reverse("ops:service_change", args=[room.change]))
    release = release_latest(kind="situation")
    assert release is not None
    for words in ("Kofi Test", "It is crowded.", "It rests on decision 1", f"(release {release.number})", "History"):
        assert words in text, words
    assert "Reopen it now" not in text
    chained = text_of(room, "vera", reverse("ops:chain", args=["service_change", room.change]))
    assert "Fewer ways, more tests" in chained


def test_a_line_is_closed_in_two_steps_and_opened_again(room: Room) -> None:
    client = room.client("kofi")
    chosen = text_of(room, "kofi", reverse("ops:service_close"))
    assert "On which decision?" in chosen and "Ferry (Ferry)" in chosen
    ferry = next(row for row in line_list(viewer=BY) if row.code == "F")
    url = reverse("ops:service_close") + f"?decision={room.decision}&line={ferry.id}&measure=close-lines"
    assert "Close Ferry" in client.get(url).content.decode()
    refused = client.post(url, {"reason": "Storm.", "until_on": "2026-02-01"})
    assert refused.status_code == 400 and "It would end before it begins." in refused.content.decode()
    assert "Storm." in refused.content.decode(), "what was written is kept"
    answer = client.post(url, {"reason": "Storm.", "zones": [str(ferry.zone_ids[0])]})
    row = service_change_list(viewer=BY)[0]
    assert answer.url == reverse("ops:service_change", args=[row.id])
    assert (row.line_id, row.zone_ids, row.measure, row.whole) == (
        ferry.id, (ferry.zone_ids[0],), "close-lines", len(ferry.zone_ids) == 1,
    )  # fmt: skip
    assert "does not tell of it" in client.get(answer.url).content.decode()
    step = reverse("ops:service_change_step", args=[row.id, "end"])
    client.post(step, {"reason": " "})
    assert service_change_get(viewer=BY, change=row.id).status == "ordered"
    client.post(step, {"reason": "The storm is over."})
    ended = service_change_get(viewer=BY, change=row.id)
    assert (ended.status, ended.ended_reason) == ("ended", "The storm is over.")


def site(room: Room, **more: Any) -> dict[str, Any]:
    place = facility_list(viewer=BY, kind="clinic")[0]
    given = {"facility": str(place.id), "per_day": "40", "weekdays": ["0", "2"], "opens": "09:00", "closes": "17:00",
             "reason": "Near homes."}  # fmt: skip
    return {**given, **more}


def test_a_site_is_opened_as_the_measure_proposes_it(room: Room) -> None:
    client = room.client("kofi")
    url = reverse("ops:service_open") + f"?decision={room.decision}&site=vaccination&measure=vaccine-visits"
    text = client.get(url).content.decode()
    # Three a day of a thousand, of 2,000 people; to the nearest ten, and at least ten.
    assert 'value="10"' in text and 'value="09:00"' in text and "Clinic" in text
    refused = client.post(url, site(room, opens="18:00"))
    assert refused.status_code == 400 and "are no opening hours" in refused.content.decode()
    assert client.post(url, site(room, weekdays=[])).status_code == 400
    answer = client.post(url, site(room))
    row = service_change_list(viewer=BY)[0]
    assert answer.url == reverse("ops:service_change", args=[row.id])
    assert (row.site, row.per_day, row.weekdays, row.opens) == ("vaccination", 40, (0, 2), "09:00")
    assert "Open sites: Vaccination" not in text_of(room, "kofi", reverse("ops:services"))
    revised = {"per_day": "90", "weekdays": ["0"], "opens": "09:00", "closes": "17:00", "reason": "More come."}
    client.post(reverse("ops:service_change_step", args=[row.id, "revise"]), revised)
    assert service_change_get(viewer=BY, change=row.id).per_day == 90
    bad = client.post(reverse("ops:service_change_step", args=[row.id, "revise"]), {**revised, "per_day": "0"})
    assert bad.status_code == 400


def test_addresses_that_name_nothing_are_not_found(room: Room) -> None:
    client = room.client("kofi", raise_request_exception=False)
    nothing = "00000000-0000-0000-0000-000000000000"
    for url in (
        reverse("ops:service_change", args=[nothing]),
        reverse("ops:service_close") + f"?decision={nothing}&line={room.line}",
        reverse("ops:service_close") + f"?decision={room.decision}&line=x",
        reverse("ops:service_close") + f"?decision={room.decision}&line={nothing}",
    ):
        assert client.get(url).status_code == 404, url
    assert client.post(reverse("ops:service_change_step", args=[room.change, "dance"])).status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Where you can go", "Closed lines", "Ring line", "Does not run at all", "Monday to Friday",
                "For everybody in the city", ">60</span> people a day")),
        ("fr", ("Ligne circulaire", "Ne circule pas du tout", "lundi", "Tests")),
        ("ar", ("الخط الدائري", 'dir="rtl"', "08:00–19:30")),
    ],
)  # fmt: skip
def test_the_public_reads_it_in_its_language(room: Room, language: str, words: tuple[str, ...]) -> None:
    text = room.client().get(reverse("public:where_to_go", args=[language])).content.decode()
    for word in words:
        assert word in text, word
    assert "Kofi" not in text and "It is crowded." not in text
    if language != "en":
        assert "Where you can go" not in text and "Closed lines" not in text
    todo = room.client().get(reverse("public:what_to_do", args=[language])).content.decode()
    assert reverse("public:where_to_go", args=[language]) in todo


def test_an_area_says_what_is_closed_and_open_for_its_people_and_the_table_is_a_file(room: Room) -> None:
    release = release_latest(kind="situation")
    assert release is not None
    code = release.body["closed_lines"][0]["zones"][0]
    text = room.client().get(reverse("public:area", args=["en", code])).content.decode()
    assert "For people who live here" in text and "Ring line" in text
    table = room.client().get(reverse("public:file", args=[release.number, "services.csv"]))
    assert table.status_code == 200 and "line_closed,R,Ring line,Ligne circulaire" in table.content.decode()


def test_the_decision_says_what_was_closed_and_opened_on_it_and_what_is_not_done(room: Room) -> None:
    text = text_of(room, "vera", reverse("ops:decision", args=[room.decision]))
    for words in ("Lines and sites", "Ring line closed", "Open sites: Vaccination", "Not done yet"):
        assert words in text, words
    assert "Ring line closed" not in text_of(room, "vera", reverse("ops:decisions"))
