"""Row 4-2, assess the situation: an outbreak in one zone is seen, told once, and its end is seen too."""

from datetime import date, datetime, timedelta

import pytest

from salus.assess import events
from salus.assess import selectors as assessments
from salus.assess.models import RiskLevel, Signal
from salus.base import chain, clock
from salus.base.models import Event
from tests.spec.assess import support as s

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
START = date(2021, 10, 4)


@pytest.fixture
def outbreak(town: datetime) -> datetime:
    """Facts with twenty more cases a day for twelve days in N2, and three assessments before."""
    counts = s.plant(s.quiet_counts(), "N2", START, 12, 20)
    s.bring(*s.all_facts(counts))
    s.assess_daily(town, 3)
    return s.at(START, 22)


def told(topic: str) -> list[Event]:
    return list(Event.objects.filter(topic=topic).order_by("seq"))


def test_it_raises_one_signal_and_the_level_of_its_zone(outbreak: datetime) -> None:
    assert not Signal.objects.exists()
    calm = {row.level for row in RiskLevel.objects.known().filter(ended_at__isnull=True)}
    assert calm == {0, None}
    s.assess_daily(outbreak, 8)
    number = s.zones()["N2"].number
    of_zone = Signal.objects.filter(zone_level="zone")
    assert {row.zone_number for row in of_zone} == {number}
    assert len({row.id for row in of_zone}) == 1, "one excess, one signal"
    assert of_zone.count() > 1, "it is kept up to date as versions"
    [event] = [e for e in told(events.SIGNAL_RAISED) if e.payload["zone"] == number]
    assert event.payload["series"] == s.REPORTS
    raised = [e for e in told(events.LEVEL_RAISED) if e.payload["zone"] == number]
    steps = [(e.payload["from"], e.payload["to"]) for e in raised]
    assert steps[0][0] == 0
    assert all(to > before for before, to in steps)
    others = {e.payload["zone"] for e in told(events.LEVEL_RAISED) if e.payload["zone_level"] == "zone"}
    assert others == {number}


def test_the_signal_says_what_was_seen(outbreak: datetime) -> None:
    moment = outbreak + timedelta(days=4)
    s.assess_daily(outbreak, 5)
    with clock.fixed_at(moment):
        [row] = assessments.signal_list(viewer=s.BY, zone=s.zones()["N2"].id)
    assert row.is_open
    assert (row.status, row.role, row.span_days, row.method) == ("new", "cases", 7, "ears_c2")
    assert row.first_on >= START
    assert row.valid_on <= moment.date()
    assert row.observed > row.upper > row.expected
    assert row.peak >= row.observed


def test_the_chain_leads_from_the_batch_to_the_level(outbreak: datetime) -> None:
    s.assess_daily(outbreak, 6)
    number = s.zones()["N2"].number
    level = RiskLevel.objects.known().get(zone_number=number, ended_at__isnull=True)
    with clock.fixed_at(outbreak + timedelta(days=6)):
        links = chain.walk(id=level.id)
        found = {(link.source.kind, link.relation, link.target.kind) for link in links}
        titles = chain.describe([link.source for link in links], viewer=s.BY)
    assert ("assessment", "raised", "risk_level") in found
    assert ("signal", "contributed", "risk_level") in found
    assert ("observation_batch", "raised", "signal") in found
    assert "t.zone_cases above the expected in N2" in {one.title for one in titles.values()}


def test_it_ends_and_the_level_falls_slowly(outbreak: datetime) -> None:
    s.assess_daily(outbreak, 35, every=2)
    zone = s.zones()["N2"]
    moment = outbreak + timedelta(days=34)
    with clock.fixed_at(moment):
        signals = assessments.signal_list(viewer=s.BY, zone=zone.id)
        stays = assessments.risk_level_history(viewer=s.BY, zone=zone.id)
    assert [row.status for row in signals] == ["expired"]
    assert signals[0].ended_on is not None
    levels = [row.level for row in reversed(stays)]
    assert levels[0] == 0
    assert levels[-1] == 0
    top = levels.index(max(level for level in levels if level is not None))
    assert levels[: top + 1] == sorted(levels[: top + 1]), "up without a step back"
    assert levels[top:] == sorted(levels[top:], reverse=True), "down without a step up"
    for stay in stays[:-1]:
        if stay.previous is not None and stay.level is not None and stay.level < stay.previous:
            before = next(one for one in stays if one.ended_at == stay.since)
            assert before.ended_at is not None
            assert before.ended_at - before.since >= timedelta(days=7)
    lowered = [e for e in told(events.LEVEL_LOWERED) if e.payload["zone"] == zone.number]
    assert lowered


def test_the_wider_city_gets_nowcast_rt_and_forecast(outbreak: datetime) -> None:
    s.assess_daily(outbreak, 3)
    moment = outbreak + timedelta(days=2)
    root = s.zones()["t"]
    with clock.fixed_at(moment):
        view = assessments.series_view(viewer=s.BY, series=s.EVENTS, zone=root.id)
    assert view.nowcast is not None
    assert view.rt is not None
    assert view.forecast is not None
    assert not (view.nowcast.undefined or view.rt.undefined or view.forecast.undefined)
    assert len(view.forecast.quantiles) == 23
    newest = max(view.nowcast.dates)
    assert view.forecast.dates[0] == newest + timedelta(days=1)
    assert view.forecast.dates[-1] >= moment.date() + timedelta(days=27)
    middle = dict(zip(view.nowcast.dates, view.nowcast.median, strict=True))
    reported = {point.on: point.value for point in view.observed}
    open_days = [day for day, flag in zip(view.nowcast.dates, view.nowcast.is_estimate, strict=True) if flag]
    assert sum((middle[day] or 0) - (reported.get(day) or 0) for day in open_days) > 0
    with clock.fixed_at(moment):
        assert assessments.forecast_get(viewer=s.BY, series=s.REPORTS, zone=s.zones()["N2"].id) is None


def test_a_zone_without_people_has_no_level_and_says_why(outbreak: datetime) -> None:
    s.assess(outbreak)
    with clock.fixed_at(outbreak):
        row = assessments.risk_level_of(viewer=s.BY, zone=s.zones()[s.HARBOUR].id)
    assert row is not None
    assert (row.level, row.why_undefined, row.name["en"]) == (None, "no_population", "Not defined")
    assert row.sentences("en")[0].startswith("No level, because the number of people")


def test_without_facts_nothing_is_calm(town: datetime) -> None:
    made = s.assess(town)
    assert made.status == "nothing_known"
    with clock.fixed_at(town):
        rows = assessments.risk_level_list(viewer=s.BY, level=None)
    assert {row.level for row in rows} == {None}
    assert not told(events.LEVEL_RAISED)
    zone = next(row for row in rows if row.zone_level == "zone")
    assert "Cases: nobody reports this for this area" in zone.sentences("en")
