"""What crosses the edge of plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from salus.base.texts import LocalText


@dataclass(frozen=True, slots=True)
class ExpectedChange:
    """By how much a measure is expected to change a figure after some days, as a share (-0.2 is a fifth less)."""

    role: str
    horizon_days: int
    low: float
    mid: float
    high: float
    basis: LocalText = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskTemplate:
    """A task that a measure brings: who does it, and within how many hours."""

    key: str
    title: LocalText
    detail: LocalText
    role: str
    due_hours: int


# What a site can be opened for, and what a measure can do to the city's own services.
SITE_KINDS = ("testing", "vaccination", "cooling", "water")
CLOSE_LINES, OPEN_SITES = "close_lines", "open_sites"


@dataclass(frozen=True, slots=True)
class ServiceTemplate:
    """A change of service that a measure asks for: lines to close, or sites to open and how."""

    what: str
    # Of lines: of which kinds, any where none is named.
    modes: tuple[str, ...] = ()
    # Of sites: what for, in which kinds of facilities, for how many a day of 1,000 people, and when.
    site: str = ""
    at: tuple[str, ...] = ()
    per_day_per_1000: float = 0.0
    weekdays: tuple[int, ...] = tuple(range(7))
    opens: str = "08:00"
    closes: str = "18:00"


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure as it was known at a moment."""

    id: UUID
    code: str
    title: LocalText
    public_text: LocalText
    category: str
    sides: Mapping[str, LocalText]
    task_templates: tuple[TaskTemplate, ...]
    expected: ExpectedChange | None
    response_type: str
    pack: str
    withdrawn: bool
    recorded_at: datetime
    services: tuple[ServiceTemplate, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaybookLevel:
    """What one level is called, means, asks of people, and brings."""

    level: int
    name: LocalText
    meaning: LocalText
    what_to_do: tuple[LocalText, ...]
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaybookRow:
    """A playbook as it was known at a moment."""

    id: UUID
    code: str
    title: LocalText
    levels: tuple[PlaybookLevel, ...]
    phrases: Mapping[str, LocalText]
    pack: str
    version: int
    recorded_at: datetime

    def level(self, value: int | None) -> PlaybookLevel | None:
        """Return one level of the playbook."""
        return next((step for step in self.levels if step.level == value), None)

    def name_of(self, value: int | None) -> LocalText:
        """Return what a level is called."""
        step = self.level(value)
        return step.name if step else {"en": "–"}


def ends(quantiles: Mapping[str, float]) -> tuple[float, float, float]:
    """Return the lower end, the middle and the upper end of a forecast: its 90 % range, or the widest that it has."""
    return (
        quantiles.get("0.05", min(quantiles.values())),
        quantiles["0.5"],
        quantiles.get("0.95", max(quantiles.values())),
    )


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the pinned forecast says for a window of days, without anything new: mean per day, with quantiles."""

    series: str
    role: str
    unit: str
    zone_numbers: tuple[int, ...]
    from_on: date
    until_on: date
    quantiles: Mapping[str, float]
    made_at: datetime
    estimate_ids: tuple[UUID, ...]
    # The part of the people behind the figure who live where the proposal holds: an area without a
    # forecast of its own is watched through the one around it, and moves it only by its part.
    share: float = 1.0

    @property
    def low(self) -> float:
        """Return the lower end of the 90 % range."""
        return ends(self.quantiles)[0]

    @property
    def mid(self) -> float:
        """Return the median."""
        return ends(self.quantiles)[1]

    @property
    def high(self) -> float:
        """Return the upper end of the 90 % range."""
        return ends(self.quantiles)[2]


@dataclass(frozen=True, slots=True)
class Projected:
    """What an option is expected to do to the baseline."""

    change_low: float
    change_mid: float
    change_high: float
    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One way to answer a proposal."""

    key: str
    title: LocalText
    measures: tuple[str, ...]
    projected: Projected | None
    # What it gives and takes on each side, gathered from its measures: {"health": [LocalText], ...}.
    sides: Mapping[str, tuple[LocalText, ...]]
    task_count: int
    note: LocalText


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One zone's rise: which level record raised the proposal."""

    zone_id: UUID
    level_from: int | None
    level_to: int
    risk_level_id: UUID


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal as it was known at a moment."""

    id: UUID
    title: LocalText
    reason: LocalText
    zone_ids: tuple[UUID, ...]
    moves: tuple[MoveRow, ...]
    level_from: int
    level_to: int
    assessment_id: UUID | None
    outcome_id: UUID | None
    pinned_at: datetime
    baseline: Baseline | None
    options: tuple[OptionRow, ...]
    status: str
    status_reason: LocalText
    decision_id: UUID | None
    playbook: str
    created_at: datetime
    recorded_at: datetime

    @property
    def taken(self) -> bool:
        """Return whether somebody is already deciding on it."""
        return self.status == "open" and self.decision_id is not None


@dataclass(frozen=True, slots=True)
class MeasureDraft:
    """A measure as a form or a pack states it."""

    code: str
    title: LocalText
    public_text: LocalText
    category: str
    sides: Mapping[str, Any] = field(default_factory=dict)
    task_templates: tuple[Mapping[str, Any], ...] = ()
    expected: Mapping[str, Any] = field(default_factory=dict)
    response_type: str = "Execute"
    withdrawn: bool = False
    services: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class PackLoaded:
    """What loading a pack changed."""

    id: UUID
    pack: str
    measures_new: int
    measures_revised: int
    playbook_changed: bool
