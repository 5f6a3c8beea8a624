"""Forecasts against the hubs' baselines on the vintages of the time, and the hubs' own scores reproduced."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from salus.epi import forecast
from salus.epi.forecasting import QUANTILES
from salus.epi.hub import score_outputs, target_state, weighted_interval_score
from salus.epi.hub.outputs import newest, read_wide
from salus.epi.hub.targets import read_any, tidy_targets
from tests.baseline.epi.shared import reference

LEVELS = np.array(QUANTILES)
HUB = "hubs/flusight/"
PLACES = ("US", "01", "04", "06", "09", "12", "13", "17", "24", "25", "31", "36", "39", "42", "48", "51")


def _text(name):
    return pl.read_parquet(reference(name)).with_columns(pl.col(pl.Categorical).cast(pl.String))


def _versions():
    versions = _text(HUB + "target_vintages.parquet").filter(pl.col("location").is_in(PLACES))
    return versions.select(
        pl.lit(None, dtype=pl.String).alias("target"),
        "location",
        pl.col("date").str.to_date(),
        pl.col("value").cast(pl.Float64),
        pl.col("as_of_ts").alias("as_of"),
    )


def _ahead(state, first):
    earlier = state.earlier if len(state.earlier) else None
    given = {"period": 1, "days": state.days, "earlier": earlier, "samples": 0}
    return forecast(state.table, horizon=first + 3, rng=np.random.default_rng(1), **given).quantiles


@pytest.mark.parametrize(("season", "bound"), [("2023-24", 0.9), ("2024-25", 0.8)])
def test_flusight_rounds_beat_the_baseline(season, bound):
    versions = _versions()
    truth = {row[:2]: row[2] for row in _text(HUB + "truth.parquet").iter_rows()}
    scores = _text(HUB + "task_scores_all_models.parquet").filter(pl.col("model") == "FluSight-baseline")
    baseline = {row[:3]: row[3] for row in scores.select("reference_date", "horizon", "location", "wis").iter_rows()}
    rounds = pl.read_csv(reference(HUB + "rounds.csv")).filter(pl.col("usable") & (pl.col("season") == season))
    ours, theirs, inside = [], [], []
    for day, moment in rounds.gather_every(9, 5).select("reference_date", "as_of_ts").iter_rows():
        state = target_state(versions, "", moment)
        first = (date.fromisoformat(day).toordinal() - int(state.days[-1])) // 7
        found = _ahead(state, first)
        for horizon in range(4):
            end = date.fromordinal(int(state.days[-1]) + 7 * (first + horizon)).isoformat()
            for column, place in enumerate(state.locations):
                if (day, horizon, place) in baseline and (place, end) in truth:
                    row = found[first + horizon - 1, column]
                    ours.append(float(weighted_interval_score(row, LEVELS, truth[place, end])))
                    theirs.append(baseline[day, horizon, place])
                    inside.append(row[1] <= truth[place, end] <= row[21])
    # Every round of both seasons is replayed by the benchmark.
    assert np.mean(ours) / np.mean(theirs) < bound
    assert np.mean(inside) > 0.85


def test_scores_of_every_team_are_those_of_the_hub():
    path = reference(HUB + "truth.parquet")
    found = score_outputs(read_wide(reference(HUB + "forecasts.parquet")), newest(tidy_targets(read_any(path), path)))
    told = _text(HUB + "task_scores_all_models.parquet").with_columns(
        (pl.col("reference_date").str.to_date() + pl.duration(days=7 * pl.col("horizon").cast(pl.Int64)))
        .cast(pl.String)
        .alias("target_end_date")
    )
    keys = ["model", "reference_date", "location", "target_end_date"]
    both = found.join(told, on=keys, suffix="_hub")
    assert both.height == found.height > 100_000
    # The hub's scores are kept in single precision: seven figures.
    assert ((both["wis"] - both["wis_hub"]).abs() <= 1e-6 * both["wis_hub"].abs() + 1e-9).all()
    assert (both["inside_50"] == both["c50"]).all()
    assert (both["inside_95"] == both["c95"]).all()
