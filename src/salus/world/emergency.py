"""The description of an emergency: data that a director edits, read with its faults told in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, TypeAdapter, ValidationError, model_validator

from salus.world.emergency_kinds import CommonSource, Complaints, Heat, Question, Telling
from salus.world.emergency_words import (
    AGES,
    SEGMENTS,
    Amount,
    BadEmergency,
    ByAge,
    BySegment,
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

__all__ = ["AGES", "SEGMENTS", "BadEmergency", "Emergency", "Infection", "names", "overlays", "read_emergency"]

FOLDER = Path(__file__).parent / "emergencies"
_NEVER = 1_000_000
SETTINGS = frozenset({"home", "school", "work", "community", "*"})


class Variant(Strict):
    """One variant of the pathogen, and when and where it comes into the city."""

    name: str
    r0: Positive
    generation_mean: Positive
    generation_sd: Positive
    severity: Amount = 1.0
    arrives_on_day: int = Field(ge=0)
    seeds: Positive
    at: str = Field(pattern="^(port|centre|anywhere)$")


class Immunity(Strict):
    """What infection protects from, and for how long."""

    cross: tuple[tuple[Share, ...], ...]
    waning_days: Positive
    waned_susceptibility: Share
    waned_severity: Share
    recovered_severity: Share


class Beforehand(Strict):
    """Who is protected before it begins, by vaccine or by an infection long ago."""

    vaccinated_by_age: SharesByAge
    recovered_by_age: SharesByAge
    # Factors on the share that is vaccinated: some neighbourhoods were reached less.
    vaccinated_by_segment: BySegment


class Contacts(Strict):
    """Meetings a day beside those at home."""

    school: Amount
    work: Amount
    community_by_age: ByAge
    season: Share = 0.0


class Care(Strict):
    """Who falls severely ill, how long they stay, and what want of a bed costs."""

    hospital_by_age: SharesByAge
    icu_by_age: SharesByAge
    death_ward_by_age: SharesByAge
    death_icu_by_age: SharesByAge
    death_home_by_age: SharesByAge
    risk_by_segment: BySegment
    to_hospital_days: MeanAndSpread
    ward_days: MeanAndSpread
    icu_days: MeanAndSpread
    excess_ward: Share
    excess_icu: Share


class Reporting(Strict):
    """Which infections are ever reported, and when."""

    ascertainment_by_segment: SharesBySegment
    delay_days: MeanAndSpread
    weekday: Annotated[tuple[Share, ...], Field(min_length=7, max_length=7)]


class Vaccine(Strict):
    """What a vaccine does, who accepts it, and by which measure the city offers it."""

    protection: tuple[Share, ...]
    severity: Share
    waning_days: Positive
    uptake_by_age: SharesByAge
    uptake_by_segment: BySegment
    oldest_first: bool = True
    doses_a_day_per_1000: Positive
    # The measure that offers it: doses arrive on the days on which that is in force.
    offered_by: str


class Work(Strict):
    """Who works, and who falls ill enough to stay away."""

    employed_by_age: SharesByAge
    symptomatic_by_age: SharesByAge


class Measure(Strict):
    """What a measure does to those who follow it, and who does."""

    code: str
    effects: dict[str, Share] = {}
    travel: Share = 0.0
    isolation: Share = 0.0
    compliance: SharesBySegment
    fatigue_days: Positive
    floor: Share
    work_lost: Share = 0.0

    @model_validator(mode="after")
    def _settings_exist(self) -> Measure:
        if unknown := set(self.effects) - SETTINGS:
            raise ValueError(f"'{sorted(unknown)[0]}' is no setting; there are {', '.join(sorted(SETTINGS))}")
        return self


class Infection(Strict):
    """An infection that spreads from person to person."""

    kind: Literal["infection"] = "infection"
    slug: Slug
    title: Words
    variants: Annotated[tuple[Variant, ...], Field(min_length=1)]
    dispersion: Positive | None = None
    visitors_infected_per_day: tuple[Amount, ...]
    immunity: Immunity
    beforehand: Beforehand | None = None
    contacts: Contacts
    care: Care
    reporting: Reporting
    vaccine: Vaccine | None = None
    work: Work
    measures: tuple[Measure, ...] = ()
    # What comes on top of it, such as a heat wave.
    also: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _one_number_a_variant(self) -> Infection:
        count = len(self.variants)
        tables = {
            "visitors_infected_per_day": len(self.visitors_infected_per_day),
            "immunity.cross": len(self.immunity.cross),
            **{f"immunity.cross, row {n + 1}": len(row) for n, row in enumerate(self.immunity.cross)},
        }
        if self.vaccine:
            tables["vaccine.protection"] = len(self.vaccine.protection)
        for name, found in tables.items():
            if found != count:
                raise ValueError(f"{name} has {found} numbers, but there are {count} variants")
        once_each("measure", [measure.code for measure in self.measures])
        return self


class Stage(Strict):
    """What is known of an illness from a day on, and so who counts as a case."""

    name: Slug
    from_day: int = Field(ge=0)
    title: Words
    # What can be said of a case at this stage, from the least to the most certain.
    classes: Annotated[tuple[Literal["suspected", "probable", "confirmed"], ...], Field(min_length=1)]

    @property
    def has_a_test(self) -> bool:
        """Tell whether a laboratory can confirm a case."""
        return "confirmed" in self.classes


class Unknown(Strict):
    """An illness of which at first only the complaints are known."""

    kind: Literal["unknown"]
    slug: Slug
    title: Words
    infection: Infection | None = None
    source: CommonSource | None = None
    complaints: Complaints | None = None
    telling: Telling | None = None
    # Of an infection: `had` is the share of the well who would say yes, `carries` that of the ill.
    questions: tuple[Question, ...] = ()
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    also: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _is_one_thing_in_truth(self) -> Unknown:
        if (self.infection is None) == (self.source is None):
            raise ValueError("give either 'infection' or 'source': what it is in truth")
        if self.infection and not (self.complaints and self.telling):
            raise ValueError("an infection of unknown cause needs 'complaints' and 'telling'")
        days = [stage.from_day for stage in self.stages]
        if days[0] != 0 or days != sorted(set(days)):
            raise ValueError("stages must begin with day 0 and come one after the other")
        once_each("stage", [stage.name for stage in self.stages])
        return self

    @property
    def tested_from(self) -> int:
        """Return the day from which a laboratory can confirm a case; beyond all days where none ever can."""
        return next((stage.from_day for stage in self.stages if stage.has_a_test), _NEVER)

    def stage_on(self, day: int) -> Stage:
        """Return what is known on a day."""
        return next(stage for stage in reversed(self.stages) if stage.from_day <= day)


Emergency = Annotated[Infection | CommonSource | Unknown | Heat, Field(discriminator="kind")]
_READ: TypeAdapter[Infection | CommonSource | Unknown | Heat] = TypeAdapter(Emergency)


def names() -> tuple[str, ...]:
    """Return the emergencies that come with the product."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def overlays() -> tuple[str, ...]:
    """Return those that can come on top of any other."""
    return tuple(name for name in names() if isinstance(read_emergency(name), Heat))


def read_emergency(name_or_file: str | Path) -> Infection | CommonSource | Unknown | Heat:
    """Return an emergency by its name, or from a file of one's own."""
    given = Path(name_or_file)
    path = given if given.suffix in {".yaml", ".yml"} else FOLDER / f"{name_or_file}.yaml"
    if not path.is_file():
        raise BadEmergency(f"There is no emergency '{name_or_file}'. Choose {', '.join(names())}, or a YAML file.")
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadEmergency(f"{path.name} is not YAML in UTF-8: {error}. Correct that line.") from error
    if not isinstance(raw, dict):
        raise BadEmergency(f"{path.name} cannot be used: it holds no description. Begin with 'slug:' and 'title:'.")
    kind = raw.setdefault("kind", "infection")
    try:
        return _READ.validate_python(raw)
    except ValidationError as error:
        faults = "; ".join(_plain(item["loc"], item["msg"], str(kind)) for item in error.errors())
        raise BadEmergency(f"{path.name} cannot be used: {faults}.") from error


def _plain(where: tuple[int | str, ...], what: str, kind: str) -> str:
    inside = where[1:] if where[:1] == (kind,) else where
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in inside)
    words = what.removeprefix("Value error, ")
    return f"{place}: {words}" if place else words
