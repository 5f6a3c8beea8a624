"""A body has one way to be written down, whoever writes it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from salus.decide.releases.canonical import canonical, digest, plain

numbers = st.integers(-(2**53), 2**53) | st.floats(-1e12, 1e12, allow_nan=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


def shuffled(value: Any) -> Any:
    """The same value, its objects in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(list(value))}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(values)
def test_the_order_of_keys_and_a_way_through_json_change_nothing(value: Any) -> None:
    text = canonical(value)
    assert canonical(shuffled(value)) == text
    assert canonical(json.loads(text)) == text
    assert json.loads(text) == plain(value)


@given(values, values)
def test_what_differs_is_written_differently(one: Any, other: Any) -> None:
    same = plain(one) == plain(other) and canonical(one) == canonical(other)
    assert (digest(canonical(one)) == digest(canonical(other))) == same
