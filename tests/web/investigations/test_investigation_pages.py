"""The pages of investigations: figures for many, names for few, and no look without a word in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from salus.assess.investigations.selectors import investigation_get
from salus.base.models import AuditEntry
from salus.trust.selectors import system_viewer
from salus.web.ops.investigations.lines import harmless

if TYPE_CHECKING:
    from tests.web.investigations.conftest import Room

pytestmark = pytest.mark.django_db
SEES = {"jonas", "amira", "vera", "otto"}


def at(room: Room, name: str = "investigation") -> str:
    return reverse(f"ops:{name}", args=[room.investigation])


def audited(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def definition(room: Room, **change: Any) -> dict[str, Any]:
    row = investigation_get(viewer=system_viewer("tests"), investigation=room.investigation)
    told = {"symptoms": ["diarrhoea", "vomiting"], "at_least": 1, "since": "2026-03-01T00:00", "until": "",
            "link_answers": ["tap_water_home"], "laboratory": "on", "number": row.definition_number}  # fmt: skip
    return {**told, **change}


@pytest.mark.parametrize("name", ["investigation", "investigation_csv"])
def test_figures_open_for_those_who_may_and_for_nobody_else(room: Room, name: str) -> None:
    for person in ("jonas", "amira", "vera", "otto", "paula", "nina"):
        client = room.client(person, raise_request_exception=False)
        assert client.get(at(room, name)).status_code == (200 if person in SEES else 403), person
        assert client.get(reverse("ops:investigations")).status_code == (200 if person in SEES else 403)
    assert room.client().get(at(room, name)).status_code == 302


def test_the_page_says_what_was_found_and_never_a_reproduction_number(room: Room) -> None:
    text = room.client("jonas").get(at(room)).content.decode()
    for words in ("meet the case definition", "Where the ill get their water", "Odds ratio", "Checklists", "MAIN-"):
        assert words in text, words
    assert "eproduction number" not in text
    assert "Jardim" not in text
    assert "+99" not in text
    listed = room.client("vera").get(reverse("ops:investigations")).content.decode()
    assert "Investigation 1" in listed


def test_in_the_past_it_was_not_there(room: Room) -> None:
    client = room.client("jonas", raise_request_exception=False)
    assert client.get(at(room) + "?at=2026-03-01T00:00:00Z").status_code == 404


def test_names_are_shown_to_an_investigator_with_a_reason_and_each_look_is_written_down(room: Room) -> None:
    client = room.client("jonas")
    assert "These are people" in client.get(at(room, "investigation_lines")).content.decode()
    before = audited("case.look")
    assert client.post(at(room, "investigation_lines"), {"reason": " "}).status_code == 422
    assert audited("case.look") == before
    answer = client.post(at(room, "investigation_lines"), {"reason": "to call them"})
    assert "+99 555" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert audited("case.look") == before + 1
    taken = client.post(at(room, "investigation_lines_csv"), {"reason": "for the laboratory"})
    assert taken["Content-Type"].startswith("text/csv")
    assert b"+99 555" in taken.content
    assert audited("case.export") == 1
    for other in ("amira", "vera", "otto", "paula"):
        refused = room.client(other, raise_request_exception=False)
        assert refused.get(at(room, "investigation_lines")).status_code == 403
        assert refused.post(at(room, "investigation_lines_csv"), {"reason": "curious"}).status_code == 403


def test_a_case_definition_is_changed_by_a_number_and_a_fault_is_told_at_the_form(room: Room) -> None:
    client = room.client("jonas")
    page = at(room, "investigation_definition")
    assert client.get(page).status_code == 200
    assert client.post(page, definition(room, at_least=5)).status_code == 422
    assert client.post(page, definition(room)).status_code == 302
    row = investigation_get(viewer=system_viewer("tests"), investigation=room.investigation)
    assert row.definition_number == 2
    assert row.definition["symptoms"] == ["diarrhoea", "vomiting"]
    assert "still follow the one before" in client.get(at(room)).content.decode()
    stale = client.post(page, definition(room, number=1, at_least=2))
    assert stale.status_code == 422
    assert "changed the case definition" in stale.content.decode()
    assert room.client("vera", raise_request_exception=False).get(page).status_code == 403


def test_hypotheses_are_written_and_judged_and_the_end_needs_a_word(room: Room) -> None:
    client = room.client("jonas")
    client.post(at(room, "investigation_suppose"), {"text": "Sewage got into the main"})
    client.post(at(room, "investigation_suppose"), {"which": "0", "state": "supported"})
    row = investigation_get(viewer=system_viewer("tests"), investigation=room.investigation)
    assert [dict(one) for one in row.hypotheses] == [{"text": "Sewage got into the main", "state": "supported"}]
    client.post(at(room, "investigation_close"), {"reason": ""})
    assert investigation_get(viewer=system_viewer("tests"), investigation=room.investigation).status == "open"
    client.post(at(room, "investigation_close"), {"reason": "A pipe was crossed."})
    assert investigation_get(viewer=system_viewer("tests"), investigation=room.investigation).status == "closed"


def test_a_cell_is_no_formula() -> None:
    assert harmless("=cmd()") == "'=cmd()"
    assert harmless("+99 555") == "'+99 555"
    assert harmless("Anna") == "Anna"
