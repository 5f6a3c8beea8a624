"""Buildings as blocks in CityJSON 2.0, one file a district: homes, and the facilities among them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from salus.world.city.ground import CENTRE, INNER, ORIGIN, FloatArray, Ground, IntArray, degrees
from salus.world.city.people import CARE_HOME, People
from salus.world.city.places import Place

_HOUSEHOLDS = {CENTRE: 14, INNER: 6, "suburb": 2}
_STOREY_M = 3.0
# The six faces of a box, their corners counted so that each looks outward.
_FACES = ((3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
_STEP = 1e-7


@dataclass(frozen=True, slots=True)
class Homes:
    """Residential buildings, and the building of each household; care homes are facilities and have -1.

    Attributes
    ----------
    of_household : IntArray, one a household
        Building of each household.
    zone, storeys, year : IntArray, one a building
        Zone, storeys above the ground and year of building.
    lon, lat : FloatArray, one a building
        Place in degrees.

    """

    of_household: IntArray
    zone: IntArray
    storeys: IntArray
    year: IntArray
    lon: FloatArray
    lat: FloatArray


def make_homes(ground: Ground, people: People, rng: np.random.Generator) -> Homes:
    """House the households of each zone, densely in the centre."""
    private = np.flatnonzero(people.kind != CARE_HOME)
    per = np.array([_HOUSEHOLDS[kind] for kind in ground.kind])[people.home_zone[private]]
    order = np.lexsort((rng.random(private.size), people.home_zone[private]))
    zone = people.home_zone[private][order]
    rank = np.arange(zone.size) - np.searchsorted(zone, zone, side="left")
    block = rank // per[order]
    fresh = np.concatenate([[True], (zone[1:] != zone[:-1]) | (block[1:] != block[:-1])])
    number = np.cumsum(fresh) - 1
    of_household = np.full(people.kind.size, -1)
    of_household[private[order]] = number
    where = zone[fresh]
    flats = np.bincount(number)
    storeys = np.clip(np.ceil(flats / 2.5) + rng.integers(0, 2, where.size), 1, 12).astype(np.int64)
    reach = 0.75 * np.sqrt(ground.area_km2[where] / np.pi)
    turn, away = rng.uniform(0, 2 * np.pi, where.size), reach * np.sqrt(rng.random(where.size))
    at = ground.at[where]
    lon, lat = degrees(at[:, 0] + away * np.cos(turn), at[:, 1] + away * np.sin(turn))
    year = np.clip(rng.normal(1968, 28, where.size), 1820, 2025).astype(np.int64)
    return Homes(of_household, where, storeys, year, lon, lat)


def write_buildings(
    folder: Path, ground: Ground, homes: Homes, places: list[Place], district_codes: list[str], zone_codes: list[str]
) -> list[Path]:
    """Write one CityJSON file for each district and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    district = ground.district_of[homes.zone]
    paths = []
    for number, code in enumerate(district_codes):
        rows = np.flatnonzero(district == number)
        inside = [place for place in places if ground.district_of[place.zone] == number]
        path = folder / f"{code}.city.json"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(_document(code, rows, homes, inside, zone_codes))
        paths.append(path)
    return paths


def _document(code: str, rows: IntArray, homes: Homes, places: list[Place], zone_codes: list[str]) -> Iterator[str]:
    """Yield a CityJSON document in pieces, so that a large district never stands in memory as objects."""
    head = {
        "type": "CityJSON",
        "version": "2.0",
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/4979", "title": code},
        "transform": {"scale": [_STEP, _STEP, 0.01], "translate": [ORIGIN[0], ORIGIN[1], 0.0]},
    }
    yield json.dumps(head)[:-1] + ', "CityObjects": {'
    lon = np.concatenate([homes.lon[rows], [place.lon for place in places]])
    lat = np.concatenate([homes.lat[rows], [place.lat for place in places]])
    storeys = np.concatenate([homes.storeys[rows], [_storeys(place) for place in places]]).astype(np.int64)
    half = np.concatenate([np.full(rows.size, 6.0), np.full(len(places), 18.0)])
    for n, row in enumerate(rows.tolist()):
        about = {"function": "residential", "storeysAboveGround": int(storeys[n]), "yearOfConstruction":
                 int(homes.year[row]), "zone": zone_codes[int(homes.zone[row])]}  # fmt: skip
        yield ("" if n == 0 else ",\n") + _building(f"B{row + 1}", n, about)
    for n, place in enumerate(places, start=rows.size):
        about = {"function": place.kind, "storeysAboveGround": int(storeys[n]), "zone": zone_codes[place.zone]}
        yield ("" if n == 0 else ",\n") + _building(place.code, n, about)
    yield '}, "vertices": '
    height = np.asarray(storeys * _STOREY_M, dtype=np.float64)
    yield json.dumps(_corners(lon, lat, height, half).tolist(), separators=(",", ":"))
    yield "}\n"


def _storeys(place: Place) -> int:
    return 6 if place.kind in {"hospital", "office", "hotel"} else 2


def _building(code: str, n: int, about: dict[str, object]) -> str:
    first = 8 * n
    shell = [[[first + corner for corner in face]] for face in _FACES]
    building = {
        "type": "Building",
        "attributes": about,
        "geometry": [{"type": "Solid", "lod": "1.2", "boundaries": [shell]}],
    }
    return f'"{code}": {json.dumps(building, separators=(",", ":"))}'


def _corners(lon: FloatArray, lat: FloatArray, height: FloatArray, half: FloatArray) -> IntArray:
    """Return the eight corners of each block in the document's whole steps."""
    east = half / (111_320.0 * np.cos(np.radians(ORIGIN[1])))
    north = half / 110_570.0
    sides = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    x = np.column_stack([lon + a * east for _ in (0, 1) for a, _b in sides])
    y = np.column_stack([lat + b * north for _ in (0, 1) for _a, b in sides])
    z = np.column_stack([np.zeros((lon.size, 4)), np.repeat(height[:, None], 4, axis=1)])
    whole = [np.round((x - ORIGIN[0]) / _STEP), np.round((y - ORIGIN[1]) / _STEP), np.round(z / 0.01)]
    return np.stack([part.ravel() for part in whole], axis=1).astype(np.int64)
