"""What crosses the edge of assess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from salus.assess.rules import sentences
from salus.base.texts import LocalText, pick
from salus.trust.schemas import Tier

# Levels are rates of whole zones: partners see them; signals and estimates are the centre's own.
LEVEL_TIER = Tier.PARTNER
SIGNAL_TIER = Tier.OPERATIONAL


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A method that an assessment used, for what, and in which version."""

    role: str
    name: str
    version: str
    doi: tuple[str, ...] = ()
    # A digest of the method's code and the numerics under it.
    code: str = ""


@dataclass(frozen=True, slots=True)
class InputRow:
    """What an assessment read of one series; `part` is `latest` or `versions`."""

    series: str
    role: str
    part: str
    rows: int
    valid_from: str | None
    valid_to: str | None
    checksum: str


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """One reading of everything that was known at `known_at`."""

    id: UUID
    known_at: datetime
    recorded_at: datetime
    recorded_by: UUID
    status: str
    methods: tuple[MethodRow, ...]
    inputs: tuple[InputRow, ...]
    inputs_digest: str
    results_digest: str
    rule_table_id: UUID
    rule_table_number: int
    summary: Mapping[str, Any]
    timings: Mapping[str, float]

    @property
    def digest(self) -> str:
        """Return the digest by which a decision pins what it rested on."""
        return f"{self.inputs_digest}:{self.results_digest}"


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a past assessment gives the same numbers when it is made again."""

    id: UUID
    same_inputs: bool
    same_results: bool
    # False where the numerics were changed since: other numbers are then no sign of other facts.
    same_code: bool
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignalRow:
    """An excess in one series of one zone, as known at a moment.

    `status` is new, confirmed, dismissed or expired; `span_days` are the days that `observed`
    counts, the last of them `valid_on`.
    """

    id: UUID
    series: str
    role: str
    zone_id: UUID
    zone_number: int
    zone_level: str
    method: str
    method_version: str
    span_days: int
    first_on: date
    valid_on: date
    observed: float
    expected: float
    upper: float
    score: float | None
    peak: float
    alarms: int
    status: str
    ended_on: date | None
    note: str
    triaged_by: UUID | None
    triaged_at: datetime | None
    raised_at: datetime
    recorded_at: datetime
    raised_by_assessment: UUID
    assessment_id: UUID

    @property
    def is_open(self) -> bool:
        """Return whether the excess lasts and nobody has dismissed it."""
        return self.ended_on is None and self.status in ("new", "confirmed")


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """A number that the rules read in one zone, or why there is none."""

    key: str
    name: LocalText
    unit: LocalText
    value: float | None
    decimals: int
    why: str = ""
    on: date | None = None
    series: str = ""
    estimated: bool = False
    # People or events that the number counts, where it counts any.
    count: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the answer to "why this level?", as data that each language puts into words.

    `outcome` is above, below, undefined, not_counted or held.
    """

    indicator: str
    outcome: str
    template: LocalText
    name: LocalText = field(default_factory=dict)
    level: int | None = None
    value: float | None = None
    threshold: float | None = None
    decimals: int = 0
    on: date | None = None
    since: date | None = None
    estimated: bool = False
    count: float | None = None
    # Names that the template mentions beside the indicator's own.
    other: LocalText = field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """Return the reason in plain words."""
        return sentences.fill(
            self.template,
            language,
            name=pick(self.name, language),
            other=pick(self.other, language),
            level=pick(self.other, language),
            count=sentences.number(self.count, language),
            value=sentences.number(self.value, language, self.decimals),
            threshold=sentences.number(self.threshold, language, _places(self.threshold)),
            on=sentences.day(self.on, language),
            since=sentences.day(self.since, language),
        )


def _places(value: float | None) -> int:
    """Return the decimals that a threshold was written with."""
    return 0 if value is None or float(value).is_integer() else len(repr(float(value)).split(".")[1])


