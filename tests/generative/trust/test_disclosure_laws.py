"""Whatever the table, an attacker with a linear programme narrows no hidden number down."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from salus.trust.disclosure import Protection, attacker_bounds, protect

Table = dict[str, dict[str, int]]

counts = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 12), st.integers(13, 5000))
sizes = st.lists(st.lists(counts, min_size=1, max_size=6), min_size=1, max_size=5)


def table_of(rows: list[list[int]]) -> Table:
    return {f"p{i}": {f"c{i}.{j}": count for j, count in enumerate(row)} for i, row in enumerate(rows)}


def attack(table: Table, made: Protection) -> dict[str, tuple[float, float]]:
    """Return what a linear programme finds for every hidden number, from what is shown alone."""
    cells = [key for row in table.values() for key in row]
    place = {key: index for index, key in enumerate(cells)}
    flat = {key: count for row in table.values() for key, count in row.items()}
    lows = [1.0 if key in made.cells else float(flat[key]) for key in cells]
    highs = [None if key in made.cells else float(flat[key]) for key in cells]
    equations, sums = [], []

    def row_for(keys: list[str]) -> np.ndarray:
        row = np.zeros(len(cells))
        row[[place[key] for key in keys]] = 1
        return row

    for parent, row in table.items():
        if parent not in made.parents:
            equations.append(row_for(list(row)))
            sums.append(float(sum(row.values())))
    if not made.total:
        equations.append(row_for(cells))
        sums.append(float(sum(flat.values())))
    targets = {key: row_for([key]) for key in made.cells}
    targets |= {parent: row_for(list(table[parent])) for parent in made.parents}  # type: ignore[index]
    found = {}
    for key, goal in targets.items():
        ends = []
        for sign in (1, -1):
            done = linprog(
                sign * goal,
                A_eq=np.array(equations) if equations else None,
                b_eq=sums or None,
                bounds=list(zip(lows, highs, strict=True)),
            )
            ends.append(sign * done.fun if done.status == 0 else sign * -np.inf)
        found[key] = (ends[0], ends[1])
    return found  # type: ignore[return-value]


@settings(max_examples=150)
@given(sizes, st.sampled_from([5, 10]))
def test_no_hidden_number_can_be_narrowed_down_to_the_threshold(rows: list[list[int]], threshold: int) -> None:
    table = table_of(rows)
    made = protect(table, threshold=threshold)
    for key, (low, high) in attack(table, made).items():
        assert high - low >= threshold - 1e-6, (key, low, high, table, made)


@settings(max_examples=100)
@given(sizes)
def test_every_small_number_is_hidden(rows: list[list[int]]) -> None:
    table = table_of(rows)
    made = protect(table)
    for parent, row in table.items():
        assert {key for key, count in row.items() if 0 < count < 5} <= made.cells
        assert not 0 < sum(row.values()) < 5 or parent in made.parents
    assert not 0 < sum(sum(row.values()) for row in table.values()) < 5 or made.total


@settings(max_examples=100)
@given(sizes)
def test_zeros_are_always_shown_and_nothing_is_hidden_without_need(rows: list[list[int]]) -> None:
    table = table_of(rows)
    made = protect(table)
    flat = {key: count for row in table.values() for key, count in row.items()}
    assert all(flat[key] > 0 for key in made.cells)
    if not any(0 < count < 5 for count in flat.values()):
        assert made.empty


@settings(max_examples=100)
@given(sizes)
def test_our_own_attacker_finds_what_the_linear_programme_finds(rows: list[list[int]]) -> None:
    table = table_of(rows)
    made = protect(table)
    own = attacker_bounds(table, made)
    for key, (low, high) in attack(table, made).items():
        assert own[key] == pytest.approx((low, high), abs=1e-6)


@settings(max_examples=60)
@given(st.lists(st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 40)), min_size=2, max_size=7))
def test_inside_one_parent_no_smaller_choice_would_do(row: list[int]) -> None:
    # A second parent, large, so that the grand total says nothing about the first.
    table = table_of([row, [900, 800]])
    made = protect(table)
    if made.parents:
        return
    small = {key for key, count in table["p0"].items() if 0 < count < 5}
    others = [key for key, count in table["p0"].items() if count >= 5]
    for size in range(len(made.cells) - len(small)):
        for more in combinations(others, size):
            tried = Protection(cells=frozenset(small | set(more)))
            assert any(high - low < 5 for low, high in attack(table, tried).values())


@given(sizes)
def test_the_same_table_gives_the_same_answer(rows: list[list[int]]) -> None:
    table = table_of(rows)
    turned = {key: dict(reversed(row.items())) for key, row in reversed(table.items())}
    assert protect(table) == protect(turned)
