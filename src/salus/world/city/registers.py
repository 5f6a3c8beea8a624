"""The people of a pack: one row a person, and how many of each kind live in each zone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from salus.world.city.daily import NOWHERE, SECTORS, Days
from salus.world.city.ground import IntArray
from salus.world.city.people import (
    ACCESS,
    AGE_BANDS,
    CONDITIONS,
    DISABILITIES,
    HOUSEHOLD_KINDS,
    LANGUAGES,
    SEGMENTS,
    SHARED,
    People,
)
from salus.world.city.places import Place

Row = dict[str, Any]


def words(values: IntArray, names: list[str] | tuple[str, ...]) -> pl.Series:
    """Return the words that positions stand for; a position below nought stands for nothing."""
    kind = pl.Enum(list(names))
    found = pl.Series(values, dtype=pl.Int64).set(pl.Series(values < 0), None).cast(pl.UInt32)
    return found.cat.to(kind)


def write_people(
    folder: Path, people: People, days: Days, building: IntArray, places: list[Place], zones: list[str]
) -> None:
    """Write people, households and workplaces as three tables."""
    codes = [place.code for place in places]
    person = {
        "household": people.household.astype(np.int32),
        "zone": words(people.zone, zones),
        "age": people.age.astype(np.uint8),
        "sex": words(people.sex, ("female", "male")),
        "condition": words(people.condition, CONDITIONS),
        "income_tenth": people.decile.astype(np.uint8),
        "segment": words(people.segment, SEGMENTS),
        "language": words(people.language, LANGUAGES),
        "disability": words(people.disability, DISABILITIES),
        "digital_access": words(people.access, ACCESS),
        "workplace": _or_nothing(days.workplace),
        "works_from_home": days.from_home.astype(bool),
        "school": words(days.school, codes),
    }
    pl.DataFrame(person).with_row_index("person").write_parquet(folder / "people.parquet")
    household = {
        "zone": words(people.home_zone, zones),
        "kind": words(people.kind, HOUSEHOLD_KINDS),
        "building": _or_nothing(np.where(building >= 0, building + 1, NOWHERE)),
    }
    pl.DataFrame(household).with_row_index("household").write_parquet(folder / "households.parquet")
    workplace = {
        "zone": words(days.work_zone, zones),
        "sector": words(days.sector, SECTORS),
        "people": days.size.astype(np.int32),
    }
    pl.DataFrame(workplace).with_row_index("workplace").write_parquet(folder / "workplaces.parquet")


def _or_nothing(values: IntArray) -> pl.Series:
    series = pl.Series(values.astype(np.int32))
    return series.set(series < 0, None)


def population_rows(people: People, zones: list[str]) -> list[Row]:
    """Return how many people of each age and of each group that needs more live in each zone."""
    groups = {
        "low_income": people.decile <= 3,
        "older_alone": (people.age >= 70) & (people.kind[people.household] == 0),
        "other_language": people.language > 0,
        "disabled": people.disability > 0,
        "long_term_ill": (people.condition > 0) & (people.condition != CONDITIONS.index("pregnant")),
        "not_online": people.access < ACCESS.index("full"),
        "shared_homes": people.kind[people.household] == SHARED,
    }
    count = len(zones)
    total = np.bincount(people.zone, minlength=count)
    rows = [_row(zone, "", "", "", total[n]) for n, zone in enumerate(zones)]
    for low, high in AGE_BANDS:
        inside = (people.age >= low) & (people.age <= (high if high is not None else 200))
        number = np.bincount(people.zone[inside], minlength=count)
        rows += [_row(zone, low, "" if high is None else high, "", number[n]) for n, zone in enumerate(zones)]
    for name, inside in groups.items():
        number = np.bincount(people.zone[inside], minlength=count)
        rows += [_row(zone, "", "", name, number[n]) for n, zone in enumerate(zones)]
    return rows


def _row(zone: str, low: object, high: object, segment: str, people: int) -> Row:
    return {"zone": zone, "age_from": low, "age_to": high, "segment": segment, "people": int(people)}


def strata_rows(people: People, zones: list[str]) -> list[Row]:
    """Return how many people are in each zone, age band and segment, of which everybody is in one."""
    edges = [low for low, _high in AGE_BANDS]
    band = np.searchsorted(edges, people.age, side="right") - 1
    shape = (len(zones), len(AGE_BANDS), len(SEGMENTS))
    counts = np.bincount(
        np.ravel_multi_index((people.zone, band, people.segment), shape), minlength=int(np.prod(shape))
    )
    table = counts.reshape(shape)
    return [
        {"zone": zone, "age_from": low, "age_to": "" if high is None else high, "segment": segment,
         "people": int(table[n, a, s])}
        for n, zone in enumerate(zones)
        for a, (low, high) in enumerate(AGE_BANDS)
        for s, segment in enumerate(SEGMENTS)
    ]  # fmt: skip
