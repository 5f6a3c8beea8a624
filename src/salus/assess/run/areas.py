"""The zones of the moment as an index into arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.city import selectors as city
from salus.city.schemas import ZoneRow
from salus.epi.arrays import FloatArray
from salus.trust.schemas import Viewer

CITY, ZONE = "city", "zone"


@dataclass(frozen=True, slots=True)
class Area:
    """A zone of any level."""

    id: UUID
    number: int
    code: str
    level: str
    parent: int | None
    people: float | None


@dataclass(frozen=True)
class Areas:
    """All zones of the generation in force, in the order of their numbers."""

    rows: tuple[Area, ...]

    @cached_property
    def by_number(self) -> dict[int, int]:
        """Return each zone's place by its number in the store."""
        return {row.number: place for place, row in enumerate(self.rows)}

    @cached_property
    def levels(self) -> dict[str, list[int]]:
        """Return the places of the zones of each level."""
        found: dict[str, list[int]] = {}
        for place, row in enumerate(self.rows):
            found.setdefault(row.level, []).append(place)
        return found

    @cached_property
    def leaf_level(self) -> str:
        """Return the level of the smallest zones."""
        return leaf_level_of(self)

    @cached_property
    def upper_levels(self) -> tuple[str, ...]:
        """Return the levels above the smallest zones, the city first."""
        wide = [level for level in self.levels if level != self.leaf_level or level == CITY]
        return tuple(sorted(wide, key=self.depth))

    @cached_property
    def inside(self) -> dict[int, list[int]]:
        """Return the places of the smallest zones inside each wider one."""
        found: dict[int, list[int]] = {}
        for leaf in self.levels[self.leaf_level]:
            for above in self.ancestors(leaf):
                found.setdefault(above, []).append(leaf)
        return found

    @cached_property
    def people(self) -> FloatArray:
        """Return the population of every zone, NaN where it is not known or zero."""
        people = [row.people if row.people and row.people > 0 else np.nan for row in self.rows]
        return np.array(people, dtype=np.float64)

    def depth(self, level: str) -> int:
        """Return how many steps a level lies below the city."""
        return len(self.ancestors(self.levels[level][0]))

    def ancestors(self, place: int) -> list[int]:
        """Return the places of the zones around one, nearest first."""
        found: list[int] = []
        parent = self.rows[place].parent
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self.rows[parent].parent
        return found


def leaf_level_of(areas: Areas) -> str:
    """Return the level that the city calls zones, or else the deepest and finest one."""
    if ZONE in areas.levels:
        return ZONE
    return max(areas.levels, key=lambda level: (areas.depth(level), len(areas.levels[level])))


def areas_known(*, viewer: Viewer, known_at: datetime) -> Areas:
    """Return the city, its smallest zones and what lies between, as in force at a moment.

    Other divisions that stand beside the zones (neighbourhoods, school districts) are not
    assessed: their numbers would be the same people counted twice.
    """
    found = sorted(city.zone_list(viewer=viewer, known_at=known_at), key=lambda row: row.number)
    if not found:
        raise Invalid(
            _("There is no city yet, so nothing can be assessed."),
            remedy=_("Load a city first, for example with ./salus load."),
        )
    all_zones = _areas(found)
    kept = set(all_zones.levels[all_zones.leaf_level]) | set(all_zones.inside)
    areas = _areas([row for place, row in enumerate(found) if place in kept])
    return Areas(tuple(_with_people(areas, place) for place in range(len(areas.rows))))


def _areas(found: list[ZoneRow]) -> Areas:
    place = {row.id: index for index, row in enumerate(found)}
    return Areas(
        tuple(
            Area(
                row.id,
                row.number,
                row.code,
                row.level,
                place.get(row.parent_id) if row.parent_id else None,
                row.population,
            )
            for row in found
        )
    )


def _with_people(areas: Areas, place: int) -> Area:
    """Give a wider zone without a population of its own that of the zones inside it."""
    row = areas.rows[place]
    if row.people is not None or row.level == areas.leaf_level:
        return row
    inside = [areas.rows[leaf].people for leaf in areas.inside[place]]
    known = [people for people in inside if people is not None]
    return replace(row, people=float(sum(known)) if len(known) == len(inside) else None)
