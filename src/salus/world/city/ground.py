"""The ground of a city: a coast with a bay, a river with two banks, and zones that share their borders exactly."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# In the open Atlantic, where no real place lies beneath it.
ORIGIN = (-20.6, 33.9)
PEOPLE_PER_KM2 = 3200.0
PEOPLE_PER_ZONE = 6500.0
GRID = 1e-6
_RELAXATIONS = 4
CENTRE, INNER, SUBURB = "centre", "inner", "suburb"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where zones and districts lie; areas in degrees, places in kilometres east and north of the centre."""

    zones: tuple[BaseGeometry, ...]
    districts: tuple[BaseGeometry, ...]
    city: BaseGeometry
    river: BaseGeometry
    district_of: IntArray
    at: FloatArray
    area_km2: FloatArray
    radius: float
    kind: tuple[str, ...]
    coastal: NDArray[np.bool_]


def degrees(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude of places in kilometres from the centre."""
    lon = ORIGIN[0] + np.asarray(x) / (111.32 * math.cos(math.radians(ORIGIN[1])))
    return np.round(lon, 6), np.round(ORIGIN[1] + np.asarray(y) / 110.57, 6)


def make_ground(people: int, rng: np.random.Generator) -> Ground:
    """Lay out a city for so many people."""
    radius = math.sqrt(people / (math.pi * PEOPLE_PER_KM2))
    river = _river(radius, rng)
    land = _land(radius, rng)
    banks = _banks(land.difference(river))
    count = int(np.clip(round(people / PEOPLE_PER_ZONE), 12, 1600))
    parts = [
        part
        for bank, share in zip(banks, _shares(banks, radius, count), strict=True)
        for part in _split(bank, share, radius, rng)
    ]
    zones = _fitted(parts)
    at = np.array([_inside(zone) for zone in zones])
    bank_of = np.array([int(point[0] > _river_x(point[1], radius)) for point in at])
    district_of = _districts(at, bank_of, count, rng)
    return _described(zones, at, district_of, river, radius, _shore(land, radius))


def _described(
    zones: list[BaseGeometry],
    at: FloatArray,
    district_of: IntArray,
    river: BaseGeometry,
    radius: float,
    shore: BaseGeometry,
) -> Ground:
    turned = tuple(shapely.transform(zone, _turn) for zone in zones)
    districts = tuple(
        shapely.coverage_union_all([turned[place] for place in np.flatnonzero(district_of == number)])
        for number in range(int(district_of.max()) + 1)
    )
    far = np.hypot(at[:, 0], at[:, 1]) / radius
    kind = tuple(np.where(far < 0.3, CENTRE, np.where(far < 0.7, INNER, SUBURB)).tolist())
    return Ground(
        zones=turned,
        districts=districts,
        city=shapely.coverage_union_all(list(turned)),
        river=shapely.transform(river, _turn),
        district_of=district_of,
        at=at,
        area_km2=np.array([zone.area for zone in zones]),
        radius=radius,
        kind=kind,
        coastal=np.array([zone.distance(shore) < 0.02 * radius for zone in zones]),
    )


def _land(radius: float, rng: np.random.Generator) -> BaseGeometry:
    turn = np.linspace(0.0, 2 * np.pi, 241)[:-1]
    waves = sum(rng.normal(0.0, 0.035 / k**0.5) * np.cos(k * turn + rng.uniform(0, 6)) for k in range(2, 9))
    reach = 1.3 * radius * (1 + waves)
    limits = Polygon(zip(reach * np.cos(turn), reach * np.sin(turn), strict=True))
    x = np.linspace(-2.5 * radius, 2.5 * radius, 241)
    s = x / radius
    bay = 0.35 * np.exp(-(((s - 0.1) / 0.22) ** 2)) - 0.1 * np.exp(-(((s + 0.35) / 0.12) ** 2))
    swell = 0.05 * np.sin(5.5 * s + rng.uniform(0, 6)) + 0.015 * np.sin(21 * s + rng.uniform(0, 6))
    shore = radius * (-0.75 + bay + swell)
    sea = Polygon([(x[0], -9 * radius), *zip(x, shore, strict=True), (x[-1], -9 * radius)])
    return shapely.make_valid(limits).difference(sea)


def _shore(land: BaseGeometry, radius: float) -> BaseGeometry:
    """Return the part of the land's edge that the sea washes."""
    return land.boundary.intersection(shapely.box(-1.05 * radius, -1.1 * radius, 1.05 * radius, -0.2 * radius))


def _river_x(y: float | FloatArray, radius: float) -> FloatArray:
    s = np.asarray(y) / radius
    return np.asarray(radius * (0.1 + 0.16 * (s + 0.4) + 0.09 * np.sin(4.2 * s)))


def _river(radius: float, rng: np.random.Generator) -> BaseGeometry:
    y = np.linspace(-0.9 * radius, 1.8 * radius, 120)
    x = _river_x(y, radius) + rng.normal(0.0, 0.002 * radius, y.size)
    width = np.linspace(0.03, 0.012, y.size) * math.sqrt(radius) * 2.0
    points = list(zip(x, y, strict=True))
    pieces = [LineString(pair).buffer(w) for pair, w in zip(itertools.pairwise(points), width[1:], strict=True)]
    return shapely.union_all(pieces).simplify(0.01)


def _banks(ground: BaseGeometry) -> list[BaseGeometry]:
    """Return the two banks, the western first; slivers that the river cut off are water."""
    parts = sorted(shapely.get_parts(ground), key=lambda part: -part.area)[:2]
    return sorted(parts, key=lambda part: part.centroid.x)


def _weight(x: FloatArray, y: FloatArray, radius: float) -> FloatArray:
    return np.asarray(np.exp(-1.9 * np.hypot(x, y) / radius))


def _shares(banks: list[BaseGeometry], radius: float, count: int) -> list[int]:
    mass = []
    for bank in banks:
        grid = _grid(bank, radius / 25)
        mass.append(float(_weight(grid[:, 0], grid[:, 1], radius).sum()))
    first = int(np.clip(round(count * mass[0] / sum(mass)), 3, count - 3))
    return [first, count - first]


def _grid(area: BaseGeometry, step: float) -> FloatArray:
    left, low, right, high = area.bounds
    x, y = np.meshgrid(np.arange(left, right, step), np.arange(low, high, step))
    points = np.column_stack([x.ravel(), y.ravel()])
    return np.asarray(points[shapely.contains_xy(area, points[:, 0], points[:, 1])])


def _split(area: BaseGeometry, count: int, radius: float, rng: np.random.Generator) -> list[BaseGeometry]:
    """Return so many parts of an area, the smaller the nearer they lie to the centre."""
    grid = _grid(area, max(math.sqrt(area.area / (count * 60.0)), 0.02))
    weight = _weight(grid[:, 0], grid[:, 1], radius)
    seeds = grid[rng.choice(len(grid), count, replace=False, p=weight / weight.sum())]
    for _ in range(_RELAXATIONS):
        owner = shapely.STRtree(shapely.points(seeds)).nearest(shapely.points(grid))
        mass = np.bincount(owner, weight, count)
        moved = np.column_stack([np.bincount(owner, weight * grid[:, axis], count) for axis in (0, 1)])
        seeds = np.where(mass[:, None] > 0, moved / np.maximum(mass, 1e-12)[:, None], seeds)
    cells = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=area.buffer(1.0), only_edges=True)
    # Twice fine: the grain of a border that no ruler drew, and few enough points to send.
    lines = [_wander(*pair, rng) for line in shapely.get_parts(cells) for pair in _pairs(line)]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([area.boundary, *lines])]))
    inside = shapely.contains(area, shapely.point_on_surface(faces))
    return _owned(list(faces[inside]), seeds)


