"""Measures R from wastewater on simulated sewers of known truth, and beside exact sampling of EpiSewer's model."""

from __future__ import annotations

import resource
from itertools import product

import numpy as np

from benchmarks.epi.claims import Row, claim, keep, peer, timed
from benchmarks.epi.wastewater_exact import sample
from benchmarks.epi.wastewater_truth import GENERATION, INCUBATION, SHEDDING, Sewer, simulate
from salus.epi.wastewater import WastewaterRt, normalise_wastewater, wastewater_rt, wastewater_trend

STATED = 225.0
SHAPES = ("EpiSewer's prior", "waves", "random turns", "steps")
OTHERS = ("small quick waves", "large waves")
REPEATS = 3
LAST = 5


def estimate(sewer: Sewer, seed: int, *, days: int | None = None) -> WastewaterRt:
    """Estimate from the samples of a simulated sewer."""
    part = slice(0, days)
    limit = None if sewer.limit is None else sewer.limit
    return wastewater_rt(
        sewer.samples[part],
        generation=GENERATION,
        shedding=SHEDDING,
        incubation=INCUBATION,
        flow=sewer.flow[part],
        limit=limit,
        load_per_case=1e11,
        rng=np.random.default_rng(seed),
    )


def judge(sewer: Sewer, found: WastewaterRt) -> np.ndarray:
    """50 % and 95 % coverage of R, error, held-out coverage of concentrations, CPU seconds to be added."""
    number, q, early = sewer.number, found.quantiles, slice(0, -LAST)
    middle = ((number >= q[:, 1]) & (number <= q[:, 3]))[early].mean()
    wide = ((number >= q[:, 0]) & (number <= q[:, 4]))[early].mean()
    now = ((number >= q[:, 0]) & (number <= q[:, 4]))[-LAST:].mean()
    held = np.isnan(sewer.samples)
    low, high = found.concentration[:, 0], found.concentration[:, 4]
    out = ((sewer.measured >= low) & (sewer.measured <= high))[held].mean()
    return np.array([middle, wide, now, np.abs(found.median - number)[early].mean(), out])


def about(shape: str, scores: list[np.ndarray]) -> list[Row]:
    """Claims about one shape of R."""
    middle, wide, now, error, out = np.mean(scores, axis=0)
    said = f"95 % holds {wide:.3f}, 50 % holds {middle:.3f}, last {LAST} days {now:.3f}, mean error {error:.3f}"
    what = f"R, truth: {shape}, {len(scores)} sewers"
    held = f"held-out concentrations, truth: {shape}"
    return [
        claim(what, said, ".95, .50", "", "95 %: .90 to .98", 0.9 <= wide <= 0.98),
        claim(held, f"{out:.3f}", ".95", "", ".90 to .98", 0.9 <= out <= 0.98),
    ]


def simulations() -> list[Row]:
    """Coverage over shapes of R, noise, sampling and limits."""
    rows, seconds, every = [], [], []
    for shape in SHAPES + OTHERS:
        scores = []
        for noise, weekdays, seed in product((0.2, 0.45), ((0, 3), (0, 1, 2, 3, 4)), range(REPEATS)):
            sewer = simulate(seed, shape, noise, weekdays, limited=seed % 2 == 1)
            found, spent = timed(lambda sewer=sewer, seed=seed: estimate(sewer, seed))
            seconds.append(spent)
            scores.append(judge(sewer, found))
        rows += about(shape, scores)
        every += scores
    middle, wide = np.mean(every, axis=0)[:2]
    said = f"95 % holds {wide:.3f}, 50 % holds {middle:.3f}"
    good = 0.9 <= wide <= 0.98 and 0.45 <= middle <= 0.55
    rows.append(claim("R, all shapes of truth together", said, ".95, .50", "", ".90 to .98, .45 to .55", good))
    spent = float(np.mean(seconds))
    beside = f"{STATED:.0f} s EpiSewer, 4 chains, as stated (needs Stan)"
    ratio = f"{STATED / spent:.0f} times faster"
    rows.append(claim("one plant, 120 days", f"{spent:.2f} CPU s", beside, ratio, "under 5 s", max(seconds) < 5))
    return rows


