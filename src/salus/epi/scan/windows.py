"""Where a cluster may be: circles and ellipses about every zone.

Windows are kept as steps that add one zone to a set already summed, so that a scan of many
nested circles costs one addition each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, IntArray, as_floats, require
from salus.epi.errors import EmptyInputError, MissingInputError, NegativeInputError, ShapeMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EARTH_RADIUS = 6367.0
"""Kilometres; the value that SaTScan uses, so that radii agree."""

_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class SpatialWindows:
    """Sets of zones to scan, as steps; made by the functions of this package.

    Attributes
    ----------
    zone, source, target : ndarray of int, shape (W,)
        Step `w` adds `zone[w]` to the set in slot `source[w]` and keeps it in slot `target[w]`.
    keep, fresh : ndarray of bool, shape (W,)
        Whether the set is a window, and whether it is the first window with these zones.
    kind, centre : ndarray of int, shape (W,)
        Shape class, and the zone about which the window lies.
    radius : ndarray of float, shape (W,)
        Kilometres for latitude and longitude, else in the unit of the coordinates; the minor
        half-axis of an ellipse; NaN for irregular windows.
    shapes : tuple of (elongation, angle, weight)
        By shape class: ratio of axes, angle of the long axis from east in radians, and the
        factor on the statistic.
    zones : int
        Number of zones.

    """

    zone: npt.NDArray[np.int32]
    source: npt.NDArray[np.int32]
    target: npt.NDArray[np.int32]
    keep: BoolArray
    fresh: BoolArray
    kind: npt.NDArray[np.int32]
    centre: npt.NDArray[np.int32]
    radius: FloatArray
    shapes: tuple[tuple[float, float, float], ...]
    zones: int

    def members(self, step: int) -> IntArray:
        """Return the zones of the window at a step, in the order in which they were added."""
        first = max(0, step - self.zones)
        starts = np.flatnonzero(self.source[first : step + 1] == 0)
        if starts.size and int(self.target[first + starts[-1] : step + 1].max()) == 1:
            return self.zone[first + starts[-1] : step + 1].astype(np.int64)
        found = [int(self.zone[step])]
        slot = int(self.source[step])
        while slot:
            step -= 1
            if self.target[step] == slot:
                found.append(int(self.zone[step]))
                slot = int(self.source[step])
        return np.array(found[::-1], dtype=np.int64)


def circular_windows(
    coordinates: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    max_share: float = 0.5,
    max_radius: float = math.inf,
    geographic: bool = True,
) -> SpatialWindows:
    """Return all circles about each zone up to a share of the population at risk.

    Parameters
    ----------
    coordinates : array_like, shape (S, 2)
        Latitude and longitude in degrees, or plane coordinates if not `geographic`.
    population : array_like, shape (S,)
        Population at risk by zone, 0 or more. SaTScan takes the expected counts
        (``expected.sum(axis=0)``), or for the permutation model the cases.
    max_share : float
        Largest share of the population in a window, above 0 and at most 1.
    max_radius : float
        Largest radius, in kilometres if `geographic`.
    geographic : bool
        Whether the coordinates are degrees on the globe.

    Returns
    -------
    SpatialWindows

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, InvalidParameterError

    Notes
    -----
    Zones at the same distance enter a circle together.

    References
    ----------
    Kulldorff (1997), A spatial scan statistic. https://doi.org/10.1080/03610929708831995

    """
    places, people = _check(coordinates, population, geographic, max_share)
    orders = ((centre, 0, distances(places, centre, geographic)) for centre in range(len(places)))
    return nested(orders, people, max_share, max_radius, ((1.0, 0.0, 1.0),))


def elliptic_windows(
    coordinates: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    max_share: float = 0.5,
    max_radius: float = math.inf,
    geographic: bool = True,
    elongations: Sequence[float] = (1.5, 2.0, 3.0, 4.0, 5.0),
    angles: Sequence[int] = (4, 6, 9, 12, 15),
    penalty: float = 0.5,
) -> SpatialWindows:
    """Return circles and ellipses of several elongations and angles about each zone.

    Parameters
    ----------
    coordinates, population, max_share, geographic
        As in `circular_windows`. Degrees are projected to a plane about their mean, which
        is good for a city or a region.
    max_radius : float
        Largest minor half-axis.
    elongations : sequence of float
        Ratios of the axes, above 1.
    angles : sequence of int
        Number of angles for each elongation, evenly over half a turn.
    penalty : float
        Strength of the penalty on long ellipses: 0 none, 0.5 medium, 1 strong.

    Returns
    -------
    SpatialWindows

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, InvalidParameterError

    Notes
    -----
    The statistic of an ellipse of elongation s is multiplied by ``(4 s / (s + 1)^2) ^ penalty``.

    References
    ----------
    Kulldorff, Huang, Pickle, Duczmal (2006), An elliptic spatial scan statistic.
    https://doi.org/10.1002/sim.2490

    """
    places, people = _check(coordinates, population, geographic, max_share)
    require(len(elongations) == len(angles), "give one number of angles for each elongation.")
    require(
        all(s > 1 for s in elongations) and all(n > 0 for n in angles), "elongations exceed 1, angles are positive."
    )
    require(penalty >= 0, "penalty is 0 (none), 0.5 (medium) or 1 (strong).")
    plane = project(places) if geographic else places
    shapes = [(1.0, 0.0, 1.0)]
    for s, n in zip(elongations, angles, strict=True):
        weight = (4 * s / (s + 1) ** 2) ** penalty
        shapes += [(float(s), math.pi * k / n, weight) for k in range(n)]
    return nested(_ellipses(plane, shapes), people, max_share, max_radius, tuple(shapes))


def project(places: FloatArray) -> FloatArray:
    """Return kilometres east and north of the mean place."""
    middle = np.radians(places.mean(axis=0))
    radians = np.radians(places)
    east = (radians[:, 1] - middle[1]) * math.cos(middle[0])
    return EARTH_RADIUS * np.column_stack([east, radians[:, 0] - middle[0]])


def distances(places: FloatArray, centre: int, geographic: bool) -> FloatArray:
    """Return distances of all places from one: kilometres on the globe, or in the plane."""
    if not geographic:
        return np.asarray(np.hypot(*(places - places[centre]).T))
    lat, lon = np.radians(places).T
    half = np.sin((lat - lat[centre]) / 2) ** 2
    half += np.cos(lat) * np.cos(lat[centre]) * np.sin((lon - lon[centre]) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(half, 1))))


def _ellipses(plane: FloatArray, shapes: list[tuple[float, float, float]]) -> Iterator[tuple[int, int, FloatArray]]:
    for centre in range(len(plane)):
        east, north = (plane - plane[centre]).T
        for kind, (stretch, angle, _) in enumerate(shapes):
            along = east * math.cos(angle) + north * math.sin(angle)
            across = north * math.cos(angle) - east * math.sin(angle)
            yield centre, kind, np.hypot(along / stretch, across)


def nested(
    orders: Iterator[tuple[int, int, FloatArray]],
    people: FloatArray,
    max_share: float,
    max_radius: float,
    shapes: tuple[tuple[float, float, float], ...],
) -> SpatialWindows:
    """Turn distances about each centre into steps, nearest zones first."""
    keys = np.random.default_rng(people.size).integers(1, 2**63, people.size, dtype=np.uint64)
    limit = max_share * people.sum() * (1 + 1e-12)
    seen: dict[int, float] = {}
    parts: list[tuple[IntArray, BoolArray, BoolArray, FloatArray, int, int]] = []
    for centre, kind, distance in orders:
        order = np.argsort(distance, kind="stable")
        radius = distance[order]
        inside = (np.cumsum(people[order]) <= limit) & (radius <= max_radius)
        reach = int(np.argmin(inside)) if not inside.all() else inside.size
        # A circle that cannot hold all zones at its own radius is no circle.
        while 0 < reach < radius.size and radius[reach] - radius[reach - 1] <= _TIE * (1 + radius[reach]):
            reach -= 1
        order, radius = order[:reach], radius[:reach]
        last = np.append(np.diff(radius) > _TIE * (1 + radius[1:]), True)[:reach]
        marks = np.cumsum(keys[order])
        fresh = last.copy()
        weight = shapes[kind][2]
        for i in np.flatnonzero(last):
            mark = int(marks[i])
            fresh[i] = seen.get(mark, 0.0) < weight
            seen[mark] = max(weight, seen.get(mark, 0.0))
        parts.append((order, last, fresh, radius, centre, kind))
    return _join(parts, people.size, shapes)


def _join(
    parts: list[tuple[IntArray, BoolArray, BoolArray, FloatArray, int, int]],
    zones: int,
    shapes: tuple[tuple[float, float, float], ...],
) -> SpatialWindows:
    lengths = np.array([part[0].size for part in parts])
    require(int(lengths.sum()) > 0, "no window is small enough: raise max_share or max_radius.")
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])[lengths > 0]
    source = np.ones(int(lengths.sum()), dtype=np.int32)
    source[first] = 0
    return SpatialWindows(
        zone=np.concatenate([part[0] for part in parts]).astype(np.int32),
        source=source,
        target=np.ones(source.size, dtype=np.int32),
        keep=np.concatenate([part[1] for part in parts]),
        fresh=np.concatenate([part[2] for part in parts]),
        kind=np.repeat([part[5] for part in parts], lengths).astype(np.int32),
        centre=np.repeat([part[4] for part in parts], lengths).astype(np.int32),
        radius=np.concatenate([part[3] for part in parts]),
        shapes=shapes,
        zones=zones,
    )


def _check(
    coordinates: npt.ArrayLike, population: npt.ArrayLike, geographic: bool, max_share: float
) -> tuple[FloatArray, FloatArray]:
    places = as_floats(coordinates, "coordinates")
    if places.size == 0:
        raise EmptyInputError("coordinates is empty: pass one row for each zone.")
    if places.ndim != 2 or places.shape[1] != 2:
        raise ShapeMismatchError("coordinates must have shape (zones, 2): latitude and longitude, or x and y.")
    if not np.isfinite(places).all():
        raise MissingInputError("coordinates holds NaN or infinity: every zone needs a place.")
    if geographic:
        inside = (np.abs(places[:, 0]) <= 90) & (np.abs(places[:, 1]) <= 360)
        require(bool(inside.all()), "coordinates are not latitude and longitude: pass geographic=False for a plane.")
    return places, check_population(population, len(places), max_share)


def check_population(population: npt.ArrayLike, zones: int, max_share: float) -> FloatArray:
    """Return the population at risk as an array, or raise a named error."""
    people = as_floats(population, "population")
    if people.shape != (zones,):
        raise ShapeMismatchError(f"population has shape {people.shape}: pass one number for each of {zones} zones.")
    if not np.isfinite(people).all():
        raise MissingInputError("population holds NaN or infinity: every zone needs a number.")
    if bool((people < 0).any()):
        raise NegativeInputError("population is negative somewhere: pass people, or expected counts.")
    require(people.sum() > 0, "population is zero in every zone: nobody is at risk.")
    require(0 < max_share <= 1, "max_share is a share above 0 and at most 1, for example 0.5.")
    return people
