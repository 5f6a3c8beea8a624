"""Decisions: who, what, when, why, against what, approved by a second person (4-4, 5.4.5-a)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from salus.base import clock, outbox
from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.decide.schemas import DecisionEdit
from salus.decide.selectors import (
    decision_by_number,
    decision_evidence_verify,
    decision_gaps,
    decision_get,
    decision_history,
    decision_list,
    measures_in_force,
)
from salus.decide.services import (
    decision_approve,
    decision_draft,
    decision_end,
    decision_reject,
    decision_revise,
    decision_submit,
    decision_withdraw,
)
from salus.plan.selectors import proposal_get
from salus.plan.services import proposal_raise
from salus.trust.actors import system_viewer
from tests.fixtures.town import NOW, Town

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SYSTEM = system_viewer("tests")
WHY = dict.fromkeys(("none", "health", "playbook", "stronger"), "Not now.")


def drafted(town: Town, by: str = "olga", **edit: Any) -> UUID:
    """A complete draft on a fresh proposal for the east."""
    asked = proposal_raise(zone_ids=[town.zones["E"]], level_to=2, by=SYSTEM)
    fields = {"option": "health", "rationale": "Beds are short.", "why_rejected": WHY, **edit}
    return decision_draft(proposal=asked.id, edit=DecisionEdit(**fields), by=town.viewer(by)).id


def approved(town: Town, **edit: Any) -> UUID:
    """A decision in force."""
    row = drafted(town, **edit)
    decision_submit(decision=row, by=town.viewer("olga"))
    decision_approve(decision=row, by=town.viewer("henri"))
    return row


def test_a_draft_is_filled_from_its_proposal(town: Town) -> None:
    row = decision_get(viewer=SYSTEM, decision=drafted(town))
    assert row.number == 1 and row.status == "draft" and row.level_to == 2
    assert row.title["en"] == "E side: Only the health measures for the level High"
    assert "You must wear a mask" in row.public_text["en"] and "الكمامة" in row.public_text["ar"]
    assert row.accountable_id == town.people["henri"] and row.accountable_role == "head"
    assert proposal_get(viewer=SYSTEM, proposal=row.proposal_id).taken  # type: ignore[arg-type]


def test_what_is_missing_is_said_and_stops_a_submission(town: Town) -> None:
    asked = proposal_raise(zone_ids=[town.zones["E"]], level_to=2, by=SYSTEM)
    olga = town.viewer("olga")
    row = decision_draft(proposal=asked.id, by=olga)
    gaps = decision_gaps(viewer=olga, decision=row.id)
    assert {gap.field for gap in gaps} == {"option", "why_rejected", "rationale", "title", "public_text"}
    with pytest.raises(Invalid, match="not complete"):
        decision_submit(decision=row.id, by=olga)
    decision_revise(decision=row.id, edit=DecisionEdit(option="none", rationale="We wait.", why_rejected=WHY), by=olga)
    assert decision_gaps(viewer=olga, decision=row.id) == []
    early = DecisionEdit(in_force_from=NOW + timedelta(days=2), in_force_until=NOW + timedelta(days=1))
    decision_revise(decision=row.id, edit=early, by=olga)
    assert [gap.field for gap in decision_gaps(viewer=olga, decision=row.id)] == ["in_force_until"]


def test_a_second_person_approves(town: Town) -> None:
    row = drafted(town)
    olga, henri = town.viewer("olga"), town.viewer("henri")
    with pytest.raises(Conflict):
        decision_approve(decision=row, by=henri)
    decision_submit(decision=row, by=olga)
    with pytest.raises(Refused):
        decision_approve(decision=row, by=olga)
    with pytest.raises(Conflict):
        decision_revise(decision=row, edit=DecisionEdit(rationale="Changed."), by=olga)
    with clock.fixed_at(NOW + timedelta(hours=3)):
        decision_approve(decision=row, by=henri)
    found = decision_get(viewer=SYSTEM, decision=row)
    assert (found.status, found.approver_id) == ("approved", town.people["henri"])
    assert found.in_force_from == NOW + timedelta(hours=3) and found.in_force_until is not None
    assert proposal_get(viewer=SYSTEM, proposal=found.proposal_id).status == "decided"  # type: ignore[arg-type]


def test_nobody_who_changed_a_word_may_approve(town: Town) -> None:
    row = drafted(town)
    decision_revise(decision=row, edit=DecisionEdit(dissent="Luis objects."), by=town.viewer("henri"))
    decision_submit(decision=row, by=town.viewer("olga"))
    with pytest.raises(Refused, match="second person"):
        decision_approve(decision=row, by=town.viewer("henri"))
    assert decision_approve(decision=row, by=town.person("hanna", "head")).status == "approved"


def test_a_decision_is_sent_back_changed_and_submitted_again(town: Town) -> None:
    row = drafted(town)
    olga, henri = town.viewer("olga"), town.viewer("henri")
    decision_submit(decision=row, by=olga)
    with pytest.raises(Invalid):
        decision_reject(decision=row, reason=" ", by=henri)
    decision_reject(decision=row, reason="Say more about schools.", by=henri)
    decision_revise(decision=row, edit=DecisionEdit(rationale="Beds are short; schools stay open."), by=olga)
    decision_submit(decision=row, by=olga)
    # Henri only sent it back; he wrote no version of its words.
    statuses = [version.status for version in decision_history(viewer=SYSTEM, decision=row)]
    assert statuses == ["draft", "submitted", "rejected", "draft", "submitted"]


def test_two_who_edit_at_once_are_told(town: Town) -> None:
    row = drafted(town)
    olga = town.viewer("olga")
    seen = decision_get(viewer=olga, decision=row).version
    decision_revise(decision=row, edit=DecisionEdit(rationale="One."), version=seen, by=olga)
    with pytest.raises(Conflict, match="since you opened it"):
        decision_revise(decision=row, edit=DecisionEdit(rationale="Two."), version=seen, by=olga)


def test_a_mix_of_ones_own_is_an_option_too(town: Town) -> None:
    row = drafted(town, measures=["free-tests", "clean-air"])
    found = decision_get(viewer=SYSTEM, decision=row)
    assert found.option_key == "own" and found.measures == ("free-tests", "clean-air")
    assert found.title["en"].endswith("Free tests close to home; Clean air in public buildings")
    with pytest.raises(Invalid, match="No such measure"):
        decision_revise(decision=row, edit=DecisionEdit(measures=["wishes"]), by=town.viewer("olga"))
    with pytest.raises(Invalid, match="no option"):
        decision_revise(decision=row, edit=DecisionEdit(option="wishes"), by=town.viewer("olga"))


def test_words_that_a_person_wrote_stay_until_another_option_is_chosen(town: Town) -> None:
    olga = town.viewer("olga")
    row = drafted(town, public_text={"en": "Own words.", "fr": "Mots.", "ar": "كلمات."})
    assert decision_get(viewer=olga, decision=row).public_text["en"] == "Own words."
    decision_revise(decision=row, edit=DecisionEdit(rationale="Still."), by=olga)
    assert decision_get(viewer=olga, decision=row).public_text["en"] == "Own words."
    decision_revise(decision=row, edit=DecisionEdit(option="none"), by=olga)
    assert "watching closely" in decision_get(viewer=olga, decision=row).public_text["en"]


def test_a_form_that_sends_old_words_back_does_not_keep_them_for_another_option(town: Town) -> None:
    olga = town.viewer("olga")
    row = decision_get(viewer=olga, decision=drafted(town))
    edit = DecisionEdit(option="none", title=row.title, public_text=row.public_text)
    decision_revise(decision=row.id, edit=edit, by=olga)
    found = decision_get(viewer=olga, decision=row.id)
    assert found.title["en"] == "E side: Do nothing more" and "watching closely" in found.public_text["en"]
    decision_revise(decision=row.id, edit=DecisionEdit(option="none", title={}, public_text={"en": "Mine."}), by=olga)
    again = decision_get(viewer=olga, decision=row.id)
    assert again.title == found.title and again.public_text == {"en": "Mine."}


def test_a_proposal_is_decided_by_one_and_free_again_when_a_draft_is_given_up(town: Town) -> None:
    row = decision_get(viewer=SYSTEM, decision=drafted(town))
    assert row.proposal_id is not None
    with pytest.raises(Conflict, match="already deciding"):
        decision_draft(proposal=row.proposal_id, by=town.viewer("henri"))
    decision_withdraw(decision=row.id, reason="Wrong areas.", by=town.viewer("olga"))
    assert decision_draft(proposal=row.proposal_id, by=town.viewer("henri")).number == 2


def test_a_decision_is_made_without_a_proposal_too(town: Town) -> None:
    olga = town.viewer("olga")
    with pytest.raises(Invalid):
        decision_draft(by=olga)
    edit = DecisionEdit(measures=["listening-line"], rationale="Many calls.", why_rejected=WHY)
    row = decision_draft(zone_ids=[town.zones["W1"]], edit=edit, by=olga)
    decision_submit(decision=row.id, by=olga)
    assert decision_approve(decision=row.id, by=town.viewer("henri")).status == "approved"


def test_measures_hold_from_the_approval_until_the_end(town: Town) -> None:
    row = approved(town, in_force_until=NOW + timedelta(days=10))
    held = measures_in_force(viewer=SYSTEM)
    assert {one.decision_id for one in held} == {row} and {one.code for one in held} >= {"masks-required"}
    assert measures_in_force(viewer=SYSTEM, known_at=NOW - timedelta(seconds=1)) == []
    with clock.fixed_at(NOW + timedelta(days=11)):
        assert measures_in_force(viewer=SYSTEM) == []
    with clock.fixed_at(NOW + timedelta(days=1)):
        decision_end(decision=row, reason="Cases fell.", by=town.viewer("henri"))
        assert measures_in_force(viewer=SYSTEM) == []
    assert measures_in_force(viewer=SYSTEM, known_at=NOW + timedelta(hours=1))


def test_partners_see_what_holds_and_no_drafts(town: Town) -> None:
    draft = drafted(town)
    partner = town.person("petra", "partner", organisation="hospitals")
    assert decision_list(viewer=partner) == []
    with pytest.raises(NotFound):
        decision_get(viewer=partner, decision=draft)
    decision_submit(decision=draft, by=town.viewer("olga"))
    decision_approve(decision=draft, by=town.viewer("henri"))
    assert decision_by_number(viewer=partner, number=1).id == draft
    assert [row.status for row in decision_history(viewer=partner, decision=draft)] == ["approved"]


def test_the_right_counts_in_every_area(town: Town) -> None:
    local = town.person("elke", "duty_officer", zone="E")
    asked = proposal_raise(zone_ids=[town.zones["E1"]], level_to=1, by=SYSTEM)
    row = decision_draft(proposal=asked.id, by=local)
    with pytest.raises(Refused):
        decision_revise(decision=row.id, edit=DecisionEdit(zone_ids=[town.zones["W1"]]), by=local)
    with pytest.raises(Refused):
        decision_draft(zone_ids=[town.zones["W1"]], by=local)
    with pytest.raises(Refused):
        decision_draft(zone_ids=[town.zones["E1"]], by=town.viewer("vera"))


def test_evidence_is_pinned_checked_and_added_to(town: Town) -> None:
    row = drafted(town)
    checks = decision_evidence_verify(viewer=SYSTEM, decision=row)
    assert [check.ref.kind for check in checks] == ["proposal"] and all(check.holds for check in checks)
    with pytest.raises(Invalid, match="cannot be pinned"):
        decision_revise(decision=row, edit=DecisionEdit(evidence=[("rumour", UUID(int=1))]), by=town.viewer("olga"))
    with pytest.raises(NotFound):
        decision_revise(decision=row, edit=DecisionEdit(evidence=[("signal", UUID(int=1))]), by=town.viewer("olga"))


# Events are delivered once they are settled, so this one really commits.
@pytest.mark.django_db(transaction=True)
def test_a_decision_whose_period_is_over_ends_by_itself(town: Town) -> None:
    row = approved(town, in_force_until=NOW + timedelta(days=3))
    with clock.fixed_at(NOW + timedelta(days=4)):
        outbox.publish(topic="base.day_began", record_kind="day", record_id=UUID(int=1), payload={}, by=SYSTEM)
        outbox.deliver_all()
        assert decision_get(viewer=SYSTEM, decision=row).status == "ended"
