"""Geometry in: every defect is named with its zone, its kind and its place."""

from __future__ import annotations

import math
from typing import Any

import pytest
import shapely
from shapely.geometry import box as rectangle

from salus.city.geometry import boundaries, covering, reading
from salus.city.geometry.boundaries import BoundariesRefused
from salus.city.schemas import Defect, ZoneDraft

CENTRE = (2.35, 48.85)


def ring(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]]}


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return ring((west, south), (east, south), (east, north), (west, north), (west, south))


def zone(geometry: Any, code: str = "75001") -> ZoneDraft:
    return ZoneDraft(code, {"en": code}, "zone", "city", geometry)


def defect_of(geometry: Any, *, repair: bool = False, centre: tuple[float, float] | None = CENTRE) -> Defect:
    shape, _repairs, defect = reading.read(zone(geometry), centre=centre, repair=repair)
    assert shape is None
    assert defect is not None
    return defect


BOW_TIE = ring((2.0, 48.0), (3.0, 49.0), (3.0, 48.0), (2.0, 49.0), (2.0, 48.0))


def test_a_good_outline_is_taken_as_it_is() -> None:
    shape, repairs, defect = reading.read(zone(box(2, 48, 3, 49)), centre=CENTRE, repair=False)
    assert (repairs, defect) == ([], None)
    assert shape is not None
    assert shape.area == pytest.approx(1)


def test_an_outline_that_crosses_itself_is_named_with_the_place() -> None:
    found = defect_of(BOW_TIE)
    assert (found.code, found.kind) == ("75001", "crosses itself")
    assert found.where == pytest.approx((2.5, 48.5))


def test_with_repair_it_is_mended_and_that_is_said() -> None:
    shape, repairs, defect = reading.read(zone(BOW_TIE), centre=CENTRE, repair=True)
    assert defect is None
    assert shape is not None
    assert shape.is_valid
    assert shape.area == pytest.approx(0.5)
    assert [(r.code, r.kind) for r in repairs] == [("75001", "crosses itself")]
    assert "2.500000" in repairs[0].what


@pytest.mark.parametrize(
    ("geometry", "kind"),
    [
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "MultiPolygon", "coordinates": []}, "empty"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "empty"),
        ({"type": "Polygon"}, "empty"),
        ({"type": "Point", "coordinates": [2, 48]}, "not an area"),
        ({"type": "GeometryCollection", "geometries": []}, "not an area"),
        ({}, "not an area"),
        ("POLYGON ((0 0))", "malformed"),
        ({"type": "Polygon", "coordinates": "abc"}, "malformed"),
        ({"type": "Polygon", "coordinates": [["a", "b", "c", "d"]]}, "malformed"),
        ({"type": "Polygon", "coordinates": [[[2, "48"], [3, 48], [3, 49], [2, 48]]]}, "malformed"),
        ({"type": "Polygon", "coordinates": [[[2, True], [3, 48], [3, 49], [2, 48]]]}, "malformed"),
        (ring((2, math.nan), (3, 48), (3, 49), (2, math.nan)), "malformed"),
        (ring((2, math.inf), (3, 48), (3, 49), (2, math.inf)), "malformed"),
        (ring((2, 48), (3, 48), (2, 48)), "too few points"),
        (ring((2, 48), (3, 48), (3, 49), (2, 49)), "open ring"),
        (ring((2, 48), (3, 48), (2.5, 48), (2, 48)), "crosses itself"),
        (ring((2, 48), (2, 48), (2, 48), (2, 48)), "too few points"),
        (box(652000, 6862000, 653000, 6863000), "out of range"),
        (box(48.8, 2.3, 48.9, 2.4), "swapped"),
        (box(-74, 40, -73, 41), "far away"),
    ],
)
def test_every_kind_of_defect_has_a_name(geometry: Any, kind: str) -> None:
    found = defect_of(geometry)
    assert found.kind == kind
    assert found.what


def test_a_latitude_beyond_the_poles_that_fits_as_longitude_is_swapped() -> None:
    assert defect_of(box(10, 100, 11, 101), centre=None).kind == "swapped"


def test_without_a_city_only_the_world_is_the_bound() -> None:
    shape, _repairs, defect = reading.read(zone(box(48.8, 2.3, 48.9, 2.4)), centre=None, repair=False)
    assert defect is None
    assert shape is not None


def test_repair_does_not_guess_what_it_cannot_know() -> None:
    assert defect_of(box(48.8, 2.3, 48.9, 2.4), repair=True).kind == "swapped"
    assert defect_of({"type": "Polygon", "coordinates": []}, repair=True).kind == "empty"
    assert defect_of(ring((2, 48), (3, 48), (2.5, 48), (2, 48)), repair=True).kind == "empty"


def test_repair_closes_a_ring() -> None:
    shape, repairs, defect = reading.read(zone(ring((2, 48), (3, 48), (3, 49), (2, 49))), centre=CENTRE, repair=True)
    assert defect is None
    assert shape is not None
    assert [r.kind for r in repairs] == ["open ring"]


def test_a_third_dimension_is_left_out() -> None:
    high = ring((2, 48), (3, 48), (3, 49), (2, 48))
    high["coordinates"][0] = [[*point, 35.0] for point in high["coordinates"][0]]
    shape, _repairs, _defect = reading.read(zone(high), centre=CENTRE, repair=False)
    assert shape is not None
    assert not shape.has_z


def draft(code: str, level: str, parent: str | None, geometry: Any = None, name: str = "N") -> ZoneDraft:
    return ZoneDraft(code, {"en": name} if name else {}, level, parent, geometry)


CITY = draft("c", "city", None)


