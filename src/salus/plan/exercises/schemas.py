"""What crosses the edge of exercises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from salus.base.texts import LocalText
from salus.world import happenings

KINDS = happenings.KINDS
TRIGGERS = ("signal", "level", "measure", "after", "before")
STATES = ("preparing", "prepared", "running", "paused", "ended", "failed")
# States in which a stage stands, or is being made.
OPEN_STATES = ("preparing", "prepared", "running", "paused")
# The folder of a run whose stage is the desk itself, as in a demonstration.
HERE = "."
SILENT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class When:
    """When an inject is due: on a day of the exercise, or when something has happened."""

    day: int | None = None
    trigger: str = ""
    value: str = ""
    delay_days: int = 0


@dataclass(frozen=True, slots=True)
class InjectDraft:
    """Something that befalls the city or a team, and when."""

    key: str
    title: LocalText
    kind: str
    when: When = field(default_factory=When)
    days: int | None = None
    zones: tuple[str, ...] = ()
    facility: str = ""
    supplier: str = ""
    feed: str = ""
    size: float = 0.5
    words: LocalText = field(default_factory=dict)
    to_team: str = ""


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """Somebody of a team; without a sign-in name the stage makes one from team and role."""

    role: str
    username: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class TeamDraft:
    """People who play together."""

    key: str
    name: LocalText
    members: tuple[MemberDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseDraft:
    """A design as a form states it."""

    title: LocalText
    objectives: tuple[LocalText, ...] = ()
    people: int = 20_000
    city_seed: int = 7
    emergency: str = "respiratory"
    emergency_text: str = ""
    also: tuple[str, ...] = ()
    seed: int = 1
    start_on: date
    lead_in_days: int = 45
    speed: str = "1d/2m"
    days: int = 60
    teams: tuple[TeamDraft, ...] = ()
    crew: bool = False
    injects: tuple[InjectDraft, ...] = ()

    def day_on(self, day: int) -> date:
        """Return the date of a day of the exercise; the first is 1."""
        return self.start_on + timedelta(days=day - 1)

    def inject(self, key: str) -> InjectDraft | None:
        """Return one of the injects."""
        return next((row for row in self.injects if row.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseRow(ExerciseDraft):
    """A design as it was known at a moment."""

    id: UUID
    version: int
    withdrawn: bool
    created_at: datetime
    recorded_at: datetime
    recorded_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as it was known at a moment."""

    id: UUID
    exercise_id: UUID
    exercise_version: int
    number: int
    folder: str
    port: int
    state: str
    paused: bool
    speed: str
    review: bool
    branched_from: UUID | None
    branched_day: int | None
    job_id: UUID | None
    problem: str
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    recorded_at: datetime
    recorded_by: UUID

    @property
    def here(self) -> bool:
        """Return whether this installation is itself the stage."""
        return self.folder == HERE

    @property
    def url_port(self) -> int | None:
        """Return the port on which the stage can be opened, or None while it does not stand."""
        standing = self.state in {"running", "paused"} or (self.state == "ended" and self.review)
        return self.port if standing and not self.here else None


@dataclass(frozen=True, slots=True)
class FiredRow:
    """An inject that was fired, and why it was."""

    key: str
    title: LocalText
    kind: str
    how: str
    on: date
    day: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StageStatus:
    """What a stage has last said of itself."""

    state: str
    clock: datetime
    day: int
    days: int
    speed: str
    whole_days: int
    counts: Mapping[str, float]
    measures: tuple[str, ...]
    level: int | None
    fired: tuple[FiredRow, ...]
    evenings: tuple[int, ...]
    written_at: datetime
    problem: str = ""

    def silent(self, wall: datetime) -> bool:
        """Return whether the stage has not spoken for long."""
        return wall - self.written_at > SILENT


@dataclass(frozen=True, slots=True)
class Targets:
    """What a city has that can be befallen: names by code."""

    zones: Mapping[str, str] = field(default_factory=dict)
    facilities: Mapping[str, str] = field(default_factory=dict)
    suppliers: Mapping[str, str] = field(default_factory=dict)
    feeds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Defect:
    """Something of a design that cannot be, and what to do."""

    field: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Credential:
    """How somebody signs in on a stage for the first time."""

    team: str
    username: str
    name: str
    role: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Handover:
    """The one-time passwords of a stage."""

    id: UUID
    people: tuple[Credential, ...] = ()


@dataclass(frozen=True, slots=True)
class EmergencyChoice:
    """An emergency that comes with the product."""

    name: str
    title: LocalText
