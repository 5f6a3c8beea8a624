"""What becomes of a signal: one for each excess, kept up to date, ended when it is over."""

from datetime import date, timedelta

from salus.assess.rules.document import DetectorPlan
from salus.assess.run.detection import Watched
from salus.assess.run.signals import Standing, verdict

PLAN = DetectorPlan(method="ears_c2", roles=["cases"], end_after_days=3, forget_after_days=10)
DAY = date(2021, 12, 10)


def watched(observed: list[float], alarm: list[bool], until: date = DAY) -> Watched:
    days = tuple(until - timedelta(days=back) for back in reversed(range(len(observed))))
    size = len(observed)
    return Watched(
        "s", "cases", 0, 1, days, tuple(observed), (10.0,) * size, (20.0,) * size, (4.0,) * size, tuple(alarm)
    )


def test_an_alarm_raises_a_signal_once() -> None:
    said = watched([12, 30, 40, 15], [False, True, True, False])
    found = verdict(said, None, None, DAY, PLAN)
    assert found.action == "raise"
    assert found.alarm is not None
    assert (found.alarm.first_on, found.alarm.valid_on) == (DAY - timedelta(days=2), DAY - timedelta(days=1))
    assert (found.alarm.peak, found.alarm.fresh) == (40, 2)
    again = verdict(said, Standing(found.alarm.valid_on, 20, 40, 2), None, DAY, PLAN)
    assert again.action == "keep"


def test_a_newer_alarm_updates_the_open_signal() -> None:
    found = verdict(watched([30, 45], [True, True]), Standing(DAY - timedelta(days=1), 20, 30, 1), None, DAY, PLAN)
    assert found.action == "update"
    assert found.alarm is not None
    assert (found.alarm.valid_on, found.alarm.fresh, found.alarm.peak) == (DAY, 1, 45)


def test_it_ends_when_quiet_and_under_the_first_bound() -> None:
    quiet = watched([12, 11, 12, 10], [False] * 4)
    assert verdict(quiet, Standing(DAY - timedelta(days=2), 20, 40, 1), None, DAY, PLAN).action == "keep"
    ended = verdict(quiet, Standing(DAY - timedelta(days=3), 20, 40, 1), None, DAY, PLAN)
    assert (ended.action, ended.ended_on) == ("end", DAY)


def test_it_lasts_while_counts_stay_above_the_bound() -> None:
    # The detector has grown used to the new level; the city has not.
    high = watched([45, 44, 46, 45], [False] * 4)
    assert verdict(high, Standing(DAY - timedelta(days=5), 20, 46, 3), None, DAY, PLAN).action == "keep"


def test_it_is_forgotten_in_the_end() -> None:
    high = watched([45, 44, 46, 45], [False] * 4)
    assert verdict(high, Standing(DAY - timedelta(days=10), 20, 46, 3), None, DAY, PLAN).action == "end"
    # A source that fell silent leaves its days behind.
    silent = watched([45], [False], until=DAY - timedelta(days=9))
    assert verdict(silent, Standing(DAY - timedelta(days=10), 20, 46, 3), None, DAY, PLAN).action == "end"


def test_what_an_ended_signal_told_is_not_told_again() -> None:
    said = watched([30, 12], [True, False])
    assert verdict(said, None, DAY - timedelta(days=1), DAY, PLAN).action == "keep"
    assert verdict(said, None, DAY - timedelta(days=2), DAY, PLAN).action == "raise"


def test_an_alarm_of_long_ago_is_history() -> None:
    said = watched([30], [True], until=DAY - timedelta(days=10))
    assert verdict(said, None, None, DAY, PLAN).action == "keep"
    assert verdict(said, None, None, DAY - timedelta(days=1), PLAN).action == "raise"
