"""Measures who-infected-whom on simulated outbreaks, the MERS offspring reference and R's serial-interval likelihood."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.stats import gamma

from benchmarks.epi.claims import ROOT, Row, claim, keep, peer, timed
from salus.epi.chains import TransmissionTree, offspring_distribution, who_infected_whom

SHARED = Path(os.environ.get("SALUS_SHARED", ROOT.parent / "shared")) / "data"
RUNS, CASES, SITES = 100, 30, 10_000


def by_day(mean: float, sd: float) -> np.ndarray:
    """Gamma delay by whole days, none on day 0."""
    parts = np.diff(gamma.cdf(np.arange(15), (mean / sd) ** 2, scale=sd**2 / mean))
    return np.insert(parts / parts.sum(), 0, 0.0)


GENERATION, DELAY = by_day(5, 2), by_day(5, 2.5)


def grown(rng: np.random.Generator, wanted: int, imports: int) -> tuple[list[int], list[int], list[frozenset[int]]]:
    """Days of infection, infectors and genomes of an outbreak of at least so many cases."""
    while True:
        days = [int(rng.integers(0, 20)) if imports > 1 else 0 for _ in range(imports)]
        above = [-1] * imports
        genomes = [frozenset(rng.integers(0, 3 * SITES, 15 * (imports > 1)).tolist()) for _ in days]
        place = 0
        while place < len(days) < 3 * wanted:
            for _ in range(rng.poisson(2.0)):
                days.append(days[place] + int(rng.choice(GENERATION.size, p=GENERATION)))
                above.append(place)
                genomes.append(genomes[place] ^ frozenset(rng.integers(0, 3 * SITES, rng.poisson(1.0)).tolist()))
            place += 1
        if len(days) >= wanted:
            return days, above, genomes


def outbreak(rng: np.random.Generator, seen: float, imports: int) -> tuple[np.ndarray, ...]:
    """Dates, true infectors, distances and contacts of the seen ones of the first cases.

    Every transmission adds a Poisson number of mutations of mean 1; 80 % of transmissions show
    as contacts, and 5 % of other pairs.
    """
    wanted = round(CASES / seen)
    days, above, genomes = grown(rng, wanted, imports)
    first = np.argsort(days, kind="stable")[:wanted]
    kept = [int(case) for case in np.sort(first) if rng.random() < seen]
    position = {case: place for place, case in enumerate(kept)}
    truth = []
    for case in kept:
        forebear = above[case]
        while forebear >= 0 and forebear not in position:
            forebear = above[forebear]
        truth.append(position.get(forebear, -1))
    apart = np.array([[len(genomes[a] ^ genomes[b]) for b in kept] for a in kept], dtype=float)
    met = [
        (x, y)
        for x in range(len(kept))
        for y in range(x)
        if rng.random() < (0.8 if kept[y] == above[kept[x]] or kept[x] == above[kept[y]] else 0.05)
    ]
    shown = np.array(days)[kept] + rng.choice(DELAY.size, len(kept), p=DELAY)
    return shown, np.array(truth), apart, np.array(met).reshape(-1, 2)


def infer(data: tuple[np.ndarray, ...], rng: np.random.Generator, what: str) -> TransmissionTree:
    """Run on all evidence or part of it."""
    genomes = {"distances": data[2], "genome_length": SITES} if "genomes" in what else {}
    contacts = {"contacts": data[3]} if "contacts" in what else {}
    return who_infected_whom(data[0], generation=GENERATION, delay=DELAY, rng=rng, **genomes, **contacts)


def tree_rows(name: str, figures: tuple[float, float, float], goal: float) -> list[Row]:
    """Claims on the share of right infectors, on the support given to them, and on time."""
    accuracy, claimed, middle = figures
    return [
        claim(
            f"{name}: right infectors",
            f"{accuracy:.3f}",
            "outbreaker2 about .90",
            "",
            f"at least {goal}",
            accuracy >= goal,
        ),
        claim(
            f"{name}: mean support beside share right",
            f"{claimed:.3f}",
            f"truth {accuracy:.3f}",
            f"{claimed - accuracy:+.3f}",
            "within .05",
            abs(claimed - accuracy) <= 0.05,
        ),
        claim(
            f"{name}: CPU seconds", f"{middle:.2f}", "outbreaker2 43", f"{43 / middle:.0f}", "at most 2", middle <= 2
        ),
    ]


def trees(what: str, seen: float, imports: int, goal: float) -> tuple[list[Row], dict[str, list[float]]]:
    """Share of right infectors, mean support and CPU seconds over simulated outbreaks."""
    rng = np.random.default_rng(12)
    right, support, seconds = [], [], []
    for _ in range(RUNS):
        data = outbreak(rng, seen, imports)
        found, spent = timed(lambda data=data: infer(data, rng, what))
        right += (found.infector == data[1]).tolist()
        support += found.support.tolist()
        seconds.append(spent)
    figures = float(np.mean(right)), float(np.mean(support)), float(np.median(seconds))
    name = f"{RUNS} outbreaks of {CASES}, {what}, {seen:.0%} seen, {imports} import" + "s" * (imports > 1)
    rows = tree_rows(name, figures, goal)
    return rows, {"right": [float(value) for value in right], "support": support}


def mers() -> list[Row]:
    """Offspring of the MERS outbreak in Korea."""
    folder = SHARED / "epi" / "chains"
    with (folder / "mers_korea_2015_contacts.csv").open() as file:
        infectees = Counter(row["from"] for row in csv.DictReader(file))
    with (folder / "mers_korea_2015_linelist.csv").open() as file:
        counts = [infectees[row["id"]] for row in csv.DictReader(file)]
    wanted = json.loads((folder / "mers_offspring_reference.json").read_text())
    found, seconds = timed(lambda: offspring_distribution(counts))
    apart = max(abs(found.R - wanted["R_mle"]), abs(found.k - wanted["k_mle"]))
    ours = f"R {found.R:.4f}, k {found.k:.5f} ({found.k_lower:.4f} to {found.k_upper:.4f}), {seconds:.2f} CPU s"
    beside = f"R {wanted['R_mle']:.4f}, k {wanted['k_mle']:.5f}"
    return [claim("MERS in Korea, offspring", ours, beside, f"off by {apart:.0e}", "1e-4", apart <= 1e-4)]


def main() -> None:
    """Measure, draw and keep."""
    infer(outbreak(np.random.default_rng(1), 1.0, 1), np.random.default_rng(1), "genomes and contacts")
    rows, points = trees("genomes and contacts", 1.0, 1, 0.9)
    rows += mers()
    rows += trees("genomes", 1.0, 1, 0.6)[0]
    rows += trees("genomes and contacts", 0.7, 3, 0.7)[0]
    keep("chains", rows)
    peer("benchmarks.epi.chains_picture", points)


if __name__ == "__main__":
    main()
