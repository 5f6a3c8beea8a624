"""A line that names a person: it waits unread, opens with a reason for whoever may, and is taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from salus.base.models import AuditEntry
from salus.gather.cases.doubts import park
from salus.gather.cases.schemas import DoubtfulCase
from salus.gather.models import Import, ParkedRow
from salus.gather.schemas import Defect

if TYPE_CHECKING:
    from tests.web.investigations.conftest import Room

pytestmark = pytest.mark.django_db
COLUMNS = ("report_id", "reported_at", "asked_as", "asked_for", "name", "telephone", "age", "sex", "zone", "street",
           "works_at", "work_zone", "onset_at", "symptoms", "admitted", "laboratory", "had_chicken")  # fmt: skip


@pytest.fixture
def row(room: Room) -> ParkedRow:
    batch = Import.objects.filter(source="exercise_cases", kind="cases").order_by("number")[0]
    line = dict.fromkeys(COLUMNS, "") | {
        "report_id": "X1", "reported_at": "2026-03-09T12:00", "asked_as": "case", "name": "Zenobia Quillfeather",
        "telephone": "+99 555 000 111", "zone": "Nowhere", "symptoms": "vomiting",
    }  # fmt: skip
    park(batch, [DoubtfulCase(9, line, (Defect(9, "zone", "", "no_such_zone"),))])
    return ParkedRow.objects.get(source="exercise_cases", line=9)


def test_a_sealed_line_is_opened_with_a_reason_and_put_right(room: Room, row: ParkedRow) -> None:
    client, page = room.client("jonas"), reverse("ops:parked_case", args=[row.id])
    listed = client.get(reverse("ops:parked")).content.decode()
    assert page in listed
    assert "Zenobia" not in listed
    assert "Zenobia" not in client.get(page).content.decode()
    assert client.post(page, {"reason": " "}).status_code == 422
    opened = client.post(page, {"reason": "to ask where they live"})
    assert "Zenobia Quillfeather" in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    assert AuditEntry.objects.filter(action="parked_case.look").count() == 1
    send = reverse("ops:parked_case_fix", args=[row.id])
    refused = client.post(send, {"cell:zone": "NO-9", "cell:name": "Zenobia Quillfeather", "wrong": "zone"})
    assert refused.status_code == 422
    assert "NO-9" in refused.content.decode()
    assert client.post(send, {"cell:zone": "SAL-3"}).status_code == 302
    row.refresh_from_db()
    assert (row.status, bytes(row.sealed)) == ("fixed", b"")


def test_who_may_not_see_persons_opens_no_line(room: Room, row: ParkedRow) -> None:
    page = reverse("ops:parked_case", args=[row.id])
    for person in ("amira", "vera", "otto", "paula"):
        client = room.client(person, raise_request_exception=False)
        assert client.get(page).status_code == 403, person
        assert client.post(page, {"reason": "curious"}).status_code == 403
        assert client.post(reverse("ops:parked_case_fix", args=[row.id]), {"cell:zone": "SAL-3"}).status_code == 403
