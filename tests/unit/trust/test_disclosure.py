"""Small cells, by example."""

from __future__ import annotations

import pytest

from salus.trust.disclosure import (
    PROTECTS,
    SMALL,
    DisclosureError,
    Protection,
    _verify,
    _Work,
    attacker_bounds,
    protect,
    protect_zones,
)


def test_nothing_small_nothing_hidden() -> None:
    assert protect({"north": {"a": 5, "b": 0, "c": 800}}).empty


def test_a_small_cell_takes_its_smallest_large_enough_neighbour_with_it() -> None:
    made = protect({"north": {"a": 3, "b": 40, "c": 12, "d": 0}, "south": {"e": 90, "f": 70}})
    assert made.cells == {"a", "c"}
    assert made.parents == frozenset()
    assert made.reasons == {"a": SMALL, "c": PROTECTS}


def test_zeros_are_shown() -> None:
    made = protect({"north": {"a": 0, "b": 0, "c": 50}})
    assert made.empty


def test_two_small_cells_that_sum_to_little_need_a_third() -> None:
    # 1 + 1 = 2 would say that both are 1, because a zero would be shown.
    assert protect({"north": {"a": 1, "b": 1, "c": 30, "d": 60}}).cells == {"a", "b", "c"}


def test_small_cells_with_room_between_them_protect_each_other() -> None:
    assert protect({"north": {"a": 4, "b": 4, "c": 30}}).cells == {"a", "b"}


def test_a_small_total_is_hidden_and_another_with_it() -> None:
    made = protect({"north": {"a": 2, "b": 0}, "south": {"c": 50, "d": 60}, "west": {"e": 500, "f": 900}})
    assert made.parents == {"north", "south"}
    assert made.cells == {"a", "c"}
    assert not made.total


def test_where_nobody_can_help_the_grand_total_is_hidden() -> None:
    made = protect({"north": {"a": 3, "b": 0}})
    assert (made.cells, made.parents, made.total) == ({"a"}, {"north"}, True)
    made = protect({"north": {"a": 3, "b": 2, "c": 0}})
    assert made.total


def test_without_totals_only_the_small_are_hidden() -> None:
    assert protect({"north": {"a": 3, "b": 40}}, totals=False).cells == {"a"}


def test_what_is_missing_is_in_no_total() -> None:
    assert protect({"north": {"a": 3, "b": None, "c": 40}}).cells == {"a", "c"}


def test_a_sensitive_table_has_a_higher_threshold() -> None:
    assert protect({"north": {"a": 7, "b": 40, "c": 50}}, threshold=10).cells == {"a", "b"}


def test_zones_may_come_with_their_parents() -> None:
    made = protect_zones({"a": 3, "b": 40, "c": 9}, {"a": "n", "b": "n", "c": "s"})
    assert made.cells == {"a", "b"}


def test_empty_tables_are_fine() -> None:
    assert protect({}).empty
    assert protect({"north": {}}).empty


@pytest.mark.parametrize("count", [-1, 2.5, True])
def test_only_counts_are_taken(count: int) -> None:
    with pytest.raises(ValueError, match="count"):
        protect({"north": {"a": count}})


def test_a_threshold_below_two_protects_nothing_and_is_refused() -> None:
    with pytest.raises(ValueError, match="threshold"):
        protect({"north": {"a": 1}}, threshold=1)


def test_the_attackers_bounds_are_what_one_would_work_out_by_hand() -> None:
    table = {"north": {"a": 3, "b": 12, "c": 40}}
    made = Protection(cells=frozenset({"a", "b"}))
    assert attacker_bounds(table, made) == {"a": (1.0, 14), "b": (1.0, 14)}


def test_a_result_that_does_not_protect_is_never_handed_out() -> None:
    work = _Work({"north": {"a": 3, "b": 12}}, 5)
    with pytest.raises(DisclosureError):
        _verify(work, Protection(cells=frozenset({"a"})), totals=True)
