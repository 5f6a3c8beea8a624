"""Zones side by side: overlaps found, unions made, outlines simplified without tearing borders."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon

from salus.city.geometry.reading import Shape, only_areas
from salus.city.schemas import Defect, Point, Repair, Ring

# Real boundaries overlap by slivers; above this share of the smaller zone it is a defect.
OVERLAP_SHARE = 1e-3
# At least this share of a zone must lie inside a parent that has its own outline.
INSIDE_SHARE = 0.5
# Two outlines of one place that share this much of their union are the same place.
SAME_SHARE = 0.999
_KM_PER_DEGREE = 111.195
# Details: how many steps wide the city is drawn; None keeps every point.
DETAILS: dict[str, int | None] = {"overview": 320, "map": 800, "full": None}


def _at(shape: Any) -> Point:
    point = shapely.point_on_surface(shape)
    return (float(point.x), float(point.y))


def _common(older: Sequence[Shape], newer: Sequence[Shape]) -> tuple[Any, Any, Any]:
    """Return the pairs that meet and the area that each pair has in common, all at once."""
    one, other = np.array(older, dtype=object), np.array(newer, dtype=object)
    left, right = shapely.STRtree(other).query(one, predicate="intersects")
    return left, right, shapely.area(shapely.intersection(one[left], other[right]))


def overlaps(shapes: Sequence[Shape]) -> list[tuple[int, int, float, Point]]:
    """Return the pairs of siblings that overlap by more than a sliver, with the share and a place."""
    left, right, area = _common(shapes, shapes)
    own = shapely.area(np.array(shapes, dtype=object))
    share = area / np.minimum(own[left], own[right])
    found = []
    for k in np.flatnonzero((left < right) & (share > OVERLAP_SHARE)):
        i, j = int(left[k]), int(right[k])
        found.append((i, j, float(share[k]), _at(shapely.intersection(shapes[i], shapes[j]))))
    return found


def overlap_defects(codes: Sequence[str], shapes: Sequence[Shape]) -> list[Defect]:
    """Return the overlaps among siblings as defects."""
    return [
        Defect(
            codes[i],
            "overlaps",
            _("overlaps its neighbour %(other)s by %(share).1f %% of the smaller of the two")
            % {"other": codes[j], "share": share * 100},
            where,
        )
        for i, j, share, where in overlaps(shapes)
    ]


def cleaned(shapes: Sequence[Shape]) -> list[Shape]:
    """Return the shapes as a coverage: no overlaps, shared borders exactly equal."""
    if len(shapes) < 2 or shapely.coverage_is_valid(list(shapes)):
        return list(shapes)
    result = shapely.coverage_clean(list(shapes))
    # A zone that lies wholly inside its neighbours' overlap would vanish: it keeps its outline.
    return [only_areas(new) or old for new, old in zip(result, shapes, strict=True)]


def mended_overlaps(codes: Sequence[str], shapes: Sequence[Shape]) -> tuple[list[Shape], list[Repair], list[Defect]]:
    """Return the shapes with their overlaps given to one of the two, and what could not be mended."""
    found = overlaps(shapes)
    if not found:
        return list(shapes), [], []
    result = cleaned(shapes)
    rest = overlap_defects(codes, result)
    repairs = [
        Repair(codes[i], "overlaps", _("the overlap with %(other)s was given to one of them") % {"other": codes[j]})
        for i, j, _share, _where in found
    ]
    return result, repairs, rest


def inside_defect(code: str, parent_code: str, shape: Shape, parent: Shape) -> Defect | None:
    """Return a defect where a zone lies mostly outside the zone around it."""
    share = shapely.intersection(shape, parent).area / shape.area
    if share >= INSIDE_SHARE:
        return None
    return Defect(
        code,
        "outside its parent",
        _("only %(share).0f %% of it lies inside %(parent)s") % {"share": share * 100, "parent": parent_code},
        _at(shape),
    )


def union(shapes: Sequence[Shape]) -> Shape:
    """Return the union of zones."""
    try:
        merged = shapely.coverage_union_all(cleaned(shapes))
    except shapely.errors.GEOSException:
        # Not quite a coverage: slower, and right whatever the shapes are.
        merged = shapely.union_all(list(shapes))
    whole = merged if shapely.is_valid(merged) else shapely.make_valid(shapely.union_all(list(shapes)))
    return only_areas(whole) or MultiPolygon()


def area_km2(shape: Shape) -> float:
    """Return the area in square kilometres, near enough for densities."""
    latitude = math.radians(float(shape.centroid.y))
    return float(shape.area) * _KM_PER_DEGREE**2 * math.cos(latitude)


def same_place(one: Shape, other: Shape) -> bool:
    """Return whether two outlines are the same place."""
    if one.equals_exact(other, 1e-9):
        return True
    common = shapely.intersection(one, other).area
    return bool(common / (one.area + other.area - common) >= SAME_SHARE)


def label_point(shape: Shape) -> Point:
    """Return a point well inside the largest part, for a label."""
    largest = max(shapely.get_parts(shape).tolist(), key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=math.sqrt(largest.area) / 50)
    x, y = circle.coords[0]
    return (round(float(x), 6), round(float(y), 6))


def simplified(shapes: Sequence[Shape], detail: str, width: float) -> list[Shape]:
    """Return the shapes of one level made simpler together, so that neighbours still share borders."""
    steps = DETAILS[detail]
    if steps is None:
        return list(shapes)
    result = shapely.coverage_simplify(cleaned(shapes), width / steps)
    return [only_areas(new) or old for new, old in zip(result, shapes, strict=True)]


def width_of(shapes: Sequence[Shape]) -> float:
    """Return how wide or high the shapes are together, in degrees."""
    west, south, east, north = shapely.total_bounds(list(shapes))
    return float(max(east - west, north - south))


def rings_of(shape: Shape, decimals: int) -> list[Ring]:
    """Return every ring of a shape."""
    polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    return [_ring(ring, decimals) for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]


def _ring(ring: Any, decimals: int) -> Ring:
    return [(round(float(x), decimals), round(float(y), decimals)) for x, y in shapely.get_coordinates(ring)]


def shares(older: Sequence[Shape], newer: Sequence[Shape]) -> list[tuple[int, int, float]]:
    """Return which share of each older shape's area lies in each newer one; each older sums to one."""
    if not older or not newer:
        return []
    found: dict[int, dict[int, float]] = {}
    for i, j, area in zip(*_common(older, newer), strict=True):
        if area > 0:
            found.setdefault(int(i), {})[int(j)] = float(area)
    result = []
    for i, parts in sorted(found.items()):
        # Slivers along shared borders are drawing errors, not people who moved.
        kept = {j: area for j, area in parts.items() if area / older[i].area > OVERLAP_SHARE} or parts
        total = sum(kept.values())
        result += [(i, j, area / total) for j, area in sorted(kept.items())]
    return result


def load(data: bytes) -> Shape:
    """Return the shape stored in a table."""
    shape = shapely.from_wkb(bytes(data))
    if not isinstance(shape, Polygon | MultiPolygon):
        raise TypeError("a stored zone is not an area")
    return shape


def dump(shape: Shape) -> bytes:
    """Return the bytes of a shape for a table."""
    return bytes(shapely.to_wkb(shape))
