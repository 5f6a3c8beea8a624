"""Emergencies that do not spread from person to person: a poisoned source, and a heat wave."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from salus.world.emergency_words import (
    Amount,
    ByAge,
    BySegment,
    Code,
    MeanAndSpread,
    Positive,
    Share,
    SharesByAge,
    SharesBySegment,
    Slug,
    Strict,
    Words,
    once_each,
)

SERVED = ("water_main", "pumping_station", "workplace", "meal")


class SourcePlace(Strict):
    """Where the poison is: a piece of the water network, a workplace, or a meal at a facility.

    Without a code a run chooses one of its city, by its seed, and keeps it.
    """

    kind: Literal["water_main", "pumping_station", "workplace", "meal"]
    code: str | None = None
    # A workplace of this sector, of at least so many people.
    sector: str | None = None
    at_least: int = Field(default=0, ge=0)
    # A meal at a facility of this kind, for so many guests of each 1,000 people of the city.
    facility: str | None = None
    guests_per_1000: Positive | None = None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> SourcePlace:
        if self.kind == "meal" and (self.guests_per_1000 is None or not (self.facility or self.code)):
            raise ValueError("a meal needs 'guests_per_1000', and a 'facility' or a 'code'")
        if self.kind != "workplace" and self.sector:
            raise ValueError(f"a {self.kind} has no sector")
        return self


class Contamination(Strict):
    """When the poison is there, and how strong it is."""

    begins_on_day: int = Field(ge=0)
    begins_at_hour: int = Field(default=0, ge=0, le=23)
    # Without an end it lasts until a measure ends it.
    days: int | None = Field(default=None, ge=1)
    half_life_days: Positive | None = None


class Question(Strict):
    """What the ill and the well are asked: had they this, and how much of the poison was in it?

    `at` says who can have had it there: `home`, people who live in the place's area; `work`, people
    who work there; `source`, everybody who was at the meal or at the workplace; `anywhere`,
    everybody in the city, which therefore carries nothing.
    """

    code: Code
    text: Words
    at: Literal["home", "work", "source", "anywhere"]
    had: Share
    amount: MeanAndSpread = (1.0, 0.5)
    carries: Amount = 0.0

    @model_validator(mode="after")
    def _nobody_elsewhere_is_poisoned(self) -> Question:
        if self.at == "anywhere" and self.carries:
            raise ValueError(f"'{self.code}' is had anywhere, so it cannot carry the poison of one place")
        return self


class Attack(Strict):
    """How many fall ill of a dose: most * (1 - exp(-per_dose * dose)), times what an age is prone to."""

    per_dose: Positive
    most: Share = 1.0
    prone_by_age: ByAge = (1.0,) * 7


class Incubation(Strict):
    """Hours from exposure to the first complaint: log-normal, never shorter than `shortest`."""

    mean_hours: Positive
    sd_hours: Positive
    shortest_hours: Amount = 0.5


class Severity(Strict):
    """What becomes of the ill."""

    hospital_by_age: SharesByAge
    icu_by_age: SharesByAge
    # Of those in hospital.
    death_by_age: SharesByAge
    risk_by_segment: BySegment = (1.0, 1.0, 1.0)
    ill_days: MeanAndSpread
    to_hospital_hours: MeanAndSpread
    ward_days: MeanAndSpread
    icu_days: MeanAndSpread


class Secondary(Strict):
    """Whom the ill infect at home, and after how long."""

    infected_by_each: Amount
    days_between: MeanAndSpread


class Telling(Strict):
    """How a case comes to be in a line list, and what is wrong with it there."""

    sees_a_doctor_by_segment: SharesBySegment
    hours_to_doctor: MeanAndSpread
    sampled: Share
    days_to_result: MeanAndSpread
    sensitivity: Share
    interviewed: Share
    wrongly_recalled: Share
    not_recalled: Share
    twice: Share
    controls_for_each: Amount


class Complaints(Strict):
    """The complaints that are usual, against which an excess must be seen."""

    syndrome: Slug
    symptoms: Annotated[tuple[Slug, ...], Field(min_length=1)]
    usual_per_100k_a_day: Positive


class SourceMeasure(Strict):
    """What a measure does to a poisoned source: to the dose of those who follow it, or to the source itself."""

    code: Code
    dose: Share = 0.0
    compliance: SharesBySegment = (1.0, 1.0, 1.0)
    ends_after_days: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _does_something(self) -> SourceMeasure:
        if not self.dose and self.ends_after_days is None:
            raise ValueError(f"the measure '{self.code}' neither lowers the dose nor ends the source")
        return self


class CommonSource(Strict):
    """Many people poisoned by one source."""

    kind: Literal["common_source"]
    slug: Slug
    title: Words
    agent: Words
    place: SourcePlace
    contamination: Contamination
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]
    attack: Attack
    incubation: Incubation
    severity: Severity
    secondary: Secondary | None = None
    complaints: Complaints
    telling: Telling
    measures: tuple[SourceMeasure, ...] = ()
    # What comes on top of it, such as a heat wave.
    also: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _something_carries_it(self) -> CommonSource:
        once_each("question", [row.code for row in self.questions])
        once_each("measure", [row.code for row in self.measures])
        if not any(row.carries for row in self.questions):
            raise ValueError("no question's 'carries' is above 0, so nobody would ever be poisoned")
        return self


class HeatMeasure(Strict):
    """The share of heat's harm from which those who follow a measure are spared."""

    code: Code
    spares: Share
    compliance: SharesBySegment


class Heat(Strict):
    """A heat wave: on its own, or on top of any other emergency."""

    kind: Literal["heat"]
    slug: Slug
    title: Words
    begins_on_day: int = Field(ge=0)
    days: int = Field(ge=1)
    # How much hotter than usual the hottest day is; it grows and falls over two days at each end.
    degrees: Positive
    # The daily mean from which heat does harm.
    from_degrees: float
    admissions_per_100k_degree_by_age: ByAge
    deaths_per_100k_degree_by_age: ByAge
    risk_by_segment: BySegment
    # How the harm of a hot day is spread over it and the days after it.
    spread_over_days: Annotated[tuple[Share, ...], Field(min_length=1)]
    ward_days: MeanAndSpread
    measures: tuple[HeatMeasure, ...] = ()

    @model_validator(mode="after")
    def _spread_is_whole(self) -> Heat:
        if abs(sum(self.spread_over_days) - 1.0) > 1e-6:
            raise ValueError(f"spread_over_days sums to {sum(self.spread_over_days):g}, not to 1")
        once_each("measure", [row.code for row in self.measures])
        return self
