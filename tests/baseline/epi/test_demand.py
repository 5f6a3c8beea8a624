"""Beds: equal to R's survival on censored stays, to closed forms, and better than what people run."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from salus.epi import to_frame
from salus.epi.demand import Ward, forecast_occupancy, length_of_stay, ward_flow
from tests.baseline.epi.shared import ROOT, reference

LEVELS = np.array([0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99])
DATA = ROOT / "tests/baseline/epi/data"


def icu():
    """Occupied ICU beds, days by states."""
    path = reference("icu/icu_states_to_2021-09.parquet")
    table = pl.read_parquet(path).with_columns(pl.col("date").cast(pl.String))
    wide = table.pivot(on="state", index="date", values="covid_icu_occupied").sort("date")
    return wide.drop("date").to_numpy().astype(float)


def wis(quantiles, truth):
    error = truth[..., None] - quantiles
    return 2 * np.maximum(LEVELS * error, (LEVELS - 1) * error).mean(axis=-1)


def persistence(history, horizon):
    """Last value, with the spread of past changes in both directions."""
    change = history[horizon:] - history[:-horizon]
    both = np.concatenate([change, -change])
    return np.maximum(0, history[-1][:, None] + np.quantile(both, LEVELS, axis=0).T)


def test_forecasts_of_german_intensive_care_beat_persistence_by_the_stated_margin():
    beds = icu()
    ours, theirs, inside = np.zeros(3), np.zeros(3), np.zeros(3)
    origins = range(150, beds.shape[0] - 28, 35)
    for origin in origins:
        known = beds[: origin + 1]
        found = forecast_occupancy(known, horizon=28, rng=np.random.default_rng(1), quantiles=LEVELS, samples=0)
        for place, horizon in enumerate((7, 14, 28)):
            truth = beds[origin + horizon]
            quantiles = found.quantiles[horizon - 1]
            ours[place] += wis(quantiles, truth).sum()
            theirs[place] += wis(persistence(known, horizon), truth).sum()
            inside[place] += ((truth >= quantiles[:, 1]) & (truth <= quantiles[:, -2])).mean()
    assert (ours / theirs < [0.65, 0.65, 0.80]).all()
    assert (inside / len(origins) > 0.90).all()


def test_stays_equal_the_survival_package_of_r():
    # Made by tests/baseline/epi/data/length_of_stay.R: survreg on interval-censored stays.
    with np.load(DATA / "length_of_stay.npz") as stored:
        days, left, expected = stored["days"], stored["left"], stored["parameters"]
    for row, family in enumerate(("weibull", "lognormal")):
        found = length_of_stay(days, discharged=left, families=[family])
        location, scale = expected[row, :2]
        assert found.parameters[0, 0] == pytest.approx(location, abs=1e-4)
        assert found.parameters[0, 1] == pytest.approx(-np.log(scale), abs=1e-4)
        assert found.aic[family] == pytest.approx(4 - 2 * expected[row, 2], abs=1e-4)


def test_steady_admissions_fill_beds_by_littles_law():
    stay = np.array([0.1, 0.2, 0.3, 0.4])
    flow = ward_flow(np.full((30, 1), 7.0), [Ward("ward", stay)])
    assert flow.occupancy[-1, 0] == pytest.approx(7 * stay @ np.arange(4))
    assert flow.exits[-1, 0] == pytest.approx(7)


def test_flow_between_wards_is_the_convolution_of_stays():
    first, second = np.array([0, 0.5, 0.5]), np.array([0, 0.25, 0.25, 0.5])
    admissions = np.zeros((12, 2))
    admissions[0, 0] = 100
    flow = ward_flow(admissions, [Ward("icu", first, {"ward": 0.8}), Ward("ward", second)])
    entries = np.zeros(12)
    entries[:3] = 80 * first
    left = 1 - np.cumsum(second)
    np.testing.assert_allclose(flow.entries[:, 1], entries, atol=1e-12)
    np.testing.assert_allclose(flow.occupancy[:, 1], np.convolve(entries, left)[:12], atol=1e-9)


def test_forecasts_become_a_table_from_tomorrow_on():
    beds = np.random.default_rng(2).poisson(50, (40, 2)).astype(float)
    found = forecast_occupancy(beds, horizon=3, rng=np.random.default_rng(1), quantiles=(0.5,))
    frame = to_frame(found, reference_date=date(2024, 1, 1), target="icu beds", locations=["A", "B"])
    assert frame["horizon"].unique().sort().to_list() == [1, 2, 3]
    assert frame["value"].null_count() == 0