def _pairs(line: LineString) -> list[tuple[FloatArray, FloatArray]]:
    points = np.asarray(line.coords)[:, :2]
    return list(itertools.pairwise(points))


def _wander(start: FloatArray, end: FloatArray, rng: np.random.Generator) -> LineString:
    run = end - start
    length = float(np.hypot(*run))
    count = int(np.clip(length / 0.3, 1, 8))
    steps = np.linspace(0.0, 1.0, count + 1)[1:-1]
    offset = np.sin(np.pi * steps) * rng.normal(0.0, 0.04 * min(length, 2.0)) + rng.normal(0.0, 0.012, steps.size)
    across = np.array([-run[1], run[0]]) / max(length, 1e-9)
    # The ends stay exactly where they were, or borders would not meet.
    return LineString([start, *(start + s * run + o * across for s, o in zip(steps, offset, strict=True)), end])


def _owned(faces: list[BaseGeometry], seeds: FloatArray) -> list[BaseGeometry]:
    """Return each seed's area; what a wandering border cut off goes to the nearest seed."""
    tree = shapely.STRtree(shapely.points(seeds))
    parts: list[list[BaseGeometry]] = [[] for _ in seeds]
    held = tree.query(np.array(faces, dtype=object), predicate="contains")
    owner = np.full(len(faces), -1)
    owner[held[0]] = held[1]
    loose = owner < 0
    if loose.any():
        owner[loose] = tree.nearest(shapely.point_on_surface(np.array(faces, dtype=object)[loose]))
    for face, place in zip(faces, owner, strict=True):
        parts[int(place)].append(face)
    return [shapely.union_all(part) for part in parts if part]


def _fitted(parts: list[BaseGeometry]) -> list[BaseGeometry]:
    """Return the areas with one set of border points for all, on the grid of the written degrees."""
    step = GRID * 100.0
    lines = shapely.union_all([part.boundary for part in parts], grid_size=step)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    spots = shapely.point_on_surface(faces)
    hits = shapely.STRtree(parts).query(spots, predicate="intersects")
    owned: dict[int, list[BaseGeometry]] = {}
    seen: set[int] = set()
    for face, place in zip(hits[0].tolist(), hits[1].tolist(), strict=True):
        if face not in seen:
            seen.add(face)
            owned.setdefault(place, []).append(faces[face])
    return [_largest(shapely.union_all(owned[place])) for place in sorted(owned)]


def _largest(area: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(area)
    return max(parts, key=lambda part: part.area) if len(parts) > 1 else area


def _inside(area: BaseGeometry) -> tuple[float, float]:
    centre = area.centroid if area.covers(area.centroid) else area.representative_point()
    return float(centre.x), float(centre.y)


def _turn(points: FloatArray) -> FloatArray:
    return np.column_stack(degrees(points[:, 0], points[:, 1]))


def _districts(at: FloatArray, bank_of: IntArray, count: int, rng: np.random.Generator) -> IntArray:
    """Group zones to districts, none of them on both banks."""
    total = int(np.clip(round(math.sqrt(count) * 0.9), 4, 24))
    found = np.zeros(len(at), dtype=np.int64)
    start = 0
    for bank in (0, 1):
        members = np.flatnonzero(bank_of == bank)
        many = int(np.clip(round(total * members.size / len(at)), 1, max(members.size // 2, 1)))
        _, label = kmeans2(at[members], many, minit="++", seed=rng, iter=30)
        _, label = np.unique(label, return_inverse=True)
        found[members] = start + label
        start += int(label.max()) + 1
    return found
