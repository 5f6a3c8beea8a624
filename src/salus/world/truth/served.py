"""Whom a poisoned source reaches: the people who live, work or eat where it is."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from salus.world.city.people import AGE_BANDS, SEGMENTS
from salus.world.emergency_kinds import CommonSource, SourcePlace
from salus.world.errors import WorldError

_NODE = {"water_main": "main", "pumping_station": "pumping_station"}
WATER_PLACES = frozenset(_NODE)
_COLUMNS = ("person", "household", "zone", "age", "sex", "segment", "workplace")


class BadPlace(WorldError):
    """The source cannot be where it is said to be; the message names places that there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """The people whom a source can reach.

    Attributes
    ----------
    people : DataFrame
        One row a person: person, household, zone, stratum, age, sex, works, segment, and whether they can have it
        at `home`, at `work` or at the `source`.
    zones : tuple of str
        The zones that the source serves, or in which it stands.

    """

    people: pl.DataFrame
    zones: tuple[str, ...]


def settled(source: CommonSource, pack: Path, rng: np.random.Generator) -> CommonSource:
    """Return the source with the place that a run chooses for it, or that it was given."""
    codes = _candidates(source.place, pack)
    if source.place.code is None:
        code = str(rng.choice(sorted(codes)))
    elif source.place.code in (every := _every(source.place, pack)):
        code = source.place.code
    else:
        some = ", ".join(sorted(every)[:4])
        raise BadPlace(f"There is no {source.place.kind} '{source.place.code}' in this city; there are {some}.")
    return source.model_copy(update={"place": source.place.model_copy(update={"code": code})})


def _every(place: SourcePlace, pack: Path) -> set[str]:
    if place.kind in _NODE:
        return {node["code"] for node in _nodes(pack) if node["kind"] == _NODE[place.kind]}
    if place.kind == "workplace":
        return {str(code) for code in pl.read_parquet(pack / "workplaces.parquet")["workplace"].to_list()}
    return {row["code"] for row in _facilities(pack)}


def _candidates(place: SourcePlace, pack: Path) -> set[str]:
    """Return where it may be: not in a place so small that nobody would notice."""
    if place.code is not None:
        return {place.code}
    if place.kind in _NODE:
        sizes = {node["code"]: node["capacity"] for node in _nodes(pack) if node["kind"] == _NODE[place.kind]}
        middle = float(np.median(list(sizes.values())))
        return {code for code, size in sizes.items() if size >= middle}
    if place.kind == "workplace":
        table = pl.read_parquet(pack / "workplaces.parquet")
        fits = table if place.sector is None else table.filter(pl.col("sector") == place.sector)
        fits = fits if fits.height else table
        large = fits.filter(pl.col("people") >= place.at_least)
        found = large if large.height else fits.filter(pl.col("people") == fits["people"].max())
        return {str(code) for code in found["workplace"].to_list()}
    found_codes = {row["code"] for row in _facilities(pack) if row["kind"] == place.facility}
    if not found_codes:
        raise BadPlace(f"This city has no facility of the kind '{place.facility}'. Name another kind.")
    return found_codes


def served(source: CommonSource, pack: Path, zones: tuple[str, ...], guests: np.random.Generator) -> Served:
    """Return the people whom a settled source can reach."""
    place = source.place
    table = pl.scan_parquet(pack / "people.parquet").select(_COLUMNS)
    if place.kind in _NODE:
        area = next(tuple(node["serves"]) for node in _nodes(pack) if node["code"] == place.code)
        works = pl.read_parquet(pack / "workplaces.parquet").filter(pl.col("zone").cast(pl.String).is_in(area))
        home = pl.col("zone").cast(pl.String).is_in(area)
        work = pl.col("workplace").cast(pl.Int64).is_in(works["workplace"].cast(pl.Int64).implode()).fill_null(False)
        rows = table.with_columns(home.alias("home"), work.alias("work"), pl.lit(False).alias("source"))
        return Served(_laid_out(rows.filter(home | work).collect(), zones), area)
    at = pl.col("workplace").cast(pl.Int64) == int(place.code or 0) if place.kind == "workplace" else pl.lit(True)
    rows = table.filter(at).with_columns(*(pl.lit(name == "source").alias(name) for name in ("home", "work", "source")))
    people = rows.collect()
    if place.kind == "meal":
        area = (next(row["zone"] for row in _facilities(pack) if row["code"] == place.code),)
        wanted = round(people.height * float(place.guests_per_1000 or 0.0) / 1000)
        chosen = np.sort(guests.choice(people.height, min(max(wanted, 1), people.height), replace=False))
        return Served(_laid_out(people[chosen], zones), area)
    stands = pl.read_parquet(pack / "workplaces.parquet").filter(pl.col("workplace") == int(place.code or 0))
    return Served(_laid_out(people, zones), (str(stands["zone"][0]),))


def household_members(pack: Path, households: pl.Series, zones: tuple[str, ...]) -> pl.DataFrame:
    """Return everybody who lives in some households."""
    rows = (
        pl.scan_parquet(pack / "people.parquet")
        .select(_COLUMNS)
        .filter(pl.col("household").is_in(households.implode()))
    )
    return _laid_out(rows.collect(), zones)


def _laid_out(people: pl.DataFrame, zones: tuple[str, ...]) -> pl.DataFrame:
    edges = [low for low, _high in AGE_BANDS]
    band = np.searchsorted(edges, people["age"].to_numpy(), side="right") - 1
    segment = people["segment"].cast(pl.Enum(SEGMENTS)).to_physical().to_numpy().astype(np.int64)
    number = {code: place for place, code in enumerate(zones)}
    return people.with_columns(
        pl.col("zone").cast(pl.String).replace_strict(number, return_dtype=pl.Int16),
        pl.Series("stratum", (band * len(SEGMENTS) + segment).astype(np.int16)),
        pl.Series("segment", segment),
        pl.col("sex").cast(pl.String),
        pl.col("age").cast(pl.Int16),
        pl.col("workplace").is_not_null().alias("works"),
        pl.col("person").cast(pl.Int64),
        pl.col("household").cast(pl.Int64),
    ).sort("person")


def _nodes(pack: Path) -> list[dict[str, Any]]:
    path = pack / "networks.json"
    if not path.is_file():
        raise BadPlace(f"{pack} has no networks.json, so no water can be poisoned. Build the city again.")
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["nodes"]
    return rows


def _facilities(pack: Path) -> list[dict[str, str]]:
    with (pack / "facilities.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
