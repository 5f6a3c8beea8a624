"""Writes a city as a pack: one folder of documented open formats, the same bytes for the same seed."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from salus.world.city import buildings, daily, hours, networks, sensors, society, streets, supply, transit
from salus.world.city.descriptor import describe
from salus.world.city.ground import FloatArray, Ground, make_ground
from salus.world.city.names import CITY, Words, district_names, place_names
from salus.world.city.people import People, make_people
from salus.world.city.places import Place, make_places
from salus.world.city.registers import population_rows, strata_rows, write_people
from salus.world.errors import WorldError

Row = dict[str, Any]
Told = Callable[[int, int, str], None]
LEAST, MOST = 2_000, 12_000_000
ROOT = "ALMA"
SINCE = date(2026, 1, 1)
STEPS = ("ground", "people", "places", "days", "streets", "transit", "networks", "supplies", "buildings", "describing")


class CannotBuild(WorldError):
    """The city that was asked for cannot be built; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of zones and districts by position."""

    zones: list[str]
    districts: list[str]


def build(folder: Path, *, seed: int = 7, people: int = 400_000, told: Told = lambda done, total, what: None) -> Path:
    """Build the city of a seed in a folder, which is complete or not there at all."""
    if not LEAST <= people <= MOST:
        raise CannotBuild(f"A city of {people:,} people cannot be built. Ask for {LEAST:,} to {MOST:,}.")
    if folder.exists() and any(folder.iterdir()):
        if not (folder / "datapackage.json").exists():
            raise CannotBuild(f"{folder} holds something that is not a city pack. Choose another folder.")
        shutil.rmtree(folder)
    half = folder.with_name(folder.name + ".part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    _Builder(half, seed, people, told).run()
    if folder.exists():
        folder.rmdir()
    half.rename(folder)
    return folder


class _Builder:
    """Makes each part from its own stream of chance, so that a change in one leaves the others as they are."""

    def __init__(self, folder: Path, seed: int, people: int, told: Told) -> None:
        self._folder, self._seed, self._count, self._told = folder, seed, people, told
        self._streams = dict(zip(STEPS, np.random.SeedSequence(seed).spawn(len(STEPS)), strict=True))

    def _begin(self, step: str) -> np.random.Generator:
        self._told(STEPS.index(step), len(STEPS), step)
        return np.random.default_rng(self._streams[step])

    def run(self) -> None:
        """Make and write every part."""
        rng = self._begin("ground")
        ground = make_ground(self._count, rng)
        codes = _codes(ground)
        write_zones(self._folder, ground, codes, rng)
        people = make_people(ground, self._count, self._begin("people"))
        places = make_places(ground, people, self._begin("places"))
        days = daily.make_days(ground, people, places, self._begin("days"))
        write_streets(self._folder, streets.make_streets(ground, self._begin("streets")), codes)
        lines = transit.make_lines(ground, self._count)
        for name, rows in transit.tables(lines, ground, codes.zones, self._begin("transit")).items():
            write_csv(self._folder / "gtfs" / name, rows)
        self._networks(ground, people, places, codes)
        self._supplies(people, places)
        homes = buildings.make_homes(ground, people, self._begin("buildings"))
        buildings.write_buildings(self._folder / "buildings", ground, homes, places, codes.districts, codes.zones)
        write_people(self._folder, people, days, homes.of_household, places, codes.zones)
        self._places(ground, people, places, codes)
        write_travel(self._folder, daily.travel_matrix(ground), hours.presence(ground, people, places, days), codes)
        self._begin("describing")
        self._city()
        describe(self._folder)
        self._told(len(STEPS), len(STEPS), "done")

    def _city(self) -> None:
        about = {
            "slug": "port_alma",
            "name": CITY,
            "time_zone": "Atlantic/Madeira",
            "languages": ["en", "fr", "ar"],
            "help_phone": "1177",
            "centre": [-20.6, 33.9],
            "seed": self._seed,
            "people": self._count,
            "zones_since": SINCE.isoformat(),
        }
        write_json(self._folder / "city.json", about)

    def _networks(self, ground: Ground, people: People, places: list[Place], codes: Codes) -> None:
        rng = self._begin("networks")
        nodes = networks.make_networks(ground, people, places, rng)
        write_json(self._folder / "networks.json", {"nodes": networks.as_rows(nodes, codes.zones)})
        rows = sensors.make_sensors(ground, places, nodes, rng)
        write_csv(self._folder / "sensors.csv", [{**row, "zone": codes.zones[row["zone"]]} for row in rows])
        works = [node for node in nodes if node.kind == "sewage_works"]
        living = np.bincount(people.zone, minlength=len(ground.zones))
        features = [
            _feature({"code": node.code, "zones": [codes.zones[zone] for zone in node.serves],
                      "people": int(living[list(node.serves)].sum())},
                     shapely.coverage_union_all([ground.zones[zone] for zone in node.serves]))
            for node in works
        ]  # fmt: skip
        write_json(self._folder / "catchments.geojson", {"type": "FeatureCollection", "features": features})
        self._depots = [node.code for node in nodes if node.kind == "depot"]

    def _supplies(self, people: People, places: list[Place]) -> None:
        rng = self._begin("supplies")
        held, lots = supply.stocks(people, places, rng)
        write_csv(self._folder / "products.csv", supply.products())
        write_csv(self._folder / "suppliers.csv", supply.suppliers(people.count, rng))
        write_csv(self._folder / "stocks.csv", held)
        write_csv(self._folder / "lots.csv", lots)
        write_csv(self._folder / "vehicles.csv", supply.vehicles(people.count, self._depots, rng))
        write_csv(self._folder / "prices.csv", supply.prices(places, rng))
        write_csv(self._folder / "posts.csv", society.posts(rng))
        self._volunteers = society.volunteers(people, rng)

    def _places(self, ground: Ground, people: People, places: list[Place], codes: Codes) -> None:
        write_csv(self._folder / "facilities.csv", [_facility(place, codes) for place in places])
        write_csv(
            self._folder / "organisations.csv",
            society.organisations(codes.districts, district_names(len(codes.districts))),
        )
        write_csv(
            self._folder / "volunteers.csv", [{**row, "zone": codes.zones[row["zone"]]} for row in self._volunteers]
        )
        write_csv(self._folder / "population.csv", population_rows(people, codes.zones))
        write_csv(self._folder / "strata.csv", strata_rows(people, codes.zones))


def _codes(ground: Ground) -> Codes:
    names = district_names(len(ground.districts))
    districts: list[str] = []
    for name in names:
        letters = "".join(letter for letter in name["en"].upper() if letter.isalpha())
        districts.append(next(code for n in range(len(letters) - 2)
                              if (code := letters[:2] + letters[2 + n]) not in districts))  # fmt: skip
    seen = [0] * len(districts)
    zones = []
    for number in ground.district_of.tolist():
        seen[number] += 1
        zones.append(f"{districts[number]}-{seen[number]}")
    return Codes(zones, districts)


def _feature(properties: Row, area: BaseGeometry) -> Row:
    return {"type": "Feature", "properties": properties, "geometry": mapping(area)}


def write_zones(folder: Path, ground: Ground, codes: Codes, rng: np.random.Generator) -> None:
    """Write city, districts and zones, parents before children."""
    names = place_names(len(codes.zones), rng)
    features = [_feature(_zone(ROOT, CITY, "city", None), ground.city)]
    for number, name in enumerate(district_names(len(codes.districts))):
        features.append(_feature(_zone(codes.districts[number], name, "district", ROOT), ground.districts[number]))
    for place, code in enumerate(codes.zones):
        parent = codes.districts[int(ground.district_of[place])]
        about = {**_zone(code, names[place], "zone", parent), "aliases": [f"PA{place + 1:04d}"]}
        about.update(kind=ground.kind[place], coastal=bool(ground.coastal[place]))
        features.append(_feature(about, ground.zones[place]))
    write_json(folder / "zones.geojson", {"type": "FeatureCollection", "features": features})


def _zone(code: str, name: Words, level: str, parent: str | None) -> Row:
    return {"code": code, "name": name, "level": level, "parent": parent, "aliases": []}


def write_travel(folder: Path, to_work: FloatArray, presence: FloatArray, codes: Codes) -> None:
    """Write who works where, and where people are by block of hours."""
    _by_zone(to_work, codes).write_parquet(folder / "travel.parquet")
    blocks = [
        _by_zone(share, codes).insert_column(0, pl.Series("hours", [block.name] * len(share)))
        for block, share in zip(hours.BLOCKS, presence, strict=True)
    ]
    pl.concat(blocks).write_parquet(folder / "presence.parquet")


def _by_zone(share: FloatArray, codes: Codes) -> pl.DataFrame:
    table = pl.DataFrame(share.astype(np.float32), schema=codes.zones)
    return table.insert_column(0, pl.Series("from", codes.zones))


def write_streets(folder: Path, made: streets.Streets, codes: Codes) -> None:
    """Write crossings and streets as two tables."""
    (folder / "streets").mkdir()
    zone = pl.Series(made.zone).replace_strict(dict(enumerate(codes.zones)), return_dtype=pl.String)
    pl.DataFrame({"lon": made.lon, "lat": made.lat, "zone": zone}).with_row_index("crossing").write_parquet(
        folder / "streets" / "crossings.parquet"
    )
    kind = pl.Series(made.kind).replace_strict(dict(enumerate(streets.CLASSES)), return_dtype=pl.String)
    table = {"start": made.start, "end": made.end, "class": kind, "km": made.km, "minutes": made.minutes}
    pl.DataFrame(table).write_parquet(folder / "streets" / "streets.parquet")


def _facility(place: Place, codes: Codes) -> Row:
    return {"code": place.code, "kind": place.kind, "zone": codes.zones[place.zone], "lon": place.lon,
            "lat": place.lat, "organisation": place.owner, "hours": place.hours,
            "spaces": " ".join(f"{kind}={size}" for kind, size in place.spaces.items()),
            **{f"name_{language}": text for language, text in place.name.items()}}  # fmt: skip


def write_csv(path: Path, rows: list[Row]) -> None:
    """Write rows that all have the columns of the first."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_json(path: Path, document: Row) -> None:
    """Write a document as it is, in its own letters."""
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
