"""Missing is not zero: a source that falls silent does not look like an epidemic that ends."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from salus.assess import selectors as assessments
from salus.base import clock
from tests.spec.assess import support as s

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent(town: datetime) -> datetime:
    """Forty cases a day in each zone; nothing is published after NOW."""
    facts = s.all_facts(s.quiet_counts(mean=40))
    s.bring(*facts, until=town)
    return town


def test_a_nowcast_stands_still_when_reports_stop(silent: datetime) -> None:
    root = s.zones()["t"].id
    s.assess(silent + timedelta(hours=1))
    s.assess(silent + timedelta(days=5))
    with clock.fixed_at(silent + timedelta(days=5)):
        before = assessments.nowcast_get(viewer=s.BY, series=s.EVENTS, zone=root, known_at=silent + timedelta(hours=1))
        after = assessments.nowcast_get(viewer=s.BY, series=s.EVENTS, zone=root)
        ahead = assessments.forecast_get(viewer=s.BY, series=s.EVENTS, zone=root)
    assert before is not None
    assert after is not None
    assert ahead is not None
    assert after.dates == before.dates, "days of which nothing was reported are not nowcast"
    for one in (before, after):
        low, _ = one.band(0.95)
        assert 100 < (one.median[-1] or 0) < 350
        assert (low[-1] or 0) > 60
    assert ahead.dates[0] == after.dates[-1] + timedelta(days=1)
    assert ahead.dates[-1] >= (silent + timedelta(days=5)).date() + timedelta(days=27)
    assert min(value or 0 for value in ahead.median) > 60


def test_the_level_becomes_undefined_in_the_end_and_never_calm(silent: datetime) -> None:
    levels = {}
    for days in (0, 8, 20):
        moment = silent + timedelta(days=days, hours=1)
        s.assess(moment)
        with clock.fixed_at(moment):
            levels[days] = assessments.city_level(viewer=s.BY)
    first, week, late = levels[0], levels[8], levels[20]
    assert first is not None
    assert week is not None
    assert late is not None
    assert first.level is not None
    assert first.level > 0
    assert week.level == first.level
    assert (late.level, late.why_undefined) == (None, "stale")
    assert "is too old" in late.sentences("en")[0]
    indicator = late.indicator("case_rate_7d")
    assert indicator is not None
    assert (indicator.value, indicator.why) == (None, "stale")


def test_a_gap_in_one_zone_leaves_the_others_alone(town: datetime) -> None:
    facts = s.all_facts(s.quiet_counts(mean=40))
    gone = s.zones()["N1"].number
    last = town.date() - timedelta(days=15)
    kept = facts[0].filter((pl.col("zone") != gone) | (pl.col("valid_on") <= last))
    s.bring(kept, *facts[1:])
    s.assess(town)
    with clock.fixed_at(town):
        rows = {row.number: row for row in assessments.risk_level_list(viewer=s.BY)}
    assert rows[gone].level is None
    assert rows[gone].why_undefined == "stale"
    others = [row.level for number, row in rows.items() if number not in (gone, s.zones()[s.HARBOUR].number)]
    assert all(level is not None and level > 0 for level in others)
