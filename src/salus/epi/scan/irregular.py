"""Windows of any shape: connected sets of neighbouring zones."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, IntArray, as_floats, require
from salus.epi.errors import EmptyInputError, ShapeMismatchError
from salus.epi.scan.windows import SpatialWindows, check_population, distances

_MOST_STEPS = 5_000_000


def connected_windows(
    adjacency: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    size: int = 8,
    coordinates: npt.ArrayLike | None = None,
    geographic: bool = True,
    max_share: float = 0.5,
) -> SpatialWindows:
    """Return all connected sets of zones among the nearest neighbours of each zone.

    Parameters
    ----------
    adjacency : array_like of bool, shape (S, S)
        Whether two zones touch; symmetric, the diagonal is ignored.
    population : array_like, shape (S,)
        Population at risk by zone, 0 or more.
    size : int
        Neighbourhood of a zone: the zone and its ``size - 1`` nearest. The number of sets
        grows about threefold for every two more; 8 to 12 suits a city.
    coordinates : array_like, shape (S, 2), optional
        Places that say which zones are nearest. Default: fewest borders to cross.
    geographic : bool
        Whether the coordinates are latitude and longitude.
    max_share : float
        Largest share of the population in a window.

    Returns
    -------
    SpatialWindows
        Every set contains the zone about which it lies, and is connected.

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, InvalidParameterError

    References
    ----------
    Tango, Takahashi (2005), A flexibly shaped spatial scan statistic for detecting clusters.
    https://doi.org/10.1186/1476-072X-4-11

    """
    touching = np.asarray(adjacency)
    if touching.size == 0:
        raise EmptyInputError("adjacency is empty: pass one row and one column for each zone.")
    if touching.ndim != 2 or touching.shape[0] != touching.shape[1]:
        raise ShapeMismatchError("adjacency must be square: one row and one column for each zone.")
    touching = touching.astype(bool)
    require(bool((touching == touching.T).all()), "adjacency must be symmetric: neighbours touch each other.")
    require(1 <= size <= 30, "size lies between 1 and 30; 8 to 12 suits a city.")
    people = check_population(population, touching.shape[0], max_share)
    places = None if coordinates is None else as_floats(coordinates, "coordinates")
    if places is not None and places.shape != (touching.shape[0], 2):
        raise ShapeMismatchError("coordinates must have shape (zones, 2).")
    return _collect(touching, people, _near(touching, size, places, geographic), max_share)


def _near(touching: npt.NDArray[np.bool_], size: int, places: FloatArray | None, geographic: bool) -> list[IntArray]:
    """Return for each zone itself and its nearest others, nearest first."""
    zones = touching.shape[0]
    near = []
    for centre in range(zones):
        far = _borders(touching, centre) if places is None else distances(places, centre, geographic)
        order = np.argsort(far, kind="stable")
        order = np.concatenate([[centre], order[order != centre]])[:size]
        near.append(order[np.isfinite(far[order])])
    return near


def _borders(touching: npt.NDArray[np.bool_], centre: int) -> FloatArray:
    """Return how many borders lie between a zone and every other; infinite if none leads there."""
    far = np.full(touching.shape[0], math.inf)
    front = np.zeros(touching.shape[0], dtype=bool)
    front[centre] = True
    step = 0
    while front.any():
        far[front] = step
        step += 1
        front = touching[front].any(axis=0) & np.isinf(far)
    return far


def _collect(
    touching: npt.NDArray[np.bool_], people: FloatArray, near: list[IntArray], max_share: float
) -> SpatialWindows:
    limit = max_share * people.sum() * (1 + 1e-12)
    keys = np.random.default_rng(people.size).integers(1, 2**63, people.size, dtype=np.uint64)
    zone: list[int] = []
    depth: list[int] = []
    centres: list[int] = []
    for centre, order in enumerate(near):
        links = [int(sum(1 << j for j in np.flatnonzero(touching[z, order]))) for z in order]
        weights = [float(w) for w in people[order]]
        for local, level in _subsets(links, weights, limit):
            zone.append(int(order[local]))
            depth.append(level)
        centres += [centre] * (len(zone) - len(centres))
        require(len(zone) <= _MOST_STEPS, "there are too many connected sets: lower size.")
    require(len(zone) > 0, "no window is small enough: raise max_share.")
    source = np.array(depth, dtype=np.int32)
    return SpatialWindows(
        zone=np.array(zone, dtype=np.int32),
        source=source,
        target=source + np.int32(1),
        keep=np.ones(len(zone), dtype=bool),
        fresh=_first_seen(zone, depth, keys),
        kind=np.zeros(len(zone), dtype=np.int32),
        centre=np.array(centres, dtype=np.int32),
        radius=np.full(len(zone), math.nan),
        shapes=((1.0, 0.0, 1.0),),
        zones=people.size,
    )


def _subsets(links: list[int], weights: list[float], limit: float) -> Iterator[tuple[int, int]]:
    """Yield every connected set with zone 0 once, as a zone added to the set at a depth."""
    if weights[0] > limit:
        return
    # Each entry: depth, zones still to try, zones never to try again, weight of the set.
    stack = [(0, links[0] & ~1, 1, weights[0])]
    yield 0, 0
    while stack:
        depth, candidates, barred, weight = stack.pop()
        if not candidates:
            continue
        bit = candidates & -candidates
        local = bit.bit_length() - 1
        candidates ^= bit
        barred |= bit
        stack.append((depth, candidates, barred, weight))
        total = weight + weights[local]
        if total <= limit:
            yield local, depth + 1
            stack.append((depth + 1, candidates | (links[local] & ~barred), barred, total))


def _first_seen(zone: list[int], depth: list[int], keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Say of each set whether no earlier one holds the same zones."""
    sums = [0] * (max(depth) + 2)
    seen: set[int] = set()
    fresh = np.zeros(len(zone), dtype=bool)
    numbers = [int(key) for key in keys]
    for i, (z, d) in enumerate(zip(zone, depth, strict=True)):
        sums[d + 1] = (sums[d] + numbers[z]) & 0xFFFFFFFFFFFFFFFF
        fresh[i] = sums[d + 1] not in seen
        seen.add(sums[d + 1])
    return fresh
