"""What befalls people in a run beside an infection: a poisoned source, a heat wave, or both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import yaml

from salus.world.emergency import CommonSource, Heat, Infection, Unknown, read_emergency
from salus.world.errors import WorldError
from salus.world.truth.heat import HeatHarm
from salus.world.truth.ill import IllRecord, Write, nobody, values_of
from salus.world.truth.orders import Order
from salus.world.truth.place import FloatArray
from salus.world.truth.poisoning import Poisoning
from salus.world.truth.quiet import quiet
from salus.world.truth.served import settled
from salus.world.truth.weather import Weather

if TYPE_CHECKING:
    from salus.world.truth.run import Run

Described = Infection | CommonSource | Unknown | Heat
FOLDER, ALSO = "ill", "also"


class BadOverlay(WorldError):
    """What was asked for on top of an emergency cannot come on top; the message says what can."""


def infection_of(described: Described) -> Infection:
    """Return the infection of an emergency, or one that never comes."""
    if isinstance(described, Infection):
        return described
    if isinstance(described, Unknown) and described.infection is not None:
        return described.infection
    return quiet(described.slug, described.title)


def source_of(described: Described) -> CommonSource | None:
    """Return the poisoned source of an emergency, if it has one."""
    if isinstance(described, Unknown):
        return described.source
    return described if isinstance(described, CommonSource) else None


def describe(folder: Path, described: Described, also: Sequence[str | Path], pack: Path, seed: int) -> None:
    """Write the descriptions of a run, each poisoned source with the place that the seed chooses."""
    given = () if isinstance(described, Heat) else described.also
    overlays = [_overlay(name) for name in dict.fromkeys((*given, *also))]
    rng = np.random.default_rng([seed, 17])
    if isinstance(described, CommonSource):
        described = settled(described, pack, rng)
    elif isinstance(described, Unknown) and described.source is not None:
        described = described.model_copy(update={"source": settled(described.source, pack, rng)})
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "emergency.yaml", described)
    for overlay in overlays:
        (folder / ALSO).mkdir(exist_ok=True)
        _write(folder / ALSO / f"{overlay.slug}.yaml", overlay)


def _overlay(name: str | Path) -> Heat:
    found = read_emergency(name)
    if not isinstance(found, Heat):
        raise BadOverlay(f"'{found.slug}' cannot come on top of another emergency. Choose a heat wave.")
    return found


def _write(path: Path, described: Described) -> None:
    text = yaml.safe_dump(described.model_dump(mode="json"), allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")


def heats_of(folder: Path, described: Described) -> tuple[Heat, ...]:
    """Return the heat waves of a run: its emergency, and those on top of it."""
    own = (described,) if isinstance(described, Heat) else ()
    found = [read_emergency(path) for path in sorted((folder / ALSO).glob("*.yaml"))]
    return (*own, *(row for row in found if isinstance(row, Heat)))


class Ailments:
    """Advances what is beside the infection; it is kept with the day to which it belongs."""

    def __init__(self, run: Run) -> None:
        self._run, self._record = run, IllRecord()
        zones, source = run.place.zones, run.source
        self.poisoning = Poisoning(source, run.pack, zones, run.rng, run.serving) if source else None
        weather = Weather.of(run) if run.hot_spells else None
        self._heats = (
            [HeatHarm(row, run.place, weather, run.rng, run.serving) for row in run.hot_spells] if weather else []
        )
        self._today, self._ended = nobody(), False

    def recall(self, folder: Path, days: int) -> None:
        """Go on after the whole days of a folder, and keep what follows there."""
        self._record.recall(folder, days)

    @property
    def table(self) -> pl.DataFrame:
        """Return everybody who was struck up to the last whole day."""
        return self._record.table

    @property
    def ended(self) -> bool:
        """Tell whether the source has been stopped."""
        return self._record.ended

    def step(self, orders: Sequence[Order]) -> dict[str, FloatArray]:
        """Let one day happen, and return what it adds to the day's values."""
        if not (self.poisoning or self._heats):
            return {}
        day, today = self._run.day, self._run.today
        parts = [heat.step(day, orders, today) for heat in self._heats]
        self._ended = self._record.ended
        if self.poisoning:
            self._ended = self._ended or self.poisoning.ends(orders, today)
            if not self._ended:
                parts.append(self.poisoning.step(day, orders, today, self._record.table))
        self._today = pl.concat([nobody(), *parts])
        return values_of(pl.concat([self._record.table, self._today]), day, len(self._run.place.zones))

    def keep(self, day: int, write: Write) -> None:
        """Keep what the step did."""
        if self.poisoning or self._heats:
            self._record.keep(day, self._today, self._ended, write)
