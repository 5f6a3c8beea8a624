"""A world played again in memory: the same city, emergency and seed under other orders; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from salus.epi.scenario import begin
from salus.world.emergency import Heat, read_emergency
from salus.world.feeds.truth import TruthReader
from salus.world.score.costs import Costs, read_costs
from salus.world.score.course import Course, Ledger, beds_of
from salus.world.score.knowledge import Knowledge, reported_in
from salus.world.score.policy import Player, Policy
from salus.world.truth.ailments import Described, heats_of
from salus.world.truth.happenings import Happening
from salus.world.truth.orders import Order
from salus.world.truth.place import Place, read_place
from salus.world.truth.run import Day, Run

# What the city does in a replay: nothing, what a policy says, or what was ordered on each day.
Plan = Policy | tuple[tuple[Order, ...], ...] | None


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a replay starts from but its seed and its plan.

    The pack's files are read again only for a poisoned source, which needs to know who drinks from it.
    """

    pack: Path
    place: Place
    described: Described
    start: date
    heats: tuple[Heat, ...] = ()
    # What befell the city, by day; days beyond have nothing.
    happenings: tuple[tuple[Happening, ...], ...] = ()
    costs: Costs | None = None


class Rehearsal(Run):
    """A run without a folder: days are advanced, and only the last state is kept."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.folder = self.pack = scene.pack
        self._stand(scene.place, scene.described, seed, scene.start, scene.heats)
        self._state = begin(self.model, rng=np.random.default_rng(seed))

    def keep(self, day: Day) -> None:
        """Go on to the next day."""
        self.ailments.keep(day.number, _nowhere)
        self.society.go_on()
        self._state = self._next


def _nowhere(path: Path, content: bytes) -> None:
    """Write nothing: a replay leaves no trace."""


def scene_of(run: Run, *, costs: Costs | None = None) -> Scene:
    """Return what a run started from, and what has befallen its city."""
    truth = TruthReader(run)
    befallen = tuple(truth.day(number).happenings for number in range(run.day))
    return Scene(run.pack, run.place, run.described, run.start, run.hot_spells, befallen, costs)


def scene_from(pack: Path, emergency: str | Path, start: date, *, costs: Costs | None = None) -> Scene:
    """Return what a run in a city pack would start from."""
    described = read_emergency(emergency)
    return Scene(pack, read_place(pack), described, start, heats_of(Path(), described), (), costs)


def orders_of(run: Run) -> tuple[tuple[Order, ...], ...]:
    """Return what was ordered in a run, by day; a plan for a replay."""
    truth = TruthReader(run)
    return tuple(truth.day(number).orders for number in range(run.day))


def replay(
    scene: Scene,
    *,
    seed: int,
    days: int,
    plan: Plan = None,
    told: Callable[[int, int], None] = lambda day, of: None,
) -> Course:
    """Play so many days under a plan; the same seed meets the same chance whatever the plan."""
    run = Rehearsal(scene, seed)
    ledger = Ledger(scene.place, scene.start, scene.costs or read_costs())
    asked = _asked(scene, plan, beds_of(run))
    for number in range(days):
        orders = asked.orders(number)
        befallen = scene.happenings[number] if number < len(scene.happenings) else ()
        day = run.step(orders, befallen)
        run.keep(day)
        asked.hear(day.values, ledger.add(day.values, orders, beds_of(run, day.happenings)))
        told(number + 1, days)
    return ledger.course()


class _Fixed:
    """Orders that are known beforehand; those of the last day stay."""

    def __init__(self, orders: Sequence[Sequence[Order]]) -> None:
        self._orders = orders

    def orders(self, day: int) -> list[Order]:
        return list(self._orders[min(day, len(self._orders) - 1)]) if self._orders else []

    def hear(self, values: Mapping[str, Any], totals: dict[str, float]) -> None:
        """Nothing that happens changes them."""


class _Followed:
    """Orders that answer to what is reported."""

    def __init__(self, scene: Scene, policy: Policy, beds: tuple[float, float]) -> None:
        self._player = Player(policy, scene.start)
        self._knowledge = Knowledge(scene.place, reported_in(scene.described), beds, scene.heats)

    def orders(self, day: int) -> list[Order]:
        return self._player.orders(day, self._knowledge.signals())

    def hear(self, values: Mapping[str, Any], totals: dict[str, float]) -> None:
        self._knowledge.add(values["infections"], totals)


def _asked(scene: Scene, plan: Plan, beds: tuple[float, float]) -> _Fixed | _Followed:
    return _Followed(scene, plan, beds) if isinstance(plan, Policy) else _Fixed(plan or ())
