"""Port Alma's map: a coast with a bay, a river, and zones that share their borders exactly."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from salus.gather.sources.builtin_city.names import DISTRICTS, DistrictPlan, zone_code

# In the open Atlantic, where no real place lies beneath it.
ORIGIN = (-20.6, 33.9)
WIDTH, HEIGHT = 16.0, 12.5
RELAXATIONS = 14
GRID = 1e-6


@dataclass(frozen=True, slots=True)
class Land:
    """Zones and districts as areas in degrees, by code."""

    zones: dict[str, BaseGeometry]
    districts: dict[str, BaseGeometry]
    city: BaseGeometry
    areas_km2: dict[str, float]


def degrees(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude of a place in kilometres east and north of the origin."""
    lon = ORIGIN[0] + x / (111.32 * math.cos(math.radians(ORIGIN[1])))
    return round(lon, 6), round(ORIGIN[1] + y / 110.57, 6)


def make_land(rng: np.random.Generator) -> Land:
    """Return the map of a seed."""
    river = _river(rng)
    ground = _coast(rng).difference(river)
    west, east = sorted(shapely.get_parts(ground), key=lambda part: -part.area)[:2]
    if west.centroid.x > east.centroid.x:
        west, east = east, west
    districts = {}
    for bank, area in (("west", west), ("east", east)):
        plans = [plan for plan in DISTRICTS if plan.bank == bank]
        areas = partition(area, [plan.anchor for plan in plans], rng)
        districts.update({plan.code: part for plan, part in zip(plans, areas, strict=True)})
    zones: dict[str, BaseGeometry] = {}
    for plan in DISTRICTS:
        zones.update(_zones_of(plan, districts[plan.code], rng))
    return _in_degrees(_noded(zones))


def _coast(rng: np.random.Generator) -> BaseGeometry:
    x = np.linspace(-2.0, WIDTH, 161)
    bay = 2.6 * np.exp(-(((x - 9.3) / 1.7) ** 2))
    headland = -0.9 * np.exp(-(((x - 6.2) / 0.9) ** 2))
    swell = 0.35 * np.sin(x * 0.9 + rng.uniform(0, 1)) + 0.12 * np.sin(x * 3.1 + rng.uniform(0, 6))
    shore = 1.6 + bay + headland + swell + rng.normal(0.0, 0.025, x.size)
    sea = Polygon([(-2.0, -9.0), *zip(x, shore, strict=True), (WIDTH + 2.0, shore[-1]), (WIDTH + 2.0, -9.0)])
    return shapely.make_valid(_limits(rng)).difference(sea)


def _limits(rng: np.random.Generator) -> Polygon:
    """Return where the city ends inland: a rounded square that no ruler drew."""
    turn = np.linspace(0.0, 2 * np.pi, 181)[:-1]
    round_off = (np.abs(np.cos(turn)) ** 3 + np.abs(np.sin(turn)) ** 3) ** (-1 / 3)
    waves = sum(rng.normal(0.0, 0.035 / k**0.5) * np.cos(k * turn + rng.uniform(0, 6)) for k in range(2, 9))
    reach = round_off * (1 + waves) + rng.normal(0.0, 0.003, turn.size)
    return Polygon(zip(8.0 + 7.6 * reach * np.cos(turn), 3.0 + 9.3 * reach * np.sin(turn), strict=True))


def _river(rng: np.random.Generator) -> BaseGeometry:
    y = np.linspace(2.0, HEIGHT + 5.0, 90)
    x = 9.3 + 0.16 * (y - 4.0) + 0.45 * np.sin(y * 0.8 + rng.uniform(-0.3, 0.3))
    banks = [
        LineString([a, b]).buffer(width)
        for a, b, width in zip(
            zip(x[:-1], y[:-1], strict=True), zip(x[1:], y[1:], strict=True), np.linspace(0.24, 0.09, 89), strict=True
        )
    ]
    return shapely.union_all(banks).simplify(0.01)


def partition(area: BaseGeometry, seeds: list[tuple[float, float]], rng: np.random.Generator) -> list[BaseGeometry]:
    """Return the parts of an area, one for each seed, with borders that wander as real ones do."""
    cells = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=area.envelope.buffer(1.0), only_edges=True)
    lines = [_wander(line, rng) for line in shapely.get_parts(shapely.line_merge(cells)) for line in _segments(line)]
    noded = shapely.union_all([area.boundary, *lines])
    faces = [
        face for face in shapely.get_parts(shapely.polygonize([noded])) if area.covers(face.representative_point())
    ]
    return _gather_faces(faces, seeds)


