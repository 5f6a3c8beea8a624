"""Nowcasts against what later became known, in Germany and in New York."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from salus.epi import nowcast, reporting_triangle
from tests.baseline.epi.shared import reference

LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])


def _wis(quantiles, truth):
    gap = truth[..., None] - quantiles
    return 2 * np.maximum(LEVELS * gap, (LEVELS - 1) * gap).mean(axis=-1)


def _german_rows():
    """Bitemporal rows of all ages: totals known so far."""
    file = reference("hubs/nowcast_de/triangle_DE_to_2021-11-21.parquet")
    table = pl.read_parquet(file).filter(pl.col("age_group").cast(pl.String) == "00+")
    table = table.with_columns(pl.col("reference_date").cast(pl.String).str.to_date()).sort("reference_date", "delay")
    day = np.array([date.toordinal() for date in table["reference_date"]])
    delay = table["delay"].to_numpy().astype(int)
    known = table.with_columns(pl.col("count").cum_sum().over("reference_date").alias("total"))["total"].to_numpy()
    return day, day + delay, known.astype(float)


def test_german_hospitalisations_within_reach_of_the_hub():
    rows = _german_rows()
    final = reporting_triangle(*rows, dt.date(2021, 11, 21).toordinal(), max_delay=40)
    score, naive, inside = [], [], []
    for day in range(dt.date(2021, 7, 1).toordinal(), dt.date(2021, 10, 9).toordinal(), 11):
        triangle = reporting_triangle(*rows, day, max_delay=40)
        found = nowcast(triangle, rng=np.random.default_rng(1), quantiles=LEVELS).moving_sum(7)
        steps = len(triangle.dates)
        for age in range(29):
            end = steps - age
            truth = final.cumulative[end - 7 : end, 40].sum()
            score.append(_wis(found[end - 1], np.array(truth)))
            naive.append(abs(triangle.latest[end - 7 : end].sum() - truth))
            inside.append(found[end - 1, 0] <= truth <= found[end - 1, -1])
    # Measured over all dates: .079 of the naive error, coverage .99.
    assert np.mean(score) / np.mean(naive) < 0.10
    assert 0.90 <= np.mean(inside) <= 1.0


@pytest.mark.parametrize("metric", ["case", "hosp"])
def test_new_york_vintages(metric):
    table = pl.read_parquet(reference("nyc/daily_vintages.parquet")).with_columns(
        pl.col("as_of", "date").cast(pl.String).str.to_date(), pl.col("area", "metric").cast(pl.String)
    )
    start, end = dt.date(2021, 1, 1), dt.date(2022, 8, 1)
    part = table.filter(
        (pl.col("metric") == metric) & (pl.col("area") == "CITY") & pl.col("date").is_between(start, end)
    )
    value = part["value"].to_numpy().astype(float)
    # In this file -1 marks a count that was withdrawn.
    value[value < 0] = np.nan
    rows = tuple(np.array([d.toordinal() for d in part[name]]) for name in ("date", "as_of"))
    final = reporting_triangle(*rows, value, dt.date(2022, 9, 15).toordinal(), max_delay=28)
    score, naive, inside = [], [], []
    for day in range(dt.date(2021, 6, 1).toordinal(), dt.date(2022, 6, 1).toordinal(), 37):
        triangle = reporting_triangle(*rows, value, day, max_delay=28)
        found = nowcast(triangle, rng=np.random.default_rng(1), quantiles=LEVELS)
        place = len(triangle.dates) - 1 - np.arange(1, 28)
        truth = final.cumulative[place, 28]
        score.append(_wis(found.quantiles[place], truth))
        naive.append(np.abs(triangle.latest[place] - truth))
        inside.append((found.quantiles[place, 0] <= truth) & (truth <= found.quantiles[place, -1]))
    # Measured every 13 days: .36 to .37 of the naive error, coverage .90 to .92.
    assert np.mean(score) / np.mean(naive) < 0.5
    assert np.mean(inside) > 0.8