def kinds(*drafts: ZoneDraft) -> list[tuple[str, str]]:
    with pytest.raises(BoundariesRefused) as refused:
        boundaries.check(drafts, centre=None, repair=False)
    return [(defect.code, defect.kind) for defect in refused.value.defects]


A, B = box(0, 0, 1, 1), box(1, 0, 2, 1)


@pytest.mark.parametrize(
    ("drafts", "expected"),
    [
        ([CITY, draft("a", "zone", "c", A), draft("a", "zone", "c", B)], ("a", "duplicated code")),
        ([CITY, draft("a", "zone", "nowhere", A)], ("a", "unknown parent")),
        ([CITY, draft("a", "zone", "b", A), draft("b", "area", "a")], ("a", "cycle")),
        ([CITY, draft("a", "zone", "a", A)], ("a", "cycle")),
        ([CITY, draft("a", "zone", None, A)], ("a", "no parent")),
        ([draft("a", "zone", None, A)], ("", "one root")),
        ([CITY, draft("d", "city", None, A)], ("", "one root")),
        ([CITY, draft("a", "city", "c", A)], ("a", "root with a parent")),
        ([CITY, draft("a", "zone", "c", A), draft("b", "zone", "a", A)], ("b", "same level")),
        ([CITY, draft("", "zone", "c", A)], ("#2", "bad code")),
        ([CITY, draft("x" * 65, "zone", "c", A)], ("x" * 64, "bad code")),
        ([CITY, draft("a", "", "c", A)], ("a", "bad level")),
        ([CITY, draft("a", "zone", "c", A, name="")], ("a", "no name")),
        ([CITY, draft("a", "zone", "c")], ("a", "no geometry")),
        ([CITY, draft("a", "zone", "c", A), draft("b", "zone", "c", box(0.5, 0, 1.5, 1))], ("a", "overlaps")),
        (
            [CITY, draft("d", "area", "c", A), draft("a", "zone", "d", box(5, 5, 6, 6))],
            ("a", "outside its parent"),
        ),
    ],
)
def test_every_kind_of_bad_nesting_has_a_name(drafts: list[ZoneDraft], expected: tuple[str, str]) -> None:
    assert expected in kinds(*drafts)


def test_a_refusal_names_zone_kind_and_place_and_tells_all() -> None:
    drafts = [CITY, *(draft(f"z{n}", "zone", "c", BOW_TIE) for n in range(8))]
    with pytest.raises(BoundariesRefused) as refused:
        boundaries.check(drafts, centre=None, repair=False)
    text = str(refused.value)
    assert "8 defects" in text
    assert "zone z0: crosses itself" in text
    assert "(2.50000, 48.50000)" in text
    assert "3 more" in text
    assert "repair" in refused.value.remedy
    assert len(refused.value.defects) == 8


def test_slivers_are_tolerated_and_overlaps_are_mended_on_request() -> None:
    sliver = [CITY, draft("a", "zone", "c", A), draft("b", "zone", "c", box(0.9999, 0, 2, 1))]
    assert boundaries.check(sliver, centre=None, repair=False).repairs == []
    wide = [CITY, draft("a", "zone", "c", A), draft("b", "zone", "c", box(0.9, 0, 2, 1))]
    found = boundaries.check(wide, centre=None, repair=True)
    assert [r.kind for r in found.repairs] == ["overlaps"]
    assert found.shapes["a"].intersection(found.shapes["b"]).area == pytest.approx(0)
    assert found.shapes["c"].area == pytest.approx(2)


def test_a_zone_inside_anothers_hole_overlaps_nothing() -> None:
    holed = {"type": "Polygon", "coordinates": [*box(0, 0, 3, 3)["coordinates"], *box(1, 1, 2, 2)["coordinates"]]}
    drafts = [CITY, draft("a", "zone", "c", holed), draft("b", "zone", "c", box(1, 1, 2, 2))]
    found = boundaries.check(drafts, centre=None, repair=False)
    assert found.shapes["c"].area == pytest.approx(9)
    assert found.dissolved == {"c"}


def test_neighbours_still_share_their_border_when_simplified() -> None:
    wave = [(1 + 0.02 * math.sin(9 * y), y) for y in [n / 50 for n in range(51)]]
    left = shapely.Polygon([(0, 0), *wave, (0, 1)])
    right = shapely.Polygon([(2, 0), (2, 1), *wave[::-1]])
    for detail in covering.DETAILS:
        one, other = covering.simplified([left, right], detail, 2.0)
        assert one.intersection(other).area == pytest.approx(0, abs=1e-12)
        assert one.union(other).area == pytest.approx(2)
    assert len(covering.simplified([left, right], "overview", 2.0)[0].exterior.coords) < 30


def test_shares_say_where_an_older_zone_went() -> None:
    old = [rectangle(0, 0, 2, 1), rectangle(2, 0, 3, 1)]
    new = [rectangle(0, 0, 1.5, 1), rectangle(1.5, 0, 3, 1)]
    assert covering.shares(old, new) == [
        (0, 0, pytest.approx(0.75)),
        (0, 1, pytest.approx(0.25)),
        (1, 1, pytest.approx(1)),
    ]


def test_the_area_is_near_enough() -> None:
    paris = rectangle(2.25, 48.81, 2.42, 48.91)
    assert covering.area_km2(paris) == pytest.approx(12.47 * 11.12, rel=0.01)


def test_a_label_stands_inside() -> None:
    bent = shapely.Polygon([(0, 0), (3, 0), (3, 3), (2.5, 3), (2.5, 0.5), (0, 0.5)])
    assert bent.contains(shapely.Point(covering.label_point(bent)))
