"""What people do on the pages, by hand: happy paths, refusals in plain words, and no writing in the past."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from salus.act.selectors import task_get, task_list
from salus.act.services import task_create
from salus.assess.selectors import rule_table_get, signal_get, signal_list
from salus.base.selectors import job_list
from salus.city.selectors import zone_list
from salus.decide.releases import release_list
from salus.decide.selectors import alert_list, decision_get, decision_list
from salus.gather.selectors import import_get, import_list, parked_list, source_get
from salus.learn.selectors import outcome_get
from salus.plan.selectors import proposal_get, proposal_list
from salus.trust.selectors import assignment_list, person_list
from tests.web.ops.routes import addresses
from tests.web.ops.story import SERIES, SOURCE, SYSTEM, Story, work_done

pytestmark = pytest.mark.django_db


def send(client: Client, name: str, *args: Any, **data: Any) -> Any:
    """Send a form as a browser would, do the work that follows, and go where the answer leads."""
    with work_done():
        return client.post(reverse(f"ops:{name}", args=args), data, follow=True)


def said(answer: Any) -> str:
    """The messages on the page that was reached."""
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_signal_is_confirmed_or_dismissed_with_a_note(story: Story) -> None:
    client = story.client("amira")
    new = [row for row in signal_list(viewer=SYSTEM, status="new") if row.is_open][:2]
    assert len(new) == 2
    answer = send(client, "signal_triage", new[0].id, "confirm", note="Two schools")
    assert "confirmed" in said(answer)
    assert signal_get(viewer=SYSTEM, signal=new[0].id).status == "confirmed"
    assert b"Two schools" in answer.content
    assert b"Amira Test" in answer.content
    assert "reason" in said(send(client, "signal_triage", new[1].id, "dismiss"))
    send(client, "signal_triage", new[1].id, "dismiss", note="One laboratory reported twice")
    assert signal_get(viewer=SYSTEM, signal=new[1].id).status == "dismissed"
    assert send(client, "signal_triage", new[1].id, "eat").status_code == 404


def test_after_judging_one_stays_in_the_list_and_never_leaves_the_site(story: Story) -> None:
    client = story.client("amira")
    row = signal_list(viewer=SYSTEM, status="new")[0]
    path = reverse("ops:signal_triage", args=[row.id, "confirm"])
    here = client.post(path, {"next": "/ops/signals/?status=new"})
    assert here["Location"] == "/ops/signals/?status=new"
    away = client.post(path, {"next": "https://elsewhere.example/"})
    assert away["Location"] == reverse("ops:signal", args=[row.id])


def open_proposal(story: Story) -> Any:
    rows = [row for row in proposal_list(viewer=SYSTEM, status="open") if not row.taken]
    assert rows, "the story leaves no open proposal"
    return rows[0]


def written(version: int, options: Any, **more: Any) -> dict[str, Any]:
    """A decision's form as a person fills it."""
    return {
        "version": version, "rationale": "It spreads.", "dissent": "", "in_force_from": "", "in_force_until": "",
        "title_en": "Masks now", "title_fr": "Masques", "title_ar": "كمامات", "public_text_en": "Please wear a mask.",
        "public_text_fr": "Portez un masque.", "public_text_ar": "ارتدوا الكمامة.", **{f"why_{one.key}": "Too little." for one in options}, **more,
    }  # fmt: skip


def test_a_decision_from_draft_to_the_public(story: Story) -> None:
    amira, marta, lea = story.client("amira"), story.client("marta"), story.client("lea")
    begun = send(amira, "decision_new", proposal=str(open_proposal(story).id))
    row = decision_list(viewer=SYSTEM, status="draft")[0]
    assert begun.redirect_chain[-1][0] == reverse("ops:decision_edit", args=[row.id])
    chosen = row.options[-1].key
    form = written(row.version, row.options, option=chosen, accountable=str(story.people["marta"]))
    assert "kept" in said(send(amira, "decision_edit", row.id, **form))
    # Somebody else's newer version is never written over.
    again = send(amira, "decision_edit", row.id, **form)
    assert again.status_code == 400
    assert b"Please wear a mask." in again.content
    assert "waits" in said(send(amira, "decision_step", row.id, "submit"))
    own = send(amira, "decision_step", row.id, "approve")
    assert decision_get(viewer=SYSTEM, decision=row.id).status == "submitted"
    assert "error" in {message.level_tag for message in own.context["messages"]} or own.status_code == 403
    assert "approved" in said(send(marta, "decision_step", row.id, "approve"))
    assert task_list(viewer=SYSTEM, decision=row.id)
    drafted = send(lea, "decision_step", row.id, "alert")
    alert = alert_list(viewer=SYSTEM, decision=row.id)[0]
    assert drafted.redirect_chain[-1][0] == reverse("ops:alert", args=[alert.id])
    assert "out" in said(send(lea, "alert_step", alert.id, "publish"))
    send(lea, "decision_step", row.id, "publish")
    told = release_list(kind="decision", subject=str(row.number))
    assert told
    page = lea.get(reverse("ops:decision", args=[row.id]))
    assert f"/ops/releases/{told[0].number}/".encode() in page.content
    assert b"Masks now" in lea.get(f"/en/decisions/{row.number}/").content


