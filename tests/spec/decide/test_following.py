"""A question is asked once, and not where decisions in force answer it (4-3, 4-4)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from salus.assess.events import LEVEL_RAISED
from salus.base import chain, clock, outbox
from salus.base.ids import new_id
from salus.decide.following import answering
from salus.decide.schemas import DecisionEdit
from salus.decide.selectors import decision_get
from salus.decide.services import decision_approve, decision_draft, decision_submit
from salus.plan.models import Proposal
from salus.plan.selectors import proposal_get, proposal_list
from salus.plan.services import proposal_raise
from salus.trust.actors import system_viewer
from tests.fixtures.town import NOW, Town
from tests.spec.decide.test_decisions import WHY

# Events are delivered once they are settled, so these tests really commit.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
SYSTEM = system_viewer("tests")


def rises(town: Town, to: int, *codes: str) -> list[UUID]:
    """One assessment raises some zones to a level, and everybody hears of it."""
    assessment, records = str(new_id()), []
    for code in codes:
        record = new_id()
        payload = {"zone_id": str(town.zones[code]), "zone": 1, "zone_level": "zone", "from": 0, "to": to}
        outbox.publish(
            topic=LEVEL_RAISED,
            record_kind="risk_level",
            record_id=record,
            payload={**payload, "assessment": assessment},
            by=SYSTEM,
        )
        records.append(record)
    outbox.deliver_all()
    return records


def decided(town: Town, option: str, level: int, *codes: str) -> UUID:
    """A decision in force."""
    asked = proposal_raise(zone_ids=[town.zones[code] for code in codes], level_to=level, by=SYSTEM)
    edit = DecisionEdit(option=option, rationale="Yes.", why_rejected=WHY)
    row = decision_draft(proposal=asked.id, edit=edit, by=town.viewer("olga"))
    decision_submit(decision=row.id, by=town.viewer("olga"))
    decision_approve(decision=row.id, by=town.viewer("henri"))
    outbox.deliver_all()
    return row.id


def asked(status: str = "open") -> list[tuple[int, list[str]]]:
    """The proposals of a status by level and areas."""
    rows = proposal_list(viewer=SYSTEM, status=status)
    return sorted((row.level_to, [str(zone) for zone in row.zone_ids]) for row in rows)


def test_what_one_assessment_raises_to_one_level_is_one_question(town: Town) -> None:
    records = rises(town, 1, "E1", "E2", "W1")
    (row,) = proposal_list(viewer=SYSTEM, status="open")
    # E1 and E2 fill the east.
    assert set(row.zone_ids) == {town.zones["E"], town.zones["W1"]}
    assert {move.risk_level_id for move in row.moves} == set(records)
    assert all(any(link.target.id == row.id for link in chain.walk(id=record, depth=1)) for record in records)


def test_a_later_rise_to_the_same_level_brings_the_question_up_to_date(town: Town) -> None:
    rises(town, 2, "E1")
    (first,) = proposal_list(viewer=SYSTEM, status="open")
    with clock.fixed_at(NOW + timedelta(days=1)):
        rises(town, 2, "W1")
        (row,) = proposal_list(viewer=SYSTEM, status="open")
    assert row.id == first.id and row.pinned_at > first.pinned_at and row.created_at == first.created_at
    # Nobody stands at the level any more but W1: no assessment was made in this town.
    assert town.zones["W1"] in row.zone_ids
    assert proposal_get(viewer=SYSTEM, proposal=row.id, known_at=NOW).zone_ids == first.zone_ids


def test_a_rise_inside_what_is_being_decided_joins_its_chain(town: Town) -> None:
    wide = proposal_raise(zone_ids=[town.zones["E"]], level_to=2, by=SYSTEM)
    decision_draft(proposal=wide.id, by=town.viewer("olga"))
    (record,) = rises(town, 2, "E1")
    assert asked() == [(2, [str(town.zones["E"])])]
    assert [link.target.id for link in chain.walk(id=record, depth=1)] == [wide.id]


def test_a_rise_that_decisions_in_force_answer_is_not_asked(town: Town) -> None:
    number = decision_get(viewer=SYSTEM, decision=decided(town, "playbook", 2, "E")).number
    rises(town, 2, "E1")
    rises(town, 1, "E2")
    assert asked() == []
    dropped = proposal_list(viewer=SYSTEM, status="dropped")
    assert {row.level_to for row in dropped} == {1, 2}
    assert all(f"(decision {number})" in row.status_reason["en"] for row in dropped)
    rises(town, 3, "E1")
    rises(town, 2, "W1")
    assert {level for level, _ in asked()} == {2, 3}


def test_it_is_the_measures_that_answer_not_the_number_of_the_level(town: Town) -> None:
    decided(town, "stronger", 2, "E")
    rises(town, 3, "E1")
    assert asked() == []
    assert answering([town.zones["E1"]], 3) and not answering([town.zones["W1"]], 1)


def test_a_decision_to_do_nothing_more_does_not_silence_the_next_rise(town: Town) -> None:
    decided(town, "none", 2, "E")
    rises(town, 2, "E1")
    assert asked() == [(2, [str(town.zones["E1"])])]


def test_a_decision_answers_the_smaller_questions_that_wait(town: Town) -> None:
    rises(town, 1, "E1")
    rises(town, 1, "W1")
    decided(town, "playbook", 2, "E", "W")
    assert asked() == []


def test_hearing_everything_again_changes_nothing(town: Town) -> None:
    from salus.base.models import Subscription

    rises(town, 1, "E1")
    decided(town, "playbook", 2, "E")
    rises(town, 2, "E2", "W1")
    before = list(Proposal.objects.order_by("version").values_list("version", "status"))
    Subscription.objects.update(txid=0, seq=0)
    outbox.deliver_all()
    assert list(Proposal.objects.order_by("version").values_list("version", "status")) == before
