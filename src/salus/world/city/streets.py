"""The street network: a local grid on each bank, main roads between neighbours, bridges over the river."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Delaunay, cKDTree

from salus.world.city.ground import FloatArray, Ground, IntArray, degrees

LOCAL, MAIN, BRIDGE = 0, 1, 2
CLASSES = ("residential", "primary", "bridge")
_LOCAL_STEP_KM = 0.22
_LOCAL_KMH, _MAIN_KMH = 28.0, 48.0
_MOST_NODES = 250_000


@dataclass(frozen=True, slots=True)
class Streets:
    """Crossings and the streets between them.

    Attributes
    ----------
    lon, lat : FloatArray, one a crossing
        Place in degrees.
    zone : IntArray, one a crossing
        Zone of each crossing.
    start, end, kind : IntArray, one a street
        Crossings at its ends and its class.
    km, minutes : FloatArray, one a street
        Length and driving time.

    """

    lon: FloatArray
    lat: FloatArray
    zone: IntArray
    start: IntArray
    end: IntArray
    kind: IntArray
    km: FloatArray
    minutes: FloatArray


def make_streets(ground: Ground, rng: np.random.Generator) -> Streets:
    """Lay the streets; every crossing can be reached from every other."""
    step = max(_LOCAL_STEP_KM, math.sqrt(ground.area_km2.sum() / _MOST_NODES))
    local, cell = _local(ground, step, rng)
    points = np.vstack([ground.at, local])
    zone = np.concatenate([np.arange(len(ground.zones)), cell[0]])
    pairs = [_grid_pairs(cell[1], len(ground.zones))]
    kinds = [np.full(len(pairs[0]), LOCAL)]
    joints = _joints(points, len(ground.zones))
    pairs.append(joints)
    kinds.append(np.full(len(joints), LOCAL))
    main = _main_pairs(ground)
    pairs.append(main)
    kinds.append(np.full(len(main), MAIN))
    edges, kind = np.vstack(pairs), np.concatenate(kinds)
    wet = _over_water(points, edges, ground)
    keep = ~(wet & (kind == LOCAL))
    kind = np.where(wet & (kind == MAIN), BRIDGE, kind)
    return _connected(points, zone, edges[keep], kind[keep])


def _local(ground: Ground, step: float, rng: np.random.Generator) -> tuple[FloatArray, tuple[IntArray, IntArray]]:
    """Return crossings of a grid on land, with the zone and the cell of each."""
    reach = 1.6 * ground.radius
    axis = np.arange(-reach, reach, step)
    column, row = (part.ravel() for part in np.meshgrid(np.arange(axis.size), np.arange(axis.size)))
    xy = np.column_stack([axis[column], axis[row]]) + rng.normal(0.0, 0.06 * step, (column.size, 2))
    tree = shapely.STRtree(list(ground.zones))
    hit = tree.query(shapely.points(*degrees(xy[:, 0], xy[:, 1])), predicate="within")
    where = np.full(len(xy), -1)
    where[hit[0]] = hit[1]
    on = where >= 0
    return xy[on], (where[on], np.column_stack([column[on], row[on]]))


def _grid_pairs(cell: IntArray, first: int) -> IntArray:
    """Return the pairs of neighbouring crossings of the grid."""
    width = int(cell.max()) + 2 if len(cell) else 1
    place = np.full(width * width, -1)
    key = cell[:, 1] * width + cell[:, 0]
    place[key] = np.arange(len(cell)) + first
    found = []
    for right in (1, width):
        other = place[np.minimum(key + right, width * width - 1)]
        found.append(np.column_stack([place[key], other])[other >= 0])
    return np.vstack(found)


def _joints(points: FloatArray, zones: int) -> IntArray:
    """Join each zone's middle to its nearest local crossing."""
    if len(points) == zones:
        return np.zeros((0, 2), dtype=np.int64)
    near = cKDTree(points[zones:]).query(points[:zones])[1]
    return np.column_stack([np.arange(zones), near + zones])


def _main_pairs(ground: Ground) -> IntArray:
    """Return the pairs of neighbouring zones that a main road joins."""
    triangles = Delaunay(ground.at).simplices
    pairs = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]), axis=1)
    pairs = np.unique(pairs, axis=0)
    away = np.hypot(*(ground.at[pairs[:, 0]] - ground.at[pairs[:, 1]]).T)
    reach = 2.6 * np.sqrt(ground.area_km2[pairs].max(axis=1))
    return pairs[away < reach]


def _over_water(points: FloatArray, edges: IntArray, ground: Ground) -> np.ndarray:
    lon, lat = degrees(points[:, 0], points[:, 1])
    ends = np.stack([np.column_stack([lon, lat])[edges[:, 0]], np.column_stack([lon, lat])[edges[:, 1]]], axis=1)
    shapely.prepare(ground.river)
    return np.asarray(shapely.intersects(shapely.linestrings(ends), ground.river))


def _connected(points: FloatArray, zone: IntArray, edges: IntArray, kind: IntArray) -> Streets:
    """Keep the part of the network that hangs together."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = len(points)
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(size, size))
    label = connected_components(graph, directed=False)[1]
    whole = label == np.bincount(label).argmax()
    number = np.cumsum(whole) - 1
    keep = whole[edges[:, 0]] & whole[edges[:, 1]]
    edges, kind = edges[keep], kind[keep]
    km = np.hypot(*(points[edges[:, 0]] - points[edges[:, 1]]).T)
    lon, lat = degrees(points[whole, 0], points[whole, 1])
    minutes = 60.0 * km / np.where(kind == LOCAL, _LOCAL_KMH, _MAIN_KMH)
    return Streets(lon, lat, zone[whole], number[edges[:, 0]], number[edges[:, 1]], kind, km, minutes)
