"""A run of the world: truth that advances day by day, kept so that a killed run goes on at its last whole day."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl

from salus.epi.errors import EpiError
from salus.epi.scenario import InForce, State, Variation, advance, begin
from salus.epi.scenario.model import Model
from salus.world.emergency import Heat, read_emergency
from salus.world.errors import WorldError
from salus.world.truth import happenings as befalling
from salus.world.truth import orders as ordering
from salus.world.truth.ailments import FOLDER, Ailments, Described, describe, heats_of, infection_of, source_of
from salus.world.truth.assembly import assemble
from salus.world.truth.disturbance import disturbed
from salus.world.truth.forgetting import forget
from salus.world.truth.happenings import Happening
from salus.world.truth.orders import Order, in_force
from salus.world.truth.place import FloatArray, Place, read_place
from salus.world.truth.serving import Serving
from salus.world.truth.society import Society

KEPT = ("infections", "admissions", "beds", "icu", "deaths", "wastewater", "work_days_lost", "doses")


class BadRun(WorldError):
    """A folder holds no run, or one that cannot go on; the message says what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """What truly happened on one day.

    Attributes
    ----------
    number : int
        Days since the first.
    on : date
    values : dict of str to FloatArray, shape (Z, 21)
        By output: people infected, admitted, in beds, dead and so on, by zone and stratum.
    variants : dict of str to FloatArray, shape (Z, 21)
        Infections by variant.
    orders : tuple of Order
        What the city had ordered.
    happenings : tuple of Happening
        What befell the city beside the emergency.

    """

    number: int
    on: date
    values: dict[str, FloatArray]
    variants: dict[str, FloatArray]
    orders: tuple[Order, ...] = ()
    happenings: tuple[Happening, ...] = ()


