"""Small cells, by example."""

from __future__ import annotations

import pytest

from salus.trust.disclosure import (
    PROTECTS,
    SMALL,
    DisclosureError,
    _Area,
    _attack,
    _checked,
    protect,
    protect_areas,
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
    assert protect_areas({}, {}) == {}
    assert protect_areas({"a": None}, {"a": None}) == {}


CITY = {"city": None, "n": "city", "s": "city", "w": "city", "a": "n", "b": "n", "c": "s"}


def test_areas_without_numbers_inside_are_protected_by_their_neighbours() -> None:
    # Boroughs are counted, their zones are not: the city minus the others would betray the small one.
    assert protect_areas({"city": 300, "n": 3, "s": 97, "w": 200, "a": None}, CITY) == {"n": SMALL, "s": PROTECTS}


def test_an_area_around_that_is_not_published_is_guarded_as_if_it_were() -> None:
    # Another release may tell it.
    assert protect_areas({"city": None, "n": None, "a": 3, "b": 60}, CITY) == {"a": SMALL, "b": PROTECTS}


def test_a_number_that_is_small_by_itself_is_hidden_though_the_sum_is_not() -> None:
    counts = {"city": 400, "n": 4, "s": 100, "w": 200, "a": 60, "b": 50, "c": 100}
    hidden = protect_areas(counts, CITY)
    assert hidden["n"] == SMALL
    assert set(hidden) == {"n", "b", "s", "c"} or set(hidden) == {"n", "b", "w"}


def test_zeros_inside_do_not_explain_a_small_number_around_them() -> None:
    counts = {"city": 300, "n": 3, "s": 97, "w": 200, "a": 0, "b": 0, "c": 97}
    assert protect_areas(counts, CITY) == {"n": SMALL, "w": PROTECTS}


def test_areas_may_nest_to_any_depth() -> None:
    parents = {"w": None, "c": "w", "d": "w", "z": "c", "y": "c", "x": "d", "1": "z", "2": "z", "3": "y", "4": "x"}
    counts = {"1": 2, "2": 0, "3": 80, "4": 90, "z": 2, "y": 80, "x": 90, "c": 82, "d": 90, "w": 172}
    assert protect_areas(counts, parents) == {"1": SMALL, "z": SMALL, "3": PROTECTS, "y": PROTECTS}


def test_an_area_in_an_unknown_one_is_refused() -> None:
    with pytest.raises(ValueError, match="not given"):
        protect_areas({"a": 1}, {"a": "nowhere"})


def test_areas_that_lie_inside_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="inside themselves"):
        protect_areas({"r": 9, "a": 1, "b": 9}, {"r": None, "a": "b", "b": "a"})


@pytest.mark.parametrize("count", [-1, 2.5, True])
def test_only_counts_are_taken(count: int) -> None:
    with pytest.raises(ValueError, match="count"):
        protect({"north": {"a": count}})


def test_a_threshold_below_two_protects_nothing_and_is_refused() -> None:
    with pytest.raises(ValueError, match="threshold"):
        protect({"north": {"a": 1}}, threshold=1)


def test_the_attack_is_what_one_would_work_out_by_hand() -> None:
    cells = [_Area("a", 3, [], 3, SMALL), _Area("b", 12, [], 12, PROTECTS), _Area("c", 40, [], 40)]
    assert _attack(_Area("n", 55, cells, 55)) == {"n": (55, 55), "a": (1, 14), "b": (1, 14), "c": (40, 40)}


def test_a_result_that_does_not_protect_is_never_handed_out() -> None:
    cells = [_Area("a", 3, [], 3, SMALL), _Area("b", 12, [], 12)]
    with pytest.raises(DisclosureError):
        _checked([_Area("n", 15, cells, 15)], 5)