def test_a_decision_for_chosen_areas_needs_one(story: Story) -> None:
    client = story.client("amira")
    answer = send(client, "decision_new")
    assert answer.status_code in (200, 400)
    before = len(decision_list(viewer=SYSTEM))
    zone = zone_list(viewer=SYSTEM, level="zone")[0]
    send(client, "decision_new", zone=[str(zone.id)])
    assert len(decision_list(viewer=SYSTEM)) == before + 1
    assert client.post(reverse("ops:decision_new"), {"zone": "x"}).status_code == 404


def test_what_is_missing_is_said_before_a_decision_is_handed_over(story: Story) -> None:
    client = story.client("amira")
    send(client, "decision_new", proposal=str(open_proposal(story).id))
    row = decision_list(viewer=SYSTEM, status="draft")[0]
    page = client.get(reverse("ops:decision", args=[row.id]))
    assert page.context["gaps"]
    assert b"Hand it to a second person" not in page.content
    send(client, "decision_step", row.id, "submit")
    assert decision_get(viewer=SYSTEM, decision=row.id).status == "draft"
    send(client, "decision_step", row.id, "withdraw", reason="Begun by mistake")
    assert decision_get(viewer=SYSTEM, decision=row.id).status == "withdrawn"


def test_a_proposal_is_closed_with_a_reason_only(story: Story) -> None:
    client, row = story.client("amira"), open_proposal(story)
    assert "error" in {m.level_tag for m in send(client, "proposal_drop", row.id).context["messages"]}
    send(client, "proposal_drop", row.id, reason="The hospital reported twice")
    assert proposal_get(viewer=SYSTEM, proposal=row.id).status == "dropped"


def test_a_task_from_hand_to_hand(story: Story) -> None:
    kofi, lea = story.client("kofi"), story.client("lea")
    due = story.ended_at + timedelta(days=3)
    made = task_create(title={"en": "Bring vans"}, due_at=due, owner=story.people["kofi"], by=story.viewer("amira"))
    task = made.id
    send(kofi, "task_step", task, "begin")
    send(kofi, "task_step", task, "report", progress="40", note="Half the vans")
    row = task_get(viewer=SYSTEM, task=task)
    assert (row.progress, row.note, row.status) == (40, "Half the vans", "doing")
    wrong = send(kofi, "task_step", task, "report", progress="120")
    assert "120" in said(wrong)
    send(kofi, "task_step", task, "hand-over", person=str(story.people["lea"]), reason="She is there")
    send(lea, "task_step", task, "take")
    assert task_get(viewer=SYSTEM, task=task).owner_id == story.people["lea"]
    send(lea, "task_step", task, "done")
    assert task_get(viewer=SYSTEM, task=task).status == "done"
    assert "Nobody is chosen" in said(send(lea, "task_step", task, "hand-over", person="nobody"))


def test_an_outcome_is_commented_and_told(story: Story) -> None:
    client, outcome = story.client("marta"), story.ids["outcome"]
    send(client, "outcome_step", outcome, "comment", comment="Begin earlier")
    assert outcome_get(viewer=SYSTEM, outcome=outcome).comment == "Begin earlier"
    before = len(release_list(kind="decision"))
    send(story.client("lea"), "outcome_step", outcome, "publish")
    assert len(release_list(kind="decision")) in (before, before + 1)


