"""What the catalogue hands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from salus.gather.schemas import ImportRow, SeriesRow, SourceRow

FRESH, LATE, SILENT = "fresh", "late", "silent"
# Nothing yet; and a series that speaks only when there is something.
EMPTY, IRREGULAR = "empty", "irregular"


@dataclass(frozen=True, slots=True)
class SeriesHealth:
    """How a series stood at a moment: cells are zones by periods of the last weeks."""

    series: SeriesRow
    freshness: str
    last_known_at: datetime | None
    last_valid_on: date | None
    expected: int
    observed: int
    missing: int
    suppressed: int

    @property
    def completeness(self) -> float | None:
        """Return the share of expected cells for which there is a value or a stated reason for none."""
        told = self.observed + self.suppressed
        return min(told / self.expected, 1.0) if self.expected else None


@dataclass(frozen=True, slots=True)
class ReaderCount:
    """How often a part of the product (`system`) or a role (`role`) read a source lately."""

    kind: str
    name: str
    reads: int
    last_on: date


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is late, incomplete or wrong (`kind`): of a series, or without one of the whole source."""

    kind: str
    code: str
    params: Mapping[str, str | int]
    series: str = ""

    @property
    def message(self) -> str:
        """Return it in plain words, in the reader's language."""
        from salus.gather.catalogue.words import message

        return message(self.code, self.params)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A source with the state of its series."""

    source: SourceRow
    freshness: str
    last_known_at: datetime | None
    due_at: datetime | None
    completeness: float | None
    series: tuple[SeriesHealth, ...]
    readers: tuple[ReaderCount, ...]
    last_import: ImportRow | None
    asked_at: datetime
    findings: tuple[Finding, ...] = ()

    @property
    def late_by(self) -> timedelta | None:
        """Return by how much the source is late, if it is."""
        return None if self.due_at is None or self.freshness == FRESH else self.asked_at - self.due_at


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A kind of data that a city needs, and the live sources that bring it."""

    kind: str
    sources: tuple[str, ...]

    @property
    def is_gap(self) -> bool:
        """Return whether no live source brings it."""
        return not self.sources


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All sources by priority, and what is not covered."""

    known_at: datetime
    sources: tuple[SourceHealth, ...]
    coverage: tuple[CoverageRow, ...]

    @property
    def gaps(self) -> tuple[str, ...]:
        """Return the kinds of data that nobody brings."""
        return tuple(row.kind for row in self.coverage if row.is_gap)
