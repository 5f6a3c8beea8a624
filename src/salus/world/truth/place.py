"""What the world needs of a city pack: people by zone and stratum, who meets whom at home, and who travels where."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from salus.world.city.hours import BLOCKS
from salus.world.city.people import AGE_BANDS, SEGMENTS
from salus.world.errors import WorldError

FloatArray = NDArray[np.float64]
BANDS = len(AGE_BANDS)
STRATA = BANDS * len(SEGMENTS)


class BadPack(WorldError):
    """A folder is not a city pack, or lacks a file; the message says which."""


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital, its zone, and its staffed beds."""

    code: str
    zone: str
    beds: int
    icu: int


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A city as the world sees it.

    Attributes
    ----------
    zones : tuple of str
        Codes.
    people : FloatArray, shape (Z, 21)
        Residents by zone and stratum: age band by segment.
    at_home : FloatArray, shape (21, 21)
        People of a stratum (column) with whom one person of a stratum (row) lives.
    travel : FloatArray, shape (Z, Z)
        Share of a zone's workers who work in each zone.
    presence : FloatArray, shape (H, Z, Z)
        Share of a zone's residents who are in each zone, by block of hours (`city.hours.BLOCKS`).
    coastal, central : NDArray of bool, shape (Z,)
        Zones by the sea, and zones of the centre.
    beds, icu_beds : float
        Staffed beds of all hospitals.
    hospitals : tuple of Hospital

    """

    zones: tuple[str, ...]
    people: FloatArray
    at_home: FloatArray
    travel: FloatArray
    presence: FloatArray
    coastal: NDArray[np.bool_]
    central: NDArray[np.bool_]
    beds: float
    icu_beds: float
    hospitals: tuple[Hospital, ...] = ()

    def people_at(self, hour: int) -> FloatArray:
        """Return how many people are in each zone at an hour of an ordinary day, shape (Z,)."""
        number = next(place for place, block in enumerate(BLOCKS) if block.holds(hour))
        return np.asarray(self.people.sum(axis=1) @ self.presence[number])


def read_place(pack: Path) -> Place:
    """Read a pack that `salus exercise build` made."""
    for name in (
        "datapackage.json",
        "zones.geojson",
        "strata.csv",
        "people.parquet",
        "travel.parquet",
        "presence.parquet",
        "facilities.csv",
    ):
        if not (pack / name).is_file():
            raise BadPack(f"{pack} is no whole city pack: {name} is missing. Make it with ./salus exercise build.")
    document = json.loads((pack / "zones.geojson").read_text(encoding="utf-8"))
    about = [row["properties"] for row in document["features"] if row["properties"]["level"] == "zone"]
    zones = tuple(row["code"] for row in about)
    hospitals = _hospitals(pack)
    return Place(
        zones=zones,
        people=_people(pack, zones),
        at_home=_at_home(pack),
        travel=pl.read_parquet(pack / "travel.parquet").select(zones).to_numpy().astype(np.float64),
        presence=_presence(pack, zones),
        coastal=np.array([row["coastal"] for row in about]),
        central=np.array([row["kind"] == "centre" for row in about]),
        beds=float(sum(house.beds for house in hospitals)),
        icu_beds=float(sum(house.icu for house in hospitals)),
        hospitals=hospitals,
    )


def _presence(pack: Path, zones: tuple[str, ...]) -> FloatArray:
    table = pl.read_parquet(pack / "presence.parquet")
    blocks = [table.filter(pl.col("hours") == block.name).select(zones).to_numpy() for block in BLOCKS]
    found = np.stack(blocks).astype(np.float64)
    return np.asarray(found / found.sum(axis=2, keepdims=True))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _people(pack: Path, zones: tuple[str, ...]) -> FloatArray:
    number = {zone: place for place, zone in enumerate(zones)}
    lows = [str(low) for low, _high in AGE_BANDS]
    found = np.zeros((len(zones), STRATA))
    for row in _rows(pack / "strata.csv"):
        stratum = lows.index(row["age_from"]) * len(SEGMENTS) + SEGMENTS.index(row["segment"])
        found[number[row["zone"]], stratum] = float(row["people"])
    return found


def _at_home(pack: Path) -> FloatArray:
    """Count who lives with whom: for each stratum, how many of each other stratum share the home."""
    table = pl.read_parquet(pack / "people.parquet", columns=["household", "age", "segment"])
    edges = [low for low, _high in AGE_BANDS]
    band = np.searchsorted(edges, table["age"].to_numpy(), side="right") - 1
    segment = table["segment"].cast(pl.Enum(SEGMENTS)).to_physical().to_numpy()
    stratum = band * len(SEGMENTS) + segment
    homes = table["household"].to_numpy()
    count = csr_array((np.ones(homes.size), (homes, stratum)), shape=(int(homes.max()) + 1, STRATA))
    # In a home of many, as a care home, nobody meets everybody: what each meets is held to ten.
    size = np.asarray(count.sum(axis=1)).ravel()
    weight = np.minimum(1.0, 10.0 / np.maximum(size - 1.0, 1.0))
    pairs = (count.T @ (count.multiply(weight[:, None]).tocsr())).toarray()
    pairs -= np.diag(np.bincount(stratum, weight[homes], minlength=STRATA))
    total = np.bincount(stratum, minlength=STRATA)
    return np.asarray(pairs / np.maximum(total, 1)[:, None])


def _hospitals(pack: Path) -> tuple[Hospital, ...]:
    found = []
    for row in _rows(pack / "facilities.csv"):
        if row["kind"] == "hospital":
            spaces = dict(part.partition("=")[::2] for part in row["spaces"].split())
            found.append(Hospital(row["code"], row["zone"], int(spaces.get("ward", 0)), int(spaces.get("icu", 0))))
    return tuple(found)
