"""What people do to an assessment: triage, rules, rights; each write audited, each read asked who looks."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from salus.assess import events
from salus.assess import selectors as assessments
from salus.assess.models import RiskLevel, RuleTable, Signal
from salus.assess.permissions import RISK_LEVEL_VIEW, RULE_SAVE, RULE_VIEW, SIGNAL_TRIAGE, SIGNAL_VIEW
from salus.assess.services import assessment_run, pack_load, rule_table_save, signal_triage
from salus.base import clock
from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.base.models import AuditEntry, Event
from salus.trust.schemas import Grant, Tier, Viewer
from tests.spec.assess import support as s

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
LOOK = frozenset(
    {SIGNAL_VIEW, SIGNAL_TRIAGE, RISK_LEVEL_VIEW, RULE_VIEW, "series.view", "city.view", "observation.view"}
)


def viewer(*zones: UUID, permissions: frozenset[str] = LOOK, tier: Tier = Tier.OPERATIONAL) -> Viewer:
    grant = Grant("tester", permissions, frozenset(zones) or None, tier)
    return Viewer(uuid4(), "person", "T", grants=(grant,))


@pytest.fixture
def signal(town: datetime) -> Signal:
    counts = s.plant(s.quiet_counts(), "N2", date(2021, 10, 1), 20, 25)
    s.bring(*s.all_facts(s.plant(counts, "S1", date(2021, 10, 1), 20, 25)))
    s.assess_daily(town, 4)
    return Signal.objects.known().get(zone_number=s.zones()["N2"].number)


def later(days: int = 4) -> datetime:
    return s.NOW + timedelta(days=days)


# Triage


def test_a_person_confirms(signal: Signal) -> None:
    before = AuditEntry.objects.count()
    with clock.fixed_at(later()):
        signal_triage(signal=signal.id, status="confirmed", note="Seen at the clinic.", by=s.BY)
        row = assessments.signal_get(viewer=s.BY, signal=signal.id)
        history = assessments.signal_history(viewer=s.BY, signal=signal.id)
        was = assessments.signal_get(viewer=s.BY, signal=signal.id, known_at=later(3))
    assert (row.status, row.note, row.triaged_by, row.triaged_at) == (
        "confirmed",
        "Seen at the clinic.",
        s.BY.id,
        later(),
    )
    assert history[-1] == row
    assert was.status == "new"
    assert [entry.action for entry in AuditEntry.objects.order_by("id")[before:]] == ["signal.triage"]
    assert Event.objects.filter(topic=events.SIGNAL_TRIAGED, record_id=signal.id).count() == 1


def test_what_was_triaged_stays_so_while_the_excess_lasts(signal: Signal) -> None:
    with clock.fixed_at(later()):
        signal_triage(signal=signal.id, status="confirmed", by=s.BY)
    s.assess_daily(later() + timedelta(hours=1), 2)
    row = Signal.objects.known().get(id=signal.id)
    assert row.status == "confirmed"
    assert row.valid_on > signal.valid_on


def test_a_dismissed_signal_is_not_raised_again(signal: Signal) -> None:
    with clock.fixed_at(later()):
        signal_triage(signal=signal.id, status="dismissed", note="A school was tested.", by=s.BY)
    s.assess_daily(later() + timedelta(hours=1), 4)
    rows = Signal.objects.known().filter(zone_number=signal.zone_number)
    assert [(row.id, row.status) for row in rows] == [(signal.id, "dismissed")]
    with clock.fixed_at(later(9)):
        [row] = assessments.signal_list(viewer=s.BY, zone=signal.zone_id)
        assert not row.is_open


def test_triage_asks_for_what_it_needs(signal: Signal) -> None:
    with clock.fixed_at(later()):
        with pytest.raises(Invalid, match="with a reason"):
            signal_triage(signal=signal.id, status="dismissed", note=" ", by=s.BY)
        with pytest.raises(Invalid, match="'maybe'"):
            signal_triage(signal=signal.id, status="maybe", by=s.BY)
        with pytest.raises(NotFound):
            signal_triage(signal=uuid4(), status="confirmed", by=s.BY)
    s.assess(later(80))
    with clock.fixed_at(later(81)), pytest.raises(Conflict, match="ended by itself"):
        signal_triage(signal=signal.id, status="confirmed", by=s.BY)


# Rights


def test_a_person_of_one_borough_sees_and_does_only_there(signal: Signal) -> None:
    south = viewer(s.zones()["S"].id)
    inside = {row.number for row in s.zones().values() if s.zones()["S"].id in row.path}
    with clock.fixed_at(later()):
        assert {row.zone_number for row in assessments.signal_list(viewer=south)} <= inside
        assert {row.number for row in assessments.risk_level_list(viewer=south, level=None)} == inside
        assert {
            row.draft.number for row in assessments.risk_level_preview(viewer=south, rule_table_draft=draft())
        } == inside
        with pytest.raises(NotFound):
            assessments.signal_get(viewer=south, signal=signal.id)
        with pytest.raises(Refused):
            signal_triage(signal=signal.id, status="confirmed", by=south)
        other = RiskLevel.objects.known().get(zone_number=signal.zone_number, ended_at__isnull=True)
        with pytest.raises(Refused):
            assessments.risk_level_get(viewer=south, risk_level=other.id)


def test_nobody_without_the_right_sees_or_runs_anything(signal: Signal) -> None:
    nobody = viewer(permissions=frozenset({"city.view"}))
    zone = s.zones()["t"].id
    with clock.fixed_at(later()):
        for read in (
            lambda: assessments.signal_list(viewer=nobody),
            lambda: assessments.risk_level_list(viewer=nobody),
            lambda: assessments.assessment_latest(viewer=nobody),
            lambda: assessments.assessment_series(viewer=nobody),
            lambda: assessments.rule_table_get(viewer=nobody),
            lambda: assessment_run(by=nobody),
            lambda: rule_table_save(draft=draft(), by=nobody),
        ):
            with pytest.raises(Refused):
                read()
        with pytest.raises((Refused, NotFound)):
            assessments.series_view(viewer=nobody, series=s.EVENTS, zone=zone)


def test_a_partner_sees_levels_and_no_signals(signal: Signal) -> None:
    partner = viewer(permissions=frozenset({RISK_LEVEL_VIEW, SIGNAL_VIEW, "city.view"}), tier=Tier.PARTNER)
    with clock.fixed_at(later()):
        assert assessments.risk_level_list(viewer=partner)
        with pytest.raises(Refused):
            assessments.signal_list(viewer=partner)


# Rules


def draft(**changes: Any) -> dict[str, Any]:
    row = RuleTable.objects.known().get()
    made = deepcopy(row.document)
    made.update(changes)
    return made


def stricter() -> dict[str, Any]:
    made = draft()
    made["indicators"][0]["thresholds"] = {1: 5, 2: 30, 3: 500}
    made["examples"]["levels"] = [{"name": "Any", "area": "zone", "values": {"case_rate_7d": 40}, "level": 2}]
    return made


def test_saving_makes_the_next_number_and_keeps_the_old(town: datetime) -> None:
    before = assessments.rule_table_get(viewer=s.BY)
    moment = town + timedelta(hours=1)
    with clock.fixed_at(moment):
        rule_table_save(draft=stricter(), note="After the review.", expected_number=1, by=s.BY)
        now = assessments.rule_table_get(viewer=s.BY)
        was = assessments.rule_table_get(viewer=s.BY, known_at=town)
        history = assessments.rule_table_history(viewer=s.BY)
    assert (before.number, now.number, was.number) == (1, 2, 1)
    assert (now.note, now.from_pack, now.document["dated"]) == ("After the review.", False, moment.date().isoformat())
    assert [row.number for row in history] == [2, 1]
    with clock.fixed_at(moment):
        with pytest.raises(Conflict, match="number 2"):
            rule_table_save(draft=stricter(), expected_number=1, by=s.BY)
        assert pack_load(by=s.BY).number == 2, "what was edited here is kept"


def test_a_table_that_fails_its_examples_is_not_saved(town: datetime) -> None:
    made = draft()
    made["indicators"][0]["thresholds"] = {1: 500, 2: 600, 3: 700}
    with pytest.raises(Invalid, match="contradicts its own examples"):
        rule_table_save(draft=made, by=s.BY)
    assert RuleTable.objects.count() == 1
    allowed = viewer(permissions=frozenset({RULE_SAVE}))
    with pytest.raises(Invalid, match="not valid YAML"):
        rule_table_save(draft="levels: [", by=allowed)


def test_a_preview_is_what_saving_would_bring(signal: Signal) -> None:
    moment = later(3)
    with clock.fixed_at(moment):
        shown = assessments.risk_level_preview(viewer=s.BY, rule_table_draft=stricter())
        assert any(row.changes for row in shown)
        rule_table_save(draft=stricter(), by=s.BY)
    s.assess(moment + timedelta(seconds=1))
    with clock.fixed_at(moment + timedelta(seconds=1)):
        then = assessments.risk_level_list(viewer=s.BY, level=None)
    assert [(row.draft.number, row.draft.level) for row in shown] == [(row.number, row.level) for row in then]
    assert {row.rule_table_number for row in then} == {2}


def test_a_preview_names_what_is_not_worked_out_yet(signal: Signal) -> None:
    made = draft()
    extra = {**made["indicators"][0], "key": "case_rate_14d", "days": 14, "required": False}
    made["indicators"].append(extra)
    with clock.fixed_at(later()):
        shown = assessments.risk_level_preview(viewer=s.BY, rule_table_draft=made, level="zone")
    assert any("not worked out yet" in line for row in shown for line in row.draft.sentences("en"))


def test_old_levels_keep_the_words_of_their_rules(signal: Signal) -> None:
    made = draft()
    made["levels"][0]["name"] = {"en": "Quiet"}
    with clock.fixed_at(later()):
        rule_table_save(draft=made, by=s.BY)
    s.assess(later() + timedelta(hours=1))
    with clock.fixed_at(later(5)):
        now = {row.name["en"] for row in assessments.risk_level_list(viewer=s.BY)}
        was = {row.name["en"] for row in assessments.risk_level_list(viewer=s.BY, known_at=later(3))}
    assert "Quiet" in now
    assert "Calm" not in now
    assert "Calm" in was


def test_a_table_that_names_no_method_is_not_saved(town: datetime) -> None:
    made = draft()
    made["plan"]["forecast"]["method"] = "crystal_ball"
    with pytest.raises(NotFound, match="crystal_ball") as refused:
        rule_table_save(draft=made, by=s.BY)
    assert "damped_ensemble" in refused.value.remedy
    made["plan"]["forecast"]["method"] = "cori"
    with pytest.raises(Invalid, match="cannot be used as a forecast"):
        rule_table_save(draft=made, by=s.BY)
