"""Chains against the MERS outbreak in Korea, coarseDataTools and published probabilities."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import nbinom

from salus.epi.chains import (
    delay_distribution,
    extinction_probability,
    offspring_distribution,
    offspring_from_clusters,
    share_of_top,
    transmission_pairs,
)
from tests.baseline.epi.shared import reference

DATA = Path(__file__).parent / "data"


def test_mers_in_korea():
    with reference("epi/chains/mers_korea_2015_contacts.csv").open() as file:
        pairs = list(csv.DictReader(file))
    with reference("epi/chains/mers_korea_2015_linelist.csv").open() as file:
        cases = list(csv.DictReader(file))
    wanted = json.loads(reference("epi/chains/mers_offspring_reference.json").read_text())
    onsets = [np.nan if row["dt_onset"] == "NA" else np.datetime64(row["dt_onset"]).astype(int) for row in cases]
    found = transmission_pairs(
        [row["id"] for row in cases], [row["from"] for row in pairs], [row["to"] for row in pairs], onsets=onsets
    )
    assert sorted(found.infectees)[::-1][:5] == wanted["max_offspring"]
    fit = offspring_distribution(found.infectees)
    assert pytest.approx(wanted["R_mle"], abs=1e-4) == fit.R
    assert fit.k == pytest.approx(wanted["k_mle"], abs=1e-4)
    assert fit.loglik == pytest.approx(wanted["loglik"], abs=1e-6)
    given = np.array([float(row["diff_dt_onset"]) if row["diff_dt_onset"] != "NA" else np.nan for row in pairs])
    both = np.isfinite(given) & np.isfinite(found.serial_interval)
    assert both.sum() > 80
    np.testing.assert_array_equal(found.serial_interval[both], given[both])


@pytest.mark.parametrize(
    ("family", "first", "second", "loglik"),
    [
        ("gamma", 5.49189, 0.764881, -94.85978),
        ("lognormal", 1.345534, np.exp(-0.822585), -96.405678),
        ("weibull", 2.64829, 4.731387, -93.987866),
    ],
)
def test_coarse_data_tools(family, first, second, loglik):
    windows = np.genfromtxt(DATA / "coarse_pairs.csv", delimiter=",", skip_header=1)
    found = delay_distribution(windows[:, :2], windows[:, 2:], family=family)
    # coarseDataTools leaves out that the first event is uniform over its window.
    constant = np.log(windows[:, 1] - windows[:, 0]).sum()
    assert found.loglik + constant == pytest.approx(loglik, abs=2e-6)
    assert found.first == pytest.approx(first, rel=1e-4)
    assert found.second == pytest.approx(second, rel=1e-4)


def test_share_of_the_most_infectious_fifth_as_published_for_sars():
    # Lloyd-Smith et al. 2005: at k = .16 the top fifth causes nearly nine in ten infections.
    assert share_of_top(0.16) == pytest.approx(0.88, abs=0.005)


def test_extinction_is_the_root_of_the_generating_function():
    root = extinction_probability(3.0, 0.16)
    assert root == pytest.approx((1 + 3 * (1 - root) / 0.16) ** -0.16, abs=1e-12)
    # Geometric offspring (k = 1) die out with probability 1 / R.
    assert extinction_probability(4.0, 1.0, 2) == pytest.approx(1 / 16, abs=1e-12)


def test_cluster_sizes_have_the_likelihood_of_blumberg_and_lloyd_smith():
    sizes = np.array([1] * 40 + [2] * 8 + [3] * 4 + [5, 9, 20])
    found = offspring_from_clusters(sizes)
    chance = nbinom.pmf(sizes - 1, found.k * sizes, found.k / (found.k + found.R)) / sizes
    assert found.loglik == pytest.approx(np.log(chance).sum(), abs=1e-6)
    # The mean cluster from one import is 1 / (1 - R), and the estimate solves that exactly.
    assert pytest.approx(1 - 1 / sizes.mean(), abs=1e-5) == found.R