def beside_exact() -> list[Row]:
    """Is our median inside the 50 % interval of EpiSewer's model, sampled without approximation?"""
    inside, width, ours, theirs = [], [], 0.0, 0.0
    for seed, shape in enumerate(SHAPES):
        sewer = simulate(50 + seed, shape, 0.3, (0, 2, 4), limited=False)
        found, spent = timed(lambda sewer=sewer: estimate(sewer, 1))
        exact, long = timed(lambda sewer=sewer: sample(sewer, np.random.default_rng(2)))
        ours, theirs = ours + spent, theirs + long
        inside.append(((found.median >= exact[:, 1]) & (found.median <= exact[:, 3])).mean())
        width.append(np.median((found.quantiles[:, 4] - found.quantiles[:, 0]) / (exact[:, 4] - exact[:, 0])))
    share = float(np.mean(inside))
    return [
        claim(
            "our median of R inside the 50 % interval of EpiSewer's priors, 4 sewers, share of days",
            f"{share:.3f}; our 95 % intervals are {np.mean(width):.2f} times as wide",
            f"elliptical slice sampling of the same priors, {theirs / 4:.0f} CPU s each",
            f"{theirs / ours:.0f} times faster",
            "at least .90",
            share >= 0.9,
        ),
        claim(
            "the same beside EpiSewer itself on its own data",
            "not measured",
            "EpiSewer needs Stan, and its data are not here",
            "",
            "at least .90",
            False,
        ),
    ]


def strays() -> Row:
    """Is one sample that is far too high found?"""
    caught, false = [], []
    for seed in range(12):
        sewer = simulate(100 + seed, "waves", 0.3, (0, 2, 4), limited=False)
        days = np.flatnonzero(~np.isnan(sewer.samples))
        day = int(np.random.default_rng(seed).choice(days))
        samples = sewer.samples.copy()
        samples[day] *= 10
        stray = wastewater_trend(samples, flow=sewer.flow, rng=np.random.default_rng(1)).stray
        caught.append(stray[day] > 0.5)
        false.append((stray[days[~sewer.stray[days] & (days != day)]] > 0.5).mean())
    said = f"{np.mean(caught):.2f} found, {np.mean(false):.3f} of the others called stray"
    good = np.mean(caught) >= 0.9 and np.mean(false) <= 0.02
    return claim("a sample ten times too high, 12 sewers", said, "", "", ".9 found, .02 false", bool(good))


def markers() -> Row:
    """Does the learnt weight beat no marker and division in full?"""
    rng = np.random.default_rng(3)
    raw, full, learnt = [], [], []
    for _ in range(50):
        dilution, noise = np.exp(rng.normal(0, 0.4, 100)), rng.choice([0.1, 0.3, 0.6])
        value = np.exp(rng.normal(0, 0.2, 100)) / dilution
        marker = np.exp(rng.normal(0, noise, 100)) / dilution
        raw.append(np.log(value).std())
        full.append(np.log(normalise_wastewater(value, marker=marker, marker_weight=1.0).load).std())
        learnt.append(np.log(normalise_wastewater(value, marker=marker).load).std())
    return claim(
        "noise after normalisation by markers of differing quality, log scale",
        f"{np.mean(learnt):.3f} learnt weight",
        f"{np.mean(raw):.3f} none, {np.mean(full):.3f} division in full",
        "",
        "below both",
        bool(np.mean(learnt) < min(np.mean(raw), np.mean(full))),
    )


def drawing() -> None:
    """Draw R and concentrations of one sewer."""
    sewer = simulate(3, "waves", 0.35, (0, 3), limited=True)
    found = estimate(sewer, 1)
    content = {
        "number": sewer.number.round(3).tolist(),
        "rt": found.quantiles.round(3).tolist(),
        "samples": [None if np.isnan(value) else round(float(value), 1) for value in sewer.samples],
        "measured": sewer.measured.round(1).tolist(),
        "concentration": found.concentration.round(1).tolist(),
        "limit": sewer.limit,
    }
    peer("benchmarks.epi.wastewater_picture", content)


def main() -> None:
    """Run all."""
    rows = simulations() + beside_exact() + [strays(), markers()]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append(claim("peak memory of this run", f"{peak:.0f} MB", "", "", "below 1,000 MB", peak < 1000))
    drawing()
    keep("wastewater", rows)


if __name__ == "__main__":
    main()
