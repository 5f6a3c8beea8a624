"""Every result with quantiles over time becomes the same kind of table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

import salus.epi as epi

INTERVAL = np.array([0.0, 0.2, 0.5, 0.3])
DAILY = np.random.default_rng(2).poisson(40, 84)
PLACES = np.random.default_rng(3).normal(50, 3, (40, 4)) + np.arange(40)[:, None]


def fresh() -> np.random.Generator:
    return np.random.default_rng(1)


def forecast_of_crowding() -> Any:
    people = np.random.default_rng(4).poisson(30, (24 * 21, 2))
    return epi.expected_crowding(people, start=datetime(2026, 1, 5), horizon=24)


RESULTS: dict[str, Callable[[], Any]] = {
    "forecast": lambda: epi.forecast(DAILY, horizon=5, rng=fresh()),
    "occupancy": lambda: epi.forecast_occupancy(DAILY, horizon=5, rng=fresh()),
    "R": lambda: epi.estimate_rt(DAILY, INTERVAL),
    "R by zone": lambda: epi.estimate_rt_by_zone(np.stack([DAILY, DAILY[::-1]], axis=1), INTERVAL),
    "R of those infected": lambda: epi.wallinga_teunis(DAILY, INTERVAL, rng=fresh()),
    "growth": lambda: epi.growth_rate(DAILY),
    "growth of two": lambda: epi.growth_rate(np.stack([DAILY, DAILY], axis=1)),
    "sewage": lambda: epi.wastewater_trend(DAILY * 100.0, rng=fresh()),
    "effect beside others": lambda: epi.synthetic_control(PLACES, start=25),
    "effect beside its own past": lambda: epi.structural_effect(PLACES[:, 0], start=30, rng=fresh()),
    "crowding": forecast_of_crowding,
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_with_quantiles_over_time_becomes_a_table(name: str) -> None:
    result = RESULTS[name]()
    values = result.quantiles if result.quantiles.ndim == 3 else result.quantiles[:, None]
    labels = [f"place {number}" for number in range(values.shape[1])]
    frame = epi.to_frame(result, reference_date=date(2026, 3, 1), target=name, locations=labels)
    assert frame.height == values.size
    assert frame["location"].unique(maintain_order=True).to_list() == labels
    assert np.allclose(frame["output_type_id"].unique(maintain_order=True), result.quantile_levels)
    inside = frame.drop_nulls("value").group_by("horizon", "location").agg(pl.col("value").diff().min())
    assert inside.height > 0
    assert inside["value"].min() >= 0
    assert frame["value"].null_count() == np.isnan(values).sum()
