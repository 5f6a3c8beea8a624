"""Forecasts against the baseline of the FluSight hub, on the vintages of the time."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from salus.epi import forecast
from salus.epi.forecasting import QUANTILES
from tests.baseline.epi.shared import reference

LEVELS = np.array(QUANTILES)
HUB = "hubs/flusight/"


def _round(vintages, moment):
    """Weekly table (T, S) as of a moment, its days and its locations."""
    known = vintages.filter(pl.col("as_of_ts") <= moment).sort("as_of_ts", maintain_order=True)
    last = known.group_by("location", "date").last().drop_nulls("value")
    wide = last.pivot("location", index="date", values="value").sort("date")
    days = np.array([dt.date.fromisoformat(date).toordinal() for date in wide["date"]])
    grid = np.arange(days[0], days[-1] + 1, 7)
    table = np.full((grid.size, wide.width - 1), np.nan)
    table[(days - days[0]) // 7] = wide.drop("date").to_numpy()
    return table, grid, wide.columns[1:]


@pytest.mark.parametrize(("season", "bound"), [("2023", 0.85), ("2024", 0.75)])
def test_flusight_rounds_beat_the_baseline(season, bound):
    vintages = pl.read_parquet(reference(HUB + "target_vintages.parquet"))
    vintages = vintages.with_columns(pl.col("as_of_ts", "location", "date").cast(pl.String))
    rounds = pl.read_csv(reference(HUB + "rounds.csv")).filter(
        pl.col("usable") & pl.col("season").str.starts_with(season)
    )
    truth = {row[:2]: row[2] for row in pl.read_parquet(reference(HUB + "truth.parquet")).iter_rows()}
    scores = pl.read_parquet(reference(HUB + "task_scores_all_models.parquet"))
    scores = scores.with_columns(pl.col("model", "reference_date", "location").cast(pl.String))
    scores = scores.filter(pl.col("model").str.contains("(?i)baseline"))
    keys = scores.select("reference_date", "horizon", "location", "wis").iter_rows()
    baseline = {row[:3]: row[3] for row in keys}
    ours, theirs, inside = [], [], []
    for date, moment in rounds.gather_every(4).select("reference_date", "as_of_ts").iter_rows():
        table, grid, places = _round(vintages, moment)
        first = (dt.date.fromisoformat(date).toordinal() - int(grid[-1])) // 7
        found = forecast(
            table, horizon=first + 3, rng=np.random.default_rng(1), period=1, days=grid, samples=0
        ).quantiles
        for horizon in range(4):
            end = dt.date.fromordinal(int(grid[-1]) + 7 * (first + horizon)).isoformat()
            for column, place in enumerate(places):
                if (date, horizon, place) in baseline and (place, end) in truth:
                    gap = truth[place, end] - found[first + horizon - 1, column]
                    ours.append(2 * np.maximum(LEVELS * gap, (LEVELS - 1) * gap).mean())
                    theirs.append(baseline[date, horizon, place])
                    inside.append(gap[1] >= 0 >= gap[21])
    # Measured on every round: .71 and .59 of the baseline, coverage .95 and .92.
    assert np.mean(ours) / np.mean(theirs) < bound
    assert np.mean(inside) > 0.85
