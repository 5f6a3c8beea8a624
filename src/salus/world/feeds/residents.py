"""Residents as a line list names them: invented names, addresses and telephones, the same for the same person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salus.world.city.people import AGE_BANDS, SEGMENTS

IntArray = NDArray[np.int64]
_HERS = ("Adela", "Amina", "Beatriz", "Carla", "Dunya", "Elif", "Farida", "Gloria", "Hana", "Ines", "Jamila", "Katell",
         "Leila", "Mireille", "Nadia", "Oriane", "Petra", "Rania", "Solange", "Zeynep")  # fmt: skip
_HIS = ("Adrien", "Bilal", "Cem", "Davi", "Emre", "Faris", "Gaspard", "Hugo", "Idris", "Joaquim", "Karim", "Lucien",
        "Marco", "Nabil", "Oskar", "Pierrick", "Rachid", "Samir", "Tomas", "Yusuf")  # fmt: skip
_FAMILY = ("Abadi", "Almeida", "Baptiste", "Bensaid", "Carrel", "Demir", "Estrela", "Fontane", "Gharbi", "Horvat",
           "Idrissi", "Jardim", "Kaplan", "Lemaire", "Mansouri", "Nogueira", "Ozkan", "Pereira", "Quentin", "Rahmani",
           "Saliba", "Teixeira", "Uysal", "Valadier", "Wahbi", "Yilmaz", "Zidane")  # fmt: skip
_STREETS = ("Anchor Lane", "Baker Street", "Canal Row", "Dyer Street", "East Steps", "Fountain Street", "Garden Lane",
            "Hill Street", "Ivy Row", "Jetty Street", "Kiln Lane", "Linden Street")  # fmt: skip
# Numbers of an area code that nobody has.
_TELEPHONE = 555_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Residents:
    """Everybody in a city, by their number.

    Attributes
    ----------
    zone, stratum, age, household, workplace, work_zone : IntArray
        Positions, years and numbers; -1 for who has no work.
    female : NDArray of bool

    """

    zone: IntArray
    stratum: IntArray
    age: IntArray
    household: IntArray
    workplace: IntArray
    work_zone: IntArray
    female: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Return how many there are."""
        return int(self.zone.size)

    def inside(self, zone: int, stratum: int) -> IntArray:
        """Return the numbers of those in a zone and stratum."""
        return np.flatnonzero((self.zone == zone) & (self.stratum == stratum))


def read_residents(pack: Path, zones: tuple[str, ...]) -> Residents:
    """Read everybody of a city pack."""
    columns = ["person", "household", "zone", "age", "sex", "segment", "workplace"]
    table = pl.read_parquet(pack / "people.parquet", columns=columns).sort("person")
    number = {code: place for place, code in enumerate(zones)}
    works = pl.read_parquet(pack / "workplaces.parquet").sort("workplace")
    work_zones = _whole(works["zone"].cast(pl.String).replace_strict(number, return_dtype=pl.Int64))
    workplace = _whole(table["workplace"].cast(pl.Int64).fill_null(-1))
    age = _whole(table["age"])
    band = np.searchsorted([low for low, _high in AGE_BANDS], age, side="right") - 1
    segment = _whole(table["segment"].cast(pl.Enum(SEGMENTS)).to_physical())
    return Residents(
        zone=_whole(table["zone"].cast(pl.String).replace_strict(number, return_dtype=pl.Int64)),
        stratum=band * len(SEGMENTS) + segment,
        age=age,
        household=_whole(table["household"]),
        workplace=workplace,
        work_zone=np.where(workplace >= 0, work_zones[np.maximum(workplace, 0)], -1),
        female=(table["sex"].cast(pl.String) == "female").to_numpy(),
    )


def _whole(column: pl.Series) -> IntArray:
    return column.cast(pl.Int64).to_numpy()


def name_of(person: int, household: int, female: bool) -> str:
    """Return a person's name; who lives together mostly has the same family name."""
    given = _HERS if female else _HIS
    family = household if person % 5 else person
    return f"{given[_mixed(person) % len(given)]} {_FAMILY[_mixed(family + 7) % len(_FAMILY)]}"


def address_of(household: int) -> str:
    """Return the street and number of a household."""
    mixed = _mixed(household)
    return f"{1 + mixed // 12 % 88} {_STREETS[mixed % len(_STREETS)]}"


def telephone_of(person: int) -> str:
    """Return a telephone number."""
    digits = f"{_TELEPHONE + _mixed(person) % 1_000_000:09d}"
    return f"+99 {digits[:3]} {digits[3:6]} {digits[6:]}"


def _mixed(number: int) -> int:
    """Return a number that has nothing to do with its neighbours."""
    return (number * 2_654_435_761 + 12_345) % 4_294_967_296 // 7
