"""The score of a run: as a page, a download and a sheet on paper; and the director's judgement."""

from __future__ import annotations

import csv
import re
import time
import zlib
from dataclasses import replace

import pytest
from django.test import TestCase
from django.urls import reverse

from salus.base.selectors import job_list
from salus.learn.selectors import debrief_get
from salus.plan.exercises.selectors import run_get
from salus.plan.exercises.stages import stage_at
from salus.web.ops.exercises.paper import pdf
from salus.web.ops.exercises.sheet import curve_codes, headline, policy_line
from salus.web.ui.fonts import FOLDER
from tests.web.exercises.desk import SYSTEM, Desk, played, score_of, scored

pytestmark = pytest.mark.django_db


def test_the_sheet_says_what_happened_and_what_would_have(desk: Desk) -> None:
    played(desk)
    scored(desk)
    text = desk.client("dora").get(reverse("ops:score", args=[desk.run])).content.decode()
    for words in (
        "9,211 people were infected and 41 died; without measures 22,106 and 98.",
        "7,369 to 11,974",
        "87% of the way to the policy",
        "26 days",
        "It has not come about.",
        "1 of 3",
        "Only an installation can tell.",
        "Infections a day: 310 on the highest day, 820 without measures",
        "nine of ten among 20 seeds",
        "Detect within three weeks",
        "All courses have the same chance.",
    ):
        assert words in text, words
    beds = desk.client("dora").get(reverse("ops:score", args=[desk.run]), {"curve": "beds"}).content.decode()
    assert "Staffed beds" in beds
    assert "Beds a day: 25" in beds


def test_without_a_score_it_can_be_asked_for(desk: Desk) -> None:
    played(desk)
    client, path = desk.client("dora"), reverse("ops:score", args=[desk.run])
    assert "has not been scored yet" in client.get(path).content.decode()
    room = stage_at(run_get(viewer=SYSTEM, run=desk.run).folder).run
    make = reverse("ops:score_step", args=[desk.run, "make"])
    told = client.post(make, {"seeds": "20"}, follow=True)
    assert "no run of an exercise" in " ".join(str(one) for one in told.context["messages"])
    room.mkdir(parents=True)
    (room / "run.json").write_text("{}", encoding="utf-8")
    with TestCase.captureOnCommitCallbacks(execute=False):
        client.post(make, {"seeds": "20"})
    assert [job.args["seeds"] for job in job_list() if job.kind == "learn.score"] == [20]
    wrong = desk.client("dora", raise_request_exception=False).post(make, {"seeds": "lots"})
    assert wrong.status_code in (302, 400)
    assert client.get(reverse("ops:score_csv", args=[desk.run]), follow=False).status_code == 404


def test_the_curves_are_taken_out_marked_as_an_exercise(desk: Desk) -> None:
    played(desk)
    scored(desk)
    answer = desk.client("dora").get(reverse("ops:score_csv", args=[desk.run]))
    assert 'filename="EXERCISE-score-' in answer["Content-Disposition"]
    rows = list(csv.DictReader(answer.content.decode().splitlines()))
    assert len(rows) == 90
    assert {row["status"] for row in rows} == {"EXERCISE"}
    assert float(rows[48]["infections.unchecked"]) == pytest.approx(820, rel=0.01)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_sheet_on_paper_is_tagged_named_and_the_same_each_time(desk: Desk, language: str) -> None:
    played(desk)
    scored(desk)
    client, path = desk.client("dora"), reverse("ops:score_pdf", args=[desk.run])
    began = time.process_time()
    first = client.get(path, headers={"Accept-Language": language})
    assert time.process_time() - began < 2
    assert first.content == client.get(path, headers={"Accept-Language": language}).content
    assert first["Content-Type"] == "application/pdf"
    assert 'filename="EXERCISE-score-' in first["Content-Disposition"]
    content = first.content
    opened = b"".join(_opened(content))
    assert content.startswith(b"%PDF-1.7")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content + opened
    assert b"/StructTreeRoot" in content + opened
    assert f"/Lang({language})".encode() in content + opened


def _opened(content: bytes) -> list[bytes]:
    """Return the streams of a PDF that can be unpacked."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
        try:
            found.append(zlib.decompress(match.group(1)))
        except zlib.error:
            continue
    return found


def test_arabic_is_set_in_a_packaged_font(desk: Desk) -> None:
    if not list(FOLDER.glob("NotoSansArabic*.ttf")):
        pytest.skip("the assets were not built here")
    played(desk)
    scored(desk)
    content = (
        desk.client("dora").get(reverse("ops:score_pdf", args=[desk.run]), headers={"Accept-Language": "ar"}).content
    )
    assert b"NotoSansArabic" in content + b"".join(_opened(content))


def test_the_director_judges_the_objectives_and_may_think_again(desk: Desk) -> None:
    played(desk)
    client, path = desk.client("dora"), reverse("ops:score_step", args=[desk.run, "judge"])
    given = {"reached-0": "met", "why-0": "Signal on day 21", "reached-1": "partly", "lessons": "Warn earlier."}
    client.post(path, given)
    row = debrief_get(viewer=SYSTEM, run=desk.run)
    assert [(one.reached, one.why) for one in row.objectives] == [("met", "Signal on day 21"), ("partly", "")]
    client.post(path, {**given, "reached-0": "not_met"})
    assert debrief_get(viewer=SYSTEM, run=desk.run).objectives[0].reached == "not_met"
    text = client.get(reverse("ops:score", args=[desk.run])).content.decode()
    assert "Judged by Dora Test" in text
    assert "Warn earlier." in text
    told = client.post(path, {"reached-0": "superb"}, follow=True)
    assert "superb" in " ".join(str(one) for one in told.context["messages"])
    assert debrief_get(viewer=SYSTEM, run=desk.run).objectives[0].reached == "not_met"


def test_who_may_see_a_score_may_not_judge_it(desk: Desk) -> None:
    played(desk)
    scored(desk)
    otto = desk.client("otto")
    page = otto.get(reverse("ops:score", args=[desk.run])).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert 'method="post"' not in main
    for step in ("judge", "make"):
        answer = otto.post(
            reverse("ops:score_step", args=[desk.run, step]), {"reached-0": "met", "seeds": "0"}, follow=True
        )
        assert "right" in " ".join(str(one) for one in answer.context["messages"])
    assert debrief_get(viewer=SYSTEM, run=desk.run).id is None
    past = desk.client("dora").get(reverse("ops:score", args=[desk.run]), {"at": "2031-03-03T12:00"}).content.decode()
    assert "has not been scored yet" in past


def test_heat_and_poison_are_told_by_whom_they_sent_to_hospital(desk: Desk) -> None:
    sheet = score_of(desk.run)
    nobody = replace(sheet.outcome("infections"), played=0.0, unchecked=0.0, policy=0.0)
    admitted = replace(nobody, code="admissions", played=31.0, unchecked=64.0, policy=20.0)
    others = tuple(row for row in sheet.outcomes if row.code != "infections")
    still = tuple(replace(row, values=(0.0,) * 90) if row.code == "infections" else row for row in sheet.curves)
    heat = replace(sheet, outcomes=(nobody, admitted, *others), curves=still)
    assert headline(heat) == "31 people went to hospital and 41 died; without measures 64 and 98."
    assert "20 and 33" in policy_line(heat)
    assert [code for code, _title in curve_codes(heat)] == ["beds", "deaths", "infections"]
    content = pdf(heat, debrief_get(viewer=SYSTEM, run=desk.run), title="Heat", measures={})
    assert content.startswith(b"%PDF-1.7")
