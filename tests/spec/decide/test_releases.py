"""Releases: sealed, numbered, linked, corrected by new ones, and safe to show (4-4, 5.3.3-a, 5.3.5-c)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import polars as pl
import pytest
from django.db import connection

from salus.base import clock, jobs, outbox
from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.base.models import Job
from salus.decide import immutability
from salus.decide.jobs import SITUATION
from salus.decide.models import Release
from salus.decide.releases import release_file, release_get, release_latest, release_list, release_verify
from salus.decide.releases.canonical import canonical, digest
from salus.decide.selectors import situation_autopublish
from salus.decide.services import release_publish, situation_autopublish_set
from salus.gather.schemas import SeriesDraft
from salus.gather.services import series_define
from salus.gather.store import append
from salus.trust.actors import system_viewer
from salus.trust.schemas import Tier
from salus.trust.selectors import assignment_list
from salus.trust.services import person_create, role_withdraw
from tests.fixtures.town import NOW, Town
from tests.spec.decide.test_decisions import approved, drafted

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SYSTEM = system_viewer("tests")


def situation(town: Town, **more: Any) -> Release:
    """A situation of a town that nobody has assessed yet."""
    return release_publish(kind="situation", by=town.viewer("samira"), **more)


def test_a_town_without_a_single_figure_can_be_told_about(town: Town) -> None:
    body = release_get(number=situation(town).number).body
    assert body["level"]["value"] is None and body["headline"]["en"].startswith("The risk in Littleton cannot")
    assert body["counts"]["unknown"] == 4 and body["curves"] == [] and body["measures"] == []
    assert body["level"]["what_to_do"] and len(body["levels"]) == 4


def test_releases_are_numbered_and_linked_from_the_first_on(town: Town) -> None:
    rows = [situation(town) for _ in range(3)]
    assert [row.number for row in rows] == [1, 2, 3]
    assert rows[0].previous_sha256 == "0" * 64
    assert [row.previous_sha256 for row in rows[1:]] == [row.sha256 for row in rows[:2]]
    assert release_verify().good and release_verify().checked == 3


def test_anybody_can_check_a_release_from_its_file_alone(town: Town) -> None:
    row = situation(town)
    whole = json.loads(release_file(number=row.number, name="json").content)
    body, sha256 = whole.pop("body"), whole.pop("sha256")
    assert digest(canonical(body)) == whole["body_sha256"]
    assert digest(canonical(whole)) == sha256
    for name, told in whole["files"].items():
        assert digest(release_file(number=row.number, name=name).content.decode()) == told


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE decide_release SET body = REPLACE(body, 'Littleton', 'Bigtown') WHERE number = 2", "body"),
        ("UPDATE decide_release SET published_at = '2020-01-01 00:00:00+00:00' WHERE number = 2", "moments"),
        ("UPDATE decide_releasefile SET content = 'x' WHERE release_id = 2", "files"),
        ("DELETE FROM decide_releasefile WHERE release_id = 2", "files"),
        ("UPDATE decide_release SET previous_sha256 = sha256 WHERE number = 2", "follow"),
    ],
)
def test_whoever_gets_past_the_database_is_found_by_the_chain(town: Town, statement: str, reason: str) -> None:
    for _ in range(3):
        situation(town)
    immutability.remove(connection)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        immutability.install(connection)
    verdict = release_verify()
    assert not verdict.good and verdict.first_bad == 2 and reason in verdict.reason


def test_a_mistake_is_corrected_by_a_new_release(town: Town) -> None:
    wrong = situation(town)
    note = {"en": "One district was left out."}
    with pytest.raises(Invalid, match="Say what was wrong"):
        situation(town, correction_of=wrong.number)
    with pytest.raises(Invalid, match="same thing"):
        situation(town, correction_of=99, correction_note=note)
    right = situation(town, correction_of=wrong.number, correction_note=note)
    row = release_get(number=right.number)
    assert row.correction_of == wrong.number and row.correction_note == note
    assert release_get(number=wrong.number).correction_of is None
    assert release_verify().good


def test_only_who_may_publishes_and_only_what_was_approved(town: Town) -> None:
    for name in ("olga", "vera", "luis"):
        with pytest.raises(Refused):
            release_publish(kind="situation", by=town.viewer(name))
    with pytest.raises(Conflict):
        release_publish(kind="decision", decision=drafted(town), by=town.viewer("samira"))
    for wrong in ({"kind": "rumour"}, {"kind": "decision"}, {"kind": "data"}):
        with pytest.raises(Invalid):
            release_publish(**wrong, by=town.viewer("samira"))  # type: ignore[arg-type]


def test_a_decision_is_told_with_its_post_and_without_its_people(town: Town) -> None:
    decision = approved(town, dissent="Luis would wait.", rationale="Beds are short, says Olga.")
    row = release_publish(kind="decision", decision=decision, by=town.viewer("samira"))
    body, text = release_get(number=row.number).body, row.body
    assert body["accountable"]["role"]["en"] == "Head of the emergency centre"
    assert body["dissent"] is True and body["status"] == "in_force" and body["level"]["name"]["fr"] == "Haut"
    assert [option["key"] for option in body["options"] if option["chosen"]] == ["health"]
    for hidden in ("Luis", "Olga", "Henri", *(str(id) for id in town.people.values())):
        assert hidden not in text
    assert [zone["code"] for zone in body["zones"]] == ["E"] and not body["whole_city"]
    assert release_latest(kind="decision", subject="1").number == row.number  # type: ignore[union-attr]


@pytest.mark.parametrize("words", ["Ask Dr Ada Byron.", "ask ADA BYRON", "Write to ada@littleton.example for more."])
def test_words_that_name_somebody_do_not_go_out(town: Town, words: str) -> None:
    person_create(username="ada", name="Ada Byron", password="correct horse battery", demo=True, by=SYSTEM)
    decision = approved(town, why_rejected=dict.fromkeys(("none", "playbook", "stronger"), words))
    with pytest.raises(Invalid, match="names a person"):
        release_publish(kind="decision", decision=decision, by=town.viewer("samira"))
    assert not Release.objects.exists()


def test_the_newest_of_each_subject_is_listed(town: Town) -> None:
    decision = approved(town)
    numbers = [release_publish(kind="decision", decision=decision, by=town.viewer("samira")).number for _ in range(2)]
    situation(town)
    assert [row.number for row in release_list(kind="decision", newest_of_subject=True)] == numbers[-1:]
    assert len(release_list(kind="decision")) == 2 and len(release_list(newest_of_subject=True)) == 2
    with pytest.raises(NotFound):
        release_get(number=99)
    with pytest.raises(NotFound):
        release_file(number=numbers[0], name="cap.xml")


def test_the_public_sees_only_what_was_published_then(town: Town) -> None:
    situation(town)
    with clock.fixed_at(NOW + timedelta(days=1)):
        situation(town)
    assert release_latest(kind="situation", known_at=NOW - timedelta(seconds=1)) is None
    assert release_latest(kind="situation", known_at=NOW + timedelta(hours=1)).number == 1  # type: ignore[union-attr]
    assert release_latest(kind="situation").number == 2  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        release_get(number=2, known_at=NOW)


def test_a_series_is_published_with_its_small_numbers_hidden(town: Town) -> None:
    number = series_of(Tier.OPERATIONAL)
    bring(number, {"E1": 3.0, "E2": 40.0, "W1": 0.0, "W2": 50.0, "E": 43.0, "W": 50.0})
    release = release_publish(kind="data", series="town.cases", by=town.viewer("samira"))
    rows = {row[1]: row[2:] for row in release_get(number=release.number).body["rows"]}
    assert rows["E1"] == [None, "suppressed"] and rows["W1"] == [0, "observed"]
    # E1 alone would be betrayed by its district's total, so its neighbour or the total goes with it.
    assert [None, "suppressed"] in (rows["E2"], rows["E"]) and rows["W"] == [50, "observed"]
    assert "suppressed" in release_file(number=release.number, name="csv").content.decode()


def test_a_series_about_persons_is_never_published(town: Town) -> None:
    series_of(Tier.SENSITIVE)
    with pytest.raises(Invalid, match="about persons"):
        release_publish(kind="data", series="town.cases", by=town.viewer("samira"))


def series_of(tier: Tier) -> int:
    """A count by zone."""
    draft = SeriesDraft(
        code="town.cases", name={"en": "Cases"}, unit="cases", kind="count", role="cases", zone_level="zone",
        source="", tier=tier,
    )  # fmt: skip
    return int(series_define(draft=draft, by=SYSTEM).number)


def bring(series: int, counts: dict[str, float]) -> None:
    """One day of counts."""
    from salus.city.selectors import zone_by_code

    day = (date(2021, 12, 1) - date(1970, 1, 1)).days * 86_400
    numbers = [zone_by_code(viewer=SYSTEM, code=code).number for code in counts]
    frame = pl.DataFrame(
        {
            "series": [series] * len(counts),
            "zone": numbers,
            "stratum": [0] * len(counts),
            "valid_at": [day] * len(counts),
            "known_at": [clock.to_micros(NOW) - 1] * len(counts),
            "value": list(counts.values()),
            "status": [0] * len(counts),
        },
        schema={
            "series": pl.Int32, "zone": pl.Int32, "stratum": pl.Int32, "valid_at": pl.Int64, "known_at": pl.Int64,
            "value": pl.Float64, "status": pl.Int8,
        },
    )  # fmt: skip
    append(frame, batch=1)


def run_job(**args: object) -> Job:
    """The job that publishes by itself."""
    return jobs.run(jobs.start(kind=SITUATION, args=dict(args), by=SYSTEM).id)


def test_daily_publication_is_switched_by_whoever_may_and_stops_with_their_right(town: Town) -> None:
    with pytest.raises(Refused):
        situation_autopublish_set(on=True, by=town.viewer("olga"))
    assert run_job(daily=True).result["skipped"]
    situation_autopublish_set(on=True, by=town.viewer("samira"))
    assert situation_autopublish(viewer=SYSTEM).by == town.people["samira"]
    assert run_job(daily=True).result == {"release": 1}
    assert "skipped" in run_job(daily=True).result
    for held in assignment_list(viewer=SYSTEM, person=town.people["samira"]):
        role_withdraw(assignment=held.id, by=SYSTEM)
    with clock.fixed_at(NOW + timedelta(days=1)):
        ended = run_job(daily=True)
    assert ended.status == "failed" and "no right" in ended.error
    situation_autopublish_set(on=False, by=town.viewer("henri"))
    assert not situation_autopublish(viewer=SYSTEM).on
    assert situation_autopublish(viewer=SYSTEM, known_at=NOW).on is False


# Events are delivered once they are settled, so this one really commits.
@pytest.mark.django_db(transaction=True)
def test_events_of_publication_ask_for_a_situation_only_when_switched_on(town: Town) -> None:
    release_publish(kind="decision", decision=approved(town), by=town.viewer("samira"))
    outbox.deliver_all()
    assert not Job.objects.filter(kind=SITUATION).exists()
    situation_autopublish_set(on=True, by=town.viewer("samira"))
    release_publish(kind="decision", decision=UUID(str(_first())), by=town.viewer("samira"))
    outbox.deliver_all()
    assert Job.objects.filter(kind=SITUATION).count() == 1


def _first() -> UUID:
    from salus.decide.selectors import decision_by_number

    return decision_by_number(viewer=SYSTEM, number=1).id
