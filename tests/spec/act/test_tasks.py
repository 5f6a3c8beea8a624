"""Tasks: owners, deadlines, progress, hand-over (4-5, 5.2.4-f)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from salus.act.selectors import hand_over_list, task_counts, task_get, task_history, task_list
from salus.act.services import (
    hand_over_decline,
    hand_over_withdraw,
    task_cancel,
    task_create,
    task_done,
    task_hand_over,
    task_take,
    task_update,
)
from salus.base import clock
from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.trust.actors import system_viewer
from tests.fixtures.town import NOW, Town

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SYSTEM = system_viewer("tests")
DUE = NOW + timedelta(days=2)


def made(town: Town, role: str = "logistics_lead", **fields: object):  # type: ignore[no-untyped-def]
    """A task in the east."""
    given = {"title": {"en": "Count masks"}, "due_at": DUE, "zone_ids": [town.zones["E1"]], "role": role, **fields}
    return task_create(**given, by=SYSTEM)  # type: ignore[arg-type]


def test_a_task_goes_to_whoever_holds_its_role_there_the_least_busy_first(town: Town) -> None:
    assert made(town).owner_id == town.people["luis"]
    town.person("lara", "logistics_lead")
    assert made(town).owner_id == town.people["lara"]
    town.person("lina", "logistics_lead", zone="E")
    assert [made(town).owner_id for _ in range(2)] == [town.people["lina"]] * 2
    assert made(town, zone_ids=[town.zones["W1"]]).owner_id != town.people["lina"]
    assert made(town, role="epidemiologist").owner_id is None


def test_a_task_needs_words_and_somebody_to_do_it(town: Town) -> None:
    with pytest.raises(Invalid):
        made(town, title={"en": " "})
    with pytest.raises(Invalid):
        made(town, role="")
    with pytest.raises(Refused):
        task_create(title={"en": "x"}, due_at=DUE, role="head", by=town.viewer("vera"))


def test_progress_is_reported_and_a_block_explained(town: Town) -> None:
    task, luis = made(town).id, town.viewer("luis")
    with clock.fixed_at(NOW + timedelta(hours=1)):
        row = task_update(task=task, progress=40, by=luis)
    assert (row.status, row.progress, row.started_at) == ("doing", 40, NOW + timedelta(hours=1))
    with pytest.raises(Invalid):
        task_update(task=task, status="blocked", by=luis)
    task_update(task=task, status="blocked", note="No keys.", by=luis)
    for wrong in ({"progress": 101}, {"status": "done"}, {"status": "lost"}):
        with pytest.raises(Invalid):
            task_update(task=task, **wrong, by=luis)  # type: ignore[arg-type]
    with clock.fixed_at(NOW + timedelta(hours=5)):
        assert task_done(task=task, by=luis).progress == 100
    assert [row.status for row in task_history(viewer=SYSTEM, task=task)] == ["open", "doing", "blocked", "done"]
    for write in (task_done, task_take):
        with pytest.raises(Conflict):
            write(task=task, by=luis)


def test_what_is_late_is_found_at_any_moment(town: Town) -> None:
    task = made(town).id
    made(town, due_at=NOW + timedelta(days=9))
    assert task_list(viewer=SYSTEM, overdue=True) == []
    with clock.fixed_at(DUE + timedelta(hours=3)):
        (late,) = task_list(viewer=SYSTEM, overdue=True)
        assert late.id == task and late.overdue_by(clock.now()) == timedelta(hours=3)
        assert task_counts(viewer=SYSTEM)["overdue"] == 1
        task_done(task=task, by=town.viewer("luis"))
        assert task_list(viewer=SYSTEM, overdue=True) == []
    assert len(task_list(viewer=SYSTEM, overdue=True, known_at=DUE + timedelta(hours=2))) == 1


def test_a_hand_over_is_offered_taken_and_timed(town: Town) -> None:
    task, luis, olga = made(town).id, town.viewer("luis"), town.viewer("olga")
    with pytest.raises(Invalid):
        task_hand_over(task=task, reason="Busy.", by=luis)
    with pytest.raises(Invalid):
        task_hand_over(task=task, to_person=luis.id, reason="Busy.", by=luis)
    task_hand_over(task=task, to_person=olga.id, reason="Busy.", by=luis)
    with pytest.raises(Conflict):
        task_hand_over(task=task, to_person=town.people["henri"], reason="Busy.", by=luis)
    assert task_get(viewer=SYSTEM, task=task).owner_id == luis.id
    assert [offer.task_id for offer in hand_over_list(viewer=olga, for_me=True)] == [task]
    with clock.fixed_at(NOW + timedelta(hours=2)):
        task_take(task=task, by=olga)
        (offer,) = hand_over_list(viewer=SYSTEM, task=task)
        assert offer.status == "taken" and offer.took == timedelta(hours=2)
        assert task_get(viewer=SYSTEM, task=task).owner_id == olga.id
        assert hand_over_list(viewer=olga, for_me=True) == []


def test_an_offer_is_declined_or_taken_back(town: Town) -> None:
    task, luis, olga = made(town).id, town.viewer("luis"), town.viewer("olga")
    task_hand_over(task=task, to_person=olga.id, reason="Busy.", by=luis)
    with pytest.raises(Conflict):
        hand_over_decline(task=task, reason="Me?", by=town.viewer("henri"))
    hand_over_decline(task=task, reason="On leave.", by=olga)
    task_hand_over(task=task, to_organisation=town.organisations["hospitals"], reason="Theirs.", by=luis)
    hand_over_withdraw(task=task, by=luis)
    assert [offer.status for offer in hand_over_list(viewer=SYSTEM, task=task)] == ["withdrawn", "declined"]
    with pytest.raises(NotFound):
        task_hand_over(task=task, to_organisation=town.zones["E"], reason="Nobody.", by=luis)


def test_a_task_of_another_is_not_taken(town: Town) -> None:
    task = made(town).id
    with pytest.raises(Conflict, match="Somebody else"):
        task_take(task=task, by=town.viewer("olga"))
    theirs = made(town, role="", organisation=town.organisations["hospitals"]).id
    with pytest.raises(Conflict, match="another organisation"):
        task_take(task=theirs, by=town.viewer("olga"))


def test_a_partner_sees_its_own_what_is_offered_and_what_is_free_for_partners(town: Town) -> None:
    hidden = made(town).id
    free = made(town, role="partner").id
    own = made(town, role="", organisation=town.organisations["hospitals"]).id
    petra = town.person("petra", "partner", organisation="hospitals")
    assert {row.id for row in task_list(viewer=petra)} == {free, own}
    with pytest.raises(NotFound):
        task_get(viewer=petra, task=hidden)
    task_hand_over(
        task=hidden, to_organisation=town.organisations["hospitals"], reason="Please.", by=town.viewer("luis")
    )
    assert {row.id for row in task_list(viewer=petra)} == {free, own, hidden}
    assert task_take(task=hidden, by=petra).owner_id == petra.id
    assert task_take(task=free, by=petra).organisation_id == town.organisations["hospitals"]


def test_a_task_is_called_off_with_a_reason_and_its_offer_with_it(town: Town) -> None:
    task, luis = made(town).id, town.viewer("luis")
    task_hand_over(task=task, to_person=town.people["olga"], reason="Busy.", by=luis)
    with pytest.raises(Invalid):
        task_cancel(task=task, reason="", by=luis)
    assert task_cancel(task=task, reason="Not needed.", by=luis).status == "cancelled"
    assert [offer.status for offer in hand_over_list(viewer=SYSTEM, task=task)] == ["withdrawn"]


def test_a_template_of_a_decision_makes_one_task(town: Town) -> None:
    assert made(town).number == 1 and made(town).number == 2
    first = made(town, template="a:b")
    assert made(town, template="").number == 4
    assert first.number == 3