class Run:
    """A world in a folder."""

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.folder = folder
        self.pack = Path(about["pack"])
        described = read_emergency(folder / "emergency.yaml")
        heats = heats_of(folder, described)
        self._stand(read_place(self.pack), described, int(about["seed"]), date.fromisoformat(about["start"]), heats)
        self._digest = str(about["pack_digest"])
        if _digest(self.pack) != self._digest:
            raise BadRun(f"The city pack {self.pack} is not the one that this run began with. Begin a new run.")
        self._state = self._read_state()
        self.ailments.recall(folder / FOLDER, self._state.day)
        self.society.recall(self._state.day)

    def _stand(self, place: Place, described: Described, seed: int, start: date, heats: tuple[Heat, ...] = ()) -> None:
        """Set up all that a day needs beside the state: a run in a folder and one in memory are the same world."""
        self.place, self.described, self.seed, self.start = place, described, seed, start
        # Where the emergency is no infection, this is one that never comes.
        self.emergency, self.source, self.hot_spells = infection_of(described), source_of(described), heats
        self.model: Model = assemble(place, self.emergency)
        # A model is checked whole whenever it changes, and this changes only when a variant arrives.
        self._with = lru_cache(self._visited)
        self.serving = Serving(self)
        self.ailments = Ailments(self)
        self.society = Society(self)

    @classmethod
    def begin(
        cls,
        folder: Path,
        *,
        pack: Path,
        emergency: str | Path,
        start: date,
        seed: int,
        also: Sequence[str | Path] = (),
    ) -> Self:
        """Begin a run in an empty folder; what comes `also` comes on top of the emergency."""
        if folder.exists() and any(folder.iterdir()):
            raise BadRun(f"{folder} is not empty. Choose another folder, or go on with the run that is there.")
        read_place(pack)
        describe(folder, read_emergency(emergency), also, pack, seed)
        about = {"pack": str(pack.resolve()), "pack_digest": _digest(pack), "seed": seed, "start": start.isoformat()}
        write_whole(folder / "run.json", json.dumps(about).encode())
        return cls(folder, about)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Go on with a run."""
        path = folder / "run.json"
        if not path.is_file():
            raise BadRun(f"{folder} holds no run. Begin one with ./salus exercise run --city PACK --to {folder}.")
        try:
            return cls(folder, json.loads(path.read_text(encoding="utf-8")))
        except (KeyError, ValueError) as error:
            if isinstance(error, BadRun):
                raise
            raise BadRun(f"{path} cannot be used: {error}. Begin a new run.") from error

    @property
    def day(self) -> int:
        """Return the number of the next day, which is how many are whole."""
        return self._state.day

    @property
    def today(self) -> date:
        """Return the date of the next day."""
        return self.start + timedelta(days=self._state.day)

    def rng(self, purpose: str, day: int) -> np.random.Generator:
        """Return the chance of one purpose on one day, so that a day done again is the same day."""
        key = int.from_bytes(hashlib.sha256(purpose.encode()).digest()[:8], "little")
        return np.random.default_rng([self.seed, day, key])

    def step(self, orders: list[Order], happenings: Sequence[Happening] = ()) -> Day:
        """Let one day happen under what is in force; the day counts only once `keep` has been called."""
        holding = tuple(row for row in happenings if row.holds_on(self.today))
        given: list[InForce] = in_force(orders, self.model, self.start)
        given += self.serving.in_force(orders, self.today, self.day)
        season = 1.0 - self.emergency.contacts.season * (1 - np.cos(2 * np.pi * self.day / 365)) / 2
        self._next, course = advance(
            self.serving.changed(self._model_today(holding), orders, self.today),
            self._state,
            orders=given,
            doses=[self._doses(orders)] if self.model.vaccine else None,
            variation=Variation(transmission=[season]),
            sites=self._local_doses(orders),
        )
        table = {name: course.values[0, n, :, :, 0] for n, name in enumerate(course.outputs)}
        variants = {name.partition(":")[2]: rows for name, rows in table.items() if name.startswith("infections:")}
        added = self.ailments.step(orders)
        values = {name: table[name] + added.get(name, 0.0) for name in KEPT}
        self.society.step(orders, holding, values)
        return Day(self.day, self.today, values, variants, tuple(orders), holding)

    def _model_today(self, holding: Sequence[Happening]) -> Model:
        """Return today's model: visitors bring only variants that are there, and people obey as they trust."""
        there = tuple(v.arrives_on_day <= self.day for v in self.emergency.variants)
        return disturbed(self.society.obeyed(self._with(there)), self.place, holding)

    def _visited(self, there: tuple[bool, ...]) -> Model:
        """Return the model in which visitors bring only the variants that are there."""
        return replace(self.model, importation=np.where(there, self.emergency.visitors_infected_per_day, 0.0))

    def _offers(self, orders: list[Order]) -> list[Order]:
        """Return the orders by which vaccination is offered today."""
        vaccine = self.emergency.vaccine
        return [row for row in orders if vaccine and row.measure == vaccine.offered_by and row.holds_on(self.today)]

    def _doses(self, orders: list[Order]) -> float:
        """Return the doses that arrive for the whole city today: none unless it offers them everywhere."""
        vaccine = self.emergency.vaccine
        everywhere = any(not order.zones for order in self._offers(orders))
        return vaccine.doses_a_day_per_1000 * float(self.place.people.sum()) / 1000 if vaccine and everywhere else 0.0

    def _local_doses(self, orders: list[Order]) -> FloatArray | None:
        """Return the doses that sites of a zone can give today, and those that come to the zones where they are offered."""
        vaccine, sites = self.emergency.vaccine, self.serving.doses(orders, self.today)
        zones = {zone for order in self._offers(orders) for zone in order.zones}
        if vaccine is None or not zones:
            return sites
        here = np.isin(np.asarray(self.place.zones, dtype=object), list(zones))
        visits: FloatArray = here * vaccine.doses_a_day_per_1000 * self.place.people.sum(axis=1) / 1000
        return visits[None, :] if sites is None else visits[None, :] + sites

    def keep(self, day: Day) -> None:
        """Keep a day's truth and make it whole: what was written for it before is not undone any more."""
        if day.number != self.day:
            raise BadRun(f"Day {day.number} cannot be kept: the next day is {self.day}.")
        for name in ("truth", "states"):
            (self.folder / name).mkdir(exist_ok=True)
        shape = next(iter(day.values.values())).shape
        zone, stratum = np.indices(shape, dtype=np.int16)
        columns = {**day.values, **{f"infections_{name}": rows for name, rows in day.variants.items()}}
        frame = pl.DataFrame(
            {"zone": zone.ravel(), "stratum": stratum.ravel(), **{name: rows.ravel() for name, rows in columns.items()}}
        )
        target = self.folder / "truth" / f"{day.number:05d}.parquet"
        frame.write_parquet(target.with_suffix(".part"))
        target.with_suffix(".part").replace(target)
        write_whole(target.with_suffix(".json"), _circumstances(day))
        self.ailments.keep(day.number, write_whole)
        self.society.keep(day, write_whole)
        content = self._next.to_bytes()
        # Of every evening one is kept, so that a run can be branched from any of them.
        write_whole(self.folder / "states" / f"{day.number:05d}.bin", content)
        write_whole(self.folder / "state.bin", content)
        self._state = self._next

    def _read_state(self) -> State:
        path = self.folder / "state.bin"
        if not path.exists():
            return begin(self.model, rng=np.random.default_rng(self.seed))
        try:
            return State.from_bytes(path.read_bytes())
        except EpiError as error:
            raise BadRun(f"{path} cannot be read: {error} Begin a new run.") from error

    def branch(self, folder: Path, *, seed: int | None = None, day: int | None = None) -> Run:
        """Begin another run that shares this one's past, up to a day, and goes its own way from there."""
        if folder.exists() and any(folder.iterdir()):
            raise BadRun(f"{folder} is not empty. Choose another folder.")
        if day is not None and not 0 < day <= self.day:
            raise BadRun(f"The run cannot be branched at day {day}: choose one from 1 to {self.day}.")
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        if day is not None and day < self.day:
            forget(folder, day, self.start)
        if seed is not None:
            about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            write_whole(folder / "run.json", json.dumps({**about, "seed": seed}).encode())
        return Run.open(folder)


def _circumstances(day: Day) -> bytes:
    """Return what held on a day beside the truth itself."""
    told = {
        "on": day.on.isoformat(),
        "orders": [ordering.as_row(order) for order in day.orders],
        "happenings": [befalling.as_row(row) for row in day.happenings],
    }
    return json.dumps(told, ensure_ascii=False).encode()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or as it was before, also when the power fails."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _digest(pack: Path) -> str:
    return hashlib.sha256((pack / "datapackage.json").read_bytes()).hexdigest()
