"""The clock's arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from salus.base import clock
from salus.base.clock import ClockReading
from salus.base.errors import Invalid

NOON = datetime(2021, 11, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "rate"), [("1d/2s", 43200.0), ("1h/s", 3600.0), ("60x", 60.0), ("1w/10s", 60480.0), ("1s/1s", 1.0)]
)
def test_a_speed_is_read_from_words(words: str, rate: float) -> None:
    assert clock.parse_speed(words) == pytest.approx(rate)


@pytest.mark.parametrize("words", ["", "fast", "1d", "0x", "1d/0s", "-1d/2s", "1y/1s", "999w/1s"])
def test_what_is_not_a_speed_is_refused_with_an_example(words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clock.parse_speed(words)
    assert refusal.value.remedy


def test_a_replay_runs_at_its_speed_and_stands_when_paused() -> None:
    running = ClockReading("replay", NOON, NOON + timedelta(days=900), 43200.0, paused=False)
    held = ClockReading("replay", NOON, NOON + timedelta(days=900), 43200.0, paused=True)
    later = NOON + timedelta(days=900, seconds=4)
    assert running.at(later) == NOON + timedelta(days=2)
    assert held.at(later) == NOON


def test_a_system_clock_that_jumps_back_does_not_take_the_replay_before_its_start() -> None:
    running = ClockReading("replay", NOON, NOON, 43200.0, paused=False)
    assert running.at(NOON - timedelta(hours=3)) == NOON


def test_the_clock_never_runs_backwards_when_the_wall_clock_does(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = [NOON]
    monkeypatch.setattr(clock, "wall_now", lambda: wall[0])
    monkeypatch.setattr(clock, "reading", lambda: ClockReading("wall", NOON, NOON, 1.0, paused=False))
    clock.forget()
    first = clock.now()
    wall[0] = NOON - timedelta(hours=1)
    assert clock.now() >= first
    clock.forget()


@pytest.mark.parametrize("day", [datetime(2024, 2, 29), datetime(2021, 11, 7), datetime(2022, 3, 13)])
def test_days_begin_once_on_leap_days_and_when_summer_time_changes(day: datetime, settings: object) -> None:
    settings.TIME_ZONE = "America/New_York"  # type: ignore[attr-defined]
    start, following = clock.day_start(day.date()), clock.day_start((day + timedelta(days=1)).date())
    assert timedelta(hours=23) <= following - start <= timedelta(hours=25)
    with clock.fixed_at(start):
        assert clock.today() == day.date()
    with clock.fixed_at(following - timedelta(microseconds=1)):
        assert clock.today() == day.date()


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(Invalid), clock.fixed_at(datetime(2021, 1, 1)):
        pass


def test_microseconds_go_there_and_back_exactly() -> None:
    moment = datetime(2021, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert clock.from_micros(clock.to_micros(moment)) == moment
