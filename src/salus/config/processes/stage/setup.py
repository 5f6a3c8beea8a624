"""How a stage is set up inside its own folder: its city, its world, its people, and a first look.

A demonstration is set up by the same steps.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

from salus.base.errors import Invalid
from salus.base.texts import pick
from salus.config.commands.exercise import plain_words
from salus.config.commands.setup import Report
from salus.plan.exercises import documents, emergencies
from salus.plan.exercises.inject_rules import inject_defects
from salus.plan.exercises.rules import Contradiction
from salus.plan.exercises.schemas import Credential, ExerciseDraft, TeamDraft
from salus.plan.exercises.stages import Stage, targets_of, write_json

Bar = Callable[[str], AbstractContextManager[Report]]
CITY_SOURCE = "exercise_city"


def write_plan(stage: Stage, design: ExerciseDraft, **about: Any) -> None:
    """Write the design into the stage's folder, once."""
    write_json(stage.plan, {**about, "exercise": documents.to_json(design)})


def make_world(stage: Stage, design: ExerciseDraft, bar: Bar, also: Sequence[str] = ()) -> None:
    """Build the city and begin the world some weeks before the exercise."""
    from salus.world.city.pack import build
    from salus.world.truth.run import Run

    with plain_words():
        with bar("Building the city") as report:
            build(stage.city, seed=design.city_seed, people=design.people, told=report)
        write_targets(stage)
        if found := list(inject_defects(design, targets_of(stage))):
            raise Contradiction(found)
        begun = design.start_on - timedelta(days=design.lead_in_days)
        emergency = emergencies.write(design, stage.room)
        Run.begin(
            stage.run, pack=stage.city, emergency=emergency, start=begun, seed=design.seed, also=also or design.also
        )


def lead_in(stage: Stage, days: int, bar: Bar) -> None:
    """Let the days before the exercise happen, and bring in what was said of them."""
    from salus.config.processes.world import take_in
    from salus.world.truth.run import Run
    from salus.world.world import World

    world = World(Run.open(stage.run))
    with plain_words(), bar("Letting the first weeks happen") as report:
        left = days - world.run.day
        world.advance(left, orders=list, done=lambda day: report(world.run.day, days, f"{day.on}"))
    with bar("Bringing in what was reported"):
        take_in(world)
    write_targets(stage)


def first_look(bar: Bar, by: Any) -> None:
    """Assess the city for the first time and publish how things stand."""
    from salus.assess.services import assessment_run
    from salus.base import outbox
    from salus.decide.services import release_publish, situation_autopublish_set

    with bar("First assessment") as report:
        assessment_run(progress=report, by=by)
    outbox.deliver_all()
    situation_autopublish_set(on=True, by=by)
    release_publish(kind="situation", by=by)


def set_up(stage: Stage, bar: Bar) -> None:
    """Set up a stage from its plan, in its own installation."""
    from salus.base import clock
    from salus.base.services import clock_set
    from salus.config.packs import pack_of, packs_load
    from salus.config.processes.stage import evenings
    from salus.gather.sources.loading import load
    from salus.trust.actors import system_viewer

    design, by = stage.design(), system_viewer("exercises")
    refuse_names_of_the_crew(design)
    make_world(stage, design, bar)
    # The clock comes first: what is written before it is set would be known only in the exercise's future.
    start = clock.day_start(design.start_on)
    clock_set(mode="exercise", at=start, speed=design.speed, paused=True, by=by)
    packs_load(*pack_of(stage.run))
    people_make(stage, design, by)
    with bar("Bringing the city in") as report:
        load(slug=CITY_SOURCE, path=stage.city, by=by, progress=report, seed=design.city_seed)
    lead_in(stage, design.lead_in_days, bar)
    first_look(bar, by)
    evenings.keep(stage, design.lead_in_days)


def people_make(stage: Stage, design: ExerciseDraft, by: Any) -> None:
    """Open accounts for the teams; their one-time passwords wait for the director in a file of his own."""
    from salus.config.demo import people

    found = [one for team in design.teams for one in _team(team, by)]
    if design.crew:
        people.people_make(by=by)
    write_json(stage.handover, {"people": [credential_row(one) for one in found]}, secret=True)


def refuse_names_of_the_crew(design: ExerciseDraft) -> None:
    """Refuse sign-in names that belong to the crew: it would act in the name of a person who plays."""
    from salus.config.demo.people import PEOPLE

    crew = {person.username for person in PEOPLE} if design.crew else set()
    taken = sorted({member.username for team in design.teams for member in team.members} & crew)
    if taken:
        raise Invalid(
            f"The names {', '.join(taken)} belong to the crew, which would act for them.",
            remedy="Choose other sign-in names, or switch the crew off.",
        )


def _team(team: TeamDraft, by: Any) -> Iterator[Credential]:
    from salus.trust.services import organisation_create, person_create, role_assign

    organisation = organisation_create(name=team.name, code=team.key, kind="team", by=by)
    for number, member in enumerate(team.members, start=1):
        username = member.username or f"{team.key}-{member.role.replace('_', '-')}-{number}"
        name = member.name or f"{pick(team.name, 'en')} {number}"
        made = person_create(username=username, name=name, organisation_id=organisation.id, by=by)
        role_assign(person=made.id, role=member.role, by=by)
        yield Credential(team.key, made.username, name, member.role, made.one_time_password)


def credential_row(one: Credential) -> dict[str, str]:
    """Return a credential as JSON."""
    return {name: getattr(one, name) for name in Credential.__slots__}


def write_targets(stage: Stage) -> None:
    """Write down what the city has that can be befallen, for the desk to choose from."""
    document = json.loads((stage.city / "zones.geojson").read_text(encoding="utf-8"))
    about = [row["properties"] for row in document["features"] if row["properties"]["level"] == "zone"]
    found = {
        "zones": {row["code"]: row["name"]["en"] for row in about},
        "facilities": _named(stage.city / "facilities.csv", "code", "name_en", kind="hospital"),
        "suppliers": _named(stage.city / "suppliers.csv", "supplier", "name"),
        "feeds": {name: name for name in feed_names(stage.run)},
    }
    write_json(stage.targets, found)


def feed_names(run: Path) -> list[str]:
    """Return the feeds that the world speaks through."""
    from salus.config.processes.world import FEEDS

    spoken = (path.name for path in (run / "feeds").glob("*") if path.is_dir()) if run.exists() else ()
    return sorted({*(slug.removeprefix("exercise_") for slug in FEEDS), *spoken})


def _named(path: Path, code: str, name: str, **only: str) -> Mapping[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if all(row[key] == value for key, value in only.items())]
    return {row[code]: row.get(name) or row[code] for row in rows}
