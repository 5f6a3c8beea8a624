"""What crosses the edge of investigations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from salus.base.texts import LocalText


@dataclass(frozen=True, slots=True)
class InvestigationRow:
    """An investigation as it stood at a moment."""

    id: UUID
    number: int
    pack: str
    title: LocalText
    source: str
    status: str
    definition: Mapping[str, Any]
    definition_number: int
    hypotheses: tuple[Mapping[str, str], ...]
    signal_ids: tuple[UUID, ...]
    zone_ids: tuple[UUID, ...]
    note: str
    created_at: datetime
    recorded_at: datetime
    recorded_by: UUID


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What was found at a moment; small numbers are hidden from who may not see persons."""

    id: UUID
    known_at: datetime
    definition_number: int
    content: Mapping[str, Any]
    hidden: bool

    @property
    def total(self) -> int:
        """Return how many cases there are, of whatever class."""
        return sum(self.content["counts"].values())
