"""Designing an exercise by hand: rows come and go, faults are told in place, what was written stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from salus.plan.exercises.selectors import exercise_get, exercise_history, exercise_list
from tests.web.exercises.desk import DRAFT, SYSTEM, Desk

pytestmark = pytest.mark.django_db
MAIN = {
    "title_en": "Autumn exercise",
    "emergency": "respiratory",
    "people": "20000",
    "city_seed": "7",
    "seed": "1",
    "start_on": "2031-05-01",
    "lead_in_days": "30",
    "days": "40",
    "speed": "1d/2m",
    "objectives-count": "1",
    "objectives-0-text": "Warn in three languages",
    "people_rows-count": "2",
    "people_rows-0-team": "Watch",
    "people_rows-0-role": "duty_officer",
    "people_rows-0-username": "amira",
    "people_rows-1-team": "Watch",
    "people_rows-1-role": "head",
    "injects-count": "2",
    "injects-0-kind": "rumour",
    "injects-0-title": "Bad water",
    "injects-0-key": "water",
    "injects-0-when": "day",
    "injects-0-day": "4",
    "injects-0-size": "0.4",
    "injects-0-words": "The water is bad.",
    "injects-1-kind": "press_calls",
    "injects-1-title": "The paper asks",
    "injects-1-when": "after",
    "injects-1-value": "water",
    "injects-1-delay": "2",
    "injects-1-words": "Is it?",
    "injects-1-to_team": "Watch",
}


def send(client: Client, path: str, **change: Any) -> Any:
    return client.post(path, {**MAIN, **change})


def faults(answer: Any) -> str:
    return " ".join(error["text"] for error in answer.context["errors"])


def test_a_design_is_kept_with_its_teams_and_its_injects(desk: Desk) -> None:
    answer = send(desk.client("dora"), reverse("ops:exercise_new"))
    assert answer.status_code == 302, faults(answer)
    row = exercise_list(viewer=SYSTEM)[0]
    assert row.title == {"en": "Autumn exercise"}
    assert [(team.key, len(team.members)) for team in row.teams] == [("watch", 2)]
    assert row.inject("water").when.day == 4  # type: ignore[union-attr]
    other = row.injects[1]
    assert (other.key, other.when.trigger, other.when.value, other.when.delay_days, other.to_team) == (
        "press-calls-2", "after", "water", 2, "watch",
    )  # fmt: skip


def test_rows_are_added_and_taken_out_without_scripts_and_nothing_is_lost(desk: Desk) -> None:
    client, path = desk.client("dora"), reverse("ops:exercise_new")
    before = len(exercise_list(viewer=SYSTEM))
    answer = send(client, path, row="injects.add.0")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="injects-2-kind"' in text
    assert 'value="Bad water"' in text
    assert "There is a problem" not in text
    fewer = send(client, path, row="injects.drop.0").content.decode()
    assert 'name="injects-0-title" value="The paper asks"' in fewer
    assert "injects-1-" not in fewer
    more = send(client, path, row="people_rows.add.0").content.decode()
    assert 'name="people_rows-2-team"' in more
    assert len(exercise_list(viewer=SYSTEM)) == before


def test_empty_rows_are_left_out(desk: Desk) -> None:
    change = {"objectives-count": "3", "objectives-1-text": " ", "people_rows-count": "3", "people_rows-2-team": ""}
    assert send(desk.client("dora"), reverse("ops:exercise_new"), **change).status_code == 302
    row = exercise_list(viewer=SYSTEM)[0]
    assert len(row.objectives) == 1
    assert sum(len(team.members) for team in row.teams) == 2


@pytest.mark.parametrize(
    ("change", "words", "place"),
    [
        ({"title_en": ""}, "needs a title", "id_title_en"),
        ({"people": "12"}, "2,000", "id_people"),
        ({"people": "many"}, "whole number", "id_people"),
        ({"speed": "fast"}, "not a speed", "id_speed"),
        ({"start_on": "soon"}, "valid date", "id_start_on"),
        ({"people_rows-0-role": ""}, "no role", "id_people_rows-0-role"),
        ({"people_rows-0-username": "A b"}, "not a sign-in name", "id_people_rows-0-role"),
        ({"people_rows-0-team": ""}, "team", "id_people_rows-0-team"),
        ({"injects-0-words": ""}, "what people say", "id_injects-0-words"),
        ({"injects-0-day": "99"}, "day 99", "id_injects-0-when"),
        ({"injects-1-value": "flood"}, "which there is not", "id_injects-1-when"),
        ({"injects-1-to_team": "Nobody"}, "no team", "id_injects-1-to_team"),
        ({"injects-0-kind": "hospital_floods"}, "which facility", "id_injects-0-facility"),
        ({"injects-0-size": "7"}, "size 7", "id_injects-0-size"),
        ({"emergency_text": "slug: [oops"}, "not YAML", "id_emergency_text"),
        ({"emergency_text": "slug: mine\ntitle: {en: Mine}"}, "variants", "id_emergency_text"),
    ],
)
def test_a_fault_is_named_in_its_place_and_what_was_written_stays(
    desk: Desk, change: dict[str, str], words: str, place: str
) -> None:
    before = len(exercise_list(viewer=SYSTEM))
    answer = send(desk.client("dora"), reverse("ops:exercise_new"), **change)
    assert answer.status_code == 400
    assert words in faults(answer)
    assert f"#{place}" in {error["href"] for error in answer.context["errors"]}, answer.context["errors"]
    text = answer.content.decode()
    assert "There is a problem" in text
    assert 'value="The paper asks"' in text
    assert len(exercise_list(viewer=SYSTEM)) == before


def test_injects_that_contradict_each_other_are_refused(desk: Desk) -> None:
    change = {"injects-0-when": "after", "injects-0-value": "calls", "injects-1-key": "calls"}
    answer = send(desk.client("dora"), reverse("ops:exercise_new"), **change)
    assert answer.status_code == 400
    assert "wait for each other" in faults(answer)


def test_a_file_is_read_into_the_box_and_its_faults_are_named(desk: Desk) -> None:
    client, path = desk.client("dora"), reverse("ops:exercise_new")
    bad = SimpleUploadedFile("mine.yaml", b"slug: mine\ntitle: {en: Mine}\n")
    answer = send(client, path, emergency_file=bad)
    assert answer.status_code == 400
    assert "variants" in faults(answer)
    assert "slug: mine" in answer.content.decode()
    for content, words in ((b"\xff\xfe\x00", "UTF-8"), (b"x" * 200_001, "too large")):
        answer = send(client, path, emergency_file=SimpleUploadedFile("mine.yaml", content))
        assert answer.status_code == 400
        assert words in faults(answer)


def test_a_change_keeps_what_was_said_in_other_languages(desk: Desk) -> None:
    client, path = desk.client("dora"), reverse("ops:exercise_edit", args=[desk.exercise])
    shown = client.get(path).content.decode()
    assert 'value="Exercice de printemps"' in shown
    # A run has built this city, so its codes are there to choose from.
    assert "Riverside Hospital" in shown
    assert "once a run has built" in client.get(reverse("ops:exercise_new")).content.decode()
    change = {"title_fr": "Exercice", "objectives-0-text": "Detect within three weeks", "objectives-0-was": "0"}
    assert send(client, path, **change).status_code == 302
    row = exercise_get(viewer=SYSTEM, exercise=desk.exercise)
    assert row.objectives[0] == DRAFT.objectives[0]
    assert row.title["fr"] == "Exercice"
    assert len(exercise_history(viewer=SYSTEM, exercise=desk.exercise)) == 2


def test_two_directors_do_not_overwrite_each_other(desk: Desk) -> None:
    client, path = desk.client("dora"), reverse("ops:exercise_edit", args=[desk.exercise])
    seen = exercise_get(viewer=SYSTEM, exercise=desk.exercise).version
    assert send(client, path, seen=str(seen)).status_code == 302
    answer = send(client, path, seen=str(seen), title_en="Mine")
    assert answer.status_code == 400
    assert "changed this" in faults(answer)


@pytest.mark.parametrize("count", ["99999999", "x"])
def test_a_forged_number_of_rows_costs_nothing(desk: Desk, count: str) -> None:
    answer = send(desk.client("dora"), reverse("ops:exercise_new"), **{"injects-count": count, "row": "injects.add.0"})
    assert answer.status_code == 200
    assert answer.content.decode().count('class="card inject"') <= 251


@pytest.mark.parametrize("row", ["injects.drop.99", "injects.steal.0", "nothing", "kings.add.0"])
def test_a_forged_button_does_nothing(desk: Desk, row: str) -> None:
    answer = send(desk.client("dora"), reverse("ops:exercise_new"), row=row)
    assert answer.status_code == 200
    assert 'value="Bad water"' in answer.content.decode()


def test_the_past_is_not_changed_and_only_directors_design(desk: Desk) -> None:
    path = reverse("ops:exercise_new")
    past = desk.client("dora", raise_request_exception=False).post(f"{path}?at=2031-03-03T10:00", MAIN)
    assert past.status_code == 400
    for person in ("amira", "marta", "vera", "otto"):
        assert send(desk.client(person, raise_request_exception=False), path).status_code == 403
