"""The description of an emergency: data that a director edits, read with its faults told in plain words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from salus.world.errors import WorldError

FOLDER = Path(__file__).parent / "emergencies"
AGES, SEGMENTS = 7, 3

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Amount = Annotated[float, Field(ge=0)]
ByAge = Annotated[tuple[Amount, ...], Field(min_length=AGES, max_length=AGES)]
SharesByAge = Annotated[tuple[Share, ...], Field(min_length=AGES, max_length=AGES)]
BySegment = Annotated[tuple[Amount, ...], Field(min_length=SEGMENTS, max_length=SEGMENTS)]
SharesBySegment = Annotated[tuple[Share, ...], Field(min_length=SEGMENTS, max_length=SEGMENTS)]
MeanAndSpread = tuple[Positive, Positive]
SETTINGS = frozenset({"home", "school", "work", "community", "*"})


class BadEmergency(WorldError):
    """An emergency's description cannot be used; the message says where and what to change."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Variant(_Strict):
    """One variant of the pathogen, and when and where it comes into the city."""

    name: str
    r0: Positive
    generation_mean: Positive
    generation_sd: Positive
    severity: Amount = 1.0
    arrives_on_day: int = Field(ge=0)
    seeds: Positive
    at: str = Field(pattern="^(port|centre|anywhere)$")


class Immunity(_Strict):
    """What infection protects from, and for how long."""

    cross: tuple[tuple[Share, ...], ...]
    waning_days: Positive
    waned_susceptibility: Share
    waned_severity: Share
    recovered_severity: Share


class Beforehand(_Strict):
    """Who is protected before it begins, by vaccine or by an infection long ago."""

    vaccinated_by_age: SharesByAge
    recovered_by_age: SharesByAge
    # Factors on the share that is vaccinated: some neighbourhoods were reached less.
    vaccinated_by_segment: BySegment


class Contacts(_Strict):
    """Meetings a day beside those at home."""

    school: Amount
    work: Amount
    community_by_age: ByAge
    season: Share = 0.0


class Care(_Strict):
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


class Reporting(_Strict):
    """Which infections are ever reported, and when."""

    ascertainment_by_segment: SharesBySegment
    delay_days: MeanAndSpread
    weekday: Annotated[tuple[Share, ...], Field(min_length=7, max_length=7)]


class Vaccine(_Strict):
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


class Work(_Strict):
    """Who works, and who falls ill enough to stay away."""

    employed_by_age: SharesByAge
    symptomatic_by_age: SharesByAge


class Measure(_Strict):
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


class Emergency(_Strict):
    """An infection that spreads from person to person."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: dict[str, str]
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

    @model_validator(mode="after")
    def _one_number_a_variant(self) -> Emergency:
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
        codes = [measure.code for measure in self.measures]
        if twice := {code for code in codes if codes.count(code) > 1}:
            raise ValueError(f"the measure '{min(twice)}' is described twice")
        return self


def names() -> tuple[str, ...]:
    """Return the emergencies that come with the product."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def read_emergency(name_or_file: str | Path) -> Emergency:
    """Return an emergency by its name, or from a file of one's own."""
    given = Path(name_or_file)
    path = given if given.suffix in {".yaml", ".yml"} else FOLDER / f"{name_or_file}.yaml"
    if not path.is_file():
        raise BadEmergency(f"There is no emergency '{name_or_file}'. Choose {', '.join(names())}, or a YAML file.")
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadEmergency(f"{path.name} is not YAML in UTF-8: {error}. Correct that line.") from error
    try:
        return Emergency.model_validate(raw)
    except ValidationError as error:
        faults = "; ".join(_plain(item["loc"], item["msg"]) for item in error.errors())
        raise BadEmergency(f"{path.name} cannot be used: {faults}.") from error


def _plain(where: tuple[int | str, ...], what: str) -> str:
    place = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
    words = what.removeprefix("Value error, ")
    return f"{place}: {words}" if place else words
