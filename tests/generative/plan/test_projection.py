"""Projections keep within what can be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salus.plan.projection import combined
from salus.plan.schemas import ExpectedChange

shares = st.floats(-1.0, 0.0)
changes = st.builds(lambda ends: ExpectedChange("cases", 14, *sorted(ends)), st.tuples(shares, shares, shares))


@given(st.lists(changes, max_size=12))
def test_measures_together_never_do_more_than_everything_nor_less_than_the_strongest(
    found: list[ExpectedChange],
) -> None:
    low, mid, high = combined(found)
    assert -1.0 <= low <= mid + 1e-6 and mid <= high + 1e-6 and high <= 0.0
    for end, value in (("low", low), ("mid", mid), ("high", high)):
        assert value <= min((getattr(one, end) for one in found), default=0.0) + 1e-6


@given(st.lists(changes, max_size=8), changes)
def test_one_measure_more_never_takes_effect_away(found: list[ExpectedChange], more: ExpectedChange) -> None:
    for before, after in zip(combined(found), combined([*found, more]), strict=True):
        assert after <= before + 1e-6


@given(st.permutations([0.1, 0.3, 0.2, 0.05]))
def test_the_order_of_measures_does_not_matter(order: list[float]) -> None:
    made = [ExpectedChange("cases", 14, -share, -share, -share) for share in order]
    same = [ExpectedChange("cases", 14, -share, -share, -share) for share in sorted(order)]
    assert combined(made) == combined(same)
