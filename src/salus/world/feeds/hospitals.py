"""What hospitals send every day: beds, occupied beds, admissions and deaths, after the manner of national returns."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from salus.world.feeds.disturbance import cut_off, is_silent, sends_rubbish, spoilt
from salus.world.feeds.truth import TruthReader
from salus.world.truth.disturbance import share_kept
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
    """Writes the returns that arrive on a day; each return speaks of the day before it was due.

    A hospital whose zone has lost its network sends once it has it again, and all send once the feed is no longer silent.
    """

    def __init__(self, run: Run) -> None:
        self._run, self._truth = run, TruthReader(run)
        self.houses = read_houses(run)
        self._of_zone = nearest_house(run, self.houses)
        self._folder = run.folder / "feeds" / NAME

    def write(self, day: int) -> Path | None:
        """Write the returns that arrive on a day, of that day and of days before."""
        truth = self._truth.day(day)
        if is_silent(truth, NAME):
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        content = pl.DataFrame(self._arriving(day), schema=_SCHEMA).write_csv().encode()
        if sends_rubbish(truth, NAME):
            content = spoilt(content, self._run.rng("rubbish of the hospitals", day))
        path = self._folder / f"{NAME}-{self._run.start + timedelta(days=day)}.csv"
        write_whole(path, content)
        return path

    def _arriving(self, day: int) -> list[dict[str, object]]:
        first = self._held_since(day)
        found = []
        for about in range(max(first - _REACH, 0), day):
            for house, (row, due) in zip(self.houses, self._returns(about), strict=True):
                if first <= due <= day and self._sent(house, due, day) == day:
                    found.append(row)
        return found

    def _held_since(self, day: int) -> int:
        """Return the first day whose returns may have been held back until now."""
        first = day
        while first > 0 and self._holds_back(first - 1):
            first -= 1
        return first

    def _holds_back(self, day: int) -> bool:
        truth = self._truth.day(day)
        return is_silent(truth, NAME) or bool(truth.befallen("network_lost"))

    def _sent(self, house: House, due: int, day: int) -> int | None:
        """Return the day on which a return is sent, up to a day; None where it still waits."""
        for number in range(due, day + 1):
            truth = self._truth.day(number)
            if not is_silent(truth, NAME) and not cut_off(truth, (self._run.place.zones[house.zone],))[0]:
                return number
        return None

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
            kept = share_kept(truth.happenings, house.code, self._run.place.zones[house.zone])
            staffed, staffed_icu = round(house.beds * kept), round(house.icu * kept)
            row = {
                "hospital": house.code,
                "day": on.isoformat(),
                "inpatient_beds": staffed,
                "inpatient_beds_occupied": min(round(house.beds * float(other[n]) + float(beds[n])), staffed),
                "icu_beds": staffed_icu,
                "icu_beds_occupied": min(round(house.icu * 0.5 + float(icu[n])), staffed_icu),
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
    return [House(row.code, number[row.zone], row.beds, row.icu) for row in run.place.hospitals]


def nearest_house(run: Run, houses: list[House]) -> np.ndarray:
    """Return the hospital to which each zone's people go: the one that fewest travel hours part from them."""
    towards = run.place.travel[:, [house.zone for house in houses]] * np.sqrt([house.beds + 1 for house in houses])
    return np.asarray(towards.argmax(axis=1))
