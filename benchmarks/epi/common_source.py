"""Measures common sources: tables beside statsmodels and SciPy, windows and sources of simulated outbreaks."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.epi.claims import Row, claim, keep, peer, timed
from salus.epi.common_source import back_calculate, exposure_window, mantel_haenszel, traceback, two_by_two

TABLES, GROUPS, OUTBREAKS = 600, 200, 300
INCUBATION = np.array([0.02, 0.14, 0.24, 0.22, 0.15, 0.1, 0.06, 0.04, 0.02, 0.01])


def tables(rng: np.random.Generator) -> list[np.ndarray]:
    """Return tables of foods at suppers: none of their cells is empty, which the peers would change."""
    found: list[np.ndarray] = []
    while len(found) < TABLES:
        exposed, others = rng.integers(8, 90, 2)
        ill = rng.binomial([exposed, others], rng.uniform(0.05, 0.9, 2))
        table = np.array([[ill[0], exposed - ill[0]], [ill[1], others - ill[1]]])
        if table.min() > 0:
            found.append(table)
    return found


def beside_peers(rng: np.random.Generator) -> list[Row]:
    """Compare every table and every group of strata with the peers."""
    given = tables(rng)
    groups = [given[3 * place : 3 * place + 3] for place in range(GROUPS)]
    theirs = peer("benchmarks.epi.common_source_peer", {
        "tables": [table.tolist() for table in given],
        "groups": [[table.tolist() for table in group] for group in groups],
    })  # fmt: skip
    two_by_two(given[0])
    single, seconds = timed(lambda: [two_by_two(table) for table in given])
    strata, stratified = timed(lambda: [mantel_haenszel(np.stack(group)) for group in groups])
    plain = np.array([[*row.risk_ratio, *row.odds_ratio] for row in single])
    exact = np.array([row.exact_odds_ratio for row in single])
    pooled = np.array([[*row.odds_ratio, row.heterogeneity] for row in strata])
    both = theirs["taylor_seconds"] + theirs["exact_seconds"]
    return [
        same(f"risk and odds ratios of {TABLES} tables, with their intervals", plain, theirs["taylor"], "statsmodels",
             1e-9),
        same(f"exact odds ratios of {TABLES} tables, with their intervals", exact, theirs["exact"], "SciPy", 1e-6),
        same(f"ratios of {GROUPS} groups of three strata, intervals, test that they are one", pooled,
             theirs["strata"], "statsmodels", 1e-9),
        claim(f"all that is said of {TABLES} tables, mid-P and tests included", f"{seconds:.2f} CPU s",
              f"ratios and exact odds alone, statsmodels and SciPy {both:.2f}", f"{both / seconds:.1f} times faster",
              "faster", seconds < both),
        claim(f"all that is said of {GROUPS} groups, exact odds included", f"{stratified:.2f} CPU s",
              f"without exact odds, statsmodels {theirs['strata_seconds']:.2f}",
              f"{theirs['strata_seconds'] / stratified:.1f} times faster", "faster",
              stratified < theirs["strata_seconds"]),
    ]  # fmt: skip


def same(what: str, ours: np.ndarray, theirs: list[list[float]], named: str, within: float) -> Row:
    """Say how far two sets of figures are apart."""
    apart = float(np.abs(ours / np.array(theirs) - 1).max())
    return claim(what, f"within {apart:.1e}", named, "", f"{within:.0e}", apart <= within)


def intervals(rng: np.random.Generator) -> list[Row]:
    """Do the exact and the mid-P interval hold the true odds ratio in small tables?"""
    hits = np.zeros((2000, 2))
    for case in range(len(hits)):
        base, odds = rng.uniform(0.15, 0.5), np.exp(rng.normal(0.5, 0.8))
        risk = odds * base / (1 - base + odds * base)
        ill = rng.binomial([18, 22], [risk, base])
        if not 0 < ill.sum() < 40:
            hits[case] = 1
            continue
        said = two_by_two([[ill[0], 18 - ill[0]], [ill[1], 22 - ill[1]]])
        for place, (_, low, high) in enumerate((said.exact_odds_ratio, said.mid_p_odds_ratio)):
            hits[case, place] = low <= odds <= high
    exact, middle = hits.mean(axis=0)
    return [
        claim("exact interval of the odds ratio, 40 people, 2,000 simulations", f"holds {exact:.3f}", ".95", "",
              "at least .95", exact >= 0.945),
        claim("mid-P interval there", f"holds {middle:.3f}", ".95", "", ".93 to .98", 0.93 <= middle <= 0.98),
    ]  # fmt: skip


def windows(rng: np.random.Generator) -> list[Row]:
    """Do the intervals hold the first and the last day of exposure?"""
    hits = np.zeros((OUTBREAKS, 2))
    for case in range(OUTBREAKS):
        begin, length = int(rng.integers(0, 10)), int(rng.integers(1, 8))
        exposed = rng.integers(begin, begin + length, int(rng.integers(15, 60)))
        onsets = exposed + rng.choice(INCUBATION.size, exposed.size, p=INCUBATION)
        said = exposure_window(onsets, INCUBATION)
        hits[case] = (
            said.begin[0] <= begin <= said.begin[-1],
            said.end[0] <= begin + length - 1 <= said.end[-1],
        )
    first, last = hits.mean(axis=0)
    return [
        claim(f"first day of exposure, 15 to 60 cases, {OUTBREAKS} outbreaks", f"95 % holds {first:.3f}", ".95", "",
              ".93 to 1", first >= 0.93),
        claim("last day of exposure there", f"95 % holds {last:.3f}", ".95", "", ".93 to 1", last >= 0.93),
    ]  # fmt: skip


def curve(rng: np.random.Generator, days: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Return exposures by day of a source that swells and fades, or is open and shut, and the onsets that follow."""
    day, begin = np.arange(days), rng.integers(8, 20)
    block = np.where((day >= begin) & (day < begin + rng.integers(3, 12)), 12.0, 0.1)
    wave = 14 * np.exp(-0.5 * ((day - rng.uniform(12, 22)) / rng.uniform(2.5, 6)) ** 2)
    rate = block if rng.random() < 0.5 else wave
    onsets = rng.poisson(np.convolve(rate, INCUBATION)[:days])
    return rate, onsets


