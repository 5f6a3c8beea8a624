"""How fast and how exact reproduction numbers are, beside EpiEstim and epyestim, and how well zones share."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.peers import peer_python
from salus.epi.arrays import FloatArray
from salus.epi.cohort import wallinga_teunis
from salus.epi.generation import discretised_serial_interval
from salus.epi.reproduction import estimate_rt
from salus.epi.zone_reproduction import estimate_rt_by_zone

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "benchmarks" / "results" / "epi-reproduction.json"
Row = dict[str, object]
PEERED = 20


def world(zones: int, days: int, seed: int, noise: float = 0.0) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Cases of zones whose true numbers wander around a shared one, that number by window, weights.

    Noise is the variance of reporting by zone and day relative to its squared mean.
    """
    rng = np.random.default_rng(seed)
    weights = discretised_serial_interval(4.7, 2.9)
    weights /= weights.sum()
    number = np.empty((days, zones))
    apart = rng.normal(0, 0.2, zones)
    size = rng.uniform(2, 120, zones)
    cases, pressure = np.zeros((days, zones)), np.zeros((days, zones))
    for day in range(days):
        apart = 0.95 * apart + rng.normal(0, 0.2 * np.sqrt(1 - 0.95**2), zones)
        reach = min(day, weights.size - 1)
        if day < 20:
            number[day] = 1.0
            cases[day] = rng.poisson(size)
            continue
        pressure[day] = weights[1 : reach + 1] @ cases[day - reach : day][::-1]
        # What keeps a made-up epidemic going for years: a pull towards its usual size.
        pull = 0.1 * np.log(size / np.maximum(pressure[day], 0.5))
        number[day] = np.exp(0.15 * np.sin(day / 12) + apart + pull)
        # Somebody always comes in from elsewhere.
        cases[day] = rng.poisson(number[day] * pressure[day])
    window = np.lib.stride_tricks.sliding_window_view
    true = np.full(cases.shape, np.nan)
    top, bottom = (window(part, 7, axis=0).sum(axis=-1) for part in (number * pressure, pressure))
    true[6:] = np.divide(top, bottom, out=np.full(bottom.shape, np.nan), where=bottom > 1)
    reported = np.rint(cases * rng.gamma(1 / noise, noise, cases.shape)) if noise else cases
    return reported, true, weights


def seconds(run: Callable[[], object], repeats: int = 5) -> float:
    """CPU seconds of the quickest of some runs, after one to warm up."""
    run()
    used = []
    for _ in range(repeats):
        start = time.process_time()
        run()
        used.append(time.process_time() - start)
    return min(used)


def peers(cases: FloatArray, weights: FloatArray) -> tuple[tuple[FloatArray, list[float]] | None, dict[str, object]]:
    """Run EpiEstim, where R is, and epyestim on the same counts."""
    with tempfile.TemporaryDirectory() as folder:
        counts, interval, out = (str(Path(folder) / name) for name in ("counts.csv", "weights.csv", "out.csv"))
        header = ",".join(f"z{place}" for place in range(cases.shape[1]))
        np.savetxt(counts, cases, delimiter=",", header=header, comments="", fmt="%d")
        np.savetxt(interval, weights, header="w", comments="", fmt="%.17g")
        command = [str(peer_python()), "-m", "benchmarks.epi.reproduction_peer", counts, interval]
        told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        theirs = json.loads(told.stdout.splitlines()[-1])
        if shutil.which("Rscript") is None:
            return None, theirs
        script = str(Path(__file__).with_suffix(".R"))
        done = subprocess.run(["Rscript", script, counts, interval, out], check=True, capture_output=True, text=True)
        table = np.genfromtxt(out, delimiter=",", skip_header=1)
        return (table, [float(part) for part in done.stdout.split()[-3:]]), theirs


def row(what: str, ours: str, beside: str, ratio: str, goal: str, *, held: bool) -> Row:
    """Return one claim."""
    return {"what": what, "ours": ours, "beside": beside, "ratio": ratio, "goal": goal, "held": bool(held)}


def beside_r(cases: FloatArray, weights: FloatArray, r: tuple[FloatArray, list[float]] | None) -> list[Row]:
    """Agreement with EpiEstim and its time."""
    if r is None:
        return [row("EpiEstim", "", "R is not installed", "", "every column to 1e-9", held=False)]
    table, (single, every, trees) = r
    found = estimate_rt(cases[:, 0], weights)
    columns = np.column_stack([found.mean, found.sd, found.quantiles])[table[:, 0].astype(int) - 1]
    gap = float(np.nanmax(np.abs(columns - table[:, 1:])))
    one = seconds(lambda: estimate_rt(cases[:, 0], weights))
    many = seconds(lambda: estimate_rt(cases, weights))
    start = cases[:100, 0]
    drawn = seconds(lambda: wallinga_teunis(start, weights, rng=np.random.default_rng(1), simulations=100))
    days, zones = cases.shape
    same = bool(np.array_equal(np.isnan(columns), np.isnan(table[:, 1:])))
    return [
        row("Largest gap of all columns, 3,650 days", f"{gap:.1e}", "EpiEstim", "", "1e-9", held=gap < 1e-9 and same),
        row(
            f"One series of {days} days, CPU s", f"{one:.4f}", f"EpiEstim {single:.2f}", f"{one / single:.5f}",
            "less", held=one < single,
        ),
        row(
            f"{zones} series of {days} days, CPU s", f"{many:.3f}", f"EpiEstim {every:.1f}", f"{many / every:.5f}",
            "less", held=many < every,
        ),
        row(
            "Wallinga-Teunis, 100 days, 100 trees, CPU s", f"{drawn:.4f}", f"EpiEstim {trees:.2f}",
            f"{drawn / trees:.5f}", "less", held=drawn < trees,
        ),
    ]  # fmt: skip


