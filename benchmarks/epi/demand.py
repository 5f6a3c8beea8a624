"""Measures bed forecasts beside AutoETS and persistence on German intensive care, and stays and flows on simulations."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.epi.claims import ROOT, Row, claim, keep, peer, timed
from salus.epi.demand import Ward, forecast_occupancy, length_of_stay, ward_flow

SHARED = Path(os.environ.get("SALUS_SHARED", ROOT.parent / "shared")) / "data"
LEVELS = np.array([0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99])
HORIZONS = (7, 14, 28)
GOALS = (0.65, 0.65, 0.75)
START, EVERY, PEER_EVERY = 60, 7, 28


def germany() -> tuple[np.ndarray, list[str]]:
    """Occupied beds by day and state, and the days."""
    table = pl.read_parquet(SHARED / "icu" / "icu_states_to_2021-09.parquet")
    table = table.with_columns(pl.col("date").cast(pl.String))
    wide = table.pivot(on="state", index="date", values="covid_icu_occupied").sort("date")
    return wide.drop("date").to_numpy().astype(float), wide["date"].to_list()


def new_york() -> np.ndarray:
    """Beds by day and borough if every admission stayed a gamma time of mean 12 days."""
    table = pl.read_parquet(SHARED / "nyc" / "daily_final.parquet").filter(pl.col("area") != "CITY")
    wide = table.pivot(on="area", index="date", values="hosp").sort("date").drop("date").to_numpy()[:1250]
    rng = np.random.default_rng(1)
    beds = np.zeros(wide.shape)
    for day, unit in np.argwhere(wide > 0):
        for stay in np.round(rng.gamma(1.2, 10, int(wide[day, unit]))).astype(int):
            beds[day : day + stay, unit] += 1
    return beds


def wis(quantiles: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Weighted interval score: twice the mean pinball loss."""
    error = truth[..., None] - quantiles
    return 2 * np.maximum(LEVELS * error, (LEVELS - 1) * error).mean(axis=-1)


def persistence(history: np.ndarray, horizon: int) -> np.ndarray:
    """The last value, with the spread of all past changes in both directions."""
    change = history[horizon:] - history[:-horizon]
    both = np.concatenate([change, -change])
    return np.maximum(0, history[-1][:, None] + np.quantile(both, LEVELS, axis=0).T)


def replay(beds: np.ndarray, origins: range) -> dict[str, np.ndarray]:
    """Scores (origins, horizons, units) of ours and persistence, and whether 95 % and 50 % hold."""
    out: dict[str, list[list[np.ndarray]]] = {"ours": [], "persistence": [], "wide": [], "middle": []}
    for origin in origins:
        known = beds[: origin + 1]
        found = forecast_occupancy(known, horizon=28, rng=np.random.default_rng(1), quantiles=LEVELS, samples=0)
        rows = []
        for horizon in HORIZONS:
            truth, ahead = beds[origin + horizon], found.quantiles[horizon - 1]
            inside = [(truth >= ahead[:, low]) & (truth <= ahead[:, high]) for low, high in ((1, 21), (6, 16))]
            rows.append((wis(ahead, truth), wis(persistence(known, horizon), truth), *inside))
        for place, name in enumerate(out):
            out[name].append([row[place] for row in rows])
    return {name: np.array(values) for name, values in out.items()}


def forecasts(name: str, beds: np.ndarray) -> tuple[list[Row], dict[str, np.ndarray], float]:
    """Claims about every week's forecast of a set."""
    origins = range(START, len(beds) - 28, EVERY)
    scores, seconds = timed(lambda: replay(beds, origins))
    rows = []
    for place, horizon in enumerate(HORIZONS):
        ours, base = scores["ours"][:, place].mean(), scores["persistence"][:, place].mean()
        what = f"{name}, {horizon} days ahead, {scores['ours'][:, place].size:,} forecasts"
        goal = f"at most {GOALS[place]}"
        ratio = ours / base
        rows.append(
            claim(f"{what}: WIS", f"{ours:.2f}", f"{base:.2f} persistence", f"{ratio:.3f}", goal, ratio <= GOALS[place])
        )
        wide, middle = scores["wide"][:, place].mean(), scores["middle"][:, place].mean()
        said = f"95 % holds {wide:.3f}, 50 % holds {middle:.3f}"
        rows.append(claim(f"{what}: coverage", said, ".95 and .50", "", "95 % holds at least .93", wide >= 0.93))
    return rows, scores, seconds / len(origins)


