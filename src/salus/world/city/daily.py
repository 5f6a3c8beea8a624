"""Where people spend their days: workplaces by a gravity of distance and jobs, schools by the way there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from salus.world.city.ground import FloatArray, Ground, IntArray
from salus.world.city.people import People
from salus.world.city.places import Place

SECTORS = (
    "health", "education", "care", "retail", "transport", "manufacturing", "office", "hospitality", "construction",
    "public",
)  # fmt: skip
_SECTOR_SHARE = np.array([0.08, 0.08, 0.04, 0.15, 0.07, 0.12, 0.26, 0.07, 0.06, 0.07])
# Who can do the work from home.
FROM_HOME = np.array([0.1, 0.25, 0.0, 0.08, 0.05, 0.08, 0.75, 0.03, 0.03, 0.55])
_MEAN_WORKPLACE = 14.0
_SCHOOLS = (("kindergarten", 3, 5), ("primary_school", 6, 11), ("secondary_school", 12, 17), ("university", 18, 24))
_GOES_TO_UNIVERSITY = 0.33
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Days:
    """Where each person works or learns; -1 where they do neither.

    Attributes
    ----------
    workplace, school : IntArray, one a person
        Position of the workplace, or of the school in the list of facilities.
    from_home : IntArray, one a person
        1 where the work can be done from home.
    work_zone, sector, size : IntArray, one a workplace
        Zone, sector and people of each workplace.

    """

    workplace: IntArray
    school: IntArray
    from_home: IntArray
    work_zone: IntArray
    sector: IntArray
    size: IntArray


def make_days(ground: Ground, people: People, places: list[Place], rng: np.random.Generator) -> Days:
    """Send everybody to work or to school who goes there."""
    school = _schools(ground, people, places, rng)
    rate = np.select(
        [people.age < 18, people.age < 25, people.age < 62, people.age < 68], [0.0, 0.55, 0.82, 0.35], 0.03
    )
    rate = rate * np.where(people.disability > 0, 0.6, 1.0) * np.where(people.decile <= 2, 0.8, 1.0)
    working = np.flatnonzero((school == NOWHERE) & (rng.random(people.count) < rate))
    into = _work_zones(ground, people.zone[working], rng)
    workplace = np.full(people.count, NOWHERE)
    workplace[working], work_zone, size = _workplaces(into, rng)
    sector = rng.choice(len(SECTORS), work_zone.size, p=_SECTOR_SHARE / _SECTOR_SHARE.sum())
    from_home = np.zeros(people.count, dtype=np.int64)
    able = FROM_HOME[sector[workplace[working]]] * np.where(people.decile[working] <= 3, 0.5, 1.1)
    from_home[working] = rng.random(working.size) < able
    return Days(workplace, school, from_home, work_zone, sector, size)


def travel_matrix(ground: Ground) -> FloatArray:
    """Return the share of each zone's workers who work in each zone, shape (zones, zones)."""
    return gravity(ground, 0.45)


def gravity(ground: Ground, reach: float) -> FloatArray:
    """Return where people of each zone go if jobs and shops draw them and the way there holds them back.

    Parameters
    ----------
    ground : Ground
        The land, with the middle of each zone.
    reach : float
        Way on which the wish to go falls to 1/e, in radii of the city.

    Returns
    -------
    FloatArray, shape (Z, Z)
        Shares; rows sum to 1.

    """
    away = np.hypot(*(ground.at[:, None, :] - ground.at[None, :, :]).transpose(2, 0, 1))
    far = np.hypot(ground.at[:, 0], ground.at[:, 1]) / ground.radius
    jobs = np.sqrt(ground.area_km2) * np.exp(-2.6 * far) + 0.02
    pull = jobs[None, :] * np.exp(-away / (reach * ground.radius))
    return np.asarray(pull / pull.sum(axis=1, keepdims=True))


def _work_zones(ground: Ground, home: IntArray, rng: np.random.Generator) -> IntArray:
    share = travel_matrix(ground)
    found = np.empty(home.size, dtype=np.int64)
    order = np.argsort(home, kind="stable")
    counts = np.bincount(home, minlength=len(ground.zones))
    end = np.cumsum(counts)
    for zone in np.flatnonzero(counts):
        rows = order[end[zone] - counts[zone] : end[zone]]
        found[rows] = rng.choice(share.shape[1], rows.size, p=share[zone])
    return found


def _workplaces(into: IntArray, rng: np.random.Generator) -> tuple[IntArray, IntArray, IntArray]:
    """Return each worker's workplace, and the zone and size of each; sizes are skewed as real ones are."""
    order = rng.permutation(into.size)
    order = order[np.argsort(into[order], kind="stable")]
    sorted_zone = into[order]
    size = np.maximum(rng.lognormal(np.log(_MEAN_WORKPLACE) - 0.72, 1.2, int(into.size / 6) + 1), 1.0).astype(np.int64)
    edges = np.cumsum(size)
    label = np.searchsorted(edges, np.arange(into.size), side="right")
    # A workplace stands in one zone: where the list of workers comes to the next zone a new one begins.
    cut = (label[1:] != label[:-1]) | (sorted_zone[1:] != sorted_zone[:-1])
    number = np.concatenate([[0], np.cumsum(cut)]) if into.size else np.zeros(0, dtype=np.int64)
    place = np.empty(into.size, dtype=np.int64)
    place[order] = number
    first = np.concatenate([[0], np.flatnonzero(cut) + 1]) if into.size else np.zeros(0, dtype=np.int64)
    return place, sorted_zone[first], np.bincount(number)


def _schools(ground: Ground, people: People, places: list[Place], rng: np.random.Generator) -> IntArray:
    """Send children to one of the two nearest schools of their age, young adults to a university."""
    found = np.full(people.count, NOWHERE)
    for kind, low, high in _SCHOOLS:
        rows = np.array([n for n, place in enumerate(places) if place.kind == kind])
        if not rows.size:
            continue
        goes = (people.age >= low) & (people.age <= high)
        if kind == "university":
            goes &= rng.random(people.count) < _GOES_TO_UNIVERSITY * (0.55 + 0.09 * people.decile)
        tree = cKDTree(ground.at[[places[n].zone for n in rows]])
        near = tree.query(ground.at, k=min(2, rows.size))[1].reshape(len(ground.zones), -1)
        pupils = np.flatnonzero(goes)
        choice = (rng.random(pupils.size) < 0.25).astype(np.int64) % near.shape[1]
        found[pupils] = rows[near[people.zone[pupils], choice]]
    return found
