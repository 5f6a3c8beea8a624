"""The director's desk: what it shows, what can be done, what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, TestCase
from django.urls import reverse

from salus.base import clock
from salus.learn.selectors import training_list
from salus.plan.exercises.selectors import run_get, run_list
from salus.plan.exercises.services import run_state_record
from salus.plan.exercises.stages import stage_at
from tests.web.exercises.desk import SYSTEM, Desk, delivered, played, speak

pytestmark = pytest.mark.django_db


def do(client: Client, desk: Desk, step: str, **data: Any) -> Any:
    """Press one of the desk's buttons; the long work of a branch is not done."""
    with TestCase.captureOnCommitCallbacks(execute=step != "back"):
        return client.post(reverse("ops:run_step", args=[desk.run, step]), data, follow=True)


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def state(desk: Desk) -> str:
    return run_get(viewer=SYSTEM, run=desk.run).state


def test_the_desk_says_how_it_stands_what_comes_and_what_came(desk: Desk) -> None:
    played(desk)
    text = desk.client("dora").get(reverse("ops:run", args=[desk.run])).content.decode()
    for words in ("Day 9", "1,312", "The river rises", "in 3 days", "masks-required", "A rumour of bad water", "H-1"):
        assert words in text, words
    assert f"http://testserver:{run_get(viewer=SYSTEM, run=desk.run).port}/ops/" in text
    # Who may look but not direct is offered nothing to press.
    otto = desk.client("otto").get(reverse("ops:run", args=[desk.run])).content.decode()
    main = otto[otto.index("<main") : otto.index("</main>")]
    assert "The river rises" in main
    assert 'method="post"' not in main


def test_before_the_stage_has_spoken_and_when_it_falls_silent(desk: Desk) -> None:
    client, path = desk.client("dora"), reverse("ops:run", args=[desk.run])
    assert "has not spoken yet" in client.get(path).content.decode()
    played(desk, written_at=clock.wall_now() - timedelta(minutes=5))
    assert "The stage is silent" in client.get(path).content.decode()
    speak(desk, problem="The city could not be read.")
    assert "The city could not be read." in client.get(path).content.decode()


def test_it_is_started_paused_sped_up_and_ended(desk: Desk) -> None:
    client = desk.client("dora")
    do(client, desk, "start")
    assert state(desk) == "running"
    do(client, desk, "pause")
    assert state(desk) == "paused"
    assert "1d/30s" in said(do(client, desk, "speed", speed="1d/30s"))
    assert run_get(viewer=SYSTEM, run=desk.run).speed == "1d/30s"
    assert "not a speed" in said(do(client, desk, "speed", speed="quick"))
    do(client, desk, "end")
    assert state(desk) == "ended"
    assert "ended" in said(do(client, desk, "start")).lower()
    assert do(client, desk, "explode").status_code == 404


def test_an_inject_is_done_now_and_once(desk: Desk) -> None:
    played(desk)
    client = desk.client("dora")
    assert "happens now" in said(do(client, desk, "fire", inject="flood"))
    stage = stage_at(run_get(viewer=SYSTEM, run=desk.run).folder)
    assert [one["inject"]["key"] for one in stage.wanted()["fire"]] == ["flood"]
    assert "fired before" in said(do(client, desk, "fire", inject="flood"))
    assert "no inject" in said(do(client, desk, "fire", inject="unknown"))


def test_something_is_invented_and_its_faults_are_told_in_place(desk: Desk) -> None:
    played(desk)
    client = desk.client("dora")
    bad = do(client, desk, "invent", **{"now-kind": "network_lost", "now-zones": "MARS-1", "now-size": "0.5"})
    assert bad.status_code == 400
    assert "MARS-1" in bad.content.decode()
    assert bad.context["form"].errors["zones"]
    good = {"now-kind": "network_lost", "now-title": "Masts fail", "now-zones": "OLD-1, OLD-2", "now-size": "1"}
    assert "happens now" in said(do(client, desk, "invent", **good))
    asked = stage_at(run_get(viewer=SYSTEM, run=desk.run).folder).wanted()["fire"]
    assert asked[0]["inject"]["zones"] == ["OLD-1", "OLD-2"]