def beside_epyestim(cases: FloatArray, weights: FloatArray, theirs: dict[str, object]) -> Row:
    """Agreement with epyestim and its time for all series."""
    mean = np.asarray(theirs["mean"])
    found = estimate_rt(cases[:, 0], weights)
    told = mean[-found.mean[~found.undefined].size :]
    gap = float(np.abs(found.mean[~found.undefined] - told).max())
    mine, other = seconds(lambda: estimate_rt(cases, weights)), float(str(theirs["all"]))
    what = f"{cases.shape[1]} series of {cases.shape[0]} days, CPU s; largest gap of the mean {gap:.0e}"
    return row(what, f"{mine:.3f}", f"epyestim {other:.2f}", f"{mine / other:.3f}", "less", held=mine < other)


def speed() -> list[Row]:
    """Time of the goal's size, alone and with sharing."""
    cases, _, weights = world(177, 2000, 3)
    apart = seconds(lambda: estimate_rt(cases, weights))
    pooled = seconds(lambda: estimate_rt_by_zone(cases, weights))
    return [
        row("177 zones of 2,000 days, CPU s", f"{apart:.3f}", "", "", "under .1", held=apart < 0.1),
        row("the same, with sharing between zones, CPU s", f"{pooled:.3f}", "", "", "none set", held=True),
    ]


def sharing(noise: float, name: str) -> list[Row]:
    """Error and coverage with sharing and without, on made-up zones with known numbers."""
    errors: list[list[FloatArray]] = [[], []]
    hits: list[list[FloatArray]] = [[], []]
    for seed in range(6):
        cases, true, weights = world(40, 200, seed, noise)
        alone, pooled = estimate_rt(cases, weights), estimate_rt_by_zone(cases, weights)
        known = ~np.isnan(true) & ~alone.undefined & (np.arange(200) >= 40)[:, None]
        for place, found in enumerate((alone, pooled)):
            errors[place].append((found.mean - true)[known])
            inside = (found.quantiles[..., 0] <= true) & (true <= found.quantiles[..., -1])
            hits[place].append(inside[known])
    apart, together = (float(np.sqrt(np.square(np.concatenate(part)).mean())) for part in errors)
    covered = [float(np.concatenate(part).mean()) for part in hits]
    return [
        row(
            f"Root mean squared error of R, 40 made-up zones, {name}", f"{together:.3f}",
            f"each zone alone {apart:.3f}", f"{together / apart:.2f}", "less", held=together < apart,
        ),
        row(
            f"Share of true R inside the 95 % interval, {name}", f"{covered[1]:.3f}",
            f"each zone alone {covered[0]:.3f}", "", ".92 to .98", held=0.92 <= covered[1] <= 0.98,
        ),
    ]  # fmt: skip


def draw() -> None:
    """Hand a quiet zone to the peers' Python, which has matplotlib."""
    cases, true, weights = world(40, 200, 0)
    zone, part = int(np.argsort(cases.sum(axis=0))[4]), slice(60, 180)
    figures: dict[str, object] = {"true": true[part, zone].tolist()}
    for name, result in (
        ("alone", estimate_rt(cases, weights)),
        ("pooled", estimate_rt_by_zone(cases, weights)),
    ):
        told = result.quantiles[part, zone]
        figures[name] = [told[:, 0].tolist(), result.mean[part, zone].tolist(), told[:, -1].tolist()]
    command = [str(peer_python()), "-m", "benchmarks.epi.reproduction_peer"]
    subprocess.run(command, input=json.dumps(figures), text=True, check=True, cwd=ROOT)


def main() -> None:
    """Measure, print, keep and draw."""
    cases, _, weights = world(PEERED, 3650, 1)
    r, theirs = peers(cases, weights)
    rows = [*beside_r(cases, weights, r), beside_epyestim(cases, weights, theirs), *speed()]
    rows += sharing(0.0, "chance alone") + sharing(0.05, "noisy reporting")
    for each in rows:
        mark = "held " if each["held"] else "SHORT"
        print(mark, each["what"], "|", each["ours"], "|", each["beside"], "|", each["ratio"], "|", each["goal"])
    RESULT.write_text(json.dumps(rows, indent=1) + "\n")
    draw()


if __name__ == "__main__":
    main()
