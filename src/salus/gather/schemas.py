"""What crosses the edge of gather."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from salus.base.texts import LocalText
from salus.trust.schemas import Tier

ALL_STRATA = 0
ALL_STRATA_CODE = "all"


class Status(IntEnum):
    """What a fact says: a value, or why there is none."""

    OBSERVED = 0
    MISSING = 1
    SUPPRESSED = 2
    WITHDRAWN = 3


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of data as known at a moment."""

    id: UUID
    slug: str
    title: LocalText
    status: str
    owner: str
    owner_organisation_id: UUID | None
    reuse_policy: str
    tier: Tier | None
    cadence_hours: int
    priority: int
    licence_note: str
    manifest: Mapping[str, Any]
    recorded_at: datetime

    @property
    def missing_for_going_live(self) -> tuple[str, ...]:
        """Return what has to be stated before the source may go live."""
        has_owner = bool(self.owner or self.owner_organisation_id)
        wanted = {"owner": has_owner, "reuse_policy": bool(self.reuse_policy), "tier": self.tier is not None}
        return tuple(name for name, stated in wanted.items() if not stated)


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A named measurement as known at a moment."""

    id: UUID
    number: int
    code: str
    name: LocalText
    description: LocalText
    unit: str
    kind: str
    period: str
    role: str
    zone_level: str
    source: str
    tier: Tier
    delay_days: int
    reconstructed: bool
    first_known: datetime | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class SeriesDraft:
    """A measurement as a manifest or a form states it."""

    code: str
    name: LocalText
    unit: str
    kind: str
    role: str
    zone_level: str
    source: str
    period: str = "day"
    tier: Tier = Tier.OPERATIONAL
    delay_days: int = 0
    description: LocalText = field(default_factory=dict)
    reconstructed: bool = False
    first_known: datetime | None = None


@dataclass(frozen=True, slots=True)
class StratumRow:
    """A part of the population."""

    number: int
    code: str
    name: LocalText


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with a row, as a code and its details: pages put it into words in their language."""

    line: int
    column: str
    value: str
    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Return what is wrong, in plain words."""
        from salus.gather.imports.wording import message

        return message(self)

    @property
    def remedy(self) -> str:
        """Return what to do about it."""
        from salus.gather.imports.wording import remedy

        return remedy(self)

    def as_json(self) -> dict[str, Any]:
        """Return the defect as it is kept."""
        return {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "params": dict(self.params),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Defect:
        """Return a defect that was kept."""
        return cls(int(kept["line"]), kept["column"], kept["value"], kept["code"], dict(kept.get("params") or {}))


@dataclass(frozen=True, slots=True)
class MappingSpec:
    """Which column of a file means what.

    `series`, `zone` and `stratum` come from a column or are the same for the whole file. A long
    file has one `value` column; a wide one has a column for each series (`values`).
    """

    valid_column: str
    zone_column: str = ""
    zone_fixed: str = ""
    series_column: str = ""
    series_fixed: str = ""
    value_column: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    stratum_column: str = ""
    stratum_fixed: str = ""
    known_column: str = ""
    # auto, ymd, dmy or mdy: `auto` is settled by the file's own dates, or a person is asked.
    date_order: str = "auto"
    # Whether the stated date is the first or the last day of its period.
    valid_is: str = "start"
    # auto, '.' or ','.
    decimal: str = "auto"
    missing: tuple[str, ...] = ("", "NA", "N/A", "NaN", "null", "-")
    suppressed: tuple[str, ...] = ("*", "<5", "< 5", "suppressed")

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as it is saved."""
        from dataclasses import asdict

        kept = asdict(self)
        kept["missing"], kept["suppressed"] = list(self.missing), list(self.suppressed)
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> MappingSpec:
        """Return a mapping that was saved."""
        fields = dict(kept)
        for name in ("missing", "suppressed"):
            if name in fields:
                fields[name] = tuple(fields[name])
        return cls(**fields)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the mapping reads."""
        named = [
            self.valid_column,
            self.zone_column,
            self.series_column,
            self.stratum_column,
            self.known_column,
            self.value_column,
            *self.values,
        ]
        return tuple(dict.fromkeys(name for name in named if name))


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One coming-in of data as known at a moment."""

    id: UUID
    number: int
    source: str
    kind: str
    label: str
    status: str
    dry_run: bool
    format: str
    size_bytes: int
    original_sha256: str
    content_digest: str
    mapping: MappingSpec | None
    job_id: UUID | None
    report: Mapping[str, Any]
    message: str
    rows_read: int
    rows_good: int
    rows_parked: int
    rows_written: int
    rows_unchanged: int
    recorded_at: datetime
    recorded_by: UUID
    committed_at: datetime | None
    ended_at: datetime | None
    took_seconds: float | None

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Return the first defects that were found, for the report."""
        return tuple(Defect.from_json(kept) for kept in self.report.get("defects", ()))


@dataclass(frozen=True, slots=True)
class ParkedRowRow:
    """A row that waits, or waited, for a person."""

    id: UUID
    import_id: UUID
    source: str
    line: int
    raw: Mapping[str, str]
    defects: tuple[Defect, ...]
    status: str
    note: str
    recorded_at: datetime
    resolved_at: datetime | None
    resolved_by: UUID | None
    # The file in which the row stood.
    label: str = ""
    # A line that names a person is sealed, and put right on a page of its own.
    sealed: bool = False
    # The columns that a person fills in; None where no line of this source can be put right here.
    asked: tuple[str, ...] | None = ()

    @property
    def cells(self) -> list[tuple[str, str]]:
        """Return the columns that a person may change, with what stands there."""
        if self.asked:
            return [(name, self.raw.get(name, "")) for name in self.asked]
        return list(self.raw.items()) if self.asked is not None else []

    @property
    def told(self) -> list[tuple[str, str]]:
        """Return the columns that only say which line it is."""
        if self.asked is None:
            return list(self.raw.items())
        return [(name, text) for name, text in self.raw.items() if self.asked and name not in self.asked]


@dataclass(frozen=True, slots=True)
class MappingRow:
    """A saved column mapping."""

    id: UUID
    source: str
    headers: tuple[str, ...]
    mapping: MappingSpec
    recorded_at: datetime
    recorded_by: UUID


@dataclass(frozen=True, slots=True)
class ObservationVersion:
    """One version of one observation, with where it came from."""

    valid_on: date
    zone: int
    stratum: int
    value: float | None
    status: Status
    known_at: datetime
    import_id: UUID | None
    import_kind: str
    import_label: str


@dataclass(frozen=True, slots=True)
class AppendResult:
    """What an append did: rows written (some of them known a microsecond later) and rows that were there."""

    written: int = 0
    unchanged: int = 0
    retimed: int = 0

    def __add__(self, other: AppendResult) -> AppendResult:
        return AppendResult(
            self.written + other.written, self.unchanged + other.unchanged, self.retimed + other.retimed
        )
