"""The agent-based engine against Covasim: the same population, disease and measures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import poisson

from salus.epi.agents import (
    ByLayer,
    ContactChange,
    DiagnosticTesting,
    Gathering,
    Measures,
    Tracing,
    simulate_outbreak,
    synthesise_population,
)

BANDS = Path(__file__).parent / "data" / "covasim_bands.csv"
EDGES = [*range(0, 95, 5), 100]
# Ages of Covasim's default population; households are Poisson with mean 2, of random ages.
SHARES = [605, 607, 566, 557, 612, 843, 848, 764, 697, 701, 681, 653, 591, 453, 312, 201.6, 134.4, 100.8, 67.2]
RUNS, SEEDS = 20, 20

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


def like_covasim(seed):
    return synthesise_population(
        20_000,
        age_edges=EDGES,
        age_shares=SHARES,
        household_shares=poisson.pmf(np.arange(1, 15), 2),
        rng=np.random.default_rng(seed),
        school=Gathering((6, 22), 1.0, 20.0),
        work=Gathering((22, 65), 1.0, 16.0),
        families=False,
    )


@pytest.fixture(scope="module")
def populations():
    return [like_covasim(seed) for seed in range(RUNS)]


@pytest.mark.parametrize("scenario", list(SCENARIOS))
def test_the_median_run_lies_in_covasims_band(populations, scenario):
    runs = [
        simulate_outbreak(people, days=181, rng=np.random.default_rng(seed), measures=SCENARIOS[scenario], seeds=SEEDS)
        for seed, people in enumerate(populations)
    ]
    infections = np.array([run.of("infections") for run in runs])
    infections[:, 0] -= SEEDS
    deaths = np.array([run.of("deaths") for run in runs])
    ours = {
        "new_infections": infections,
        "cum_infections": infections.cumsum(axis=1),
        "cum_deaths": deaths.cumsum(axis=1),
    }
    for kind, table in ours.items():
        band = pl.read_csv(BANDS).filter(scenario=scenario, kind=kind)
        middle = np.median(table, axis=0)[band["day"].to_numpy()]
        inside = (middle >= band["q10"].to_numpy()) & (middle <= band["q90"].to_numpy())
        # Daily counts of a handful touch the edge of a band now and then by chance.
        assert inside.mean() >= 0.98, (kind, band["day"].to_numpy()[~inside])


def test_contacts_are_as_many_as_covasims(populations):
    people = populations[0]
    ages = people.age
    students = ((ages >= 6) & (ages < 22)).mean()
    workers = ((ages >= 22) & (ages < 65)).mean()
    wanted = {"household": 2.0, "school": 20 * students, "work": 16 * workers, "community": 20.0}
    for layer, mean in wanted.items():
        assert people.layer(layer).mean_contacts == pytest.approx(mean, rel=0.04)