def test_the_situation_is_published_by_hand_and_every_day(story: Story) -> None:
    client, before = story.client("lea"), len(release_list(kind="situation"))
    send(client, "release_publish")
    assert len(release_list(kind="situation")) == before + 1
    assert b"Published every day" in send(client, "release_publish", auto="on").content
    assert b"Published by hand" in send(client, "release_publish", auto="off").content


def upload(client: Client, text: str, **more: Any) -> Any:
    file = SimpleUploadedFile("cells.csv", text.encode(), "text/csv")
    with work_done():
        return client.post(reverse("ops:import_new"), {"source": SOURCE, "file": file, **more}, follow=True)


def test_a_file_is_asked_about_checked_taken_in_and_its_bad_row_worked_off(story: Story) -> None:
    client, zone = story.client("amira"), zone_list(viewer=SYSTEM, level="zone")[0]
    text = f"tag,wo,wert\n2026-06-23,{zone.code},12\n2026-06-24,{zone.code},twelve\n"
    page = upload(client, text, dry_run="on")
    import_id = import_list(viewer=SYSTEM, limit=1)[0].id
    page = client.get(reverse("ops:import", args=[import_id]))
    assert page.context["row"].status == "needs_mapping"
    incomplete = send(client, "import_step", import_id, "answer", date_order="ymd", decimal=".")
    assert incomplete.status_code == 400
    send(
        client, "import_step", import_id, "answer", valid_column="tag", zone_column="wo", value_column="wert",
        series_fixed=SERIES, date_order="ymd", decimal=".",
    )  # fmt: skip
    page = client.get(reverse("ops:import", args=[import_id]))
    assert page.context["row"].status == "checked", page.context["row"].message
    assert b"twelve" in page.content
    send(client, "import_step", import_id, "commit")
    assert import_get(viewer=SYSTEM, id=import_id).status == "committed"
    (row,) = parked_list(viewer=SYSTEM, import_id=import_id)
    cells = {"cell:tag": "2026-06-24", "cell:wo": zone.code, "cell:wert": "twenty"}
    refused = send(client, "parked_fix", row.id, **{"import": str(import_id)}, **cells)
    assert "error" in {message.level_tag for message in refused.context["messages"]}
    send(client, "parked_fix", row.id, **{"import": str(import_id)}, **{**cells, "cell:wert": "20"})
    assert parked_list(viewer=SYSTEM, import_id=import_id) == []


def test_a_parked_row_is_put_aside_and_a_file_refused_in_words(story: Story) -> None:
    client = story.client("amira")
    row = parked_list(viewer=SYSTEM, import_id=story.ids["import"])
    if row:
        send(client, "parked_dismiss", row[0].id, reason="A typing mistake")
        assert row[0].id not in {one.id for one in parked_list(viewer=SYSTEM)}
    empty = client.post(reverse("ops:import_new"), {"source": SOURCE})
    assert empty.status_code == 400
    assert b"error-summary" in empty.content


def test_a_person_gets_an_account_and_a_role_and_loses_both(story: Story) -> None:
    client = story.client("ines")
    form = client.get(reverse("ops:person_new")).context["form"]
    given = {"username": "noor", "name": "Noor Test"}
    organisation = [value for value, _label in getattr(form.fields.get("organisation"), "choices", []) if value]
    with work_done():
        answer = client.post(reverse("ops:person_new"), {**given, "organisation": (organisation or [""])[0]})
    assert answer.status_code in (200, 302)
    person = next(row for row in person_list(viewer=SYSTEM) if row.username == "noor")
    send(client, "role_give", person.id, role="viewer")
    (held,) = assignment_list(viewer=SYSTEM, person=person.id)
    assert "from the list" in said(send(client, "role_give", person.id, role="emperor"))
    send(client, "role_take", held.id)
    assert assignment_list(viewer=SYSTEM, person=person.id) == []
    send(client, "person_close", person.id)
    assert not next(row for row in person_list(viewer=SYSTEM) if row.username == "noor").active


