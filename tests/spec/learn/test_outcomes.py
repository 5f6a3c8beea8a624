"""Outcomes where the loop's story does not lead: too early, without a forecast, without data (4-6, 5.4.5-e)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from salus.base import clock
from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.decide.expecting import expected_to_json
from salus.decide.models import Decision
from salus.decide.releases import release_latest
from salus.decide.schemas import Expected
from salus.learn.jobs import waiting
from salus.learn.selectors import indicator_list, outcome_get, outcome_list
from salus.learn.services import outcome_comment, outcome_measure, outcome_publish
from salus.plan.selectors import proposal_list
from salus.trust.actors import system_viewer
from salus.trust.schemas import Tier
from tests.fixtures.town import NOW, Town
from tests.spec.decide.test_decisions import approved, drafted
from tests.spec.decide.test_releases import series_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SYSTEM = system_viewer("tests")
EXPECTED = Expected(
    due_on=date(2021, 12, 20), role="cases", series="town.cases", unit="cases", zone_numbers=(1,), share=1.0,
    from_on=date(2021, 12, 14), until_on=date(2021, 12, 20), horizon_days=14,
    baseline={"0.05": 90.0, "0.25": 96.0, "0.5": 100.0, "0.75": 104.0, "0.95": 110.0},
    change_low=-0.3, change_mid=-0.2, change_high=-0.1, low=63.0, mid=80.0, high=99.0, made_at=NOW, estimate_ids=(),
)  # fmt: skip


def expecting(town: Town, **changes: object) -> UUID:
    """A decision in force that expects something of the whole town."""
    decision = approved(town)
    found = replace(EXPECTED, **changes)  # type: ignore[arg-type]
    Decision.objects.filter(id=decision).update(expected=expected_to_json(found))
    return decision


def report(series: int, per_day: float, days: int = 7) -> None:
    """Daily figures for the whole town, known a day later."""
    import polars as pl

    from salus.gather.store import append

    start = date(2021, 12, 14)
    seconds = [((start - date(1970, 1, 1)).days + day) * 86_400 for day in range(days)]
    frame = pl.DataFrame(
        {
            "series": [series] * days,
            "zone": [1] * days,
            "stratum": [0] * days,
            "valid_at": seconds,
            "known_at": [(second + 86_400) * 1_000_000 for second in seconds],
            "value": [per_day] * days,
            "status": [0] * days,
        },
        schema={
            "series": pl.Int32, "zone": pl.Int32, "stratum": pl.Int32, "valid_at": pl.Int64, "known_at": pl.Int64,
            "value": pl.Float64, "status": pl.Int8,
        },
    )  # fmt: skip
    append(frame, batch=1)


@pytest.mark.parametrize(("seen", "verdict"), [(75.0, "met"), (95.0, "partly"), (130.0, "not_met")])
def test_what_was_seen_is_held_against_what_was_expected(town: Town, seen: float, verdict: str) -> None:
    report(series_of(Tier.OPERATIONAL), seen)
    decision = expecting(town)
    with clock.fixed_at(NOW + timedelta(days=22)):
        assert [row.id for row in waiting()] == [decision]
        row = outcome_get(viewer=SYSTEM, outcome=outcome_measure(decision=decision, by=SYSTEM).id)
        assert row.verdict == verdict and row.observed is not None and row.observed.mean_per_day == seen
        assert waiting() == []
        again = [one for one in proposal_list(viewer=SYSTEM) if one.outcome_id == row.id]
        assert bool(again) == (verdict != "met")
        outcome_measure(decision=decision, by=SYSTEM)
        assert len([one for one in proposal_list(viewer=SYSTEM) if one.outcome_id == row.id]) == len(again)
    assert outcome_list(viewer=SYSTEM, known_at=NOW + timedelta(days=21)) == []


def test_too_early_is_no_verdict(town: Town) -> None:
    report(series_of(Tier.OPERATIONAL), 90.0)
    decision = expecting(town)
    with clock.fixed_at(NOW + timedelta(days=15)), pytest.raises(Invalid, match="too early"):
        outcome_measure(decision=decision, by=SYSTEM)


def test_missing_figures_are_waited_for_and_then_said(town: Town) -> None:
    report(series_of(Tier.OPERATIONAL), 90.0, days=2)
    decision = expecting(town)
    with clock.fixed_at(NOW + timedelta(days=25)), pytest.raises(Invalid, match="Too few"):
        outcome_measure(decision=decision, by=SYSTEM)
    with clock.fixed_at(NOW + timedelta(days=70)):
        row = outcome_get(viewer=SYSTEM, outcome=outcome_measure(decision=decision, by=SYSTEM).id)
    assert row.verdict == "undetermined" and row.effect is None
    assert row.reasons[0]["en"].startswith("Too few figures")


def test_without_a_forecast_nothing_is_claimed(town: Town) -> None:
    decision = approved(town)
    with clock.fixed_at(NOW + timedelta(days=5)), pytest.raises(Invalid):
        outcome_measure(decision=decision, by=SYSTEM)
    with clock.fixed_at(NOW + timedelta(days=25)):
        row = outcome_get(viewer=SYSTEM, outcome=outcome_measure(decision=decision, by=SYSTEM).id)
    assert row.verdict == "undetermined" and "No forecast" in row.reasons[0]["en"]


def test_only_what_was_in_force_is_measured_and_by_whom_may(town: Town) -> None:
    with pytest.raises(Conflict):
        outcome_measure(decision=drafted(town), by=SYSTEM)
    with pytest.raises(Refused):
        outcome_measure(decision=approved(town), by=town.viewer("vera"))


def test_the_public_is_told_and_a_later_release_does_not_take_it_back(town: Town) -> None:
    report(series_of(Tier.OPERATIONAL), 75.0)
    decision = expecting(town)
    with clock.fixed_at(NOW + timedelta(days=22)):
        outcome = outcome_measure(decision=decision, by=SYSTEM).id
        with pytest.raises(Refused):
            outcome_publish(outcome=outcome, by=town.viewer("vera"))
        told = outcome_publish(outcome=outcome, by=town.viewer("samira"))
        assert told.body["outcome"]["verdict"] == "met" and told.body["outcome"]["observed"] == 75
        from salus.decide.services import release_publish

        release_publish(kind="decision", decision=decision, by=town.viewer("samira"))
        newest = release_latest(kind="decision")
        assert newest is not None and newest.body["outcome"] == told.body["outcome"]


def test_people_write_beside_it_what_figures_do_not_say(town: Town) -> None:
    report(series_of(Tier.OPERATIONAL), 75.0)
    decision = expecting(town)
    with clock.fixed_at(NOW + timedelta(days=22)):
        outcome = outcome_measure(decision=decision, by=SYSTEM).id
        outcome_comment(outcome=outcome, comment="The holidays helped.", by=town.viewer("olga"))
        assert outcome_get(viewer=SYSTEM, outcome=outcome).comment == "The holidays helped."
        with pytest.raises(Invalid):
            outcome_comment(outcome=outcome, comment=" ", by=town.viewer("olga"))
        local = town.person("wim", "viewer", zone="W")
        with pytest.raises(NotFound):
            outcome_get(viewer=local, outcome=outcome)


def test_indicators_are_for_those_who_see_the_whole_city(town: Town) -> None:
    assert len(indicator_list(viewer=town.viewer("vera"))) == 6
    with pytest.raises(Refused):
        indicator_list(viewer=town.person("wim", "viewer", zone="W"))
