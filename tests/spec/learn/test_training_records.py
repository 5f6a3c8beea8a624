"""Training records: who took part, until when it counts, who attests; kept as personal data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from salus.act.selectors import task_list
from salus.base import clock
from salus.base.errors import Conflict, Invalid, NotFound, Refused, SalusError
from salus.learn.models import TrainingRecord
from salus.learn.selectors import training_get, training_history, training_list
from salus.learn.services import training_attest, training_renew, training_withdraw
from salus.learn.trainees.reminding import training_remind
from salus.learn.trainees.schemas import EXPIRED, SOON, VALID, WITHDRAWN, Trained
from salus.learn.trainees.services import months_later
from salus.trust import privacy
from salus.trust.actors import system_viewer
from salus.trust.schemas import Viewer
from salus.trust.selectors import viewer_for
from salus.trust.services import person_create, person_erase, role_assign, roles_load

pytestmark = pytest.mark.django_db
SYSTEM = system_viewer("tests")
START = datetime(2031, 3, 3, 9, tzinfo=UTC)
TITLE = {"en": "Spring exercise", "fr": "Exercice de printemps", "ar": "تمرين الربيع"}
DONE = date(2031, 3, 2)
People = Callable[[str, str], Viewer]


@pytest.fixture(autouse=True)
def _on_a_day(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.SALUS_DATA_DIR = tmp_path
    with clock.fixed_at(START):
        yield


@pytest.fixture
def people(db: None) -> People:
    roles_load(by=SYSTEM)

    def make(username: str, role: str) -> Viewer:
        made = person_create(username=username, name=f"{username.title()} Haddad", by=SYSTEM)
        role_assign(person=made.id, role=role, by=SYSTEM)
        return viewer_for(person=made.id)

    return make


def test_a_record_says_who_took_part_for_what_until_when_and_who_attests(people: People) -> None:
    head, amira = people("marta", "head"), people("amira", "duty_officer")
    goals = [Trained({"en": "Detect within a week"}, "met"), Trained({"en": "Warn in three languages"}, "partly")]
    row = training_attest(
        person=amira.id,
        title=TITLE,
        completed_on=DONE,
        team="Night watch",
        role="duty_officer",
        objectives=goals,
        remark="Kept calm when the network was lost.",
        by=head,
    )
    seen = training_get(viewer=head, record=row.id)
    assert (seen.person_id, seen.attested_by, seen.state) == (amira.id, head.id, VALID)
    assert seen.expires_on == date(2033, 3, 2)
    assert seen.objectives == tuple(goals)
    assert seen.remark == "Kept calm when the network was lost."


def test_what_was_written_is_sealed_and_erased_with_the_person(people: People) -> None:
    head, amira = people("marta", "head"), people("amira", "duty_officer")
    row = training_attest(person=amira.id, title=TITLE, completed_on=DONE, remark="Was often late.", by=head)
    assert b"late" not in bytes(TrainingRecord.objects.get(id=row.id).remark_sealed)
    assert "late" not in privacy.scrub("He said: Was often late.")
    person_erase(person=amira.id, reason="asked for it", by=SYSTEM)
    assert training_get(viewer=head, record=row.id).remark == ""
    with pytest.raises(SalusError):
        training_attest(person=amira.id, title=TITLE, completed_on=DONE, remark="x", by=head)


def test_every_personal_field_of_the_record_is_classed() -> None:
    for field in ("remark_sealed", "person_id"):
        assert privacy.field_of("learn.trainingrecord", field) is not None


def test_a_person_sees_their_own_record_and_no_other(people: People) -> None:
    head, amira, vera = people("marta", "head"), people("amira", "logistics_lead"), people("vera", "viewer")
    own = training_attest(person=amira.id, title=TITLE, completed_on=DONE, by=head)
    assert [row.id for row in training_list(viewer=amira)] == [own.id]
    assert training_list(viewer=vera) == []
    with pytest.raises(NotFound):
        training_get(viewer=vera, record=own.id)
    with pytest.raises(Refused):
        training_attest(person=vera.id, title=TITLE, completed_on=DONE, by=amira)


def test_the_same_run_is_attested_once(people: People) -> None:
    head, amira = people("marta", "head"), people("amira", "duty_officer")
    run = training_attest(person=amira.id, title=TITLE, completed_on=DONE, by=head).id
    first = training_attest(person=amira.id, title=TITLE, completed_on=DONE, run=run, by=head)
    again = training_attest(person=amira.id, title={"en": "Another"}, completed_on=DONE, run=run, by=head)
    assert again.version == first.version
    training_withdraw(record=first.id, reason="Was ill that day", by=head)
    assert training_get(viewer=head, record=first.id).state == WITHDRAWN
    assert training_attest(person=amira.id, title=TITLE, completed_on=DONE, run=run, by=head).id == first.id
    assert [row.state for row in training_history(viewer=head, record=first.id)] == [VALID, WITHDRAWN, VALID]


def test_it_expires_is_renewed_with_a_reason_and_the_past_stays(people: People) -> None:
    head, amira = people("marta", "head"), people("amira", "duty_officer")
    row = training_attest(person=amira.id, title=TITLE, completed_on=DONE, expires_on=date(2031, 6, 1), by=head)
    states = []
    for days in (1, 40, 90):
        with clock.fixed_at(START + timedelta(days=days)):
            states.append(training_get(viewer=head, record=row.id).state)
    assert states == [VALID, SOON, EXPIRED]
    with clock.fixed_at(START + timedelta(days=90)):
        training_renew(record=row.id, expires_on=date(2032, 6, 1), reason="Refresher in May", by=head)
        assert training_get(viewer=head, record=row.id).state == VALID
        assert training_get(viewer=head, record=row.id, known_at=START + timedelta(days=40)).state == SOON


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"completed_on": date(2031, 3, 9)}, "not over yet"),
        ({"expires_on": DONE}, "end before"),
        ({"title": {"en": " "}}, "needs a name"),
        ({"objectives": [Trained({"en": "x"}, "superb")]}, "superb"),
    ],
)
def test_bad_input_is_told_in_plain_words_and_writes_nothing(people: People, change: Any, words: str) -> None:
    head, amira = people("marta", "head"), people("amira", "duty_officer")
    given = {"person": amira.id, "title": TITLE, "completed_on": DONE, **change}
    with pytest.raises(Invalid, match=words):
        training_attest(**given, by=head)
    assert not TrainingRecord.objects.exists()


def test_nobody_attests_themselves_and_a_renewal_reaches_further(people: People) -> None:
    head, amira = people("marta", "head"), people("amira", "duty_officer")
    with pytest.raises(Invalid, match="their own"):
        training_attest(person=head.id, title=TITLE, completed_on=DONE, by=head)
    row = training_attest(person=amira.id, title=TITLE, completed_on=DONE, by=head)
    for change, words in (({"expires_on": DONE + timedelta(days=9)}, "further"), ({"reason": " "}, "reason")):
        given = {"expires_on": date(2034, 1, 1), "reason": "x", **change}
        with pytest.raises(Invalid, match=words):
            training_renew(record=row.id, **given, by=head)
    training_withdraw(record=row.id, reason="wrong person", by=head)
    with pytest.raises(Conflict):
        training_renew(record=row.id, expires_on=date(2034, 1, 1), reason="x", by=head)


def test_a_leap_day_ends_on_the_last_of_february() -> None:
    assert months_later(date(2032, 2, 29)) == date(2034, 2, 28)


@pytest.mark.requirement("5.2.5-b")
def test_whose_training_soon_ends_is_reminded_once_and_again_after_a_renewal(people: People) -> None:
    head, amira = people("marta", "head"), people("amira", "duty_officer")
    row = training_attest(person=amira.id, title=TITLE, completed_on=DONE, expires_on=date(2031, 9, 1), by=head)
    assert training_remind() == 0
    with clock.fixed_at(datetime(2031, 7, 15, 9, tzinfo=UTC)):
        assert training_remind() == 1
        assert training_remind() == 0
        task = next(task for task in task_list(viewer=amira) if task.owner_id == amira.id)
        assert task.title["fr"] == "Renouvelez votre formation : Exercice de printemps"
        assert task.due_at.date() == date(2031, 9, 1)
        training_renew(record=row.id, expires_on=date(2031, 9, 9), reason="A refresher in June.", by=head)
        assert training_remind() == 1
