"""The director's pages: who may see what, and what they show."""

from __future__ import annotations

import pytest
from django.urls import reverse

from salus.trust import policy
from salus.web.ops.exercises.urls import urlpatterns
from tests.web.exercises.desk import PEOPLE, Desk, played, scored

pytestmark = pytest.mark.django_db
PAGES = (
    "exercises",
    "exercise_new",
    "exercise",
    "exercise_edit",
    "run",
    "run_live",
    "score",
    "training",
    "training_new",
)


def address(desk: Desk, name: str) -> str:
    pattern = next(one for one in urlpatterns if one.name == name)
    known = {"exercise": desk.exercise, "run": desk.run}
    return reverse(f"ops:{name}", kwargs={key: known[key] for key in pattern.pattern.converters})


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_for_those_who_may_and_for_nobody_else(desk: Desk, name: str) -> None:
    played(desk)
    pattern = next(one for one in urlpatterns if one.name == name)
    right = pattern.callback.salus_permission  # type: ignore[attr-defined]
    for person in PEOPLE:
        allowed = not isinstance(right, str) or policy.may_somewhere(desk.viewer(person), right)
        answer = desk.client(person, raise_request_exception=False).get(address(desk, name))
        assert answer.status_code == (200 if allowed else 403), (name, person)
    assert desk.client().get(address(desk, name)).status_code == 302


def test_the_director_is_told_whose_page_it_is(desk: Desk) -> None:
    played(desk)
    scored(desk)
    client = desk.client("dora")
    for name in ("exercises", "exercise", "exercise_new", "exercise_edit", "run", "score"):
        text = client.get(address(desk, name)).content.decode()
        assert "Director’s page." in text, name
        assert "leaves the building" in text, name
