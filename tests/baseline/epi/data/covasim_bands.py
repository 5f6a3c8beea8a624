"""How covasim_bands.csv was made: 50 runs a scenario of Covasim 3.1.9, 20,000 people, seeds 1 to 50."""

import covasim as cv
import numpy as np

CHANCE, DELAY = {"h": 1.0, "s": 0.5, "w": 0.5, "c": 0.1}, {"h": 0, "s": 1, "w": 1, "c": 2}


def measures(name: str) -> list:
    if name == "trace":
        test = cv.test_prob(symp_prob=0.3, asymp_prob=0.002, sensitivity=0.9, test_delay=1, start_day=20)
        return [test, cv.contact_tracing(trace_probs=CHANCE, trace_time=DELAY, start_day=20)]
    if name == "close":
        days = [30, 90]
        school = cv.clip_edges(days=days, changes=[0.0, 1.0], layers="s")
        work = cv.clip_edges(days=days, changes=[0.4, 1.0], layers="w")
        return [school, work, cv.change_beta(days=days, changes=[0.7, 1.0], layers="c")]
    return []


def runs(name: str) -> dict:
    found = {"new_infections": [], "new_deaths": []}
    for seed in range(1, 51):
        options = {"pop_size": 20000, "pop_type": "hybrid", "pop_infected": 20, "n_days": 180, "rand_seed": seed}
        sim = cv.Sim(interventions=measures(name), verbose=0, **options)
        sim.run()
        for key, values in found.items():
            values.append(sim.results[key].values)
    return {key: np.array(values) for key, values in found.items()}


rows = ["scenario,kind,day,q10,q50,q90"]
for name in ("none", "trace", "close"):
    found = runs(name)
    tables = {
        "new_infections": found["new_infections"],
        "cum_infections": found["new_infections"].cumsum(axis=1),
        "cum_deaths": found["new_deaths"].cumsum(axis=1),
    }
    for kind, table in tables.items():
        low, middle, high = np.quantile(table, [0.1, 0.5, 0.9], axis=0)
        rows += [f"{name},{kind},{day},{low[day]:g},{middle[day]:g},{high[day]:g}" for day in range(0, 181, 2)]
print("\n".join(rows))
