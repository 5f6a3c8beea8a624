"""Estimate R with epyestim, or draw a picture; run by `benchmarks.epi.reproduction` in the peers' Python."""

from __future__ import annotations

import json
import sys
import time

from benchmarks.drawing import OURS, PEER, QUIET, picture


def estimate(counts_path: str, weights_path: str) -> None:
    """Print CPU seconds and the means of the first series, and the seconds of all series."""
    import numpy as np
    import pandas as pd
    from epyestim.estimate_r import estimate_r, gamma_quantiles

    counts = pd.read_csv(counts_path)
    weights = np.loadtxt(weights_path, skiprows=1)
    counts.index = pd.date_range("2020-01-01", periods=len(counts))
    levels = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)

    def one(column: str) -> pd.DataFrame:
        found = estimate_r(counts[column], weights, a_prior=1.0, b_prior=5.0, window_size=7)
        for level in levels:
            found[level] = gamma_quantiles(level, found["a_posterior"], found["b_posterior"])
        return found

    one(counts.columns[0])
    start = time.process_time()
    first = one(counts.columns[0])
    single = time.process_time() - start
    start = time.process_time()
    for column in counts.columns:
        one(column)
    every = time.process_time() - start
    mean = (first["a_posterior"] * first["b_posterior"]).tolist()
    print(json.dumps({"single": single, "all": every, "mean": mean}))


def draw() -> None:
    """Draw the true number of a quiet zone, and what was said alone and with the others."""
    figures = json.load(sys.stdin)
    days = list(range(len(figures["true"])))
    with picture("transmission-zones", columns=2) as (left, right):
        for axes, name, title in ((left, "alone", "the zone alone"), (right, "pooled", "with the other zones")):
            axes.fill_between(days, figures[name][0], figures[name][2], color=OURS, alpha=0.25, lw=0, label="95 %")
            axes.plot(days, figures[name][1], color=OURS, label="estimate")
            axes.plot(days, figures["true"], color=PEER, label="truth")
            axes.axhline(1, color=QUIET, lw=0.8, ls=":")
            axes.set(title=title, xlabel="day", ylim=(0, 2.5))
        left.set_ylabel("reproduction number of a zone with few cases")
        left.legend(frameon=False, fontsize=8)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        estimate(sys.argv[1], sys.argv[2])
    else:
        draw()
