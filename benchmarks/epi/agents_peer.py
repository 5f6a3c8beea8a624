"""Runs Covasim or Starsim in the peers' Python: one measured run, or many for a band."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

KEYS = {"new_infections": "infections", "new_deaths": "deaths", "new_quarantined": "quarantined"}
CHANCE, DELAY = {"h": 1.0, "s": 0.5, "w": 0.5, "c": 0.1}, {"h": 0, "s": 1, "w": 1, "c": 2}


def covasim_measures(cv: Any, name: str) -> list[Any]:
    """Return the interventions of a scenario."""
    if name == "trace":
        test = cv.test_prob(symp_prob=0.3, asymp_prob=0.002, sensitivity=0.9, test_delay=1, start_day=20)
        return [test, cv.contact_tracing(trace_probs=CHANCE, trace_time=DELAY, start_day=20)]
    if name == "close":
        school = cv.clip_edges(days=[30, 90], changes=[0.0, 1.0], layers="s")
        work = cv.clip_edges(days=[30, 90], changes=[0.4, 1.0], layers="w")
        return [school, work, cv.change_beta(days=[30, 90], changes=[0.7, 1.0], layers="c")]
    return []


def covasim_run(cv: Any, people: int, seed: int, name: str) -> dict[str, list[float]]:
    """Return daily results of one run."""
    options = {"pop_size": people, "pop_type": "hybrid", "pop_infected": 20, "n_days": 180, "rand_seed": seed}
    sim = cv.Sim(interventions=covasim_measures(cv, name), verbose=0, **options)
    sim.run()
    return {ours: sim.results[theirs].values.tolist() for theirs, ours in KEYS.items()}


def starsim_run(ss: Any, people: int) -> None:
    """One outbreak on a random network, nearest to ours that Starsim has without add-ons."""
    disease = ss.SIR(beta=ss.perday(0.016), init_prev=0.0002, dur_inf=ss.lognorm_ex(ss.days(9)), p_death=0.005)
    network = ss.RandomNet(n_contacts=20)
    ss.Sim(n_agents=people, dur=180, dt="day", start="2020-01-01", diseases=disease, networks=network, verbose=0).run()


def main(given: dict[str, Any]) -> dict[str, Any]:
    """Do what the content asks."""
    if given["program"] == "starsim":
        import starsim as ss

        start = time.process_time()
        starsim_run(ss, given["people"])
        runs: list[Any] = []
    else:
        import covasim as cv

        covasim_run(cv, 500, 0, given["scenario"])
        start = time.process_time()
        runs = [covasim_run(cv, given["people"], seed, given["scenario"]) for seed in range(1, given["runs"] + 1)]
    seconds = time.process_time() - start
    return {"seconds": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "runs": runs}


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(json.dumps(main(json.loads(file.read_text()))))
