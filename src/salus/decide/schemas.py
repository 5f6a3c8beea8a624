"""What crosses the edge of decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from salus.base.texts import LocalText
from salus.plan.schemas import Projected

OPEN = ("draft", "submitted", "rejected")
STATUSES = ("draft", "submitted", "approved", "rejected", "ended", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEdit:
    """What a person writes into a decision; None leaves a field as it is."""

    title: LocalText | None = None
    zone_ids: Sequence[UUID] | None = None
    option: str | None = None
    # A mix of one's own instead of an option of the proposal.
    measures: Sequence[str] | None = None
    rationale: str | None = None
    dissent: str | None = None
    # Why each other option was not taken, by its key.
    why_rejected: Mapping[str, str] | None = None
    accountable: UUID | None = None
    public_text: LocalText | None = None
    public_reason: LocalText | None = None
    in_force_from: datetime | None = None
    in_force_until: datetime | None = None
    # More records that the decision rests on: (kind, id), such as ("signal", id).
    evidence: Sequence[tuple[str, UUID]] | None = None


@dataclass(frozen=True, slots=True)
class DecisionOption:
    """One of the ways that stood open, and why it was not taken."""

    key: str
    title: LocalText
    measures: tuple[str, ...]
    projected: Projected | None
    sides: Mapping[str, Sequence[LocalText]]
    task_count: int
    why_rejected: str


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """A record that a decision rests on, with a digest of what it said at that moment."""

    kind: str
    id: UUID
    title: str
    digest: str
    known_at: datetime
    key: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidenceCheck:
    """Whether a piece of evidence still reads, for its moment, as it did when it was pinned."""

    ref: EvidenceRef
    found: bool
    holds: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """What a decision is expected to do, against the pinned forecast, and when to look."""

    due_on: date
    role: str
    series: str
    unit: str
    zone_numbers: tuple[int, ...]
    # The part of the people behind the figure whom the measures reach.
    share: float
    # The window that is compared: the mean per day from `from_on` to `until_on`.
    from_on: date
    until_on: date
    horizon_days: int
    # Quantiles of the pinned forecast for that window, by level, such as "0.5".
    baseline: Mapping[str, float]
    change_low: float
    change_mid: float
    change_high: float
    # The baseline with the change made: what is expected with the measures.
    low: float
    mid: float
    high: float
    made_at: datetime
    estimate_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as it was known at a moment."""

    id: UUID
    number: int
    proposal_id: UUID | None
    title: LocalText
    zone_ids: tuple[UUID, ...]
    level_to: int | None
    options: tuple[DecisionOption, ...]
    option_key: str
    measures: tuple[str, ...]
    rationale: str
    dissent: str
    evidence_known_at: datetime | None
    evidence: tuple[EvidenceRef, ...]
    expected: Expected | None
    accountable_id: UUID | None
    accountable_role: str
    author_id: UUID
    approver_id: UUID | None
    created_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    ended_at: datetime | None
    in_force_from: datetime | None
    in_force_until: datetime | None
    public_text: LocalText
    public_reason: LocalText
    status: str
    status_reason: str
    recorded_at: datetime
    recorded_by: UUID
    version: int

    def in_force(self, moment: datetime) -> bool:
        """Return whether the decision holds at a moment."""
        begun = self.status == "approved" and self.in_force_from is not None and self.in_force_from <= moment
        return begun and (self.in_force_until is None or moment < self.in_force_until)

    @property
    def chosen(self) -> DecisionOption | None:
        """Return the option that was taken."""
        return next((option for option in self.options if option.key == self.option_key), None)


@dataclass(frozen=True, slots=True)
class MeasureInForce:
    """A measure that holds in some zones because of a decision."""

    code: str
    decision_id: UUID
    decision_number: int
    zone_ids: tuple[UUID, ...]
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as it was known at a moment."""

    id: UUID
    decision_id: UUID
    identifier: str
    message_type: str
    cap_status: str
    sender: str
    sent_at: datetime
    effective_at: datetime
    expires_at: datetime
    languages: tuple[str, ...]
    headline: LocalText
    zone_ids: tuple[UUID, ...]
    severity: str
    urgency: str
    certainty: str
    refers_to: UUID | None
    xml: str
    xml_sha256: str
    status: str
    release_number: int | None
    created_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWords:
    """What an alert says; what is left out is taken from the decision."""

    headline: LocalText | None = None
    description: LocalText | None = None
    instruction: LocalText | None = None
    severity: str | None = None
    urgency: str | None = None
    certainty: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Autopublish:
    """Whether the situation is published by itself every day, and who switched it."""

    on: bool
    by: UUID | None
    since: datetime | None