def test_stepping_back_begins_a_branch_and_leaves_the_old_run(desk: Desk) -> None:
    played(desk)
    client = desk.client("dora")
    answer = do(client, desk, "back", day="5")
    branch = run_list(viewer=SYSTEM, exercise=desk.exercise)[0]
    assert (branch.branched_from, branch.branched_day) == (desk.run, 5)
    assert answer.redirect_chain[-1][0] == reverse("ops:run", args=[branch.id])
    assert "from the evening of day 5" in answer.content.decode()
    assert state(desk) == "paused"
    assert "was not kept" in said(do(client, desk, "back", day="40"))
    wrong = desk.client("dora", raise_request_exception=False)
    assert do(wrong, desk, "back", day="yesterday").status_code == 400


def test_passwords_are_shown_once_and_kept_by_no_browser(desk: Desk) -> None:
    client, path = desk.client("dora"), reverse("ops:run_handover", args=[desk.run])
    first = client.post(path)
    assert "one-time-word-7" in first.content.decode()
    assert first["Cache-Control"] == "no-store"
    second = client.post(path).content.decode()
    assert "one-time-word-7" not in second
    assert "have been given out" in second
    assert client.get(path).status_code == 405


def test_the_teams_are_attested_when_the_run_ends(desk: Desk) -> None:
    played(desk)
    client = desk.client("dora")
    do(client, desk, "end")
    delivered()
    records = training_list(viewer=SYSTEM, run=desk.run)
    assert [(row.person_id, row.role, row.attested_by) for row in records] == [
        (desk.people["amira"], "duty_officer", desk.people["dora"])
    ]
    text = client.get(reverse("ops:run", args=[desk.run])).content.decode()
    assert "Attested" in text
    assert "No account here" in text
    delivered()
    client.post(reverse("ops:run_attest", args=[desk.run]))
    assert len(training_list(viewer=SYSTEM, run=desk.run)) == 1


def test_a_run_that_the_machinery_ended_is_attested_by_its_designer(desk: Desk) -> None:
    played(desk)
    with TestCase.captureOnCommitCallbacks(execute=True):
        run_state_record(run=desk.run, state="ended", by=SYSTEM)
    delivered()
    assert [row.attested_by for row in training_list(viewer=SYSTEM, run=desk.run)] == [desk.people["dora"]]


def test_only_the_director_steers_and_never_in_the_past(desk: Desk) -> None:
    played(desk)
    for person in ("amira", "marta", "vera", "otto", "paula", "nina"):
        client = desk.client(person, raise_request_exception=False)
        assert client.post(reverse("ops:run_step", args=[desk.run, "end"])).status_code == 403, person
        assert client.post(reverse("ops:run_handover", args=[desk.run])).status_code == 403, person
    client = desk.client("dora", raise_request_exception=False)
    for step in ("start", "end", "fire", "invent", "back", "speed"):
        path = reverse("ops:run_step", args=[desk.run, step])
        answer = client.post(f"{path}?at=2031-03-03T20:00", {"day": "5", "now-kind": "rumour", "now-words": "x"})
        assert answer.status_code == 400, step
    assert client.post(reverse("ops:run_handover", args=[desk.run]) + "?at=2031-03-03T20:00").status_code == 400
    assert state(desk) == "running"


def test_a_past_moment_shows_nothing_of_what_came_later(desk: Desk) -> None:
    played(desk)
    client, path = desk.client("dora"), reverse("ops:run", args=[desk.run])
    page = client.get(path, {"at": "2031-03-03T12:00"}).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "Ready to start" in main
    assert "Day 9" not in main
    assert 'method="post"' not in main
    earlier = desk.client("dora", raise_request_exception=False).get(path, {"at": "2031-03-01T12:00"})
    assert earlier.status_code == 404


def test_the_live_part_is_asked_for_alone(desk: Desk) -> None:
    played(desk)
    answer = desk.client("dora").get(reverse("ops:run_live", args=[desk.run]), headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "<html" not in text
    assert "Day 9" in text
    assert answer["Cache-Control"] == "no-store"
    assert "HX-Refresh" not in answer
    path = reverse("ops:run_live", args=[desk.run])
    assert desk.client("dora").get(path, {"state": "prepared"})["HX-Refresh"] == "true"
    assert "HX-Refresh" not in desk.client("dora").get(path, {"state": "running"})