@dataclass(frozen=True, slots=True)
class RiskLevelRow:
    """A zone's level as known at a moment, with its reasons; `level` None is not defined.

    `previous` is the level before this stay (None: there was none, or it was not defined),
    `falls_on` the day on which a level that is only held would fall.
    """

    id: UUID
    zone_id: UUID
    number: int
    zone_level: str
    level: int | None
    name: LocalText
    text: LocalText
    previous: int | None
    since: datetime
    ended_at: datetime | None
    raw_level: int | None
    why_undefined: str
    reasons: tuple[Reason, ...]
    indicators: tuple[IndicatorRow, ...]
    assessment_id: UUID
    rule_table_id: UUID
    rule_table_number: int
    recorded_at: datetime
    below_since: date | None = None
    falls_on: date | None = None

    def indicator(self, key: str) -> IndicatorRow | None:
        """Return one indicator by its key."""
        return next((row for row in self.indicators if row.key == key), None)

    def sentences(self, language: str) -> list[str]:
        """Return the reasons in plain words, weightiest first."""
        return [reason.sentence(language) for reason in self.reasons]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A zone's level now, and what it would be under a draft of the rules."""

    now: int | None
    draft: RiskLevelRow

    @property
    def changes(self) -> bool:
        """Return whether the draft would give another level."""
        return self.now != self.draft.level


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """A nowcast, reproduction number or forecast with its uncertainty, as made at a moment.

    `quantiles` gives a row of values for each level; all rows are as long as `dates`.
    `undefined` names why there is none. `dates` are the last days of steps of `step_days`.
    """

    id: UUID
    kind: str
    series: str
    role: str
    zone_id: UUID
    zone_number: int
    method: str
    method_version: str
    made_at: datetime
    known_at: datetime
    assessment_id: UUID
    undefined: str
    dates: tuple[date, ...]
    quantiles: Mapping[float, tuple[float | None, ...]]
    is_estimate: tuple[bool, ...]
    step_days: int = 1

    @property
    def median(self) -> tuple[float | None, ...]:
        """Return the middle of the estimate."""
        return self.quantiles.get(0.5, ())

    def band(self, share: float) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
        """Return the lower and upper end of the interval that should hold a share, such as 0.9."""
        low = min(self.quantiles, key=lambda level: abs(level - (1 - share) / 2), default=0.5)
        high = min(self.quantiles, key=lambda level: abs(level - (1 + share) / 2), default=0.5)
        return self.quantiles.get(low, ()), self.quantiles.get(high, ())


@dataclass(frozen=True, slots=True)
class Point:
    """One observation of a curve; `status` as in gather: 0 observed, 1 missing, 2 suppressed."""

    on: date
    value: float | None
    status: int


@dataclass(frozen=True, slots=True)
class SeriesView:
    """Everything that the page of one series in one zone draws, as known at a moment."""

    series: str
    name: LocalText
    unit: str
    role: str
    period: str
    zone_id: UUID
    zone_number: int
    known_at: datetime
    observed: tuple[Point, ...]
    summed: bool
    newest_on: date | None
    nowcast: EstimateRow | None
    rt: EstimateRow | None
    forecast: EstimateRow | None
    signals: tuple[SignalRow, ...]


@dataclass(frozen=True, slots=True)
class PastEstimate:
    """What an earlier estimate said of a day, and what became known of it since."""

    made_at: datetime
    target_on: date
    median: float
    low: float
    high: float
    observed: float
    inside: bool
    score: float


@dataclass(frozen=True, slots=True)
class Performance:
    """How earlier estimates of one kind and distance have held, as known at a moment.

    `days` is the distance from the making to the day spoken of (negative: a past day). `score`
    is the weighted interval score: twice the mean pinball loss; smaller is better.
    """

    kind: str
    days: int
    share: float
    count: int
    inside: float | None
    score: float | None
    rows: tuple[PastEstimate, ...]


@dataclass(frozen=True, slots=True)
class AssessedSeries:
    """A series that the newest assessment read, and what there is of it."""

    code: str
    name: LocalText
    role: str
    unit: str
    period: str
    zone_level: str
    kinds: tuple[str, ...]
    zone_numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LevelName:
    """A level with what people read of it."""

    level: int
    name: LocalText
    text: LocalText


@dataclass(frozen=True, slots=True)
class RuleTableRow:
    """A rule table as known at a moment."""

    id: UUID
    slug: str
    number: int
    title: LocalText
    basis: LocalText
    levels: tuple[LevelName, ...]
    document: Mapping[str, Any]
    from_pack: bool
    note: str
    recorded_at: datetime
    recorded_by: UUID
