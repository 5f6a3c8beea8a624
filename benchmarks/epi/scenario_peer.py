"""Run epymorph's commuting SEIR model in the peers' Python, or draw the page's pictures."""

from __future__ import annotations

import json
import resource
import sys
import time


def run(spec: dict) -> dict:
    import numpy as np
    from epymorph.data.mm.centroids import Centroids
    from epymorph.kit import BasicSimulator, CustomScope, SingleStrataRUME, TimeFrame, default_rng, init, ipm
    from epymorph.util import pairwise_haversine, row_normalize

    population = np.array(spec["population"], dtype=np.int64)
    centroid = np.array([tuple(place) for place in spec["centroid"]], dtype=[("longitude", float), ("latitude", float)])
    names = [str(index) for index in range(population.size)]
    params = {name: spec[name] for name in ("beta", "sigma", "gamma", "phi")}
    params |= {"xi": 0.0, "population": population, "centroid": centroid, "commuter_proportion": spec["commuters"]}
    rume = SingleStrataRUME.build(
        ipm=ipm.SEIRS(),
        mm=Centroids(),
        init=init.IndexedLocations([0], spec["seeds"], infection_compartment="E"),
        scope=CustomScope(names),
        time_frame=TimeFrame.of("2020-01-01", spec["days"]),
        params=params,
    )
    curves, seconds = [], []
    for seed in range(spec["runs"]):
        begin = time.process_time()
        out = BasicSimulator(rume).run(rng_factory=default_rng(seed))
        seconds.append(time.process_time() - begin)
        events = out.events[:, :, 0].sum(axis=1)
        curves.append(events.reshape(spec["days"], -1).sum(axis=1).tolist())
    kernel = row_normalize(np.exp(-np.clip(pairwise_haversine(centroid) / spec["phi"], None, 700.0)))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"curves": curves, "seconds": seconds, "kernel": kernel.tolist(), "memory": memory}


def draw(data: dict) -> None:
    import numpy as np

    from benchmarks.drawing import OURS, PEER, QUIET, picture

    with picture("scenario-measures", columns=2) as (left, right):
        days = np.arange(len(data["nothing"][0]))
        for name, colour, label in (("nothing", QUIET, "nothing done"), ("close", OURS, "closed on day 60")):
            low, middle, high = (np.array(row) / 1000 for row in data[name])
            left.fill_between(days[::3], low[::3], high[::3], color=colour, alpha=0.3, linewidth=0)
            left.plot(days[::3], middle[::3], color=colour, label=label)
        left.set(xlabel="day", ylabel="infections a day, thousands", title="95 % of runs")
        left.legend(frameon=False)
        right.plot(np.mean(data["peer"], axis=0)[::2] / 1000, color=PEER, label="epymorph")
        right.plot(np.array(data["same"])[::2] / 1000, color=OURS, linestyle="--", label="salus.epi")
        right.set(xlabel="two days", title="the same commuting model")
        right.legend(frameon=False)
    with picture("scenario-calibration", width=4.5) as axes:
        ranks = np.sort(np.array(data["ranks"]), axis=0)
        level = (np.arange(ranks.shape[0]) + 0.5) / ranks.shape[0]
        for column in ranks.T:
            axes.plot(column[::4], level[::4], color=OURS, linewidth=0.6, alpha=0.6)
        axes.plot([0, 1], [0, 1], color=QUIET, linestyle=":")
        axes.set(xlabel="rank of the truth among draws", ylabel="share of data sets at or below")


if __name__ == "__main__":
    task = json.load(sys.stdin)
    if task["what"] == "run":
        json.dump(run(task), sys.stdout)
    else:
        draw(task)