def test_rules_are_tried_before_they_are_saved(story: Story) -> None:
    client, row = story.client("jonas"), rule_table_get(viewer=SYSTEM)
    text = client.get(reverse("ops:rules")).context["text"]
    tried = send(client, "rules_try", text=text)
    assert tried.status_code == 200
    assert tried.context["preview"].rows == []
    broken = send(client, "rules_try", text="levels: [")
    assert broken.status_code == 400
    assert b"levels: [" in broken.content
    send(client, "rules_save", text=text, note="Said again", number=str(row.number))
    assert rule_table_get(viewer=SYSTEM).number == row.number + 1
    stale = send(client, "rules_save", text=text, note="Late", number=str(row.number))
    assert stale.status_code == 400


def test_the_serial_interval_is_set_with_its_range_and_reason(story: Story) -> None:
    client, row = story.client("jonas"), rule_table_get(viewer=SYSTEM)
    assert b"Backer 2022" in client.get(reverse("ops:interval")).content
    told = {"mean": "5.8", "mean_low": "4.9", "mean_high": "6.7", "sd": "2.2", "sd_low": "1.6", "sd_high": "2.8",
            "source": "Our own pairs", "reason": "Forty pairs are known", "number": str(row.number)}  # fmt: skip
    wrong = send(client, "interval_set", **{**told, "mean_low": "6.0"})
    assert wrong.status_code == 422
    assert b"must hold it" in wrong.content
    send(client, "interval_set", **told)
    now = rule_table_get(viewer=SYSTEM)
    assert (now.number, now.note) == (row.number + 1, "Forty pairs are known")
    assert now.document["plan"]["serial_interval"]["mean_range"] == [4.9, 6.7]
    shown = client.get(reverse("ops:interval")).content.decode()
    assert "about 5.8 days (likely 4.9 to 6.7). Our own pairs." in shown
    assert send(client, "interval_set", **told).status_code == 422


def test_the_serial_interval_is_worked_out_from_pairs(story: Story) -> None:
    client = story.client("jonas")
    assert send(client, "interval_pairs", pairs="2021-11-01 Zoe").status_code == 422
    days = [(1, 6), (2, 9), (3, 7), (3, 10), (4, 9), (5, 12), (5, 10), (6, 11), (7, 14), (8, 12)]
    asked = send(client, "interval_pairs", pairs="\n".join(f"2021-11-{a:02d}, 2021-11-{b:02d}" for a, b in days))
    shown = client.get(asked.redirect_chain[-1][0])
    assert shown.context["found"]["pairs"] == 10
    assert 4.5 < shown.context["found"]["mean"] < 7.0
    assert b"10 pairs give a mean of" in shown.content


def test_a_source_pauses_and_the_city_is_assessed_on_request(story: Story) -> None:
    ines = story.client("ines")
    send(ines, "source_state", SOURCE, to="pause")
    assert source_get(viewer=SYSTEM, slug=SOURCE).status == "paused"
    send(ines, "source_state", SOURCE, to="live")
    assert source_get(viewer=SYSTEM, slug=SOURCE).status == "live"
    before = len(job_list(limit=500))
    answer = story.client("amira").post(reverse("ops:assess_now"))
    assert answer["Location"].startswith("/ops/jobs/")
    assert len(job_list(limit=500)) == before + 1


@pytest.mark.parametrize("person", ["amira", "ines"])
def test_the_past_cannot_be_written(story: Story, person: str) -> None:
    client, viewer = story.client(person, raise_request_exception=False), story.viewer(person)
    at = story.ended_at.isoformat().replace("+00:00", "Z")
    for address in addresses(story):
        if not address.sent or not address.allows(viewer) or address.name == "rules_try":
            continue
        answer = client.post(f"{address.path}?at={at}", {"reason": "x", "person": str(story.people["lea"])})
        assert answer.status_code in (400, 403, 404), (address.name, answer.status_code)
    for name in ("signal", "proposal", "decision", "task", "outcome", "alert", "import"):
        page = client.get(reverse(f"ops:{name}", args=[story.ids[name]]), {"at": at}).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert 'method="post"' not in main, name


def test_nobody_else_may_send_the_forms(story: Story) -> None:
    client, viewer = story.client("vera"), story.viewer("vera")
    for address in addresses(story):
        if address.sent:
            answer = client.post(address.path, {"reason": "x", "note": "x"})
            told = [] if answer.status_code != 302 else list(client.get(answer["Location"]).context["messages"])
            refused = answer.status_code in (400, 403, 404) or {m.level_tag for m in told} == {"error"}
            assert refused or (address.name == "rules_try" and answer.status_code == 200), address.name
    assert viewer.grants
