"""Whatever the table, an attacker with a linear programme narrows no hidden number down."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from salus.trust.disclosure import _attack, _tree, protect, protect_areas

Table = dict[str, dict[str, int]]
Tree = tuple[dict[str, int | None], dict[str, str | None]]

counts = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 12), st.integers(13, 5000))
sizes = st.lists(st.lists(counts, min_size=1, max_size=6), min_size=1, max_size=5)
nested = st.recursive(counts | st.none(), lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=14)


def table_of(rows: list[list[int]]) -> Table:
    return {f"p{i}": {f"c{i}.{j}": count for j, count in enumerate(row)} for i, row in enumerate(rows)}


def tree_of(shape: Any) -> Tree:
    """Return counts and parents of a nested list; what is around has the sum."""
    numbers: dict[str, int | None] = {}
    parents: dict[str, str | None] = {}

    def add(part: Any, key: str, parent: str | None) -> int | None:
        parents[key] = parent
        if not isinstance(part, list):
            numbers[key] = part
            return numbers[key]
        inside = [add(each, f"{key}.{n}", key) for n, each in enumerate(part)]
        known = [count for count in inside if count is not None]
        numbers[key] = sum(known) if known else None
        return numbers[key]

    add(shape, "r", None)
    return numbers, parents


def tree_of_table(table: Table) -> Tree:
    return tree_of([list(row.values()) for row in table.values()])


def attack(tree: Tree, hidden: set[str]) -> dict[str, tuple[float, float]]:
    """Return what a linear programme finds for every hidden number, from what is shown alone."""
    numbers = {key: count for key, count in tree[0].items() if count is not None}
    place = {key: index for index, key in enumerate(numbers)}
    inside: dict[str, list[str]] = {}
    for key in numbers:
        parent = tree[1][key]
        if parent is not None:
            inside.setdefault(parent, []).append(key)
    equations = np.zeros((len(inside), len(numbers)))
    for row, (parent, children) in zip(equations, inside.items(), strict=True):
        row[place[parent]] = -1
        row[[place[child] for child in children]] = 1
    bounds = [(1, None) if key in hidden else (count, count) for key, count in numbers.items()]
    found = {}
    for key in hidden:
        goal = np.zeros(len(numbers))
        goal[place[key]] = 1
        ends = []
        for sign in (1, -1):
            given = {"A_eq": equations, "b_eq": np.zeros(len(inside))} if inside else {}
            done = linprog(sign * goal, bounds=bounds, **given)
            assert done.status in (0, 3), done.message
            ends.append(sign * done.fun if done.status == 0 else sign * -np.inf)
        found[key] = (ends[0], ends[1])
    return found


@settings(max_examples=200)
@given(nested, st.sampled_from([2, 5, 10]))
def test_no_hidden_number_can_be_narrowed_down_to_the_threshold(shape: Any, threshold: int) -> None:
    tree = tree_of(shape)
    hidden = set(protect_areas(*tree, threshold=threshold))
    for key, (low, high) in attack(tree, hidden).items():  # type: ignore[arg-type]
        assert high - low >= threshold - 1e-6, (key, low, high, tree, hidden)


@settings(max_examples=200)
@given(nested)
def test_every_small_number_is_hidden_and_every_zero_shown(shape: Any) -> None:
    numbers, parents = tree_of(shape)
    hidden = protect_areas(numbers, parents)
    for key, count in numbers.items():
        assert (key in hidden) or not (count is not None and 0 < count < 5)
        assert not (key in hidden and not count)
    if not any(count is not None and 0 < count < 5 for count in numbers.values()):
        assert hidden == {}


@settings(max_examples=150)
@given(nested, st.randoms(use_true_random=False))
def test_our_own_attack_finds_what_the_linear_programme_finds(shape: Any, random: Any) -> None:
    """Whatever is hidden, well chosen or not."""
    tree = tree_of(shape)
    for root in _tree(*tree):
        for area in root.walk():
            area.hidden = "x" if area.count and random.random() < 0.4 else ""
        hidden = {str(area.key) for area in root.walk() if area.hidden}
        own = _attack(root)
        for key, (low, high) in attack(tree, hidden).items():
            assert own[key] == pytest.approx((low, high), abs=1e-6)


@settings(max_examples=150)
@given(nested, nested)
def test_numbers_that_do_not_add_up_are_protected_as_if_they_did(shape: Any, other: Any) -> None:
    numbers, parents = tree_of(shape)
    wrong = {**numbers, **{key: count for key, count in tree_of(other)[0].items() if key in numbers}}
    hidden = set(protect_areas(wrong, parents))
    assert all(key in hidden for key, count in wrong.items() if count is not None and 0 < count < 5)


@settings(max_examples=60)
@given(st.lists(st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 40)), min_size=2, max_size=7))
def test_inside_one_parent_no_smaller_choice_would_do(row: list[int]) -> None:
    # A second parent, large, so that the grand total says nothing about the first.
    table = table_of([row, [900, 800]])
    made = protect(table)
    if made.parents:
        return
    names = {f"c0.{j}": f"r.0.{j}" for j in range(len(row))}
    small = {names[key] for key, count in table["p0"].items() if 0 < count < 5}
    others = [names[key] for key, count in table["p0"].items() if count >= 5]
    for size in range(len(made.cells) - len(small)):
        for more in combinations(others, size):
            found = attack(tree_of_table(table), small | set(more))
            assert any(high - low < 5 for low, high in found.values())


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=3), min_size=1, max_size=3))
def test_hardly_more_is_hidden_than_the_best_that_there_is(rows: list[list[int]]) -> None:
    """Against every possible choice: at most two numbers more than the fewest."""
    tree = tree_of(rows)
    hidden = set(protect_areas(*tree))
    must = {key for key, count in tree[0].items() if count is not None and 0 < count < 5}
    free = [key for key, count in tree[0].items() if count and key not in must]
    for size in range(max(0, len(hidden) - len(must) - 2)):
        for more in combinations(free, size):
            assert not _is_safe(tree, must | set(more))


def _is_safe(tree: Tree, hidden: set[str]) -> bool:
    (root,) = _tree(*tree)
    for area in root.walk():
        area.hidden = "x" if area.key in hidden else ""
    found = _attack(root)
    return all(found[key][1] - found[key][0] >= 5 for key in hidden)


@given(sizes)
def test_a_table_is_a_tree_of_three_levels(rows: list[list[int]]) -> None:
    made = protect(table_of(rows))
    found = set(protect_areas(*tree_of(rows)))
    assert {key.replace("c", "r.") for key in map(str, made.cells)} == {key for key in found if key.count(".") == 2}
    assert {key.replace("p", "r.") for key in map(str, made.parents)} == {key for key in found if key.count(".") == 1}
    assert made.total == ("r" in found)


@given(sizes)
def test_the_same_table_gives_the_same_answer(rows: list[list[int]]) -> None:
    table = table_of(rows)
    turned = {key: dict(reversed(row.items())) for key, row in reversed(table.items())}
    assert protect(table) == protect(turned)