def beside_ets(beds: np.ndarray) -> tuple[list[Row], np.ndarray]:
    """The same origins forecast by AutoETS."""
    origins = range(START, len(beds) - 28, PEER_EVERY)
    content = {"beds": beds.tolist(), "origins": list(origins), "levels": LEVELS.tolist()}
    theirs = peer("benchmarks.epi.demand_peer", content)
    scores, seconds = timed(lambda: replay(beds, origins))
    quantiles = np.array(theirs["quantiles"])
    rows, ratios = [], []
    for place, horizon in enumerate(HORIZONS):
        truth = np.stack([beds[origin + horizon] for origin in origins])
        error = wis(quantiles[:, place], truth).mean()
        inside = ((truth >= quantiles[:, place, :, 1]) & (truth <= quantiles[:, place, :, -2])).mean()
        ours, base = scores["ours"][:, place].mean(), scores["persistence"][:, place].mean()
        ratios.append([ours / base, error / base])
        said = f"{error:.2f} AutoETS ({error / base:.3f} of persistence), 95 % holds {inside:.3f}"
        what = f"German intensive care, {horizon} days ahead, every fourth week: WIS"
        rows.append(
            claim(what, f"{ours:.2f} ({ours / base:.3f})", said, f"{ours / error:.3f}", "below AutoETS", ours < error)
        )
    each, other = seconds / len(origins), theirs["seconds"] / len(origins)
    rows.append(
        claim(
            "one forecast of 16 states, 28 days",
            f"{each:.2f} CPU s",
            f"{other:.2f} CPU s, {theirs['memory']:.0f} MB AutoETS",
            f"{other / each:.1f} times faster",
            "faster",
            each < other,
        )
    )
    return rows, np.array(ratios)


def stays() -> list[Row]:
    """Do intervals of the mean stay hold the truth, seen at the height of a wave?"""
    rng = np.random.default_rng(7)
    held, ours, naive, runs = 0, [], [], 300
    for _ in range(runs):
        admitted = 60 - np.floor(np.minimum(59, rng.exponential(12, 400)))
        stay = np.round(rng.gamma(1.6, 7, 400))
        left = stay < 60 - admitted
        found = length_of_stay(np.where(left, stay, 60 - admitted), discharged=left)
        held += found.lower[0] <= 11.2 <= found.upper[0]
        ours.append(found.mean[0] / 11.2)
        naive.append(stay[left].mean() / 11.2)
    share = held / runs
    bias = f"mean {np.mean(ours):.3f} of the truth, interval holds {share:.3f}"
    return [
        claim(
            f"mean stay in a wave that doubles every 8 days, {runs} simulations",
            bias,
            f"discharged patients only: {np.mean(naive):.3f} of the truth",
            "",
            "within .03, interval holds .92 to .98",
            abs(np.mean(ours) - 1) < 0.03 and 0.92 <= share <= 0.98,
        )
    ]


def flows() -> list[Row]:
    """Speed and agreement of drawn and expected flow."""
    stay = np.diff(1 - np.exp(-np.arange(61) / 8.0))
    stay[-1] += 1 - stay.sum()
    wards = [Ward("ward", stay, {"icu": 0.2}), Ward("icu", stay, {"step-down": 0.7}), Ward("step-down", stay)]
    come = np.zeros((60, 3, 3))
    come[:, 0] = 20
    flow, seconds = timed(lambda: ward_flow(come, wards, rng=np.random.default_rng(1), draws=500))
    noise = flow.samples.std(axis=-1) / np.sqrt(flow.samples.shape[-1])
    far = (np.abs(flow.samples.mean(axis=-1) - flow.occupancy) / np.maximum(noise, 1e-9)).max()
    return [
        claim(
            "flow through 3 wards, 3 ages, 60 days, 500 futures",
            f"{seconds:.2f} CPU s, drawn means within {far:.1f} standard errors of the expectation",
            "no peer installs",
            "",
            "within 5",
            far < 5,
        )
    ]


def drawing(beds: np.ndarray, days: list[str], ratios: np.ndarray) -> None:
    """Draw forecasts from four moments for the largest state, and the scores."""
    unit = int(beds.mean(axis=0).argmax())
    fans = []
    for origin in (200, 270, 380, 500):
        found = forecast_occupancy(
            beds[: origin + 1], horizon=28, rng=np.random.default_rng(1), quantiles=(0.025, 0.25, 0.5, 0.75, 0.975)
        )
        fans.append({"origin": origin, "quantiles": found.quantiles[:, unit].round(1).tolist()})
    content = {"beds": beds[:, unit].tolist(), "days": days, "fans": fans, "ratios": ratios.round(3).tolist()}
    peer("benchmarks.epi.demand_picture", content)


def main() -> None:
    """Run all."""
    beds, days = germany()
    rows, _, each = forecasts("German intensive care, 16 states", beds)
    beside, ratios = beside_ets(beds)
    rows += beside
    other, _, _ = forecasts("beds from New York's admissions, 5 boroughs", new_york())
    rows += other + stays() + flows()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append(claim("peak memory of this run", f"{peak:.0f} MB", "", "", "below 1,000 MB", peak < 1000))
    print(f"{each:.2f} CPU s a forecast")
    drawing(beds, days, ratios)
    keep("demand", rows)


if __name__ == "__main__":
    main()
