"""Cities that the scenario benchmark runs."""

from __future__ import annotations

import numpy as np

from salus.epi import discretised_serial_interval
from salus.epi.scenario import Care, InForce, Measure, Model, Reporting, Seed, Setting, Variant

ZONES, STRATA, PEOPLE = 177, 6, 8_400_000
MIX = np.array([0.1, 0.1, 0.3, 0.3, 0.1, 0.1])


def generation(mean: float = 5.0, sd: float = 2.0):
    weights = discretised_serial_interval(mean, sd, days=15)
    return weights / weights.sum()


def big_city(*, variants: int = 1, people: int = PEOPLE, **more) -> Model:
    """177 zones that all exchange commuters, three ages by two segments."""
    rng = np.random.default_rng(1)
    size = rng.dirichlet(np.full(ZONES, 3.0))
    residents = np.round(size[:, None] * MIX * people)
    place = rng.random((ZONES, 2))
    distance = np.hypot(*(place[:, None] - place[None]).T)
    away = np.exp(-distance / 0.15) * residents.sum(axis=1)
    np.fill_diagonal(away, 0.0)
    presence = 0.35 * away / away.sum(axis=1, keepdims=True) + 0.65 * np.eye(ZONES)
    home, out = (rng.random((STRATA, STRATA)) + np.eye(STRATA) for _ in range(2))
    names = [f"v{index}" for index in range(variants)]
    values = {
        "people": residents,
        "variants": tuple(Variant(name, 1.6 + 0.3 * v, generation()) for v, name in enumerate(names)),
        "settings": (Setting("home", home * MIX), Setting("out", 3 * out * MIX, presence)),
        "care": Care(hospital=0.02, icu=0.2, death_ward=0.08, death_icu=0.35, death_home=0.0005),
        "seeds": tuple(Seed(60 * v, 20.0, zone, 2, v) for v in range(variants) for zone in range(10)),
        "measures": (Measure("close", {"out": 0.4}, compliance=0.7, fatigue_days=60.0, floor=0.3),),
    }
    return Model(**(values | more))


EARLY = (InForce("close", 60, 150),)
LATE = (InForce("close", 67, 157),)


def one_zone(people: float = 1_000_000) -> Model:
    """What calibration is tried on."""
    return Model(
        [[people]],
        (Variant("a", 1.6, generation()),),
        (Setting("all", [[10.0]]),),
        reporting=Reporting(ascertainment=0.3, weekday=[1, 1, 1, 1, 1, 0.6, 0.5]),
        care=Care(hospital=0.02),
        seeds=(Seed(0, 100.0),),
    )


# The peer's model: SEIR with rates by day; commuters are elsewhere for the first third of a day.
PEER = {"beta": 0.4, "sigma": 1 / 3, "gamma": 0.2, "commuters": 0.3, "phi": 5.0, "days": 180, "seeds": 200}


def peer_generation():
    """Generation interval by day of the peer's own steps, worked out step by step.

    Whoever is infected in a step is exposed from the next one, leaves exposure and infection
    with its rates, and infects in proportion to time. Infections on the same day, which a
    daily engine cannot have, are moved to the next day.
    """
    lengths = np.array([1 / 3, 2 / 3])
    weights = np.zeros(120)
    for first, share in enumerate(lengths):
        exposed, infectious = 1.0, 0.0
        for step in range(first + 1, 2 * weights.size):
            length = lengths[step % 2]
            weights[step // 2] += share * infectious * length
            moved = exposed * PEER["sigma"] * length
            infectious += moved - infectious * PEER["gamma"] * length
            exposed -= moved
    same_day = weights[0] / weights.sum()
    weights[1] += weights[0]
    weights[0] = 0.0
    return weights / weights.sum(), same_day


def peer_city(kernel, population) -> Model:
    """The peer's city as a model of ours."""
    zones = len(population)
    away = (1 - PEER["commuters"]) * np.eye(zones) + PEER["commuters"] * np.asarray(kernel)
    presence = np.stack([away, np.eye(zones)])
    weights, _ = peer_generation()
    variant = Variant("a", PEER["beta"] / PEER["gamma"], weights)
    setting = Setting("all", [[1.0]], presence, [1 / 3, 2 / 3])
    return Model(np.asarray(population, dtype=float)[:, None], (variant,), (setting,), seeds=(Seed(0, PEER["seeds"]),))
