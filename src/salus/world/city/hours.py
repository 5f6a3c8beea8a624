"""Where people are by block of hours: at home, at work, at school, or about town."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.world.city.daily import NOWHERE, Days, gravity
from salus.world.city.ground import FloatArray, Ground, IntArray
from salus.world.city.people import People
from salus.world.city.places import Place

# People who go about town stay nearer than those who go to work.
_ABOUT_TOWN = 0.25


@dataclass(frozen=True, slots=True)
class Block:
    """Hours of a day in which people are much in the same places; a night goes past midnight.

    Attributes
    ----------
    name : str
    first, last : int
        Hours from which and up to which it goes.
    work, school, town : float
        Share of those who work away from home, who learn, and of all others, who are there then.
    meetings : float
        Share of a day's meetings outside home, work and school that fall in it.

    """

    name: str
    first: int
    last: int
    work: float
    school: float
    town: float
    meetings: float

    def holds(self, hour: int) -> bool:
        """Tell whether an hour of the day lies in the block."""
        return self.first <= hour < self.last or (self.first > self.last and not self.last <= hour < self.first)


BLOCKS = (
    Block("night", 22, 6, 0.05, 0.0, 0.02, 0.05),
    Block("morning", 6, 9, 0.45, 0.45, 0.05, 0.12),
    Block("day", 9, 16, 0.92, 0.85, 0.18, 0.33),
    Block("afternoon", 16, 19, 0.35, 0.10, 0.25, 0.30),
    Block("evening", 19, 22, 0.08, 0.0, 0.22, 0.20),
)


def presence(ground: Ground, people: People, places: list[Place], days: Days) -> FloatArray:
    """Return the share of each zone's residents (row) who are in each zone (column), shape (blocks, Z, Z)."""
    zones = len(ground.zones)
    works = (days.workplace != NOWHERE) & (days.from_home == 0)
    learns = days.school != NOWHERE
    at_work = _ways(people.zone[works], days.work_zone[days.workplace[works]], zones)
    seat = np.array([place.zone for place in places])
    at_school = _ways(people.zone[learns], seat[days.school[learns]], zones)
    residents = np.bincount(people.zone, minlength=zones).astype(np.float64)
    about = gravity(ground, _ABOUT_TOWN)
    found = np.stack([_present(block, at_work, at_school, residents, about) for block in BLOCKS])
    # A zone without residents sends nobody anywhere.
    found[:, residents == 0] = np.eye(zones)[residents == 0]
    return found


def _ways(home: IntArray, goes: IntArray, zones: int) -> FloatArray:
    return np.bincount(home * zones + goes, minlength=zones * zones).reshape(zones, zones).astype(np.float64)


def _present(
    block: Block, at_work: FloatArray, at_school: FloatArray, residents: FloatArray, about: FloatArray
) -> FloatArray:
    away = block.work * at_work + block.school * at_school
    free = residents - away.sum(axis=1)
    there = away + (block.town * free)[:, None] * about
    there += np.diag(residents - there.sum(axis=1))
    return np.asarray(there / np.maximum(residents, 1.0)[:, None])
