"""Small cities for the tests of the scenario engine."""

from __future__ import annotations

import numpy as np

from salus.epi import discretised_serial_interval
from salus.epi.scenario import (
    Care,
    Immunity,
    Measure,
    Model,
    Reporting,
    Seed,
    Setting,
    Vaccine,
    Variant,
)

GENERATION = discretised_serial_interval(4.0, 1.5, days=10)
GENERATION = GENERATION / GENERATION.sum()


def one_group(r0=1.8, people=100_000, seeds=10.0, **more):
    setting = (Setting("all", [[10.0]]),)
    return Model([[people]], (Variant("a", r0, GENERATION),), setting, seeds=(Seed(0, seeds),), **more)


def city(seed=1, zones=4, strata=3, variants=1, scale=2000, **more):
    """Zones that commute, strata that mix unevenly, care that varies by stratum."""
    rng = np.random.default_rng(seed)
    people = rng.integers(scale // 10, scale, (zones, strata)).astype(float)
    presence = 0.3 * rng.dirichlet(np.ones(zones), (2, zones)) + 0.7 * np.eye(zones)
    names = [f"v{index}" for index in range(variants)]
    values = {
        "people": people,
        "variants": tuple(Variant(name, 1.7 + 0.3 * v, GENERATION) for v, name in enumerate(names)),
        "settings": (
            Setting("home", rng.random((strata, strata)) * 3),
            Setting("out", rng.random((strata, strata)) * 8, presence, [0.6, 0.4]),
        ),
        "care": Care(hospital=np.linspace(0.05, 0.3, strata), icu=0.3, death_ward=0.1, death_icu=0.4, death_home=0.01),
        "reporting": Reporting(ascertainment=0.4, weekday=[1, 1, 1, 1, 1, 0.5, 0.2]),
        "seeds": tuple(Seed(5 * v, 20.0, 0, v % strata, v) for v in range(variants)),
        "measures": (
            Measure("close", {"out": 0.6}, compliance=0.8, fatigue_days=30.0, floor=0.3),
            Measure("stay", {"*": 0.3}, travel=0.7, work_lost=0.5),
            Measure("trace", isolation=0.6),
        ),
    }
    return Model(**(values | more))


def busy_city(**more):
    """Everything at once: two variants, waning, cross immunity, a vaccine, imports, clusters."""
    values = {
        "variants": 2,
        "immunity": Immunity(cross=[[1.0, 0.6], [0.9, 1.0]], waning_days=60.0, waned_severity=0.4),
        "vaccine": Vaccine(
            protection=[0.8, 0.5], uptake=[0.5, 0.7, 0.9], severity=0.2, waning_days=90.0, order=(2, 1, 0)
        ),
        "importation": [0.5, 0.2],
        "immune": [[0.7] * 3, [0.0] * 3, [0.1] * 3, [0.2] * 3, [0.0] * 3],
        "dispersion": 0.4,
    }
    return city(**(values | more))