def _segments(line: LineString) -> list[LineString]:
    points = list(line.coords)
    return [LineString(pair) for pair in itertools.pairwise(points)]


def _wander(line: LineString, rng: np.random.Generator) -> LineString:
    (ax, ay), (bx, by) = line.coords[0][:2], line.coords[-1][:2]
    length = math.hypot(bx - ax, by - ay)
    count = max(int(length / 0.25), 1)
    steps = np.linspace(0.0, 1.0, count + 1)
    bend = np.sin(np.pi * steps) * rng.normal(0.0, 0.05 * min(length, 2.0))
    offset = bend + rng.normal(0.0, 0.02, count + 1)
    across = (-(by - ay) / max(length, 1e-9), (bx - ax) / max(length, 1e-9))
    between = [
        (ax + s * (bx - ax) + o * across[0], ay + s * (by - ay) + o * across[1])
        for s, o in zip(steps[1:-1], offset[1:-1], strict=True)
    ]
    # The ends stay exactly where they were, or borders would not meet.
    return LineString([(ax, ay), *between, (bx, by)])


def _gather_faces(faces: list[BaseGeometry], seeds: list[tuple[float, float]]) -> list[BaseGeometry]:
    owned: list[list[BaseGeometry]] = [[] for _ in seeds]
    loose: list[BaseGeometry] = []
    homes = [Point(seed) for seed in seeds]
    for face in faces:
        inside = [place for place, home in enumerate(homes) if face.covers(home)]
        (owned[inside[0]] if inside else loose).append(face)
    # What is cut off from its seed by the coast or by a wandering border goes to its longest neighbour.
    for face in sorted(loose, key=lambda part: -part.area):
        shared = [
            max((face.boundary.intersection(part.boundary).length for part in parts), default=0.0) for parts in owned
        ]
        owned[int(np.argmax(shared))].append(face)
    return [shapely.union_all(parts) for parts in owned]


def _zones_of(plan: DistrictPlan, area: BaseGeometry, rng: np.random.Generator) -> dict[str, BaseGeometry]:
    seeds = _scatter(area, len(plan.zones), rng)
    for _ in range(RELAXATIONS):
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=area.buffer(1.0)))
        parts = [cell.intersection(area) for cell in cells]
        seeds = [_inside(part) for part in parts if not part.is_empty]
    ordered = sorted(seeds, key=lambda seed: (round(seed[1], 3), round(seed[0], 3)))
    parts = partition(area, ordered, rng)
    return {zone_code(plan, place): part for place, part in enumerate(parts)}


def _inside(part: BaseGeometry) -> tuple[float, float]:
    centre = part.centroid if part.covers(part.centroid) else part.representative_point()
    return float(centre.x), float(centre.y)


def _scatter(area: BaseGeometry, count: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    left, low, right, high = area.bounds
    found: list[tuple[float, float]] = []
    while len(found) < count:
        x, y = float(rng.uniform(left, right)), float(rng.uniform(low, high))
        if area.covers(Point(x, y)):
            found.append((x, y))
    return found


def _noded(zones: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Return the zones in degrees with one set of border points for all, so that neighbours fit exactly."""
    turned = {code: shapely.transform(area, _turn) for code, area in zones.items()}
    lines = shapely.union_all([area.boundary for area in turned.values()], grid_size=GRID)
    owned: dict[str, list[BaseGeometry]] = {code: [] for code in zones}
    tree = shapely.STRtree(list(turned.values()))
    codes = list(turned)
    for face in shapely.get_parts(shapely.polygonize([lines])):
        hits = tree.query(face.representative_point(), predicate="intersects")
        if hits.size:
            owned[codes[int(hits[0])]].append(face)
    return {code: _largest(shapely.union_all(parts)) for code, parts in owned.items()}


def _turn(points: np.ndarray) -> np.ndarray:
    lon = ORIGIN[0] + points[:, 0] / (111.32 * math.cos(math.radians(ORIGIN[1])))
    return np.column_stack([lon, ORIGIN[1] + points[:, 1] / 110.57])


def _largest(area: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(area)
    return max(parts, key=lambda part: part.area) if len(parts) > 1 else area


def _in_degrees(zones: dict[str, BaseGeometry]) -> Land:
    scale = 111.32 * math.cos(math.radians(ORIGIN[1])) * 110.57
    districts = {
        plan.code: shapely.coverage_union_all([zones[zone_code(plan, place)] for place in range(len(plan.zones))])
        for plan in DISTRICTS
    }
    city = shapely.coverage_union_all(list(zones.values()))
    city = city if city.geom_type == "MultiPolygon" else MultiPolygon([city])
    return Land(zones, districts, city, {code: float(area.area * scale) for code, area in zones.items()})
