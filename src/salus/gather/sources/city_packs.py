"""Read the city that a pack describes: its zones, people, organisations and facilities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.gather.sources.chunks import (
    Chunk,
    CityChunk,
    FacilitiesChunk,
    FacilitySpec,
    OrganisationsChunk,
    OrganisationSpec,
    PopulationChunk,
    PopulationSpec,
    SpaceSpec,
    ZonesChunk,
    ZoneSpec,
)
from salus.gather.sources.files import read_csv, read_features

About = dict[str, Any]
_NAMES = ["name_en", "name_fr", "name_ar"]


def city(folder: Path, about: About) -> CityChunk:
    """Return the city itself."""
    try:
        lon, lat = about["centre"]
        return CityChunk(
            about["slug"], about["name"], about["time_zone"], tuple(about["languages"]), about["help_phone"], (lon, lat)
        )
    except (KeyError, ValueError, TypeError) as error:
        raise Invalid(_("The file city.json does not describe a city."), remedy=_("Make the city again.")) from error


def zones(folder: Path, about: About) -> ZonesChunk:
    """Return city, districts and zones."""
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
    return ZonesChunk(f"Port Alma, seed {about['seed']}", date.fromisoformat(about["zones_since"]), specs)


def population(folder: Path, about: About) -> PopulationChunk:
    """Return who lives where."""
    table = read_csv(folder, "population.csv", ["zone", "age_from", "age_to", "segment", "people"], text=["segment"])
    rows = tuple(
        PopulationSpec(row["zone"], float(row["people"]), row["age_from"], row["age_to"], row["segment"] or "")
        for row in table.iter_rows(named=True)
    )
    return PopulationChunk("population.csv", date.fromisoformat(about["zones_since"]), rows)


def organisations(folder: Path, about: About) -> OrganisationsChunk:
    """Return organisations and their territories."""
    columns = ["code", "kind", "parent", "territory", *_NAMES]
    table = read_csv(folder, "organisations.csv", columns, text=columns)
    rows = tuple(
        OrganisationSpec(
            row["code"], _name(row), row["kind"], row["parent"] or None, tuple((row["territory"] or "").split())
        )
        for row in table.iter_rows(named=True)
    )
    return OrganisationsChunk(rows)


def facilities(folder: Path, about: About) -> FacilitiesChunk:
    """Return facilities with their spaces."""
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


PARTS: dict[str, Callable[[Path, About], Chunk]] = {
    "city": city,
    "zones": zones,
    "people": population,
    "organisations": organisations,
    "facilities": facilities,
}
