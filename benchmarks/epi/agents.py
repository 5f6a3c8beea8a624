"""Measures the agent-based engine beside Covasim and Starsim: speed, memory, and whether it stays in Covasim's band."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from benchmarks.epi.agents_city import DAYS, SCENARIOS, SEEDS, city
from benchmarks.epi.claims import ROOT, Row, claim, keep, peer, timed
from salus.epi.agents import ByLayer, DiagnosticTesting, Measures, Tracing, simulate_outbreak, simulate_outbreaks

RUNS, PEOPLE = 20, 20_000
NAMES = {"none": "no measures", "trace": "tests, tracing and quarantine", "close": "closures"}


def ours(people: int, scenario: str = "none") -> dict[str, float]:
    """Measure one run in its own process."""
    command = [sys.executable, "-m", "benchmarks.epi.agents_city", str(people), scenario]
    out = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(out)
    return found


def said(found: dict[str, float]) -> str:
    """Say the seconds and megabytes of a run."""
    seconds = found["population"] + found["run"]
    return (
        f"{seconds:.2f} CPU s (population {found['population']:.2f}, run {found['run']:.2f}), {found['memory']:.0f} MB"
    )


def speed() -> list[Row]:
    """Time and memory at 100,000 people beside the peers, and at a million alone."""
    rows = []
    small = ours(100_000)
    total = small["population"] + small["run"]
    for program in ("covasim", "starsim"):
        content = {"program": program, "people": 100_000, "scenario": "none", "runs": 1}
        found = peer("benchmarks.epi.agents_peer", content)
        name = "Covasim" if program == "covasim" else "Starsim (SIR, 20 random contacts)"
        rows.append(
            claim(
                "100,000 people, 180 days, population made and run",
                said(small),
                f"{name} {found['seconds']:.1f} CPU s, {found['memory']:.0f} MB",
                f"{found['seconds'] / total:.0f} times faster, {found['memory'] / small['memory']:.1f} times less memory",
                "faster, in less memory",
                total < found["seconds"] and small["memory"] < found["memory"],
            )
        )
    for scenario, name in NAMES.items():
        large = ours(1_000_000, scenario)
        good = large["population"] + large["run"] < 6 and large["memory"] < 1000
        rows.append(claim(f"1,000,000 people, 180 days, {name}", said(large), "", "", "6 CPU s, 1,000 MB", good))
    return rows


def bands() -> tuple[list[Row], dict[str, Any]]:
    """Does our median run lie in Covasim's band on every day?"""
    rows, shown = [], {}
    cities = [city(PEOPLE, seed) for seed in range(RUNS)]
    for scenario, name in NAMES.items():
        content = {"program": "covasim", "people": PEOPLE, "scenario": scenario, "runs": RUNS}
        found = peer("benchmarks.epi.agents_peer", content)["runs"]
        runs = [
            simulate_outbreak(people, days=DAYS, rng=np.random.default_rng(seed), measures=SCENARIOS[scenario])
            for seed, people in enumerate(cities)
        ]
        parts = []
        for kind in ("infections", "deaths", "quarantined"):
            table = np.array([run.of(kind) for run in runs]) - (kind == "infections") * SEEDS * np.eye(1, DAYS)
            theirs = np.array([run[kind] for run in found])
            shown[f"{scenario} {kind}"] = _drawn(table, theirs)
            if theirs.any():
                parts.append(
                    f"{kind} {_inside(table, theirs):.3f} a day, {_inside(table.cumsum(1), theirs.cumsum(1)):.3f} so far"
                )
        good = all(float(share) >= 0.97 for part in parts[:2] for share in (part.split()[1], part.split()[4]))
        beside = f"Covasim's 10 to 90 % band, {RUNS} runs of {PEOPLE:,} people"
        rows.append(
            claim(f"days in the band, {name}", "; ".join(parts), beside, "", ".97 for infections and deaths", good)
        )
    return rows, shown


def _inside(table: np.ndarray, theirs: np.ndarray) -> float:
    low, high = np.quantile(theirs, [0.1, 0.9], axis=0)
    middle = np.median(table, axis=0)
    return float(((middle >= low) & (middle <= high)).mean())


def _drawn(table: np.ndarray, theirs: np.ndarray) -> dict[str, list[float]]:
    low, high = np.quantile(theirs, [0.1, 0.9], axis=0)
    return {"low": low.tolist(), "high": high.tolist(), "ours": np.median(table, axis=0).tolist()}


def tracing() -> tuple[list[Row], list[list[float]]]:
    """Is the difference between two measures sharper with shared luck?"""
    people, shares = city(PEOPLE, 7, structured=True), (0.0, 0.25, 0.5, 0.75, 1.0)

    def sizes(share: float, first: int) -> np.ndarray:
        measures = Measures(
            testing=(DiagnosticTesting(symptomatic=0.3, delay=1),),
            tracing=(Tracing(ByLayer(share, share, share, 0.1 * share), (0, 1, 1, 2)),),
        )
        runs = [
            simulate_outbreak(people, days=DAYS, rng=np.random.default_rng(first + run), measures=measures)
            for run in range(RUNS)
        ]
        return np.array([run.of("infections").sum() for run in runs]) / PEOPLE

    found = np.array([sizes(share, 100) for share in shares])
    shared = (found[1] - found[2]).std(ddof=1)
    apart = (found[1] - sizes(0.5, 900)).std(ddof=1)
    falls = bool((np.diff(found.mean(axis=1)) < 0).all())
    means = ", ".join(f"{value:.3f}" for value in found.mean(axis=1))
    return [
        claim("attack rate as 0, 25, 50, 75, 100 % of contacts are traced", means, "", "", "falls", falls),
        claim(
            "spread of the difference between 25 and 50 % traced",
            f"{shared:.4f} with shared luck",
            f"{apart:.4f} without",
            f"{(apart / shared) ** 2:.1f} times fewer runs needed",
            "narrower",
            shared < apart,
        ),
    ], np.quantile(found, [0.1, 0.5, 0.9], axis=1).tolist()


def threads() -> list[Row]:
    """Are the bytes the same with threads?"""
    people = city(PEOPLE, 3)

    def many(executor: ThreadPoolExecutor | None) -> Any:
        rng = np.random.default_rng(5)
        return simulate_outbreaks(people, days=60, runs=6, rng=rng, executor=executor)

    alone, seconds = timed(lambda: many(None))
    with ThreadPoolExecutor(2) as executor:
        shared = many(executor)
    same = alone.flows.tobytes() == shared.flows.tobytes()
    text = f"{'equal' if same else 'different'}; {seconds:.2f} CPU s for 6 runs of 60 days"
    return [claim("bytes with one thread and with two", text, "", "", "equal", same)]


def main() -> None:
    """Run all."""
    rows = speed()
    more, shown = bands()
    effect, drawn = tracing()
    rows += more + effect + threads()
    peer("benchmarks.epi.agents_picture", {"bands": shown, "tracing": drawn})
    keep("agents", rows)


if __name__ == "__main__":
    main()
