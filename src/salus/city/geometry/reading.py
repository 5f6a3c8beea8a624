"""From GeoJSON to polygons, with every defect named: which zone, what, and where."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon

from salus.city.schemas import Defect, Point, Repair, ZoneDraft

MOST_POINTS = 5_000_000
# Farther from the city's centre than this, in degrees, a zone is somewhere else.
FAR_DEGREES = 8.0
# Less than a square centimetre, in square degrees: nothing that anybody can live in.
LEAST_AREA = 1e-14
_WHERE = re.compile(r"^(?P<what>[^\[]*)\[(?P<x>\S+) (?P<y>\S+)\]$")
_KINDS = {
    "Self-intersection": "crosses itself",
    "Ring Self-intersection": "crosses itself",
    "Too few points in geometry component": "too few points",
    "Hole lies outside shell": "hole outside",
    "Holes are nested": "nested holes",
    "Nested shells": "nested parts",
    "Duplicate Rings": "duplicate rings",
    "Interior is disconnected": "falls apart",
}

Shape: TypeAlias = Polygon | MultiPolygon


class _BadShapeError(Exception):
    """A structure that is not a polygon."""

    def __init__(self, kind: str, what: str, where: Point | None = None) -> None:
        super().__init__(what)
        self.kind, self.what, self.where = kind, what, where


def _point(value: Any) -> Point:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) < 2:
        raise _BadShapeError("malformed", _("a position is not a pair of numbers"))
    lon, lat = value[0], value[1]
    if any(isinstance(part, bool) or not isinstance(part, int | float) for part in (lon, lat)):
        raise _BadShapeError("malformed", _("a position is not a pair of numbers"))
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise _BadShapeError("malformed", _("a position is not a finite number"))
    return float(lon), float(lat)


def _ring(value: Any) -> list[Point]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _BadShapeError("malformed", _("a ring is not a list of positions"))
    points = [_point(part) for part in value]
    if len(points) < 4:
        raise _BadShapeError(
            "too few points",
            _("a ring has %(count)d positions; it needs at least 4, the last equal to the first")
            % {"count": len(points)},
            points[0] if points else None,
        )
    if points[0] != points[-1]:
        raise _BadShapeError("open ring", _("a ring does not end where it began"), points[-1])
    return points


def _polygon(value: Any) -> list[list[Point]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _BadShapeError("malformed", _("a polygon is not a list of rings"))
    if not value:
        raise _BadShapeError("empty", _("a polygon has no ring"))
    return [_ring(part) for part in value]


def _parts(geometry: Mapping[str, Any]) -> list[list[list[Point]]]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise _BadShapeError("not an area", _("a zone is a Polygon or MultiPolygon, not %(kind)s") % {"kind": kind})
    if not coordinates:
        raise _BadShapeError("empty", _("the geometry is empty"))
    if kind == "Polygon":
        return [_polygon(coordinates)]
    if not isinstance(coordinates, Sequence) or isinstance(coordinates, str):
        raise _BadShapeError("malformed", _("the parts are not a list of polygons"))
    return [_polygon(part) for part in coordinates]


def _inside(point: Point) -> bool:
    return -180 <= point[0] <= 180 and -90 <= point[1] <= 90


def _near(point: Point, centre: Point) -> bool:
    return abs(point[0] - centre[0]) <= FAR_DEGREES and abs(point[1] - centre[1]) <= FAR_DEGREES


def _check_place(points: list[Point], centre: Point | None) -> None:
    """Refuse coordinates outside the world, swapped, or of another place."""
    wrong = next((point for point in points if not _inside(point)), None)
    first = wrong or points[0]
    swapped = (first[1], first[0])
    if wrong is not None and not _inside(swapped):
        raise _BadShapeError(
            "out of range",
            _("longitude or latitude is out of range; the numbers may be metres of a national grid"),
            wrong,
        )
    if wrong is not None or (centre and not _near(first, centre) and _near(swapped, centre)):
        raise _BadShapeError("swapped", _("longitude and latitude look swapped; GeoJSON puts longitude first"), first)
    if centre and not _near(first, centre):
        raise _BadShapeError("far away", _("the zone lies far from the city's centre"), first)


def _shape(parts: list[list[list[Point]]]) -> Shape:
    polygons = [Polygon(rings[0], rings[1:]) for rings in parts]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def only_areas(geometry: Any) -> Shape | None:
    """Return the polygons of a geometry, without the lines and points that mending leaves."""
    polygons = [
        part
        for part in shapely.get_parts(shapely.get_parts(geometry)).tolist()
        if isinstance(part, Polygon) and part.area >= LEAST_AREA
    ]
    if not polygons:
        return None
    if len(polygons) == 1:
        return polygons[0]
    together = MultiPolygon(polygons)
    # Parts that mending left side by side share a border, which a valid area may not.
    return together if together.is_valid else only_areas(shapely.union_all(polygons))


def _reason(shape: Shape) -> tuple[str, str, Point | None]:
    text = shapely.is_valid_reason(shape)
    match = _WHERE.match(text)
    words = (match["what"] if match else text).strip()
    where = (float(match["x"]), float(match["y"])) if match else None
    return _KINDS.get(words, "invalid"), words, where


def _mended(draft: ZoneDraft, shape: Shape, repair: bool) -> tuple[Shape, list[Repair]]:
    if shapely.is_valid(shape):
        if shape.area < LEAST_AREA:
            raise _BadShapeError("empty", _("the geometry has no area"), None)
        return shape, []
    kind, words, where = _reason(shape)
    if not repair:
        raise _BadShapeError(kind, words, where)
    whole = only_areas(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    if whole is None:
        raise _BadShapeError("empty", _("nothing is left of the geometry when it is mended"), where)
    place = f" ({where[0]:.6f}, {where[1]:.6f})" if where else ""
    return whole, [Repair(draft.code, kind, f"{words}{place}")]


def _opened(geometry: Mapping[str, Any], repair: bool, code: str) -> tuple[list[list[list[Point]]], list[Repair]]:
    """Return the rings; with `repair` an open one is closed first."""
    try:
        return _parts(geometry), []
    except _BadShapeError as bad:
        if not (repair and bad.kind == "open ring"):
            raise
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    closed = [
        [[*ring, ring[0]] if tuple(ring[0]) != tuple(ring[-1]) else list(ring) for ring in polygon]
        for polygon in polygons
    ]
    mended = {"type": "MultiPolygon", "coordinates": closed}
    return _parts(mended), [Repair(code, "open ring", _("a ring was closed"))]


def read(draft: ZoneDraft, *, centre: Point | None, repair: bool) -> tuple[Shape | None, list[Repair], Defect | None]:
    """Return a draft's polygons and what was mended, or the defect that forbids them."""
    if draft.geometry is None:
        return None, [], None
    try:
        if not isinstance(draft.geometry, Mapping):
            raise _BadShapeError("malformed", _("the geometry is not GeoJSON"))
        parts, closed = _opened(draft.geometry, repair, draft.code)
        _check_place([point for rings in parts for ring in rings for point in ring], centre)
        shape, mended = _mended(draft, _shape(parts), repair)
        return shape, closed + mended, None
    except _BadShapeError as bad:
        return None, [], Defect(draft.code, bad.kind, bad.what, bad.where)
