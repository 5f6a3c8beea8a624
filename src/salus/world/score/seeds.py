"""Many seeds: the same city and emergency under several plans, each seed with the same chance under all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, Future, as_completed
from dataclasses import dataclass

import numpy as np

from salus.world.errors import WorldError
from salus.world.score.course import Course
from salus.world.score.figures import FIGURES, figures_of, spread
from salus.world.score.replay import Plan, Scene, replay
from salus.world.truth.place import FloatArray

# What is kept of each day of each seed, for the bands of a drawing.
DRAWN = ("infections", "beds", "icu", "deaths", "admissions")
# Seeds that go to a worker at once: few enough that a cancelled score ends soon.
BATCH = 2


class Cancelled(WorldError):
    """Somebody asked for the work to stop."""


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """What one seed gave under one plan."""

    plan: str
    seed: int
    figures: Mapping[str, float | None]
    by_day: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """What many seeds gave under each plan; the same whoever played them, and in whatever order."""

    seeds: tuple[int, ...]
    played: Mapping[str, tuple[Played, ...]]

    def values(self, plan: str, figure: str) -> list[float]:
        """Return a figure of all seeds under a plan, without those in which it is not defined."""
        found = (row.figures[figure] for row in self.played[plan])
        return [value for value in found if value is not None]

    def spread(self, plan: str, figure: str) -> Mapping[str, float] | None:
        """Return the middle and the range of a figure."""
        values = self.values(plan, figure)
        return spread(values) if values else None

    def band(self, plan: str, output: str) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return by day where the lowest twentieth, the middle and the highest twentieth of seeds begin."""
        table = np.stack([row.by_day[output] for row in self.played[plan]])
        low, mid, high = np.quantile(table, [0.05, 0.5, 0.95], axis=0)
        return np.asarray(low), np.asarray(mid), np.asarray(high)

    def sums(self) -> dict[str, dict[str, float]]:
        """Return the sum of every figure over all seeds by plan, added in the order of the seeds."""
        return {plan: {name: _sum(self.values(plan, name)) for name in FIGURES} for plan in self.played}


def _sum(values: Iterable[float]) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


def many_seeds(
    scene: Scene,
    plans: Mapping[str, Plan],
    *,
    seeds: Iterable[int],
    days: int,
    executor: Executor | None = None,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> Ensemble:
    """Play every seed under every plan; `told` hears how far it is, and may raise to have it stopped."""
    chosen = tuple(sorted(set(seeds)))
    if not chosen:
        raise WorldError("No seed was given. Ask for one or more.")
    batches = [chosen[at : at + BATCH] for at in range(0, len(chosen), BATCH)]
    tasks = [(name, batch) for batch in batches for name in plans]
    found: dict[tuple[str, int], Played] = {}
    for done, part in enumerate(_results(scene, plans, tasks, days, executor), start=1):
        found.update({(row.plan, row.seed): row for row in part})
        told(done, len(tasks))
    return Ensemble(chosen, {name: tuple(found[name, seed] for seed in chosen) for name in plans})


Task = tuple[str, tuple[int, ...]]


def _results(
    scene: Scene, plans: Mapping[str, Plan], tasks: Sequence[Task], days: int, executor: Executor | None
) -> Iterable[list[Played]]:
    """Yield the results of all tasks as they come."""
    if executor is None:
        for name, batch in tasks:
            yield play_batch(scene, name, plans[name], batch, days)
        return
    waiting: list[Future[list[Played]]] = [
        executor.submit(play_batch, scene, name, plans[name], batch, days) for name, batch in tasks
    ]
    try:
        for future in as_completed(waiting):
            yield future.result()
    except CancelledError as error:
        raise Cancelled("The replays were stopped.") from error
    finally:
        # Whoever stops listening has nothing more played.
        for future in waiting:
            future.cancel()


def play_batch(scene: Scene, name: str, plan: Plan, seeds: Sequence[int], days: int) -> list[Played]:
    """Play some seeds under one plan: what a worker does."""
    return [_kept(name, seed, replay(scene, seed=seed, days=days, plan=plan)) for seed in seeds]


def _kept(name: str, seed: int, course: Course) -> Played:
    return Played(name, seed, figures_of(course), {output: course.by_day[output] for output in DRAWN})
