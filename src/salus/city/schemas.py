"""What crosses the edge of city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from salus.base.texts import LocalText

Point = tuple[float, float]
Ring = list[Point]

# The one root, and its number in the observation store.
CITY_LEVEL = "city"
CITY_NUMBER = 1
ZONE_LEVEL = "zone"


@dataclass(frozen=True, slots=True)
class CityRow:
    """The city."""

    id: UUID
    slug: str
    name: LocalText
    time_zone: str
    languages: tuple[str, ...]
    help_phone: str
    centre: Point
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A zone as it stood at a moment; `path` is itself first, then the zones around it."""

    id: UUID
    number: int
    code: str
    name: LocalText
    level: str
    parent_id: UUID | None
    path: tuple[UUID, ...]
    population: float | None
    centroid: Point
    generation_id: UUID
    aliases: tuple[str, ...] = ()
    area_km2: float = 0.0
    parent_number: int | None = None


@dataclass(frozen=True, slots=True)
class ZoneFeature:
    """A zone's outline for a map: rings in longitude and latitude, outer and inner alike."""

    id: UUID
    number: int
    code: str
    name: LocalText
    level: str
    rings: list[Ring]
    label_point: Point


@dataclass(frozen=True, slots=True)
class GenerationRow:
    """One state of the boundaries."""

    id: UUID
    name: str
    valid_from: date
    zone_count: int
    repairs: tuple[Repair, ...]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Repair:
    """What was mended in a zone's geometry on the way in."""

    code: str
    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with a zone, and where."""

    code: str
    kind: str
    what: str
    where: Point | None = None


@dataclass(frozen=True, slots=True)
class ZoneDraft:
    """A zone as it comes in; without a geometry it is the union of the zones inside it."""

    code: str
    name: LocalText | str
    level: str
    parent_code: str | None = None
    geometry: Mapping[str, Any] | None = None
    aliases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PopulationDraft:
    """How many people live in a zone; without ages it speaks of all of them."""

    zone_code: str
    persons: float
    segment: str = "all"
    age_from: int | None = None
    age_to: int | None = None


@dataclass(frozen=True, slots=True)
class PopulationImported:
    """What an import of populations brought."""

    id: UUID
    written: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class AgeBand:
    """People of an age and a segment in one zone; `age_to` is included, None is open."""

    number: int
    segment: str
    age_from: int | None
    age_to: int | None
    persons: float


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """The share of an older zone's area that lies in a newer zone."""

    from_number: int
    to_number: int
    share: float


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One step in the history of a facility."""

    at: datetime
    status: str
    note: str
    capacity: int | None
    by: UUID


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """A space inside a facility."""

    id: UUID
    facility_id: UUID
    code: str
    name: LocalText
    kind: str
    capacity: int
    in_use: int | None
    status: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A facility; `spaces` and `history` only where one facility was asked for."""

    id: UUID
    code: str
    name: LocalText
    kind: str
    organisation_id: UUID | None
    zone_id: UUID
    location: Point
    status: str
    status_note: str
    capacity: int | None
    recorded_at: datetime
    spaces: tuple[SpaceRow, ...] = ()
    history: tuple[StatusChange, ...] = ()


@dataclass(frozen=True, slots=True)
class TerritoryRow:
    """The zones for which an organisation is responsible."""

    id: UUID
    organisation_id: UUID
    kind: str
    zone_ids: tuple[UUID, ...]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ZoneHit:
    """A zone found by a search, with the word that was matched."""

    zone: ZoneRow
    matched: str
    exact: bool = field(default=False)


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as it comes in: the zones of its stops in their order along it, a zone once."""

    code: str
    name: LocalText
    mode: str
    zone_ids: Sequence[UUID]
    stops: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of public transport as it was known at a moment."""

    id: UUID
    code: str
    name: LocalText
    mode: str
    zone_ids: tuple[UUID, ...]
    stops: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class LinesImported:
    """What an import of lines brought."""

    id: UUID
    written: int
    unchanged: int
