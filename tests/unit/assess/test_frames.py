"""Estimates come back from the store as they went in."""

from datetime import date

import pytest

from salus.assess import frames
from salus.assess.shaping.scoring import interval_score


def test_round_trip() -> None:
    text = frames.content(
        days=[date(2022, 1, 1), date(2022, 1, 2)],
        levels=[0.05, 0.5],
        values=[[1.234567, 2.0], [float("nan"), 12345678.0]],
        is_estimate=[False, True],
        step_days=1,
    )
    back = frames.decode(frames.pack(text))
    assert back["dates"] == [date(2022, 1, 1), date(2022, 1, 2)]
    assert back["values"] == [[1.2346, 2.0], [None, 12346000.0]]
    assert back["is_estimate"] == [False, True]


def test_nothing_stays_nothing() -> None:
    assert frames.pack("") == b""
    assert frames.decode(b"")["values"] == []


def test_interval_score_by_hand() -> None:
    quantiles = {0.05: 80.0, 0.5: 100.0, 0.95: 140.0}
    losses = [0.05 * (150 - 80), 0.5 * (150 - 100), 0.95 * (150 - 140)]
    assert interval_score(quantiles, 150.0) == pytest.approx(2 * sum(losses) / 3)
    assert interval_score({0.5: 100.0}, 100.0) == 0
