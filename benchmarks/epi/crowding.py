"""Measures crowding and flows beside DuckDB and Polars on 10 million pings (100 million with --full), and its intervals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.epi.claims import ROOT, Row, claim, keep, peer, timed
from benchmarks.epi.crowding_rows import write
from salus.epi.crowding import expected_crowding

SMALL, FULL = 10_000_000, 100_000_000
START = datetime(2024, 1, 1)  # noqa: DTZ001


def ours(paths: list[str], order: str) -> dict[str, Any]:
    """Count in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.epi.crowding_rows", json.dumps(paths), order]
    # Threads that nobody uses would cost memory.
    environment = {**os.environ, "POLARS_MAX_THREADS": "2"}
    out = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True, env=environment).stdout
    found: dict[str, Any] = json.loads(out)
    return found


def said(found: dict[str, Any]) -> str:
    """Say seconds and megabytes."""
    return f"{found['cpu']:.1f} CPU s, {found['wall']:.1f} s on the clock, {found['memory']:.0f} MB"


def counting(rows: int, peers: tuple[str, ...]) -> list[Row]:
    """Time, memory and agreement on the same files."""
    goal = f"{25 * rows / FULL:.1f} s, {8000 if rows == FULL else 2000} MB"
    claims = []
    with tempfile.TemporaryDirectory() as folder:
        paths = write(Path(folder), rows)
        mine = ours(paths, "files")
        good = mine["cpu"] < 25 * rows / FULL and mine["memory"] < (8000 if rows == FULL else 2000)
        claims.append(claim(f"{rows:,} pings from Parquet", said(mine), "", "", goal, good))
        for program in peers:
            found = peer("benchmarks.epi.crowding_peer", {"program": program, "files": paths})
            same = (found["occupancy"], found["trips"]) == (mine["occupancy"], mine["trips"])
            claims.append(
                claim(
                    f"{rows:,} pings, beside {program}",
                    said(mine),
                    said(found),
                    f"{found['cpu'] / mine['cpu']:.1f} times less CPU; sums {'equal' if same else 'DIFFER'}",
                    "less CPU, equal sums",
                    same and mine["cpu"] < found["cpu"],
                )
            )
        again = ours(paths, "shuffled")
        same = again["digest"] == mine["digest"]
        text = "equal bytes" if same else "different bytes"
        claims.append(
            claim("the same rows shuffled, from arrays", f"{text}; {said(again)}", "", "", "equal bytes", same)
        )
    return claims


def simulated(seed: int, scale: float, dispersion: float, drift: float) -> np.ndarray:
    """A city with daily and weekly patterns, levels that wander, and noise; eleven weeks."""
    rng = np.random.default_rng(seed)
    hours, zones = np.arange(11 * 168), 60
    size, peak = rng.lognormal(np.log(scale), 1.2, zones), rng.uniform(8, 16, zones)
    pattern = 1 + 0.8 * np.cos((hours[:, None] % 24 - peak) / 24 * 2 * np.pi)
    weekend = np.where((hours // 24 % 7 >= 5)[:, None], rng.uniform(0.4, 1.5, zones), 1.0)
    level = np.exp(np.repeat(rng.normal(0, drift, (77, zones)).cumsum(axis=0), 24, axis=0))
    return rng.negative_binomial(1 / dispersion, 1 / (1 + dispersion * (size * pattern * weekend * level + 0.01)))


def expectation() -> tuple[list[Row], dict[str, Any]]:
    """Coverage of intervals, and error beside last week's value at the same hour."""
    rows, shown = [], {}
    cases = {
        "busy zones, steady": (300.0, 0.02, 0.0),
        "ordinary zones, drifting": (100.0, 0.05, 0.03),
        "noisy zones, drifting fast": (50.0, 0.3, 0.07),
        "nearly empty zones": (3.0, 0.1, 0.02),
    }
    for name, values in cases.items():
        wide, middle, error, naive = [], [], [], []
        for seed in range(6):
            counts = simulated(seed, *values)
            found, _ = timed(lambda counts=counts: expected_crowding(counts[:-168], start=START, horizon=168))
            truth, q = counts[-168:], found.quantiles
            wide.append((truth >= q[..., 0]) & (truth <= q[..., -1]))
            middle.append((truth >= q[..., 2]) & (truth <= q[..., -3]))
            error.append(np.abs(truth - q[..., 3]))
            naive.append(np.abs(truth - counts[-336:-168]))
        shown[name] = {"truth": truth[:, 0].tolist(), "quantiles": q[:, 0].tolist()}
        held = f"95 % holds {np.mean(wide):.3f}, 50 % holds {np.mean(middle):.3f}"
        ratio = np.mean(error) / np.mean(naive)
        good = np.mean(wide) >= 0.93 and ratio < 1
        beside = "the same hour last week"
        rows.append(claim(f"expected crowding, {name}", held, beside, f"error {ratio:.2f} of it", ".93 or more", good))
    return rows, shown


def main() -> None:
    """Run all."""
    rows = counting(SMALL, ("duckdb", "polars"))
    if "--full" in sys.argv:
        rows += counting(FULL, ("duckdb", "polars") if "--peers" in sys.argv else ())
    more, shown = expectation()
    peer("benchmarks.epi.crowding_picture", shown)
    keep("crowding", rows + more)


if __name__ == "__main__":
    main()
