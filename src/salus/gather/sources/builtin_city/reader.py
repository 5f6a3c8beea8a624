"""Read Port Alma's folder; without a folder, make one from a seed first."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.gather.sources.builtin_city import generate as made
from salus.gather.sources.chunks import (
    Chunk,
    CityChunk,
    FacilitiesChunk,
    FacilitySpec,
    FactsChunk,
    OrganisationsChunk,
    OrganisationSpec,
    PopulationChunk,
    PopulationSpec,
    Progress,
    SpaceSpec,
    ZonesChunk,
    ZoneSpec,
    silent,
)
from salus.gather.sources.facts import as_facts, changes_only, moment_on
from salus.gather.sources.files import read_csv, read_features, read_json, read_parquet, require_folder

PUBLISHED = time(18, 0)
FACTS = {
    "cases.parquet": "cases",
    "hospital.parquet": "hospital admissions and deaths",
    "tests.parquet": "tests",
    "visits.parquet": "emergency visits",
}
_NAMES = ["name_en", "name_fr", "name_ar"]


def read(
    path: Path | None, *, progress: Progress = silent, seed: int = 7, start: date = made.START, days: int = made.DAYS
) -> Iterator[Chunk]:
    """Yield the city, its places and people, and its facts."""
    if path is not None:
        yield from _read_folder(require_folder(path, what="a city made by the generator"), progress)
        return
    with tempfile.TemporaryDirectory(prefix="port-alma-") as name:
        progress(0, None, "making the city")
        made.generate(Path(name), seed=seed, start=start, days=days)
        yield from _read_folder(Path(name), progress)


def _read_folder(folder: Path, progress: Progress) -> Iterator[Chunk]:
    city = read_json(folder, "city.json")
    total = 5 + len(FACTS)
    makers: list[Callable[[Path, dict[str, Any]], Chunk]] = [
        _city,
        _zones,
        _population,
        _organisations,
        _facilities,
    ]
    labels = ["city", "zones", "people", "organisations", "facilities"]
    for done, make in enumerate(makers):
        progress(done, total, labels[done])
        yield make(folder, city)
    for done, (file, label) in enumerate(FACTS.items(), start=len(makers)):
        progress(done, total, label)
        yield _facts(folder, file, label, str(city["time_zone"]))
    progress(total, total, "read")


def _city(folder: Path, city: dict[str, Any]) -> CityChunk:
    try:
        lon, lat = city["centre"]
        return CityChunk(
            city["slug"], city["name"], city["time_zone"], tuple(city["languages"]), city["help_phone"], (lon, lat)
        )
    except (KeyError, ValueError, TypeError) as error:
        raise Invalid(_("The file city.json does not describe a city."), remedy=_("Make the city again.")) from error


def _zones(folder: Path, city: dict[str, Any]) -> ZonesChunk:
    specs = tuple(
        ZoneSpec(
            code=row["properties"]["code"],
            name=row["properties"]["name"],
            level=row["properties"]["level"],
            parent_code=row["properties"]["parent"],
            geometry=row["geometry"],
            aliases=tuple(row["properties"]["aliases"]),
        )
        for row in read_features(folder, "zones.geojson")
    )
    return ZonesChunk(f"Port Alma, seed {city['seed']}", date.fromisoformat(city["zones_since"]), specs)


def _population(folder: Path, city: dict[str, Any]) -> PopulationChunk:
    table = read_csv(folder, "population.csv", ["zone", "age_from", "age_to", "segment", "people"], text=["segment"])
    rows = tuple(
        PopulationSpec(row["zone"], float(row["people"]), row["age_from"], row["age_to"], row["segment"] or "")
        for row in table.iter_rows(named=True)
    )
    return PopulationChunk("population.csv", date.fromisoformat(city["zones_since"]), rows)


def _organisations(folder: Path, city: dict[str, Any]) -> OrganisationsChunk:
    columns = ["code", "kind", "parent", "territory", *_NAMES]
    table = read_csv(folder, "organisations.csv", columns, text=columns)
    rows = tuple(
        OrganisationSpec(
            row["code"], _name(row), row["kind"], row["parent"] or None, tuple((row["territory"] or "").split())
        )
        for row in table.iter_rows(named=True)
    )
    return OrganisationsChunk(rows)


def _facilities(folder: Path, city: dict[str, Any]) -> FacilitiesChunk:
    texts = ["code", "kind", "zone", "organisation", "spaces", *_NAMES]
    table = read_csv(folder, "facilities.csv", ["lon", "lat", *texts], text=texts)
    return FacilitiesChunk(tuple(_facility(row) for row in table.iter_rows(named=True)))


def _facility(row: dict[str, Any]) -> FacilitySpec:
    spaces = tuple(
        SpaceSpec(kind, int(size)) for kind, _, size in (part.partition("=") for part in (row["spaces"] or "").split())
    )
    return FacilitySpec(
        row["code"], _name(row), row["kind"], row["zone"], row["lon"], row["lat"], row["organisation"] or None, spaces
    )


def _name(row: dict[str, Any]) -> dict[str, str]:
    return {column.removeprefix("name_"): row[column] for column in _NAMES if row[column]}


def _facts(folder: Path, file: str, label: str, time_zone: str) -> FactsChunk:
    raw = read_parquet(folder, file, ["series", "zone", "valid_on", "published_on", "value", "status"])
    frame = as_facts(raw.with_columns(moment_on(pl.col("published_on"), PUBLISHED, time_zone).alias("known_at")))
    return FactsChunk(label, changes_only(frame), (folder / file,))
