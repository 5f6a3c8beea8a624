"""What crosses the edge of the line list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from salus.gather.schemas import Defect

CASE, CONTROL = "case", "control"


@dataclass(frozen=True, slots=True)
class AreaSpec:
    """A piece of a network and the zones that it serves, by code."""

    network: str
    code: str
    upstream: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line as a source sends it; codes of zones, moments of the city."""

    reference: str
    reported_at: datetime
    asked_as: str
    asked_for: str
    name: str
    telephone: str
    street: str
    zone: str
    work_zone: str
    onset_at: datetime | None
    laboratory: str
    health: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DoubtfulCase:
    """A line that a person has to look at, whole as it came; `defects` tell columns and codes, never what stood there."""

    line: int
    raw: Mapping[str, str]
    defects: tuple[Defect, ...]


@dataclass(frozen=True, slots=True)
class CasesChunk:
    """The lines that one file brought, when it was there to be known, and what its source says of networks."""

    label: str
    known_at: datetime
    lines: tuple[CaseLine, ...]
    files: tuple[Path, ...]
    areas: tuple[AreaSpec, ...] = ()
    notes: tuple[str, ...] = ()
    parked: tuple[DoubtfulCase, ...] = ()


@dataclass(frozen=True, slots=True)
class CasesTaken:
    """What became of a file of lines."""

    id: UUID
    written: int = 0
    revised: int = 0
    unchanged: int = 0
    duplicates: int = 0
    known: bool = False


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case for computation: nobody's name, telephone or street."""

    id: UUID
    reference: str
    asked_as: str
    asked_for: str
    zone: int | None
    work_zone: int | None
    onset_at: datetime | None
    reported_at: datetime
    laboratory: str
    duplicate: bool
    age: int | None = None
    sex: str = ""
    workplace: str = ""
    symptoms: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CasePerson:
    """A case with who it is; only `cases_look` and `cases_export` return it."""

    facts: CaseFacts
    name: str
    telephone: str
    street: str


@dataclass(frozen=True, slots=True)
class CaseCount:
    """How many cases of a zone; `hidden` where the number is too small to show, or would tell one."""

    zone: int
    cases: int | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A piece of a network and the numbers of the zones that it serves."""

    network: str
    code: str
    upstream: str
    zones: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """A line that waits, opened: its columns as they came, and what is wrong with it."""

    id: UUID
    source: str
    label: str
    line: int
    cells: Mapping[str, str]
    defects: tuple[Defect, ...]
