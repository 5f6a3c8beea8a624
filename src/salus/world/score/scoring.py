"""The score of a run: what truly became of the city, beside the same seed otherwise, and many seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from salus.world.errors import WorldError
from salus.world.score.costs import Costs, read_costs
from salus.world.score.course import Course, course_of
from salus.world.score.figures import effect_day, harm_in
from salus.world.score.policy import Policy, policy_for
from salus.world.score.replay import Plan, orders_of, replay, scene_of
from salus.world.score.seeds import Ensemble, many_seeds
from salus.world.truth.run import Run

PLAYED, UNCHECKED, POLICY = "played", "unchecked", "policy"
Told = Callable[[int, int, str], None]


class NothingYet(WorldError):
    """A run has no whole day, so that there is nothing to score."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A run beside what would have been.

    Attributes
    ----------
    courses : mapping of str to Course
        `played`, and with the same seed `unchecked` (no measures) and `policy`.
    ensemble : Ensemble or None
        The same under many seeds; none where none were asked for.
    policy : Policy
    costs : Costs
    span : int
        Days of each seed of the ensemble.
    first_infection, effect : int or None
        Days since the first day of the run.

    """

    courses: Mapping[str, Course]
    ensemble: Ensemble | None
    policy: Policy
    costs: Costs
    span: int
    first_infection: int | None
    effect: int | None


def score_run(
    run: Run,
    *,
    seeds: int = 0,
    days: int | None = None,
    policy: Policy | None = None,
    costs: Costs | None = None,
    executor: Executor | None = None,
    told: Told = lambda done, of, what: None,
) -> Scored:
    """Score the whole days of a run; with `days`, the replays look as far ahead as that, with the last orders."""
    if not run.day:
        raise NothingYet(f"{run.folder} has no whole day yet. Let a day happen first.")
    if seeds < 0:
        raise WorldError(f"{seeds} seeds cannot be played. Ask for 0 or more.")
    priced, chosen = costs or read_costs(), policy or policy_for(run.described.slug)
    scene, span = scene_of(run, costs=priced), days or run.day
    plans: dict[str, Plan] = {PLAYED: orders_of(run), UNCHECKED: None, POLICY: chosen}
    courses = {PLAYED: course_of(run, costs=priced)}
    for number, name in enumerate((UNCHECKED, POLICY)):
        told(number, 2, "the same seed")
        courses[name] = replay(scene, seed=run.seed, days=run.day, plan=plans[name])
    ensemble = None
    if seeds:
        chance = [run.seed + 1 + number for number in range(seeds)]
        ensemble = many_seeds(
            scene, plans, seeds=chance, days=span, executor=executor, told=lambda done, of: told(done, of, "many seeds")
        )
    played = courses[PLAYED]
    return Scored(
        courses, ensemble, chosen, priced, span, played.first(harm_in(played)), effect_day(played, courses[UNCHECKED])
    )
