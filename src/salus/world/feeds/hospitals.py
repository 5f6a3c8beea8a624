"""What hospitals send every day: beds, occupied beds, admissions and deaths, after the manner of national returns."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from salus.world.feeds.truth import TruthReader
from salus.world.truth.place import FloatArray
from salus.world.truth.run import Run, write_whole

NAME = "hospital"
# A return comes late by a day or two in so many cases; on Sundays small houses send none until Monday.
_LATE, _SMALL_BEDS = 0.08, 220
_REACH = 3


@dataclass(frozen=True, slots=True)
class House:
    """A hospital and its staffed beds."""

    code: str
    zone: int
    beds: int
    icu: int


class HospitalFeed:
    """Writes the returns that arrive on a day; each return speaks of the day before it was due."""

    def __init__(self, run: Run) -> None:
        self._run, self._truth = run, TruthReader(run)
        self.houses = read_houses(run)
        self._of_zone = nearest_house(run, self.houses)
        self._folder = run.folder / "feeds" / NAME

    def write(self, day: int) -> Path:
        """Write the returns that arrive on a day, of that day and of days before."""
        self._folder.mkdir(parents=True, exist_ok=True)
        rows = [
            row for about in range(max(day - _REACH, 0), day) for row, arrives in self._returns(about) if arrives == day
        ]
        frame = pl.DataFrame(rows, schema=_SCHEMA)
        path = self._folder / f"{NAME}-{self._run.start + timedelta(days=day)}.csv"
        write_whole(path, frame.write_csv().encode())
        return path

    def _returns(self, about: int) -> list[tuple[dict[str, object], int]]:
        """Return the returns about a day, each with the day on which it arrives."""
        truth, rng = self._truth.day(about), self._run.rng("hospital returns", about)
        on = self._run.start + timedelta(days=about)
        admitted, beds, icu, died = (self._by_house(truth.values[name]) for name in
                                     ("admissions", "beds", "icu", "deaths"))  # fmt: skip
        other = rng.normal(0.68, 0.02, len(self.houses))
        found = []
        for n, house in enumerate(self.houses):
            arrives = about + 1 + int(rng.random() < _LATE) + int(rng.random() < _LATE / 4)
            if (on + timedelta(days=1)).weekday() == 6 and house.beds < _SMALL_BEDS:
                arrives = max(arrives, about + 2)
            row = {
                "hospital": house.code,
                "day": on.isoformat(),
                "inpatient_beds": house.beds,
                "inpatient_beds_occupied": min(round(house.beds * float(other[n]) + float(beds[n])), house.beds),
                "icu_beds": house.icu,
                "icu_beds_occupied": min(round(house.icu * 0.5 + float(icu[n])), house.icu),
                "confirmed_inpatients": round(float(beds[n] + icu[n])),
                "confirmed_admissions": round(float(admitted[n])),
                "confirmed_deaths": round(float(died[n])),
            }
            found.append((row, arrives))
        return found

    def _by_house(self, values: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(self._of_zone, values.sum(axis=1), len(self.houses)), dtype=np.float64)


_SCHEMA = {
    "hospital": pl.String,
    "day": pl.String,
    "inpatient_beds": pl.Int64,
    "inpatient_beds_occupied": pl.Int64,
    "icu_beds": pl.Int64,
    "icu_beds_occupied": pl.Int64,
    "confirmed_inpatients": pl.Int64,
    "confirmed_admissions": pl.Int64,
    "confirmed_deaths": pl.Int64,
}


def facilities(run: Run, kind: str) -> list[dict[str, str]]:
    """Return the facilities of a kind, as the pack has them."""
    with (run.pack / "facilities.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == kind]


def read_houses(run: Run) -> list[House]:
    """Return the city's hospitals."""
    number = {zone: place for place, zone in enumerate(run.place.zones)}
    found = []
    for row in facilities(run, "hospital"):
        spaces = dict(part.partition("=")[::2] for part in row["spaces"].split())
        found.append(House(row["code"], number[row["zone"]], int(spaces.get("ward", 0)), int(spaces.get("icu", 0))))
    return found


def nearest_house(run: Run, houses: list[House]) -> np.ndarray:
    """Return the hospital to which each zone's people go: the one that fewest travel hours part from them."""
    towards = run.place.travel[:, [house.zone for house in houses]] * np.sqrt([house.beds + 1 for house in houses])
    return np.asarray(towards.argmax(axis=1))
