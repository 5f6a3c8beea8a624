"""Verdicts: what was seen against what was expected."""

from __future__ import annotations

import pytest

from salus.learn.judging import at, effect_of, explained_by_chance, verdict_on

SHARP = {"0.05": 95.0, "0.25": 98.0, "0.5": 100.0, "0.75": 102.0, "0.95": 105.0}
WIDE = {"0.05": 30.0, "0.25": 60.0, "0.5": 100.0, "0.75": 180.0, "0.95": 400.0}


@pytest.mark.parametrize(
    ("observed", "verdict"), [(70.0, "met"), (89.0, "met"), (95.0, "partly"), (101.0, "not_met"), (150.0, "not_met")]
)
def test_a_sharp_forecast_tells(observed: float, verdict: str) -> None:
    effect = effect_of(observed, SHARP)
    assert effect is not None and verdict_on(effect, -0.2, -0.1) == verdict


def test_a_wide_forecast_cannot_tell_success_from_nothing() -> None:
    effect = effect_of(90.0, WIDE)
    assert effect is not None and verdict_on(effect, -0.2, -0.1) == "undetermined"
    assert explained_by_chance(effect)


def test_a_wide_forecast_still_tells_what_is_far_off() -> None:
    effect = effect_of(500.0, WIDE)
    assert effect is not None and verdict_on(effect, -0.2, -0.1) == "not_met" and not explained_by_chance(effect)
    effect = effect_of(20.0, WIDE)
    assert effect is not None and verdict_on(effect, -0.2, -0.1) == "met"


def test_where_no_change_is_expected_the_forecast_itself_is_the_yardstick() -> None:
    for observed, verdict in ((100.0, "met"), (104.0, "met"), (106.0, "not_met"), (10.0, "met")):
        effect = effect_of(observed, SHARP)
        assert effect is not None and verdict_on(effect, 0.0, 0.0) == verdict


def test_the_upper_quantile_of_the_forecast_gives_the_lower_end_of_the_effect() -> None:
    effect = effect_of(100.0, WIDE)
    assert effect is not None
    assert effect.range == pytest.approx((100 / 400 - 1, 100 / 30 - 1))
    assert effect.likely == pytest.approx((100 / 180 - 1, 100 / 60 - 1))


def test_nothing_can_be_said_against_a_forecast_of_nothing() -> None:
    assert effect_of(3.0, {"0.05": 0.0, "0.5": 0.0, "0.95": 1.0}) is None


def test_a_quantile_that_was_not_kept_lies_between_its_neighbours() -> None:
    assert at({"0.1": 10.0, "0.9": 90.0}, 0.5) == pytest.approx(50.0)
    assert at({"0.1": 10.0, "0.9": 90.0}, 0.01) == 10.0
    assert at({"0.1": 10.0, "0.9": 90.0}, 0.99) == 90.0
