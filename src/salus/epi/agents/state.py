"""What the engine keeps of each person and of each running infection."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from salus.epi.agents.disease import NEVER, NaturalHistory, course_tables
from salus.epi.agents.measures import Measures, longest_delay, schedule
from salus.epi.agents.population import Population
from salus.epi.arrays import FloatArray, IntArray

Persons = npt.NDArray[np.int32]
Reals = npt.NDArray[np.float32]
Records = npt.NDArray[Any]

SUSCEPTIBLE, INFECTED, IMMUNE, DEAD = range(4)
FLOWS = (
    "infections", "symptomatic", "severe", "critical", "recoveries", "deaths",
    "tests", "positives", "traced", "quarantined", "vaccinated",
)  # fmt: skip
(
    F_INFECTED, F_SYMPTOMATIC, F_SEVERE, F_CRITICAL, F_RECOVERED, F_DEAD,
    F_TESTED, F_POSITIVE, F_TRACED, F_QUARANTINED, F_VACCINATED,
) = range(11)  # fmt: skip
STOCKS = ("infected", "in_severe", "in_critical", "in_quarantine", "in_isolation")


# Days are those of the present or last infection; `due` is when quarantine begins.
PERSON = np.dtype(
    [
        ("peak", "f4"), ("base", "f4"), ("event", "i2"), ("infectious", "i2"), ("symptoms", "i2"), ("end", "i2"),
        ("diagnosed", "i2"), ("isolated", "i2"), ("quarantined", "i2"), ("due", "i2"), ("due_until", "i2"),
        ("vaccine_day", "i2"), ("vaccine", "u1"), ("band", "u1"), ("status", "u1"), ("infections", "u1"),
        ("waiting", "u1"), ("away", "u1"),
    ],
    align=True,
)  # fmt: skip
RUNNING = np.dtype(
    [
        ("person", "i4"), ("scale", "f4"), ("infectious", "i2"), ("symptoms", "i2"), ("severe", "i2"),
        ("critical", "i2"), ("recovery", "i2"), ("death", "i2"), ("band", "u1"), ("starts", "i4", (4,)),
        ("degrees", "i4", (4,)),
    ],
    align=True,
)  # fmt: skip
# A dangerous contact: where it stands among all contacts, and the draw that decides it.
DANGER = np.dtype(
    [("draw", "f8"), ("position", "i4"), ("source", "i4"), ("target", "i4"), ("layer", "u1"), ("status", "u1")],
    align=True,
)
PAIR = np.dtype([("source", "i4"), ("target", "i4"), ("day", "i2"), ("layer", "u1")], align=True)
N_RUNNING, N_LOGGED, N_FRESH, N_AWAY, N_DANGERS = range(5)
_BATCH = 4096
RESULTS, NOTICES = 0, 1


class World(NamedTuple):
    """All that changes in a run, and the contacts.

    `running` is kept dense, so that a day reads memory in one sweep. `heads` and `links` are two
    calendars, lists of persons by day, in each of which a person is at most once. `fresh` lists
    who entered quarantine today, `away` who is in quarantine or isolation.
    """

    people: Records
    running: Records
    starts: Persons
    contacts: Persons
    heads: Persons
    links: Persons
    fresh: Persons
    away: Persons
    dangers: Records
    pairs: Records
    counts: IntArray
    flows: Persons
    stocks: IntArray


class Rules(NamedTuple):
    """All that stays the same in a run."""

    laws: FloatArray
    by_band: FloatArray
    kinetics: FloatArray
    traits: FloatArray
    daily: FloatArray
    settings: FloatArray
    vaccines: FloatArray
    key: np.uint64


def new_people(population: Population, disease: NaturalHistory) -> Records:
    """Everyone susceptible and free."""
    people = np.zeros(population.size, dtype=PERSON)
    edges = np.asarray(disease.age_edges, dtype=np.float32)
    people["band"] = np.searchsorted(edges, population.age, side="right") - 1
    for name in ("event", "infectious", "symptoms", "end", "due", "vaccine_day"):
        people[name] = NEVER
    return people


def new_world(population: Population, disease: NaturalHistory, days: int, infectors: bool) -> World:
    """State before the first day."""
    size, bands = population.size, len(disease.age_edges)
    # Two infections of a person are days apart; memory that is never written costs nothing.
    room = size * (2 + days // 4) if infectors else 0
    return World(
        new_people(population, disease),
        np.empty(size, dtype=RUNNING),
        population.starts,
        population.contacts,
        np.full((2, days + longest_delay()), -1, dtype=np.int32),
        np.full((size, 4), -1, dtype=np.int32),
        np.empty(size, dtype=np.int32),
        np.empty(size, dtype=np.int32),
        np.empty(max(_BATCH, _most_contacts(population)), dtype=DANGER),
        np.empty(room, dtype=PAIR),
        np.zeros(5, dtype=np.int64),
        np.zeros((days, len(FLOWS), bands), dtype=np.int32),
        np.zeros((days, len(STOCKS)), dtype=np.int64),
    )


def _most_contacts(population: Population) -> int:
    """Contacts of the person who has most: as many dangerous ones must fit a batch."""
    starts = population.starts
    return int((starts[1:] - starts[:-1]).sum(axis=1, dtype=np.int64).max())


def new_rules(disease: NaturalHistory, measures: Measures, days: int, key: int) -> Rules:
    """Tables of the disease and of the measures."""
    tables, plan = course_tables(disease, days), schedule(measures, disease.layer_weight, days)
    return Rules(*tables, *plan, np.uint64(key))


def book_vaccinations(people: Records, age: Reals, measures: Measures, key: int, days: int) -> None:
    """Set each person's day of vaccination."""
    for row, dose in enumerate(measures.vaccination):
        rng = np.random.default_rng([key, row])
        luck = rng.random((2, age.size))
        able = (age >= dose.ages[0]) & (age < dose.ages[1]) & (luck[0] < dose.uptake) & (people["vaccine_day"] == NEVER)
        takers = np.flatnonzero(able)
        order = np.lexsort((luck[1][takers], -age[takers] if dose.oldest_first else np.zeros(takers.size)))
        day = dose.start + (np.arange(takers.size) / dose.doses_per_day).astype(np.int64)
        chosen = takers[order][day < days]
        people["vaccine_day"][chosen] = day[day < days].astype(np.int16)
        people["vaccine"][chosen] = row


def count_vaccinations(world: World) -> None:
    """Enter the vaccinations into the tally; the dead are not vaccinated."""
    people = world.people
    given = (people["vaccine_day"] < NEVER) & ((people["status"] != DEAD) | (people["end"] > people["vaccine_day"]))
    np.add.at(world.flows, (people["vaccine_day"][given], F_VACCINATED, people["band"][given]), 1)
