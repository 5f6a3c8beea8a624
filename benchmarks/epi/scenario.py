"""Scenario engine: theory, speed, agreement with epymorph, sharper differences, calibrated fits.

Run as `python -m benchmarks.epi.scenario`; some minutes.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import stats

from benchmarks.epi.scenario_cases import (
    EARLY,
    LATE,
    PEER,
    PEOPLE,
    ZONES,
    big_city,
    one_zone,
    peer_city,
    peer_generation,
)
from benchmarks.peers import ROOT, peer_python
from salus.epi.scenario import (
    Immunity,
    Observed,
    Prior,
    Scenario,
    Seed,
    Vaccine,
    advance,
    begin,
    calibrate,
    compare,
    final_size,
    simulate,
)
from salus.epi.scenario.likelihood import Trial, expected, lay_out

RESULT = ROOT / "benchmarks" / "results" / "epi-scenario.json"
SETS = 200
FULL = Immunity(cross=[[1, 0.6], [0.9, 1]], waning_days=200, waned_severity=0.4)


def row(what, ours, beside="", ratio="", goal="", held=True):
    print(f"{'held ' if held else 'SHORT'}  {what}: {ours}  {beside}  {ratio}  goal {goal or '-'}", flush=True)
    return {"what": what, "ours": ours, "beside": beside, "ratio": ratio, "goal": goal, "held": bool(held)}


def theory():
    model = big_city(seeds=(Seed(0, 1e-2, 0, 2),))
    share = simulate(model, days=1200, by=("zone", "stratum"), keep=("infections",)).path("infections").sum(axis=0)
    gap = float(np.abs(share / model.people - final_size(model)).max())
    return [
        row("final size, 177 zones by 6 strata, worst cell", f"off by {gap:.1e}", "identity", "", "1e-4", gap <= 1e-4)
    ]


def many(kind: str):
    """Run 1,000 runs of a year and print what they took; a child process."""
    more = {}
    if kind == "full":
        vaccine = Vaccine([0.7, 0.4], np.full(6, 0.7), severity=0.3, waning_days=250)
        more = {"variants": 2, "vaccine": vaccine, "immunity": FULL, "dispersion": 0.5}
    model = big_city(**more)
    doses = np.full(365, 20_000.0) if kind == "full" else None
    first = time.process_time()
    simulate(model, days=2, runs=2, rng=np.random.default_rng(0), doses=None if doses is None else doses[:2])
    first = time.process_time() - first
    cpu, wall = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        course = simulate(model, days=365, runs=1000, rng=np.random.default_rng(1), doses=doses, executor=pool)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    share = course.total("infections").mean() / PEOPLE
    exact = simulate(model, days=365, doses=doses).total("infections")[0] / PEOPLE
    print(json.dumps({"cpu": cpu, "wall": wall, "first": first, "memory": memory, "share": share, "exact": exact}))


def child(kind: str):
    command = [sys.executable, "-m", "benchmarks.epi.scenario", kind]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1])


def speed():
    took = child("plain")
    half = took["cpu"] / 2
    rows = [
        row(
            "1,000 stochastic runs, 365 days, 177 zones, 6 strata, all outputs",
            f"{took['cpu']:.1f} CPU s, {took['wall']:.1f} s wall on two shared cores, {took['memory']:.0f} MB",
            f"half of the CPU time: {half:.1f} s",
            "",
            "10 s on two cores",
            half <= 10,
        ),
        row("first call on a machine (compiles, or reads what was compiled)", f"{took['first']:.1f} CPU s"),
        row(
            "mean of 1,000 runs beside the expectation, share ever infected",
            f"{took['share']:.4f}",
            f"{took['exact']:.4f}",
        ),
    ]
    took = child("full")
    what = "the same with two variants, waning, vaccination and clustered offspring"
    return [*rows, row(what, f"{took['cpu']:.1f} CPU s, {took['wall']:.1f} s wall, {took['memory']:.0f} MB")]


def exercise_day():
    model = big_city(variants=2)
    state = begin(model, rng=np.random.default_rng(1), by=("zone", "stratum"))
    state, _ = advance(model, state, days=60)
    begun = time.process_time()
    for _ in range(20):
        state, _ = advance(model, state, orders=EARLY)
    each = (time.process_time() - begun) / 20
    return [row("one day of an exercise, outputs by zone and stratum, two variants", f"{each * 1000:.0f} CPU ms")]


def epymorph_runs():
    """The peer's runs of a city made up for both, and that city's people."""
    rng = np.random.default_rng(3)
    population = np.round(rng.dirichlet(np.full(ZONES, 3.0)) * PEOPLE).astype(int).tolist()
    centroid = (rng.random((ZONES, 2)) * 0.4 + [-74, 40.6]).tolist()
    task = {"what": "run", "population": population, "centroid": centroid, "runs": 2, **PEER}
    command = [str(peer_python()), "benchmarks/epi/scenario_peer.py"]
    done = subprocess.run(command, input=json.dumps(task), capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout), population


def beside_epymorph():
    peer, population = epymorph_runs()
    model = peer_city(peer["kernel"], population)
    simulate(model, days=2, rng=np.random.default_rng(0))
    begun = time.process_time()
    runs = simulate(model, days=PEER["days"], runs=32, rng=np.random.default_rng(1), keep=("infections",))
    ours = (time.process_time() - begun) / 32
    theirs = min(peer["seconds"])
    mine, other = runs.city("infections").mean(axis=1), np.mean(peer["curves"], axis=0)
    height = mine.max() / other.max() - 1
    size = mine.sum() / other.sum() - 1
    peak = int(mine.argmax()) - int(other.argmax())
    _, same_day = peer_generation()
    rows = [
        row(
            "one run of 180 days, 177 zones, commuting SEIR (ours side by side with 31 others)",
            f"{ours * 1000:.0f} CPU ms",
            f"epymorph {theirs:.1f} CPU s, {peer['memory']:.0f} MB",
            f"{theirs / ours:.0f} times faster",
        ),
        row(
            "agreement of the mean curve with epymorph",
            f"ever infected {size:+.2%}, height of the peak {height:+.2%}, day of the peak {peak:+d}",
            f"{same_day:.1%} of its infections are on the same day, ours on the next",
            "",
            "5 %, 3 days",
            abs(size) < 0.05 and abs(height) < 0.05 and abs(peak) <= 3,
        ),
    ]
    return rows, {"peer": peer["curves"], "same": mine.tolist()}


def differences():
    model = big_city(people=400_000)
    scenarios = {"late": Scenario(LATE), "early": Scenario(EARLY)}
    found = compare(model, scenarios, days=240, runs=96, rng=np.random.default_rng(2))
    text = ", ".join(
        f"{name} {value:.0f}" for name, value in zip(found.outputs, found.variance_reduction[1], strict=True)
    )
    wide = {}
    for name, orders in (("nothing", ()), ("close", EARLY)):
        course = simulate(model, days=240, runs=96, rng=np.random.default_rng(2), orders=orders, keep=("infections",))
        wide[name] = course.quantiles("infections", levels=(0.025, 0.5, 0.975)).quantiles.T.tolist()
    what = "closing a week earlier in a city of 400,000: runs saved by common random numbers"
    return [row(what, f"times fewer: {text}", "independent runs 1", "", "2", found.variance_reduction[1, 0] > 2)], wide


def _ranks(seed: int, *, chance: bool):
    rng, prior, days = np.random.default_rng(seed), Prior(), 70
    model, names = one_zone(), ("reported", "admissions")
    blank = tuple(Observed(name, np.ones(days)) for name in names)
    layout = lay_out(prior, blank)
    z = rng.standard_normal(layout.width)
    size = layout.natural(z[None])[0, layout.path :]
    if chance:
        vary = layout.variation(z[None], days)
        course = simulate(model, days=days, rng=rng, variation=vary, keep=names)
        mean = np.stack([course.city(name)[:, 0] for name in names])
    else:
        mean = expected(Trial(model, layout, blank), z[None])[..., 0]
    noisy = mean * rng.standard_gamma(size[:, None], mean.shape) / size[:, None]
    # Counts of stochastic runs are Poisson already; a second draw would count chance twice.
    counts = np.floor(noisy + rng.random(noisy.shape)) if chance else rng.poisson(noisy)
    seen = tuple(Observed(name, line) for name, line in zip(names, counts, strict=True))
    fit = calibrate(model, seen, rng=rng, draws=199, particles=1000)
    return (fit.standard < z).mean(axis=0), fit.effective, fit.tail


def calibration(*, chance: bool):
    begun = time.process_time()
    found = [_ranks(seed, chance=chance) for seed in range(SETS)]
    each = (time.process_time() - begun) / SETS
    ranks = np.array([ranks for ranks, *_ in found])
    tails = np.array([tail for *_, tail in found])
    half = ((ranks > 0.25) & (ranks < 0.75)).mean()
    most = ((ranks > 0.05) & (ranks < 0.95)).mean()
    least = min(stats.kstest(column, "uniform").pvalue for column in ranks.T)
    data = "from the stochastic engine (100 first infections)" if chance else "from the model that is fitted"
    bound = 0.05 / ranks.shape[1]
    held = 0.87 <= most <= 0.93 and (chance or least > bound)
    text = f"50 % intervals {half:.2f}, 90 % intervals {most:.2f}, least uniform p {least:.3f} of {ranks.shape[1]}"
    made = row(
        f"calibration of {SETS} fits to data {data}",
        text,
        f"{each:.2f} CPU s a fit, worst tail {tails.max():.2f}",
        "",
        f"90 %: .87 to .93, p above {bound:.3f}",
        held,
    )
    return made, ranks


def main() -> None:
    if len(sys.argv) > 1:
        many(sys.argv[1])
        return
    rows = theory() + speed() + exercise_day()
    peers, curves = beside_epymorph()
    sharper, wide = differences()
    fitted, ranks = calibration(chance=False)
    rough, _ = calibration(chance=True)
    rows += [*peers, *sharper, fitted, rough]
    RESULT.write_text(json.dumps(rows, indent=1) + "\n")
    task = {"what": "draw", **curves, **wide, "ranks": ranks.tolist()}
    subprocess.run(
        [str(peer_python()), "benchmarks/epi/scenario_peer.py"],
        input=json.dumps(task),
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


if __name__ == "__main__":
    main()
