"""Counters of people and thermometers of cold stores: what each has to say over MQTT, twice a day."""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from salus.world.feeds.disturbance import cut_off, is_silent, nonsense, sends_rubbish
from salus.world.feeds.registers import hand_over
from salus.world.feeds.truth import TruthReader
from salus.world.truth.place import FloatArray
from salus.world.truth.riding import of_the_day, still_made
from salus.world.truth.run import Run, write_whole
from salus.world.truth.weather import Weather

NAME = "sensors"
# Where messages wait for the broker; without one they go straight to where a listener would write them.
AIR = "air"
COUNTERS, THERMOMETERS = ("street_count", "people_count"), ("cold_chain_temperature",)
HOURS, PARTS = 24, 2
_ZONE = ZoneInfo("Atlantic/Madeira")
# Share of the day's people who pass in each hour.
_STREET = np.array([1, 0.6, 0.4, 0.4, 0.6, 1.5, 4, 8, 11, 9, 8, 9, 11, 10, 8, 8, 10, 12, 11, 8, 6, 4.5, 3, 2]) / 6.4
_HALL = np.array([0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 14, 14, 12, 10, 9, 9, 10, 11, 10, 7, 4, 2, 0, 0]) / 5.7
_A_STREET, _A_HALL = 160.0, 260.0
_SILENT_EVERY, _SILENT_DAYS, _FALL_SILENT = 60, (2, 9), 0.5
_TWICE, _STUCK, _HOLE, _FAHRENHEIT, _OVERFLOW = 0.02, 0.004, 0.01, 0.01, 0.003
# A cold store fails about once in so many days, and so many times as often when it is hot.
_FAILS_EVERY, _WHEN_HOT, _HOT = 110.0, 4.0, 33.0


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor of the pack."""

    code: str
    kind: str
    zone: int
    topic: str


@dataclass(frozen=True, slots=True)
class Message:
    """What a sensor publishes."""

    topic: str
    payload: bytes


class SensorFeed:
    """Says each evening what the sensors published on the day."""

    def __init__(self, run: Run, *, on_air: bool = False) -> None:
        self._run, self._truth, self._weather = run, TruthReader(run), Weather.of(run)
        self._folder = run.folder / (AIR if on_air else "feeds") / NAME
        number = {zone: place for place, zone in enumerate(run.place.zones)}
        with (run.pack / "sensors.csv").open(encoding="utf-8", newline="") as file:
            self._sensors = [
                Sensor(row["sensor"], row["kind"], number[row["zone"]], row["topic"])
                for row in csv.DictReader(file)
                if row["kind"] in COUNTERS + THERMOMETERS
            ]
        there = np.array([run.place.people_at(hour) for hour in range(HOURS)])
        self._busy = np.sqrt(there / max(float(there.mean()), 1.0)) * np.where(run.place.central, 1.6, 1.0)

    def write(self, day: int) -> Path:
        """Write the day's messages, in the form and the order in which a listener keeps them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        hand_over(self._run, "sensors.csv")
        path = self._folder / f"{NAME}-{self._run.start + timedelta(days=day)}.ndjson"
        write_whole(path, b"".join(as_line(message) for message in self.messages(day)))
        return path

    def messages(self, day: int) -> Iterator[Message]:
        """Yield what is published on a day."""
        truth, rng = self._truth.day(day), self._run.rng("sensors", day)
        if is_silent(truth, NAME):
            return
        lost, counts, degrees = cut_off(truth, self._run.place.zones), self._counts(day, rng), self._degrees(day, rng)
        # One draw for each sensor and fault, so that the day's faults do not hang on who is silent.
        faults = rng.random((len(self._sensors), 5)) < (_TWICE, _STUCK, _HOLE, _FAHRENHEIT, _OVERFLOW)
        for place, sensor in enumerate(self._sensors):
            if lost[sensor.zone] or self._silent(place, day):
                continue
            values = counts[place] if sensor.kind in COUNTERS else degrees[place]
            for part in range(PARTS):
                message = self._message(sensor, day, part, values, faults[place])
                yield message
                if faults[place, 0]:
                    yield message
        if sends_rubbish(truth, NAME):
            for place in range(3):
                yield Message(self._sensors[place % len(self._sensors)].topic, nonsense(rng, 60 + 40 * place))

    def _counts(self, day: int, rng: np.random.Generator) -> FloatArray:
        """Return people an hour at each counter, shape (S, 24)."""
        made = still_made(self._run, day, self._truth.day(day).orders) * of_the_day(
            self._run, day, self._weather.day(day)
        )
        street = np.array([sensor.kind == "street_count" for sensor in self._sensors])
        zone = np.array([sensor.zone for sensor in self._sensors])
        usual = np.where(street, _A_STREET, _A_HALL) * self._own("busyness of counters") * made[zone]
        # More pass where more people are at that hour.
        shape = np.where(street[:, None], _STREET, _HALL) * self._busy[:, zone].T
        return np.asarray(rng.poisson(usual[:, None] * shape * rng.gamma(30.0, 1 / 30.0, shape.shape)), dtype=float)

    def _degrees(self, day: int, rng: np.random.Generator) -> FloatArray:
        """Return the temperature of each store by hour; one that fails warms towards the room and is mended."""
        count = len(self._sensors)
        usual = 3.6 + 1.6 * (self._own("set points") - 0.75) / 0.5
        table = usual[:, None] + rng.normal(0.0, 0.35, (count, HOURS))
        hottest = float(self._weather.day(day).maximum.max())
        chance = (_WHEN_HOT if hottest > _HOT else 1.0) / _FAILS_EVERY
        fails, first, long = rng.random(count) < chance, rng.integers(0, HOURS, count), rng.integers(2, 10, count)
        hours = np.arange(HOURS)
        since = np.where(fails[:, None], np.clip(hours - first[:, None], 0, long[:, None]), 0)
        warm = (hours >= first[:, None]) & (hours < (first + long)[:, None]) & fails[:, None]
        return np.asarray(np.where(warm, table + (24.0 - table) * (1 - np.exp(-since / 5.0)), table))

    def _own(self, purpose: str) -> FloatArray:
        """Return what is each sensor's own for the whole run: 0.75 to 1.25."""
        return np.asarray(0.75 + 0.5 * self._run.rng(purpose, 0).random(len(self._sensors)))

    def _silent(self, sensor: int, day: int) -> bool:
        turn, inside = divmod(day + 7 * sensor, _SILENT_EVERY)
        rng = self._run.rng(f"silence of sensor {sensor}", turn)
        if rng.random() > _FALL_SILENT:
            return False
        first = int(rng.integers(0, _SILENT_EVERY - _SILENT_DAYS[1]))
        return first <= inside < first + int(rng.integers(*_SILENT_DAYS))

    def _message(self, sensor: Sensor, day: int, part: int, values: FloatArray, faults: np.ndarray) -> Message:
        on = self._run.start + timedelta(days=day)
        hours = HOURS // PARTS
        begun = datetime.combine(on, time(part * hours), _ZONE)
        told, unit = _told(sensor, values[part * hours : (part + 1) * hours], faults)
        body = {
            "id": f"{sensor.code}-{on}-{part}",
            "sensor": sensor.code,
            "unit": unit,
            "from": begun.isoformat(),
            "every_s": 3600,
            "values": told,
        }
        return Message(sensor.topic, json.dumps(body, separators=(",", ":")).encode())


def _told(sensor: Sensor, values: FloatArray, faults: np.ndarray) -> tuple[list[float | None], str]:
    """Return the values as the sensor tells them, with its faults, and in which unit."""
    _twice, stuck, hole, foreign, overflow = faults.tolist()
    if stuck:
        values = np.full_like(values, values[0])
    if sensor.kind in COUNTERS:
        told: list[float | None] = [int(value) for value in values]
        if overflow:
            told[len(told) // 2] = 65_535
        unit = "people"
    else:
        told = [round(float(value * 1.8 + 32 if foreign else value), 1) for value in values]
        unit = "degF" if foreign else "degC"
    if hole:
        told[1:4] = [None] * 3
    return told, unit


def as_line(message: Message) -> bytes:
    """Return a message as the line in which a listener keeps it: the topic, and the payload as it came."""
    body = {"topic": message.topic, **_payload(message.payload)}
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _payload(raw: bytes) -> dict[str, str]:
    try:
        return {"text": raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(raw).decode()}


def from_line(line: bytes) -> Message:
    """Return the message that a line keeps."""
    body = json.loads(line)
    raw = body["text"].encode() if "text" in body else base64.b64decode(body["base64"])
    return Message(body["topic"], raw)
