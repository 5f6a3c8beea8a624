"""What a reader yields: pieces of a city, and facts with both their times.

A chunk says everything in codes (zone, series and stratum codes), so that a reader knows neither
the database nor the numbers that the store gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from salus.base.texts import LocalText
from salus.gather.cases.schemas import CasesChunk
from salus.gather.schemas import Defect

OBSERVED, MISSING, SUPPRESSED, WITHDRAWN = 0, 1, 2, 3

# What every frame of facts has, in this order; `value` is null unless the status is OBSERVED.
FACTS: dict[str, pl.DataType] = {
    "series": pl.String(),
    "zone": pl.String(),
    "stratum": pl.String(),
    "valid_on": pl.Date(),
    "known_at": pl.Datetime("us", "UTC"),
    "value": pl.Float64(),
    "status": pl.Int8(),
}
KEY = ["series", "zone", "stratum", "valid_on"]


@dataclass(frozen=True, slots=True)
class CityChunk:
    """The city itself."""

    slug: str
    name: LocalText
    time_zone: str
    languages: tuple[str, ...]
    help_phone: str
    centre: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ZoneSpec:
    """One zone of a generation; the parent is a code of the same generation."""

    code: str
    name: LocalText
    level: str
    parent_code: str | None
    geometry: Mapping[str, Any]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ZonesChunk:
    """A generation of boundaries, parents before children."""

    name: str
    valid_from: date
    zones: tuple[ZoneSpec, ...]
    repair: bool = False


@dataclass(frozen=True, slots=True)
class PopulationSpec:
    """People of a zone in an age band or a segment; both empty means everybody."""

    zone: str
    people: float
    age_from: int | None = None
    age_to: int | None = None
    segment: str = ""


@dataclass(frozen=True, slots=True)
class PopulationChunk:
    """How many people live where."""

    reference: str
    valid_on: date
    rows: tuple[PopulationSpec, ...]


@dataclass(frozen=True, slots=True)
class OrganisationSpec:
    """An organisation and the zones that it answers for."""

    code: str
    name: LocalText
    kind: str
    parent_code: str | None = None
    territory: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrganisationsChunk:
    """Organisations and their territories, parents before children."""

    rows: tuple[OrganisationSpec, ...]


@dataclass(frozen=True, slots=True)
class SpaceSpec:
    """A kind of place inside a facility and how many there are."""

    kind: str
    capacity: int


@dataclass(frozen=True, slots=True)
class FacilitySpec:
    """A hospital, clinic, pharmacy, school or the like."""

    code: str
    name: LocalText
    kind: str
    zone: str
    lon: float
    lat: float
    organisation: str | None = None
    spaces: tuple[SpaceSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class FacilitiesChunk:
    """Facilities with their capacities."""

    rows: tuple[FacilitySpec, ...]


@dataclass(frozen=True, slots=True)
class StopSpec:
    """A stop: where it is, and in which zone where its timetable names one."""

    lon: float
    lat: float
    zone: str = ""


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A line of public transport with its stops in their order."""

    code: str
    name: LocalText
    mode: str
    stops: tuple[StopSpec, ...]


@dataclass(frozen=True, slots=True)
class LinesChunk:
    """The lines of public transport."""

    rows: tuple[LineSpec, ...]


@dataclass(frozen=True, slots=True)
class DoubtfulLine:
    """A line that a person has to look at; `raw` is what is kept of it, so it names no person."""

    line: int
    raw: Mapping[str, str]
    defects: tuple[Defect, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What the catalogue should say of a file, as a code of `catalogue/words.py` and what its words need."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the remark as it is kept with the import."""
        return {"code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class MendedLine:
    """A doubtful line as a person has put it right, and the day in the city on which that was."""

    label: str
    line: int
    raw: Mapping[str, str]
    on: date


@dataclass(frozen=True, slots=True)
class FactsChunk:
    """Facts of one file: columns FACTS, sorted by key and `known_at`, one row per change."""

    label: str
    frame: pl.DataFrame
    files: tuple[Path, ...]
    strata: Mapping[str, LocalText] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    parked: tuple[DoubtfulLine, ...] = ()
    remarks: tuple[Remark, ...] = ()


Chunk = (
    CityChunk
    | ZonesChunk
    | PopulationChunk
    | OrganisationsChunk
    | FacilitiesChunk
    | LinesChunk
    | FactsChunk
    | CasesChunk
)


class Progress(Protocol):
    """Whoever shows how far the work is: a bar on the terminal, or a job."""

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None:
        """Show that `done` of `total` parts are done, and what comes next."""
        ...


def silent(done: int, total: int | None = None, message: str = "") -> None:
    """Show nothing."""


Read = Callable[..., Iterator[Chunk]]
