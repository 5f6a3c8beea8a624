"""Idea 1: an assessment can only see its past, gives equal numbers again, and never rewrites history."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from salus.assess import selectors as assessments
from salus.assess.models import Assessment, Estimate, RiskLevel, Signal
from salus.assess.services import assessment_run, assessment_verify
from salus.base import clock
from salus.base.errors import Conflict, Invalid
from salus.base.models import AuditEntry, Event
from tests.spec.assess import support as s

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


class _Undo(Exception):
    pass


def and_undo(work: Callable[[], Any]) -> Any:
    """Return what the work found, and take back what it wrote."""
    found = None
    try:
        with transaction.atomic():
            found = work()
            raise _Undo
    except _Undo:
        return found


def everything() -> list[Any]:
    """Return all that assessments left, without identities."""
    return [
        s.contents(Assessment.objects.order_by("known_at")),
        s.contents(Estimate.objects.order_by("recorded_at", "kind", "series", "zone_number")),
        s.contents(Signal.objects.order_by("version")),
        s.contents(RiskLevel.objects.order_by("version")),
        [
            (event.topic, event.payload.get("zone"), event.payload.get("to"))
            for event in Event.objects.order_by("seq")
            if event.topic.startswith("assess.")
        ],
    ]


def test_what_became_known_later_changes_nothing(town: datetime) -> None:
    counts = s.plant(s.quiet_counts(), "S1", date(2021, 10, 3), 10, 25)
    facts = s.all_facts(counts)
    until = town + timedelta(days=7)

    def run() -> list[Any]:
        s.assess_daily(town, 8)
        return everything()

    s.bring(*facts, until=until)
    before = and_undo(run)
    s.bring(*facts, after=until)
    assert and_undo(run) == before
    assert before[2], "the comparison must speak of something"


def test_the_same_moment_gives_the_same_assessment(town: datetime) -> None:
    s.bring(*s.all_facts(s.quiet_counts()))
    one = s.assess(town)
    rows = RiskLevel.objects.count()
    again = s.assess(town)
    assert again.id == one.id
    assert RiskLevel.objects.count() == rows
    found = assessment_verify(assessment=one.id, by=s.BY)
    assert (found.same_inputs, found.same_results, found.same_code) == (True, True, True)
    assert one.seed == Assessment.objects.get(id=one.id).seed


def test_facts_slipped_into_the_past_are_found_out(town: datetime) -> None:
    facts = s.all_facts(s.quiet_counts())
    s.bring(*facts[:2])
    one = s.assess(town)
    s.bring(facts[2], until=town)
    found = assessment_verify(assessment=one.id, by=s.BY)
    assert (found.same_inputs, found.same_results) == (False, False)
    assert s.BEDS in found.changed


def test_an_earlier_moment_is_refused(town: datetime) -> None:
    s.bring(*s.all_facts(s.quiet_counts()))
    s.assess(town)
    with clock.fixed_at(town - timedelta(days=1)), pytest.raises(Conflict, match="2021-10-01"):
        assessment_run(by=s.BY)


def test_pages_of_a_past_moment_stay_as_they_were(town: datetime) -> None:
    s.bring(*s.all_facts(s.plant(s.quiet_counts(), "N1", date(2021, 10, 3), 12, 25)))
    zone = s.zones()["t"].id

    def page(known_at: datetime) -> list[Any]:
        return [
            assessments.risk_level_list(viewer=s.BY, level=None, known_at=known_at),
            assessments.signal_list(viewer=s.BY, known_at=known_at),
            assessments.series_view(viewer=s.BY, series=s.EVENTS, zone=zone, known_at=known_at),
            assessments.assessment_latest(viewer=s.BY, known_at=known_at),
            assessments.performance(viewer=s.BY, series=s.EVENTS, zone=zone, known_at=known_at),
            assessments.risk_level_history(viewer=s.BY, zone=s.zones()["N1"].id, known_at=known_at),
        ]

    pages = {}
    for step in range(6):
        moment = town + timedelta(days=step)
        s.assess(moment)
        with clock.fixed_at(moment):
            pages[moment] = page(moment)
    with clock.fixed_at(town + timedelta(days=30)):
        for moment, before in pages.items():
            assert page(moment) == before
    levels = {repr(rows[0]) for rows in pages.values()}
    assert len(levels) == len(pages), "each day differs, or the test proves nothing"


def test_how_estimates_held_is_judged_by_what_was_known(town: datetime) -> None:
    s.bring(*s.all_facts(s.quiet_counts(mean=40)))
    s.assess_daily(town, 12)
    zone = s.zones()["t"].id
    late = town + timedelta(days=25)
    with clock.fixed_at(late):
        found = assessments.performance(viewer=s.BY, series=s.EVENTS, zone=zone)
        early = assessments.performance(viewer=s.BY, series=s.EVENTS, zone=zone, known_at=town + timedelta(days=8))
    by_kind = {(row.kind, row.days): row for row in found}
    week = by_kind["forecast", 7]
    assert week.count >= 8
    assert week.inside is not None
    assert week.inside >= 0.5
    assert all(row.target_on <= late.date() for row in week.rows)
    assert {(row.kind, row.days): row for row in early}["forecast", 7].count < week.count
    assert by_kind["nowcast", -3].count


def test_a_failed_run_leaves_nothing_half_done(town: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    s.bring(*s.all_facts(s.quiet_counts()))
    from salus.assess.run import recording

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(recording, "_record_estimates", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        s.assess(town)
    assert not RiskLevel.objects.exists()
    assert not Assessment.objects.exists()


def test_one_assessment_leaves_one_audit_row(town: datetime) -> None:
    s.bring(*s.all_facts(s.quiet_counts()))
    before = AuditEntry.objects.count()
    made = s.assess(town)
    rows = AuditEntry.objects.order_by("id")[before:]
    assert [(row.action, row.record_id) for row in rows] == [("assessment.run", made.id)]


@pytest.mark.usefixtures("db")
def test_without_a_city_it_says_what_to_do() -> None:
    from salus.assess.services import pack_load

    pack_load(by=s.BY)
    with clock.fixed_at(s.NOW), pytest.raises(Invalid, match="no city") as refused:
        assessment_run(by=s.BY)
    assert "Load a city" in refused.value.remedy
