"""Training records as pages: who is trained, one's own, attesting, renewing, taking back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from salus.learn.selectors import training_get, training_list
from salus.learn.services import training_attest
from tests.web.exercises.desk import SYSTEM, Desk

pytestmark = pytest.mark.django_db
TITLE = {"en": "Winter exercise"}


def attested(desk: Desk, person: str, **change: Any) -> Any:
    given = {"title": TITLE, "completed_on": date(2031, 1, 5), "role": "duty_officer", **change}
    return training_attest(person=desk.people[person], by=desk.viewer("dora"), **given)


def test_the_list_says_who_is_trained_what_ends_soon_and_what_has_expired(desk: Desk) -> None:
    attested(desk, "amira")
    attested(desk, "marta", expires_on=date(2031, 4, 1), title={"en": "Course"})
    attested(desk, "vera", completed_on=date(2028, 1, 1), title={"en": "Long ago"})
    client, path = desk.client("dora"), reverse("ops:training")
    text = client.get(path).content.decode()
    assert "1 record ends within two months" in text
    assert "Amira Test" in text
    assert "Ends soon" in text
    assert "Long ago" not in text
    over = client.get(path, {"show": "over"}).content.decode()
    assert "Long ago" in over
    assert "Expired" in over
    assert "Nobody here" not in client.get(path, {"show": "soon"}).content.decode()


def test_a_person_sees_their_own_and_no_other(desk: Desk) -> None:
    own, other = attested(desk, "paula", remark="Stayed calm."), attested(desk, "amira")
    client = desk.client("paula", raise_request_exception=False)
    text = client.get(reverse("ops:training")).content.decode()
    assert "Winter exercise" in text
    assert "Amira" not in text
    assert "Stayed calm." in client.get(reverse("ops:training_record", args=[own.id])).content.decode()
    assert client.get(reverse("ops:training_record", args=[other.id])).status_code == 404
    assert "no record yet" in desk.client("nina").get(reverse("ops:training")).content.decode()


def test_a_training_elsewhere_is_attested_by_hand(desk: Desk) -> None:
    client, path = desk.client("dora"), reverse("ops:training_new")
    given = {"person": str(desk.people["amira"]), "title": "A course", "completed_on": "2031-02-01", "remark": "Good."}
    answer = client.post(path, given, follow=True)
    assert "attested" in " ".join(str(one) for one in answer.context["messages"])
    assert "Good." in answer.content.decode()
    future = client.post(path, {**given, "completed_on": "2031-09-01"})
    assert future.status_code == 400
    assert "not over yet" in future.content.decode()
    assert 'value="A course"' in future.content.decode()
    assert client.post(path, {**given, "person": ""}).status_code == 400
    own = client.post(path, {**given, "person": str(desk.people["dora"])})
    assert own.status_code == 400
    assert len(training_list(viewer=SYSTEM)) == 1


def test_a_record_is_renewed_and_taken_back_with_a_reason(desk: Desk) -> None:
    row = attested(desk, "amira")
    client = desk.client("dora")
    renew = reverse("ops:training_step", args=[row.id, "renew"])
    client.post(renew, {"expires_on": "2034-01-01", "reason": "A refresher"})
    assert training_get(viewer=SYSTEM, record=row.id).expires_on == date(2034, 1, 1)
    told = client.post(renew, {"expires_on": "2033-01-01", "reason": "again"}, follow=True)
    assert "further" in " ".join(str(one) for one in told.context["messages"])
    bad = desk.client("dora", raise_request_exception=False).post(renew, {"expires_on": "soon", "reason": "x"})
    assert bad.status_code == 400
    client.post(reverse("ops:training_step", args=[row.id, "withdraw"]), {"reason": "wrong person"})
    seen = client.get(reverse("ops:training_record", args=[row.id])).content.decode()
    assert "Taken back" in seen
    assert "wrong person" in seen
    for person in ("amira", "vera", "otto", "paula"):
        other = desk.client(person, raise_request_exception=False)
        assert other.post(renew, {"expires_on": "2035-01-01", "reason": "x"}).status_code == 403, person
    past = desk.client("dora", raise_request_exception=False).post(f"{renew}?at=2031-03-03T12:00", {"reason": "x"})
    assert past.status_code == 400
