"""What crosses the edge of learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from salus.base.texts import LocalText
from salus.decide.schemas import Expected


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen in the window that the decision spoke of: the mean per day, and how sure it is."""

    mean_per_day: float | None
    days: int
    missing: int
    estimated_days: int
    points: tuple[tuple[date, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """The change against the pinned forecast, as a share: middle, likely range (50 %) and range (90 %)."""

    mid: float
    likely: tuple[float, float]
    range: tuple[float, float]


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What became of a decision, as it was known at a moment."""

    id: UUID
    decision_id: UUID
    zone_ids: tuple[UUID, ...]
    expected: Expected | None
    observed: Observed | None
    effect: Effect | None
    verdict: str
    reasons: Sequence[LocalText]
    counterfactual_note: LocalText
    preliminary: bool
    measured_known_at: datetime
    comment: str
    created_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """A time-to indicator over a period: how long a hand-over took, and how that stands to its target."""

    slug: str
    title: LocalText
    definition: LocalText
    unit: str
    target: float | None
    count: int
    median: float | None
    p90: float | None
    within_target: float | None
    # The same by pair: of kinds of record, or of organisations.
    pairs: tuple[PairRow, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair of an indicator."""

    source: str
    target: str
    count: int
    median: float
    p90: float
    names: Mapping[str, str] | None = None
