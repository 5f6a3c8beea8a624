"""Says what is in a pack: a Frictionless data package that names each file, its format and its columns."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl

WORDS = {
    "city.json": "The city: name, languages, seed",
    "zones.geojson": "City, districts and zones, nested by parent",
    "population.csv": "People by zone and age, and by group that needs more",
    "strata.csv": "People by zone, age band and segment; everybody is in one row",
    "people.parquet": "One row a person",
    "households.parquet": "One row a household, with its building",
    "workplaces.parquet": "One row a workplace",
    "travel.parquet": "Share of each zone's workers who work in each zone",
    "presence.parquet": "Share of each zone's residents who are in each zone, by block of hours",
    "facilities.csv": "Facilities with opening hours (OpenStreetMap's notation) and spaces",
    "organisations.csv": "Organisations by kind and by category of stakeholder",
    "posts.csv": "Who holds which post, and who answers when they do not",
    "volunteers.csv": "Who offered to help, with skills, checks and free times",
    "networks.json": "Energy, water, sewage, communication, transport and health: what needs what, and for how long not",
    "sensors.csv": "Sensors with the topic on which each speaks",
    "catchments.geojson": "Sewer catchments",
    "products.csv": "What is bought, kept and used",
    "suppliers.csv": "Who sells what, how fast and how surely",
    "stocks.csv": "What lies where",
    "lots.csv": "The lots of each stock, with the day on which each expires",
    "vehicles.csv": "Vehicles and their depots",
    "prices.csv": "Prices on each market in quiet times",
    "streets/crossings.parquet": "Crossings of streets",
    "streets/streets.parquet": "Streets between crossings",
}
_TYPES = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv", "txt": "text/csv", "json": "application/json"}


def describe(folder: Path) -> Path:
    """Write `datapackage.json` for every file of a pack; it is written last, so its absence means half a pack."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    resources = [_resource(path, path.relative_to(folder).as_posix()) for path in files]
    document = {
        "profile": "data-package",
        "name": "salus-city-pack",
        "title": "A city made from a seed",
        "licenses": [{"name": "CC0-1.0", "title": "No rights reserved: every person and place in it is invented"}],
        "resources": resources,
    }
    path = folder / "datapackage.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _resource(path: Path, name: str) -> dict[str, Any]:
    kind = path.suffix.removeprefix(".")
    about: dict[str, Any] = {
        "name": name.replace("/", "-").rsplit(".", 1)[0].lower(),
        "path": name,
        "description": WORDS.get(name, _by_folder(name)),
        "mediatype": "application/city+json"
        if name.endswith(".city.json")
        else _TYPES.get(kind, "application/geo+json"),
        "bytes": path.stat().st_size,
        "hash": "sha256:" + _digest(path),
    }
    fields = _fields(path, kind)
    if fields:
        about["schema"] = {"fields": fields}
    return about


def _by_folder(name: str) -> str:
    if name.startswith("gtfs/"):
        return "Public transport (GTFS)"
    return "Buildings of one district (CityJSON 2.0)"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fields(path: Path, kind: str) -> list[dict[str, str]]:
    if kind == "parquet":
        return [{"name": name, "type": _word(dtype)} for name, dtype in pl.read_parquet_schema(path).items()]
    if kind in {"csv", "txt"}:
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        sample = pl.read_csv(path, n_rows=200, infer_schema_length=200)
        return [{"name": name, "type": _word(sample.schema[name])} for name in header]
    return []


def _word(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "integer"
    if dtype.is_float():
        return "number"
    return "boolean" if dtype == pl.Boolean else "string"
