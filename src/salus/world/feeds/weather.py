"""The weather service: readings of its stations every day, and warnings of heat, storm and flood (CAP 1.2)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from salus.world.feeds.disturbance import cut_off, days_to_tell, is_silent, nonsense, sends_rubbish
from salus.world.feeds.registers import hand_over
from salus.world.feeds.truth import TruthReader
from salus.world.feeds.warnings import AHEAD, HAZARDS, Kind, Level, Warning, as_xml
from salus.world.truth.run import Run, write_whole
from salus.world.truth.weather import Weather, WeatherDay

NAME = "weather"
# How far a forecast of tomorrow is wrong: degrees, share of the gust, metres of the river.
_WRONG = {"heat": 0.9, "storm": 0.08, "flood": 0.10}
_LATE, _TWICE, _NO_READING, _FAHRENHEIT, _REVISED = 0.04, 0.02, 0.02, 0.012, 0.03
_REACH = 4
_SILENT_EVERY, _SILENT_DAYS = 90, (2, 7)


@dataclass(frozen=True, slots=True)
class Station:
    """A station of the weather service and the position of its zone."""

    code: str
    zone: int


class WeatherFeed:
    """Writes each evening the readings of the day and the warnings that are issued on it, for the next two."""

    def __init__(self, run: Run) -> None:
        self._run, self._truth, self.weather = run, TruthReader(run), Weather.of(run)
        self._folder = run.folder / "feeds" / NAME
        number = {zone: place for place, zone in enumerate(run.place.zones)}
        with (run.pack / "sensors.csv").open(encoding="utf-8", newline="") as file:
            self._stations = [
                Station(row["sensor"], number[row["zone"]])
                for row in csv.DictReader(file)
                if row["kind"] == "temperature"
            ]
        low = run.place.coastal | run.place.central
        # A city without shore or centre floods everywhere.
        self._low = low if low.any() else np.ones_like(low)

    def write(self, day: int) -> Path | None:
        """Write a table of readings, and a file for each warning."""
        truth = self._truth.day(day)
        if is_silent(truth, NAME):
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        hand_over(self._run, "sensors.csv")
        on = self._run.start + timedelta(days=day)
        for told in days_to_tell(self._truth, day, NAME):
            # What was not said while the service was silent is worth saying only if it is still to come.
            for warning in self._issued(told):
                if warning.until >= on:
                    write_whole(self._folder / f"warning-{on}-{warning.hazard}.xml", as_xml(warning))
        if sends_rubbish(truth, NAME):
            rng = self._run.rng("rubbish of the weather", day)
            write_whole(self._folder / f"warning-{on}-rubbish.xml", nonsense(rng))
        path = self._folder / f"{NAME}-{on}.csv"
        rows = [row for about in range(max(day - _REACH, 0), day + 1) for row, at in self._readings(about) if at == day]
        write_whole(path, pl.DataFrame(rows, schema=_SCHEMA).write_csv().encode())
        return path

    def _readings(self, about: int) -> list[tuple[dict[str, object], int]]:
        """Return the readings of a day, each with the day on which it arrives."""
        weather, rng = self.weather.day(about), self._run.rng("readings of the weather", about)
        on = (self._run.start + timedelta(days=about)).isoformat()
        lost = cut_off(self._truth.day(about), self._run.place.zones)
        found: list[tuple[dict[str, object], int]] = []
        for place, station in enumerate(self._stations):
            late, twice, none, foreign, revised = rng.random(5) < (_LATE, _TWICE, _NO_READING, _FAHRENHEIT, _REVISED)
            noise = rng.normal(0.0, 0.2, 2)
            if self._is_silent(place, about):
                continue
            row = _reading(station, on, weather, noise, fahrenheit=bool(foreign), empty=bool(none))
            arrives = about + (2 if lost[station.zone] else int(late))
            found += [(row, arrives)] * (2 if twice else 1)
            if revised:
                # The day was read again by hand: a later row with the same key holds.
                again = _reading(station, on, weather, noise * 0, fahrenheit=False, empty=False)
                found.append((again, arrives + 2))
        return found

    def _is_silent(self, station: int, day: int) -> bool:
        turn, inside = divmod(day, _SILENT_EVERY)
        rng = self._run.rng(f"silence of station {station}", turn)
        first = int(rng.integers(0, _SILENT_EVERY - _SILENT_DAYS[1]))
        return first <= inside < first + int(rng.integers(*_SILENT_DAYS)) and bool(rng.random() < 0.5)

    def _forecast(self, day: int) -> dict[str, tuple[Level, float]]:
        """Return the level and the size of each hazard that is expected in the next days, in the evening of a day."""
        rng, found = self._run.rng("forecast", day), dict.fromkeys(HAZARDS, 0.0)
        for ahead in range(1, AHEAD + 1):
            weather, wrong = self.weather.day(day + ahead), rng.normal(0.0, ahead**0.5, len(HAZARDS))
            # The service warns of the hottest district, not of the hottest thermometer.
            sizes = {
                "heat": float(np.quantile(weather.maximum, 0.8)) + _WRONG["heat"] * wrong[0],
                "storm": weather.gust_kmh * (1 + _WRONG["storm"] * wrong[1]),
                "flood": weather.river_m + _WRONG["flood"] * wrong[2],
            }
            found = {name: max(found[name], size) for name, size in sizes.items()}
        return {name: (HAZARDS[name].level(size), round(size, 1)) for name, size in found.items()}

    def _standing(self, day: int) -> dict[str, Level]:
        """Return the level of the warning that stands when an evening comes."""
        if day <= 0:
            return dict.fromkeys(HAZARDS, 0)
        return {name: level for name, (level, _size) in self._forecast(day - 1).items()}

    def _issued(self, day: int) -> list[Warning]:
        """Return what is issued on an evening: a first warning, a changed one, or that it is over."""
        before, found = self._standing(day), []
        for name, (level, size) in self._forecast(day).items():
            if not (level or before[name]):
                continue
            kind: Kind = "Cancel" if not level else "Update" if before[name] else "Alert"
            found.append(
                Warning(
                    hazard=name,
                    kind=kind,
                    level=level or before[name],
                    size=size,
                    sent_on=self._run.start + timedelta(days=day),
                    of_before=day > 0 and before[name] > 0,
                    zones=self._where(name),
                )
            )
        return found

    def _where(self, hazard: str) -> tuple[str, ...]:
        """Return the zones of a warning; none means the whole city."""
        if hazard != "flood":
            return ()
        return tuple(zone for zone, low in zip(self._run.place.zones, self._low, strict=True) if low)


def _reading(
    station: Station, on: str, weather: WeatherDay, noise: np.ndarray, *, fahrenheit: bool, empty: bool
) -> dict[str, object]:
    both = np.array([weather.maximum[station.zone], weather.minimum[station.zone]]) + noise
    told = both * 1.8 + 32 if fahrenheit else both
    return {
        "station": station.code,
        "day": on,
        "unit": "degF" if fahrenheit else "degC",
        "maximum": None if empty else round(float(told[0]), 1),
        "minimum": None if empty else round(float(told[1]), 1),
        "rain_mm": weather.rain_mm,
        "gust_kmh": weather.gust_kmh,
    }


_SCHEMA = {
    "station": pl.String,
    "day": pl.String,
    "unit": pl.String,
    "maximum": pl.Float64,
    "minimum": pl.Float64,
    "rain_mm": pl.Float64,
    "gust_kmh": pl.Float64,
}
