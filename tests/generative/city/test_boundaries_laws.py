"""Whatever the boundaries, they come in whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from salus.city.geometry import boundaries, covering
from salus.city.geometry.boundaries import BoundariesRefused
from salus.city.schemas import ZoneDraft

steps = st.lists(st.floats(0.1, 1.0), min_size=1, max_size=5)
shifts = st.lists(st.floats(-0.04, 0.04), min_size=72, max_size=72)


def grid(xs: list[float], ys: list[float], moves: list[float]) -> list[ZoneDraft]:
    """Return a grid of zones whose inner corners were moved, each border shared by its two zones."""
    west, south = [0.0], [0.0]
    for x in xs:
        west.append(west[-1] + x)
    for y in ys:
        south.append(south[-1] + y)

    def corner(i: int, j: int) -> list[float]:
        index = (i * 6 + j) * 2
        return [west[i] + moves[index], south[j] + moves[index + 1]]

    zones = [ZoneDraft("c", "City", "city")]
    for i in range(len(xs)):
        zones.append(ZoneDraft(f"d{i}", "District", "district", "c"))
        for j in range(len(ys)):
            ring = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1), corner(i, j)]
            zones.append(ZoneDraft(f"{i}.{j}", "Zone", "zone", f"d{i}", {"type": "Polygon", "coordinates": [ring]}))
    return zones


def leaves(found: boundaries.Boundaries) -> list[Any]:
    return [shape for code, shape in found.shapes.items() if "." in code]


@settings(max_examples=60)
@given(steps, steps, shifts)
def test_a_coverage_stays_one_at_every_detail(xs: list[float], ys: list[float], moves: list[float]) -> None:
    found = boundaries.check(grid(xs, ys, moves), centre=None, repair=False)
    shapes = leaves(found)
    assert found.repairs == []
    for detail in covering.DETAILS:
        simple = covering.simplified(shapes, detail, covering.width_of(shapes))
        assert shapely.coverage_is_valid(simple)
        assert all(not shape.is_empty for shape in simple)
        assert sum(s.area for s in simple) == pytest.approx(shapely.union_all(simple).area)


@settings(max_examples=60)
@given(steps, steps, shifts)
def test_every_zone_around_is_the_sum_of_those_inside(xs: list[float], ys: list[float], moves: list[float]) -> None:
    found = boundaries.check(grid(xs, ys, moves), centre=None, repair=False)
    assert found.shapes["c"].area == pytest.approx(sum(shape.area for shape in leaves(found)))
    for i in range(len(xs)):
        inside = [found.shapes[f"{i}.{j}"].area for j in range(len(ys))]
        assert found.shapes[f"d{i}"].area == pytest.approx(sum(inside))


@settings(max_examples=60)
@given(steps, steps, shifts, steps, steps)
def test_shares_of_an_older_zone_sum_to_one(
    xs: list[float], ys: list[float], moves: list[float], other_xs: list[float], other_ys: list[float]
) -> None:
    older = leaves(boundaries.check(grid(xs, ys, moves), centre=None, repair=False))
    newer = leaves(boundaries.check(grid(other_xs, other_ys, moves), centre=None, repair=False))
    sums: dict[int, float] = {}
    for i, _j, share in covering.shares(older, newer):
        assert 0 < share <= 1
        sums[i] = sums.get(i, 0) + share
    assert all(total == pytest.approx(1) for total in sums.values())
    assert covering.shares(older, older) == [(i, i, pytest.approx(1)) for i in range(len(older))]


rubbish = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


@given(
    st.fixed_dictionaries({"type": st.sampled_from(["Polygon", "MultiPolygon", "Point", 3]), "coordinates": rubbish})
    | rubbish,
    st.booleans(),
)
def test_rubbish_is_refused_in_words_and_never_breaks(geometry: Any, repair: bool) -> None:
    drafts = [ZoneDraft("c", "City", "city"), ZoneDraft("a", "A", "zone", "c", geometry)]
    with pytest.raises(BoundariesRefused):
        boundaries.check(drafts, centre=None, repair=repair)


points = st.tuples(st.floats(-5, 5), st.floats(-5, 5))


@settings(max_examples=150)
@given(st.lists(points, min_size=3, max_size=9))
def test_any_ring_is_valid_mended_or_refused(ring: list[tuple[float, float]]) -> None:
    closed = [list(point) for point in [*ring, ring[0]]]
    drafts = [
        ZoneDraft("c", "City", "city"),
        ZoneDraft("a", "A", "zone", "c", {"type": "Polygon", "coordinates": [closed]}),
    ]
    plain, mended = attempt(drafts, repair=False), attempt(drafts, repair=True)
    if isinstance(plain, boundaries.Boundaries):
        assert plain.shapes["a"].is_valid
    if isinstance(mended, boundaries.Boundaries):
        assert mended.shapes["a"].is_valid
        assert mended.shapes["a"].area > 0
        assert bool(mended.repairs) == isinstance(plain, BoundariesRefused)
    else:
        assert [defect.kind for defect in mended.defects] == ["empty"]


def attempt(drafts: list[ZoneDraft], *, repair: bool) -> boundaries.Boundaries | BoundariesRefused:
    try:
        return boundaries.check(drafts, centre=None, repair=repair)
    except BoundariesRefused as refused:
        return refused
