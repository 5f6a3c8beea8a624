"""Run an outbreak person by person."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial

import numpy as np
from numba import njit

from salus.epi.agents.control import begin_quarantine, give_results, hold_tests
from salus.epi.agents.course import infect, progress
from salus.epi.agents.disease import NaturalHistory
from salus.epi.agents.measures import Measures
from salus.epi.agents.outbreak import Outbreak, OutbreakEnsemble, Transmissions
from salus.epi.agents.population import Population, check_population
from salus.epi.agents.spread import spread
from salus.epi.agents.state import (
    DEAD,
    N_AWAY,
    N_LOGGED,
    N_RUNNING,
    Rules,
    World,
    book_vaccinations,
    count_vaccinations,
    new_rules,
    new_world,
)
from salus.epi.arrays import IntArray, require

_LONGEST = 20_000


def simulate_outbreak(
    population: Population,
    *,
    days: int,
    rng: np.random.Generator,
    disease: NaturalHistory | None = None,
    measures: Measures | None = None,
    seeds: int = 20,
    infectors: bool = False,
) -> Outbreak:
    r"""Simulate an outbreak in a synthetic population, person by person and day by day.

    Parameters
    ----------
    population : Population
        From `synthesise_population`, or of your own making.
    days : int
        1 to 20,000.
    rng : numpy.random.Generator
        Gives the run its key. Two scenarios with generators of the same seed share all their
        luck, so that their difference is that of their measures.
    disease : NaturalHistory, optional
        Default: SARS-CoV-2 in early 2020.
    measures : Measures, optional
        Default: none.
    seeds : int
        People infected on day 0, chosen at random.
    infectors : bool
        Whether to keep who infected whom.

    Returns
    -------
    Outbreak

    Raises
    ------
    InvalidParameterError

    Notes
    -----
    An infectious person *i* infects a susceptible contact *j* in layer *l* on a day with
    probability :math:`\beta w_l v_i(t) r_i s_j (1 - e_j) q`, where *v* is the viral load
    relative to its mean, *r* the person's infectiousness (mean 1, dispersed), *s* relative
    susceptibility by age, *e* protection by immunity, and *q* what isolation, quarantine and
    restrictions leave of the contact. The day's dangerous contacts are drawn as points of a
    Poisson process along a person's contacts and then thinned, so that the work grows with
    infections, not with contacts. Every draw is a hash of the key, its purpose, the person and
    the day: results do not depend on the number of threads or on order.

    References
    ----------
    Kerr CC et al. PLoS Comput Biol 2021. https://doi.org/10.1371/journal.pcbi.1009149

    """
    _check(population, days, seeds)
    key = int(rng.integers(0, 2**63))
    return _simulate(population, days, disease or NaturalHistory(), measures or Measures(), seeds, infectors, key)


def simulate_outbreaks(
    population: Population,
    *,
    days: int,
    runs: int,
    rng: np.random.Generator,
    disease: NaturalHistory | None = None,
    measures: Measures | None = None,
    seeds: int = 20,
    executor: Executor | None = None,
) -> OutbreakEnsemble:
    """Simulate the same outbreak many times over.

    Parameters
    ----------
    population, days, disease, measures, seeds
        As in `simulate_outbreak`.
    runs : int
        1 or more.
    rng : numpy.random.Generator
        Gives each run its key, before any begins.
    executor : concurrent.futures.Executor, optional
        Threads do: the engine holds no lock while it runs.

    Returns
    -------
    OutbreakEnsemble

    Raises
    ------
    InvalidParameterError

    """
    require(runs >= 1, "runs must be 1 or more.")
    _check(population, days, seeds)
    keys = [int(key) for key in rng.integers(0, 2**63, size=runs)]
    run = partial(_simulate, population, days, disease or NaturalHistory(), measures or Measures(), seeds, False)
    outcomes = list(executor.map(run, keys)) if executor else [run(key) for key in keys]
    flows = np.stack([outcome.flows for outcome in outcomes])
    stocks = np.stack([outcome.stocks for outcome in outcomes])
    return OutbreakEnsemble(flows, stocks, outcomes[0].age_edges, population.size)


def _check(population: Population, days: int, seeds: int) -> None:
    check_population(population)
    require(1 <= days <= _LONGEST, f"days must be 1 to {_LONGEST}.")
    require(0 <= seeds <= population.size, "seeds must be 0 to the number of people.")


def _simulate(
    population: Population,
    days: int,
    disease: NaturalHistory,
    measures: Measures,
    seeds: int,
    infectors: bool,
    key: int,
) -> Outbreak:
    rules = new_rules(disease, measures, days, key)
    world = new_world(population, disease, days, infectors)
    book_vaccinations(world.people, population.age, measures, key, days)
    chosen = np.random.default_rng([key, 1 << 20]).choice(population.size, size=seeds, replace=False)
    _run(world, rules, chosen.astype(np.int64), days)
    count_vaccinations(world)
    log = world.pairs[: int(world.counts[N_LOGGED])]
    pairs = Transmissions(log["source"], log["target"], log["day"], log["layer"]) if infectors else None
    return Outbreak(world.flows, world.stocks, tuple(disease.age_edges), population.size, pairs)


@njit(cache=True, nogil=True)
def _run(world: World, rules: Rules, seeds: IntArray, days: int) -> None:
    for person in seeds:
        infect(world, rules, person, 0)
    for day in range(days):
        if day > 0:
            progress(world.people, world.running, world.counts, world.flows, rules.kinetics.size > 0, day)
        hold_tests(world, rules, day)
        give_results(world, rules, day)
        begin_quarantine(world, day)
        spread(world, rules, day)
        _take_stock(world, day)


@njit(cache=True, nogil=True)
def _take_stock(world: World, day: int) -> None:
    """Count people in each state at the end of the day."""
    stocks = world.stocks
    stocks[day, 0] = world.counts[N_RUNNING]
    for slot in range(world.counts[N_RUNNING]):
        case = world.running[slot]
        stocks[day, 1] += case.severe <= day
        stocks[day, 2] += case.critical <= day
    kept = 0
    for at in range(world.counts[N_AWAY]):
        one = world.people[world.away[at]]
        alive = one.status != DEAD
        quarantined, isolated = alive and one.quarantined > day, alive and one.isolated > day
        stocks[day, 3] += quarantined
        stocks[day, 4] += isolated
        one.away = quarantined or isolated
        world.away[kept] = world.away[at]
        kept += one.away
    world.counts[N_AWAY] = kept
