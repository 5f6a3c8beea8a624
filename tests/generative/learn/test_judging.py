"""Verdicts follow the figures: worse figures never give better verdicts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salus.learn.judging import MET, NOT_MET, PARTLY, UNDETERMINED, at, effect_of, verdict_on

RANK = {MET: 0, PARTLY: 1, NOT_MET: 2}
figures = st.floats(0.0, 1e6)
baselines = st.lists(st.floats(1.0, 1e6), min_size=5, max_size=5).map(
    lambda values: dict(zip(("0.05", "0.25", "0.5", "0.75", "0.95"), sorted(values), strict=True))
)
weakest = st.floats(-0.9, 0.0)


@given(figures, baselines)
def test_the_middle_lies_in_the_likely_range_and_that_in_the_whole(observed: float, baseline: dict[str, float]) -> None:
    effect = effect_of(observed, baseline)
    assert effect is not None
    assert effect.range[0] <= effect.likely[0] <= effect.mid <= effect.likely[1] <= effect.range[1]


@given(figures, figures, baselines, weakest, st.floats(-0.9, -0.01))
def test_a_higher_figure_never_gives_a_better_verdict(
    one: float, other: float, baseline: dict[str, float], high: float, mid: float
) -> None:
    low, up = sorted((one, other))
    verdicts = [verdict_on(effect, min(mid, high), high) for seen in (low, up) if (effect := effect_of(seen, baseline))]
    if UNDETERMINED not in verdicts:
        assert RANK[verdicts[0]] <= RANK[verdicts[-1]]


@given(baselines, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_quantiles_between_those_kept_are_in_order(baseline: dict[str, float], one: float, other: float) -> None:
    low, up = sorted((one, other))
    assert at(baseline, low) <= at(baseline, up) + 1e-6
