"""How honest and sharp daily forecasts are: New York's daily counts and simulated waves, calm and fast times apart."""

from __future__ import annotations

import json
import time
from datetime import date

import numpy as np
import polars as pl

from benchmarks.epi.forecast_data import HUBS, ROOT, TWENTY_THREE
from benchmarks.epi.forecast_waves import speed, waves
from salus.epi.arrays import FloatArray
from salus.epi.forecasting import forecast
from salus.epi.hub.scoring import weighted_interval_score

RESULT = ROOT / "benchmarks" / "results" / "epi-forecast-daily.json"
SURGE = (date(2021, 12, 10), date(2022, 1, 25))
DAYS = 14
SPANS = (("days 1 to 7", slice(0, 7)), ("days 8 to 14", slice(7, 14)))
# The last week's total over the one before it, on the log scale.
FAST = 0.35
Row = dict[str, object]


def replay(table: FloatArray, first: int) -> tuple[FloatArray, float]:
    """Score, naive error, hits of 50, 90 and 95 %, log width of 90 %: (moments, days, places, 6), and ms a forecast."""
    out: list[FloatArray] = []
    begun = time.process_time()
    for now in range(first, table.shape[0] - DAYS, 6):
        found = forecast(table[:now], horizon=DAYS, rng=np.random.default_rng(1), samples=0).quantiles
        truth = table[now : now + DAYS]
        naive = np.abs(truth - table[now - 7 : now][np.arange(DAYS) % 7])
        hits = [(found[..., low] <= truth) & (truth <= found[..., -1 - low]) for low in (6, 2, 1)]
        width = np.log((found[..., 20] + 1) / (found[..., 2] + 1))
        out.append(np.stack([weighted_interval_score(found, TWENTY_THREE, truth), naive, *hits, width], axis=-1))
    return np.array(out), 1000 * (time.process_time() - begun) / len(out)


def series() -> dict[str, tuple[list[date], FloatArray]]:
    """Daily counts by name: days and a table of places."""
    out: dict[str, tuple[list[date], FloatArray]] = {}
    frame = pl.read_parquet(HUBS.parent / "nyc" / "daily_final.parquet").rename({"date": "day", "area": "place"})
    visits = pl.read_parquet(HUBS.parent / "nyc" / "ed_covid_like_illness_by_boro.parquet")
    visits = visits.rename({"Date": "day", "Borough": "place", "Visit_All_ages": "emergency visits"})
    for told, metric in ((frame, "case"), (frame, "hosp"), (visits, "emergency visits")):
        wide = told.pivot("place", index="day", values=metric).sort("day").head(1100)
        table = wide.drop("day").to_numpy().astype(np.float64)
        out[metric] = ([date.fromisoformat(day) for day in wide["day"]], table)
    return out


def main() -> None:
    rows: list[Row] = []
    for metric, (days, table) in series().items():
        scores, speed = replay(table, 150)
        surge = np.array([SURGE[0] <= days[now] <= SURGE[1] for now in range(150, len(days) - DAYS, 6)])
        for name, chosen in (("calm", ~surge), ("Omicron", surge)):
            for span, part in SPANS:
                mean = np.nanmean(scores[chosen][:, part], axis=(0, 1, 2))
                rows.append(_row(f"New York {metric} by day, {name}, {span}, {int(chosen.sum())} moments", mean))
        print(f"{metric}: {speed:.0f} ms CPU a forecast of {table.shape[1]} series", flush=True)
    rows += simulations()
    RESULT.write_text(json.dumps(rows, indent=1) + "\n")


def simulations() -> list[Row]:
    """Simulated waves: like the ones before them, and a last one that is far steeper."""
    rows: list[Row] = []
    for steep, first, told in ((False, 150, "like those before"), (True, 450, "steeper than any before")):
        tables = [waves(seed, steep=steep) for seed in range(5 + 5 * steep)]
        scores = np.concatenate([replay(table, first)[0] for table in tables])
        moments = range(first, tables[0].shape[0] - DAYS, 6)
        fast = np.array([speed(table, now) >= FAST for table in tables for now in moments])
        for name, chosen in (("calm", ~fast), ("fast", fast)):
            for span, part in SPANS:
                mean = np.nanmean(scores[chosen][:, part], axis=(0, 1, 2))
                rows.append(_row(f"Simulated waves {told}, {name}, {span}, {int(chosen.sum())} moments", mean))
    return rows


def _row(title: str, mean: FloatArray) -> Row:
    what = f"{title}: 95 % interval holds"
    beside = f"90 %: {mean[3]:.2f}, 50 %: {mean[2]:.2f}; WIS {mean[0] / mean[1]:.2f} of the error of a week ago"
    print(f"{what:<100} {mean[4]:.3f}  {beside}", flush=True)
    held = bool(mean[4] >= 0.92)
    ours, ratio = f"{mean[4]:.3f}", f"width x{np.exp(mean[5]):.1f}"
    return {"what": what, "ours": ours, "beside": beside, "ratio": ratio, "goal": "at least .92", "held": held}


if __name__ == "__main__":
    main()
