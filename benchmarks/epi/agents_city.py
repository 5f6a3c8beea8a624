"""Makes Covasim's default city with our engine, and measures one run of it in a process of its own."""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np
from scipy.stats import poisson

from salus.epi.agents import (
    ByLayer,
    ContactChange,
    DiagnosticTesting,
    Gathering,
    Measures,
    Population,
    Tracing,
    simulate_outbreak,
    synthesise_population,
)

EDGES = [*range(0, 95, 5), 100]
SHARES = [605, 607, 566, 557, 612, 843, 848, 764, 697, 701, 681, 653, 591, 453, 312, 201.6, 134.4, 100.8, 67.2]
SEEDS, DAYS = 20, 181
SCENARIOS = {
    "none": Measures(),
    "trace": Measures(
        testing=(DiagnosticTesting(symptomatic=0.3, routine=0.002, sensitivity=0.9, delay=1, start=20),),
        tracing=(Tracing(ByLayer(1.0, 0.5, 0.5, 0.1), (0, 1, 1, 2), start=20),),
    ),
    "close": Measures(
        contacts=(
            ContactChange("school", contacts=0.0, start=30, end=90),
            ContactChange("work", contacts=0.4, start=30, end=90),
            ContactChange("community", transmission=0.7, start=30, end=90),
        )
    ),
}


def city(people: int, seed: int, *, structured: bool = False) -> Population:
    """Return Covasim's hybrid population, or one with families, schools and workplaces."""
    rng = np.random.default_rng(seed)
    if structured:
        homes = [28, 35, 15, 13, 6, 3]
        return synthesise_population(people, age_edges=EDGES, age_shares=SHARES, household_shares=homes, rng=rng)
    return synthesise_population(
        people,
        age_edges=EDGES,
        age_shares=SHARES,
        household_shares=poisson.pmf(np.arange(1, 15), 2),
        rng=rng,
        school=Gathering((6, 22), 1.0, 20.0),
        work=Gathering((22, 65), 1.0, 16.0),
        families=False,
    )


def one_run(people: int, scenario: str) -> dict[str, float]:
    """Measure population and run, compiled before."""
    simulate_outbreak(city(500, 0), days=20, rng=np.random.default_rng(0), measures=SCENARIOS[scenario])
    start = time.process_time()
    made = city(people, 1)
    middle = time.process_time()
    outbreak = simulate_outbreak(made, days=DAYS, rng=np.random.default_rng(1), measures=SCENARIOS[scenario])
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    infections = float(outbreak.of("infections").sum())
    return {"population": middle - start, "run": end - middle, "memory": peak, "infections": infections}


if __name__ == "__main__":
    print(json.dumps(one_run(int(sys.argv[1]), sys.argv[2])))
