"""Laws of forecasts, scores and hub states for any input."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from salus.epi import forecast
from salus.epi.ahead import learn_revisions
from salus.epi.ahead.persistence import persistence
from salus.epi.hub import relative_wis, target_state, weighted_interval_score

LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
VALUES = st.floats(0, 1e6)
FEW = settings(max_examples=25, deadline=None)


def _waves(places, weeks, seed):
    """Counts of seasonal waves of differing height and time, with chance in their growth."""
    rng = np.random.default_rng(seed)
    week = np.arange(weeks)[:, None]
    peak = 20 + rng.normal(0, 2, (1, places)) + 3 * rng.standard_normal((1, 1))
    season = np.exp(-0.5 * (((week - peak + 26) % 52 - 26) / 5) ** 2)
    noise = np.exp(np.cumsum(rng.normal(0, 0.05, (weeks, places)), axis=0))
    return rng.poisson((2 + 150 * season) * noise * np.linspace(0.3, 3, places))


@FEW
@given(st.lists(st.tuples(VALUES, VALUES), min_size=2, max_size=8), st.floats(0.01, 100))
def test_wis_grows_with_the_scale_and_is_never_negative(pairs, factor):
    quantiles = np.sort(np.random.default_rng(1).random((len(pairs), LEVELS.size)), axis=1)
    quantiles = quantiles * np.array(pairs)[:, :1]
    truth = np.array(pairs)[:, 1]
    plain = weighted_interval_score(quantiles, LEVELS, truth)
    assert (plain >= 0).all()
    np.testing.assert_allclose(
        weighted_interval_score(factor * quantiles, LEVELS, factor * truth), factor * plain, rtol=1e-9, atol=1e-9
    )


@FEW
@given(arrays(np.float64, (12, 3), elements=st.floats(0.01, 50)))
def test_relative_scores_do_not_depend_on_the_unit_and_the_baseline_is_one(table):
    def frame(factor):
        rows = [
            {"model": f"m{m}", "task": t, "wis": factor * table[t, m], "inside_50": True, "inside_95": True}
            for t in range(12)
            for m in range(3)
        ]
        return relative_wis(pl.DataFrame(rows), ["task"], "m0").sort("model")

    one, other = frame(1.0), frame(7.0)
    np.testing.assert_allclose(one["relative_wis"], other["relative_wis"], rtol=1e-9)
    assert one["relative_wis"][0] == 1.0
    np.testing.assert_allclose(one["relative_wis"], table.mean(axis=0) / table[:, 0].mean(), rtol=1e-9)


@FEW
@given(arrays(np.float64, (15, 3), elements=VALUES), st.randoms(use_true_random=False))
def test_a_place_is_told_the_same_wherever_it_stands(table, random):
    order = list(range(3))
    random.shuffle(order)
    rng = np.random.default_rng(0)
    plain = forecast(table, horizon=3, rng=rng, period=1, samples=0).quantiles
    mixed = forecast(table[:, order], horizon=3, rng=rng, period=1, samples=0).quantiles
    np.testing.assert_allclose(mixed, plain[:, order], rtol=1e-6, atol=1e-6)


def test_the_ensemble_does_not_depend_on_the_order_of_places_or_the_seed():
    table = _waves(6, 90, 3)
    order = np.array([3, 0, 5, 1, 4, 2])
    one = forecast(table, horizon=3, rng=np.random.default_rng(1), period=1, samples=0)
    two = forecast(table[:, order], horizon=3, rng=np.random.default_rng(2), period=1, samples=0)
    assert one.parameters["maturity"] > 0.3
    np.testing.assert_allclose(two.quantiles, one.quantiles[:, order], rtol=1e-9)
    assert (np.diff(one.quantiles, axis=-1) >= 0).all()


def test_the_ensemble_holds_simulated_truth_and_beats_the_baseline():
    levels = (0.025, 0.25, 0.5, 0.75, 0.975)
    inside, ours, theirs = [], [], []
    for seed in (1, 2):
        table = _waves(12, 150, seed)
        for now in (118, 126, 134):
            found = forecast(
                table[:now],
                horizon=4,
                rng=np.random.default_rng(1),
                period=1,
                days=7 * np.arange(now),
                quantiles=levels,
            ).quantiles
            base = persistence(table[:now].astype(float), 4, np.array(levels))
            truth = table[now : now + 4].astype(float)
            inside.append((found[..., 0] <= truth) & (truth <= found[..., -1]))
            ours.append(weighted_interval_score(found, levels, truth).mean())
            theirs.append(weighted_interval_score(base, levels, truth).mean())
    assert 0.88 <= np.mean(inside) <= 1.0
    assert np.mean(ours) < 0.8 * np.mean(theirs)


@FEW
@given(st.floats(1.05, 1.5), st.integers(6, 20))
def test_a_steady_revision_is_found(factor, states):
    final = np.full((40, 2), 1000.0)
    earlier = np.full((states, 40, 2), np.nan)
    for ago in range(1, states + 1):
        earlier[ago - 1, : 40 - ago] = 1000.0
        earlier[ago - 1, 39 - ago] = 1000.0 / factor
    found = learn_revisions(final, earlier).factor
    assert (found[0] > 1 + 0.4 * (factor - 1)).all() and (found[0] <= factor + 1e-9).all()
    np.testing.assert_allclose(found[1], 1.0, atol=1e-9)


@FEW
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8), st.integers(0, 99)), min_size=1, max_size=60))
def test_what_is_known_at_a_moment_does_not_depend_on_what_comes_later(rows):
    start = date(2024, 1, 6)
    frame = pl.DataFrame(
        [
            {
                "target": "t",
                "location": "A",
                "date": start + timedelta(days=7 * week),
                "value": float(value),
                "as_of": (start + timedelta(days=day)).isoformat(),
            }
            for day, week, value in [(0, 0, 1), *rows]
        ]
    )
    moment = (start + timedelta(days=30)).isoformat()
    whole = target_state(frame, "t", moment)
    cut = target_state(frame.filter(pl.col("as_of") <= moment), "t", moment)
    np.testing.assert_array_equal(whole.table, cut.table)
    np.testing.assert_array_equal(whole.earlier, cut.earlier)
