"""What crosses the edge of the scores: one sheet, ready for a page, a PDF and a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from salus.base.texts import LocalText

# Which courses a run is compared with.
PLAYED, UNCHECKED, POLICY = "played", "unchecked", "policy"


@dataclass(frozen=True, slots=True)
class Spread:
    """What many seeds give: the middle, and the range in which nine of ten lie."""

    low: float
    mid: float
    high: float
    seeds: int


@dataclass(frozen=True, slots=True)
class OutcomeFigure:
    """One outcome of the run beside the same seed without measures and with the reference policy.

    Attributes
    ----------
    code : str
        `infections`, `deaths`, `admissions`, `days_above_capacity`, `bed_days_above_capacity`,
        `work_days_lost`, `economic_loss`, `gap_infections`, `gap_deaths`.
    title : LocalText
    unit : str
        `people`, `days`, `bed_days`, `money` (in `ScoreSheet.currency`) or `ratio`. Less is better in all;
        of a ratio, 1 is best.
    played, unchecked, policy : float or None
        The run itself, and the same seed without measures and with the reference policy. None where it
        is not defined (a ratio without deaths).
    many : mapping of str to Spread
        By `played`, `unchecked`, `policy`: the same over many seeds; `played` replays what the team
        ordered on the days on which it did. Empty where no seeds were asked for.
    standing : float or None
        How far the team came from doing nothing (0) to the reference policy (1), with this seed; may be
        above 1 or below 0. None where the policy is no better than doing nothing.

    """

    code: str
    title: LocalText
    unit: str
    played: float | None
    unchecked: float | None
    policy: float | None
    many: Mapping[str, Spread]
    standing: float | None


@dataclass(frozen=True, slots=True)
class TimeFigure:
    """How long after the first infection something came about.

    Attributes
    ----------
    code : str
        `detection` (first signal known), `decision` (first approval), `in_force` (first measure that was
        published), `effect` (first day on which 10 % fewer were infected than without measures).
    title : LocalText
    at : datetime or None
        When; None where it has not come about, or nobody could know it (see `why`).
    days : float or None
        Days since the first infection.
    why : LocalText
        Why there is no moment; empty where there is one.

    """

    code: str
    title: LocalText
    at: datetime | None
    days: float | None
    why: LocalText


@dataclass(frozen=True, slots=True)
class CountFigure:
    """A count from the installation's own records.

    Attributes
    ----------
    code : str
        `signals`, `false_signals`, `alerts`, `false_alerts`, `decisions`, `tasks`, `tasks_overdue`.
    title : LocalText
    value : int or None
        None where the score was made without an installation; `why` says so.
    of : int or None
        Of how many, where the count is a part.
    why : LocalText

    """

    code: str
    title: LocalText
    value: int | None
    of: int | None
    why: LocalText


@dataclass(frozen=True, slots=True)
class Curve:
    """One figure by day, of one course; `code` is infections, beds, deaths, admissions or cost."""

    code: str
    title: LocalText
    course: str
    values: tuple[float, ...]
    # Over many seeds, by day; empty where none were asked for.
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A measure that the team had in force, or that the policy would have had, over a span of days.

    A closed line and an opened site stand here as `close-line:R` and `open-site:CLINIC-1-testing`.
    """

    course: str
    measure: str
    start: date
    end: date | None
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The score of a run.

    Attributes
    ----------
    id : UUID or None
        Of the kept score; None where it was made from a folder alone.
    run : str
        Name of the run's folder, by which scores of one run belong together.
    exercise_run : UUID or None
        The exercise run of `plan.exercises` that it belongs to.
    emergency : LocalText
    start, end : date
        First and last whole day.
    first_infection_on : date or None
    seed, people, seeds, days : int
        `seeds` is how many the intervals rest on (0: none).
    policy : LocalText
        Title of the reference policy.
    currency : str
    outcomes, times, counts, curves, orders
        The rows. `curves` share `dates`.
    capacity : Mapping of str to float
        Staffed beds: `beds` and `icu`.
    notes : tuple of LocalText
        How to read the sheet, and what it leaves out; to be shown with it.
    made_at : datetime or None
        On the installation's clock.

    """

    id: UUID | None
    run: str
    exercise_run: UUID | None
    emergency: LocalText
    start: date
    end: date
    first_infection_on: date | None
    seed: int
    people: int
    days: int
    seeds: int
    policy: LocalText
    currency: str
    outcomes: tuple[OutcomeFigure, ...]
    times: tuple[TimeFigure, ...]
    counts: tuple[CountFigure, ...]
    dates: tuple[date, ...]
    curves: tuple[Curve, ...]
    orders: tuple[OrderRow, ...]
    capacity: Mapping[str, float]
    notes: tuple[LocalText, ...]
    made_at: datetime | None = None
    version: int = 1

    def outcome(self, code: str) -> OutcomeFigure:
        """Return an outcome by its code."""
        return next(row for row in self.outcomes if row.code == code)

    def curve(self, code: str, course: str) -> Curve | None:
        """Return a curve, if the sheet has it."""
        return next((row for row in self.curves if (row.code, row.course) == (code, course)), None)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One line of the list of scores."""

    id: UUID
    run: str
    exercise_run: UUID | None
    emergency: LocalText
    days: int
    seeds: int
    infections: float | None
    deaths: float | None
    made_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Making:
    """A score that is being made: `id` is its job's."""

    id: UUID
    run: str
    seeds: int
