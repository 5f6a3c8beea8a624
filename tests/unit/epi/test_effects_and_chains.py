"""Effects, chains and common sources: bad input gives a named error with advice, small truths hold."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from salus.epi import chains, common_source, effects, errors

RNG = np.random.default_rng(1)
NOISE = np.random.default_rng(2).normal(size=(30, 4))
GENERATION = [0.0, 0.5, 0.5]
DELAY = [0.2, 0.5, 0.3]


def tree(dates, **more):
    return chains.who_infected_whom(
        dates, **({"generation": GENERATION, "delay": DELAY, "rng": RNG, "draws": 100} | more)
    )


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: effects.synthetic_control([], start=3), errors.EmptyInputError),
        (lambda: effects.synthetic_control(NOISE[:, 0], start=10), errors.ShapeMismatchError),
        (lambda: effects.synthetic_control(NOISE * np.nan, start=10), errors.MissingInputError),
        (lambda: effects.synthetic_control(NOISE, start=2), errors.TooShortError),
        (lambda: effects.synthetic_control(NOISE, start=10, treated=4), errors.InvalidParameterError),
        (lambda: effects.synthetic_control(NOISE, start=10, fit=(5, 11)), errors.InvalidParameterError),
        (lambda: effects.synthetic_control(NOISE, start=10, predictors=[[1, 1, 1, 1]]), errors.InvalidParameterError),
        (lambda: effects.synthetic_control(NOISE, start=10, predictors=[[1, 2, 3]]), errors.ShapeMismatchError),
        (lambda: effects.structural_effect(NOISE, start=20, rng=RNG), errors.ShapeMismatchError),
        (lambda: effects.structural_effect(NOISE[:, 0], start=3, rng=RNG), errors.TooShortError),
        (lambda: effects.structural_effect(np.zeros(30), start=20, rng=RNG), errors.InvalidParameterError),
        (lambda: effects.structural_effect([*range(20), np.nan], start=15, rng=RNG), errors.MissingInputError),
        (lambda: effects.averted_by_model([1, 2], [[1, 2], [3, 4]]), errors.ShapeMismatchError),
        (lambda: effects.averted_by_model([1], np.zeros((1, 100))), errors.InvalidParameterError),
        (lambda: effects.averted_by_model([-1], np.ones((1, 100))), errors.NegativeInputError),
        (lambda: chains.offspring_distribution([]), errors.EmptyInputError),
        (lambda: chains.offspring_distribution([1, 2, 3]), errors.TooShortError),
        (lambda: chains.offspring_distribution([0] * 20), errors.InvalidParameterError),
        (lambda: chains.offspring_distribution([0.5] * 20), errors.MissingInputError),
        (lambda: chains.offspring_from_clusters([1] * 20), errors.InvalidParameterError),
        (lambda: chains.offspring_from_clusters([2] * 20, imports=[3] * 20), errors.InvalidParameterError),
        (lambda: chains.share_of_top(0.0), errors.InvalidParameterError),
        (lambda: chains.extinction_probability(-1, 1), errors.InvalidParameterError),
        (lambda: chains.delay_distribution([], []), errors.EmptyInputError),
        (lambda: chains.delay_distribution([5] * 6, [1] * 6), errors.InvalidParameterError),
        (lambda: chains.delay_distribution([1] * 6, [9] * 6, truncated_at=5), errors.InvalidParameterError),
        (lambda: chains.delay_distribution([1] * 3, [2] * 3), errors.TooShortError),
        (lambda: chains.transmission_pairs([], [], []), errors.EmptyInputError),
        (lambda: chains.transmission_pairs("ab", "a", "c"), errors.InvalidParameterError),
        (lambda: chains.transmission_pairs("ab", "ab", "ba"), errors.InvalidParameterError),
        (lambda: tree([]), errors.EmptyInputError),
        (lambda: tree([1]), errors.TooShortError),
        (lambda: tree([1, 2.5]), errors.MissingInputError),
        (lambda: tree([1, 2], generation=[0.5, 0.5]), errors.InvalidParameterError),
        (lambda: tree([1, 2], delay=[0.5]), errors.InvalidSerialIntervalError),
        (lambda: tree([1, 2], distances=[[0, 1], [1, 0]]), errors.InvalidParameterError),
        (lambda: tree([1, 2], distances=[[0, 1], [2, 0]], genome_length=9), errors.InvalidParameterError),
        (lambda: tree([1, 2], contacts=[[0, 2]]), errors.InvalidParameterError),
        (lambda: common_source.two_by_two([]), errors.EmptyInputError),
        (lambda: common_source.two_by_two([[0, 0], [0, 0]]), errors.EmptyInputError),
        (lambda: common_source.two_by_two([[1, -1], [0, 2]]), errors.NegativeInputError),
        (lambda: common_source.two_by_two([[1, 0.5], [0, 2]]), errors.MissingInputError),
        (lambda: common_source.two_by_two([1, 2]), errors.ShapeMismatchError),
        (lambda: common_source.mantel_haenszel([[[1, 0], [0, 0]]]), errors.InvalidParameterError),
        (lambda: common_source.dose_response([1, 2], [0, 0]), errors.InvalidParameterError),
        (lambda: common_source.attack_rates([1, 0], [[1], [2]], ["egg"]), errors.InvalidParameterError),
        (lambda: common_source.exposure_window([], DELAY), errors.EmptyInputError),
        (lambda: common_source.exposure_window([1], [0.5]), errors.InvalidSerialIntervalError),
        (lambda: common_source.back_calculate([0, 0, 0], DELAY), errors.EmptyInputError),
        (lambda: common_source.traceback(np.eye(2), [0, 0], [1, 1]), errors.EmptyInputError),
        (lambda: common_source.traceback([[0, 1], [1, 0]], [1, 0], [1, 1]), errors.InvalidParameterError),
        (lambda: common_source.traceback(np.eye(2), [1, 0], [0, 1]), errors.InvalidParameterError),
    ],
)
def test_degenerate_input_raises_a_named_error_with_advice(call, error):
    with pytest.raises(error) as caught:
        call()
    assert len(str(caught.value)) > 20


def test_importing_compiles_nothing():
    code = (
        "import sys, salus.epi.effects, salus.epi.chains, salus.epi.common_source;"
        "sys.exit('numba' in sys.modules or 'django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_effect_that_was_put_in_is_found_and_special():
    rng = np.random.default_rng(5)
    control = np.cumsum(rng.normal(size=80))
    series = 20 + control + rng.normal(size=80) * 0.3
    series[60:] -= 4
    found = effects.structural_effect(series, controls=control, start=60, rng=rng, draws=500)
    assert found.lower < -4 < found.upper < 0
    assert found.placebo_share < 0.2
    assert found.counterfactual.shape == (80,)
    assert found.quantiles.shape == (20, 7)


def test_averted_counts_and_the_placebo_of_a_wrong_model():
    rng = np.random.default_rng(4)
    runs = rng.poisson(100, size=(30, 400)).astype(float)
    seen = np.concatenate([rng.poisson(100, 15), rng.poisson(60, 15)]).astype(float)
    found = effects.averted_by_model(seen, runs, start=15)
    assert found.lower < 600 < found.upper
    assert found.probability == 1
    assert found.placebo > 0.01
    wrong = effects.averted_by_model(seen, runs * 2, start=15)
    assert wrong.placebo == 0
    assert np.isnan(effects.averted_by_model(seen, runs).placebo)


def test_pairs_count_generations_and_name_the_ambiguous():
    found = chains.transmission_pairs("abcd", "abac", "bccd", onsets=[0, 4, np.nan, 9])
    assert list(found.infectees) == [2, 1, 1, 0]
    assert list(found.ambiguous) == [2]
    assert list(found.generation) == [0, 1, 2, 3]
    np.testing.assert_array_equal(found.serial_interval, [4, np.nan, np.nan, np.nan])


def test_genomes_tell_two_chains_apart():
    dates = np.array([0, 1, 2, 3, 4, 5])
    apart = np.abs(np.subtract.outer(np.array([0, 40, 1, 41, 2, 42]), np.array([0, 40, 1, 41, 2, 42])))
    found = tree(dates, distances=apart, genome_length=10_000, draws=300)
    assert list(found.infector[2:]) == [0, 1, 2, 3]
    assert (found.infector[:2] == -1).all()
    np.testing.assert_allclose(found.probability.sum(axis=1), 1)


def test_a_table_without_anybody_exposed_is_undefined():
    found = common_source.two_by_two([[0, 0], [3, 9]])
    assert np.isnan(found.attack_exposed)
    assert np.isnan(found.exact_odds_ratio).all()
    assert np.isnan(found.chi_square)
    assert found.fisher_two_sided == 1


def test_exposure_at_a_picnic_is_dated():
    hours = np.array([0.0, 0.1, 0.3, 0.3, 0.2, 0.1])
    rng = np.random.default_rng(3)
    found = common_source.exposure_window(20 + rng.choice(6, 60, p=hours), hours)
    assert found.likeliest == (20, 20)
    assert found.point_source > 0.5


def test_the_shared_supplier_is_traced():
    flows = np.zeros((6, 6))
    flows[0, 0] = flows[1, 1] = 10
    flows[0, [2, 3]] = 5
    flows[1, [4, 5]] = 5
    found = common_source.traceback(flows, [0, 0, 12, 9, 1, 0], [0, 0, 50, 50, 50, 50])
    assert found.ranking[0] == 0
    assert found.explained[0] > 0.8
    assert found.concentration[0, 2] == 1