def back(rng: np.random.Generator) -> tuple[list[Row], dict[str, Any]]:
    """Do back-calculated exposures hold the true ones?"""
    inside, shown = [], {}
    for _ in range(120):
        rate, onsets = curve(rng)
        said = back_calculate(onsets, INCUBATION)
        known = said.steps >= 0
        truth = rate[said.steps[known]]
        low, middle, high = (said.quantiles[known, level] for level in (0, 2, 4))
        busy = truth >= 1
        inside.append(((low <= truth) & (truth <= high))[busy].mean())
        shown = {"onsets": onsets.tolist(), "steps": said.steps[known].tolist(), "truth": truth.tolist(),
                 "low": low.tolist(), "median": middle.tolist(), "high": high.tolist()}  # fmt: skip
    held = float(np.mean(inside))
    row = claim("exposures a day worked out from onsets, 120 curves, days with one or more", f"95 % holds {held:.3f}",
                ".95", "", ".90 to .99", 0.90 <= held <= 0.99)  # fmt: skip
    return [row], shown


def network(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return flows among 6 farms, 8 wholesalers and 16 shops, and the customers of the shops."""
    flows = np.zeros((30, 30))
    flows[np.arange(6), np.arange(6)] = rng.gamma(2, 50, 6)
    for first, last, upper in ((6, 14, range(6)), (14, 30, range(6, 14))):
        for node in range(first, last):
            chosen = rng.choice(upper, 2, replace=False)
            flows[chosen, node] = rng.gamma(2, 10, 2)
    people = np.zeros(30)
    people[14:] = rng.gamma(3, 200, 16)
    return flows, people


def sources(rng: np.random.Generator, cases: int, times: int = 150) -> tuple[float, float, float]:
    """Return how often the source came first, how often it was to be inspected, and what that cost of the nodes."""
    hits = np.zeros((times, 3))
    for case in range(times):
        flows, people = network(rng)
        source = int(rng.integers(0, 14))
        concentration = traceback(flows, np.r_[np.zeros(29), 1.0], people).concentration[source]
        while not (concentration * people).sum() > 0:
            source = int(rng.integers(0, 14))
            concentration = traceback(flows, np.r_[np.zeros(29), 1.0], people).concentration[source]
        share = concentration * people
        chance = 0.9 * share / share.sum() + 0.1 * people / people.sum()
        said = traceback(flows, rng.multinomial(cases, chance), people)
        hits[case] = said.ranking[0] == source, source in said.credible, len(said.credible) / 30
    first, held, part = hits.mean(axis=0)
    return float(first), float(held), float(part)


def main() -> None:
    """Compare, simulate, draw and keep."""
    rng = np.random.default_rng(20)
    rows = beside_peers(rng) + intervals(rng) + windows(rng)
    found, shown = back(rng)
    rows += found
    steps = (10, 20, 40, 80)
    traced = [sources(rng, cases) for cases in steps]
    for cases, (first, held, part) in zip(steps, traced, strict=True):
        rows.append(
            claim(f"source among 30 nodes from {cases} cases, a tenth unrelated, 150 networks: in the 95 % set",
                  f"{held:.3f}; first in {first:.3f}", f"the set is {part:.0%} of the nodes", "", ".92 or more",
                  held >= 0.92)
        )  # fmt: skip
    peer("benchmarks.epi.common_source_picture", {**shown, "cases": list(steps), "first": [row[0] for row in traced],
                                                  "held": [row[1] for row in traced]})  # fmt: skip
    keep("common-source", rows)


if __name__ == "__main__":
    main()
