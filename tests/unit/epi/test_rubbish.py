"""Rubbish put into every function of the library: a named error with advice, never another one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import pytest

import salus.epi as epi
from salus.epi import errors

INTERVAL = np.array([0.0, 0.2, 0.5, 0.3])
WINDOWS = epi.circular_windows(np.random.default_rng(3).random((4, 2)), np.full(4, 100.0))
CALLS: dict[str, Callable[[Any], object]] = {
    "ears": epi.ears,
    "bayes": epi.bayes,
    "rki": epi.rki,
    "outbreak_p": epi.outbreak_p,
    "farrington_flexible": epi.farrington_flexible,
    "detect_outbreaks": epi.detect_outbreaks,
    "cusum": lambda x: epi.cusum(x, expected=5.0),
    "likelihood_ratio": lambda x: epi.likelihood_ratio(x, expected=5.0),
    "baseline_pvalues": epi.baseline_pvalues,
    "estimate_rt": lambda x: epi.estimate_rt(x, INTERVAL),
    "wallinga_teunis": lambda x: epi.wallinga_teunis(x, INTERVAL, rng=fresh()),
    "growth_rate": epi.growth_rate,
    "forecast": lambda x: epi.forecast(x, horizon=3, rng=fresh()),
    "forecast_occupancy": lambda x: epi.forecast_occupancy(x, horizon=3, rng=fresh()),
    "interrupted_time_series": lambda x: epi.interrupted_time_series(x, start=20),
    "structural_effect": lambda x: epi.structural_effect(x, start=20, rng=fresh()),
    "synthetic_control": lambda x: epi.synthetic_control(x, start=20),
    "burn_rate": epi.burn_rate,
    "days_of_supply": lambda x: epi.days_of_supply(x, 3.0),
    "draw_usage": lambda x: epi.draw_usage(x, horizon=3, rng=fresh()),
    "stock_out": lambda x: epi.stock_out(100.0, x),
    "offspring_distribution": epi.offspring_distribution,
    "offspring_from_clusters": epi.offspring_from_clusters,
    "delay_distribution": lambda x: epi.delay_distribution(np.zeros(40), x),
    "length_of_stay": lambda x: epi.length_of_stay(x, discharged=np.ones(40, bool)),
    "back_calculate": lambda x: epi.back_calculate(x, INTERVAL),
    "exposure_window": lambda x: epi.exposure_window(x, INTERVAL),
    "two_by_two": epi.two_by_two,
    "mantel_haenszel": epi.mantel_haenszel,
    "expected_crowding": lambda x: epi.expected_crowding(x, start=datetime(2026, 1, 5), horizon=24),
    "control_false_discoveries": epi.control_false_discoveries,
    "normalise_wastewater": lambda x: epi.normalise_wastewater(x, population=1000.0),
    "wastewater_trend": lambda x: epi.wastewater_trend(x, rng=fresh()),
    "wastewater_rt": lambda x: epi.wastewater_rt(x, generation=INTERVAL, shedding=INTERVAL, rng=fresh()),
    "scan_poisson": lambda x: epi.scan_poisson(x, np.ones((40, 4)), WINDOWS, rng=fresh(), replicates=9),
    "scan_permutation": lambda x: epi.scan_permutation(x, WINDOWS, rng=fresh(), replicates=9),
    "scan_bernoulli": lambda x: epi.scan_bernoulli(x, np.ones((40, 4)), WINDOWS, rng=fresh(), replicates=9),
}
RUBBISH: dict[str, Any] = {
    "nothing": [],
    "words": ["three", "four"],
    "rows of different length": [[1, 2], [3]],
    "an object": object(),
    "one value": [3.0],
    "nothing but NaN": np.full(40, np.nan),
    "an infinite value": np.r_[np.full(39, 4.0), np.inf],
    "four axes": np.ones((4, 3, 2, 2)),
    "zeros": np.zeros(40),
    "below zero": np.r_[np.full(39, 4.0), -4.0],
    "impossibly large": np.random.default_rng(5).poisson(20, 40) * 1e12,
}


def fresh() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("name", CALLS)
def test_rubbish_is_refused_by_name_or_answered(name: str, rubbish: str) -> None:
    # Any other error fails the test.
    with contextlib.suppress(errors.EpiError):
        CALLS[name](RUBBISH[rubbish])


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("rubbish", ["nothing", "words", "rows of different length", "an object"])
def test_what_holds_no_numbers_is_always_refused(name: str, rubbish: str) -> None:
    with pytest.raises(errors.EpiError) as caught:
        CALLS[name](RUBBISH[rubbish])
    assert len(str(caught.value)) > 20
