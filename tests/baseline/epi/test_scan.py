"""Scan statistics equal SaTScan 10.3.2 on New Mexico brain cancer, 1973 to 1991."""

from __future__ import annotations

import csv
import json
import math
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from salus.epi.scan import (
    circular_windows,
    expected_cases,
    person_time,
    scan_permutation,
    scan_poisson,
)
from tests.baseline.epi.shared import reference

FIRST, STEPS, RUNS = 1973, 19, 999
DEVIATIONS = 4


def rows(name):
    with reference(f"epi/scan/{name}").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def mexico() -> dict[str, Any]:
    """Cases and person-days by year, county, age group and sex; coordinates; names."""
    places = rows("nm_coordinates.csv")
    names = [row["county"] for row in places]
    people = rows("nm_population.csv")
    years = sorted({int(row["year"]) for row in people})
    cases = np.zeros((STEPS, len(names), 18, 2))
    census = np.zeros((len(years), len(names), 18, 2))
    for row in rows("nm_cases.csv"):
        cell = names.index(row["county"]), int(row["age_group"]) - 1, int(row["sex"]) - 1
        cases[int(row["year"]) - FIRST, *cell] += int(row["cases"])
    for row in people:
        cell = names.index(row["county"]), int(row["age_group"]) - 1, int(row["sex"]) - 1
        census[years.index(int(row["year"])), *cell] += float(row["population"])
    edges = [date(FIRST + k, 1, 1).toordinal() for k in range(STEPS + 1)]
    risk = person_time(census, [date(year, 7, 1).toordinal() for year in years], edges)
    where = np.array([[float(row["lat"]), float(row["lon"])] for row in places])
    return {"names": names, "cases": cases, "risk": risk, "where": where}


def scanned(key):
    """Run the analysis that a reference case names."""
    data = mexico()
    cases = data["cases"].sum(axis=(2, 3))
    rng = np.random.default_rng(20)
    if key == "nm_stpermutation":
        windows = circular_windows(data["where"], cases.sum(axis=0))
        return scan_permutation(cases, windows, rng=rng, analysis="space-time", replicates=RUNS)
    if "nocov" in key:
        expected = expected_cases(cases, data["risk"].sum(axis=(2, 3)))
    else:
        expected = expected_cases(data["cases"], data["risk"])
    windows = (
        None if "temporal" in key and "space" not in key else circular_windows(data["where"], expected.sum(axis=0))
    )
    analysis = "spatial" if "spatial" in key else "prospective" if "prospective" in key else "space-time"
    return scan_poisson(cases, expected, windows, rng=rng, analysis=analysis, replicates=RUNS)


def years_of(frame):
    """First and last year of SaTScan's time frame, as time steps."""
    first, last = frame.split(" to ")
    return int(first[:4]) - FIRST, int(last[:4]) - FIRST


KEYS = [
    "nm_spacetime_poisson",
    "nm_spatial_poisson",
    "nm_temporal_poisson",
    "nm_prospective_poisson",
    "nm_nocov_spacetime_poisson",
    "nm_nocov_spatial_poisson",
    "nm_stpermutation",
]


@pytest.mark.parametrize("key", KEYS)
def test_every_cluster_of_satscan_is_found_with_its_figures(key):
    wanted = json.loads(reference("epi/scan/nm_reference.json").read_text())[key]["clusters"]
    result = scanned(key)
    names = mexico()["names"]
    # Fewer replicates see less far down: SaTScan's list is of 99,999, and both end at the smallest.
    assert sum(float(want["P-value"]) < 0.99 for want in wanted) <= len(result.clusters) <= len(wanted)
    for cluster, want in zip(result.clusters, wanted, strict=False):
        ratio = want.get("Log likelihood ratio") or want["Test statistic"]
        assert cluster.log_likelihood_ratio == pytest.approx(float(ratio), abs=1e-5)
        assert cluster.cases == int(want["Number of cases"])
        assert cluster.expected == pytest.approx(float(want["Expected cases"]), abs=0.006)
        assert cluster.ratio == pytest.approx(float(want["Observed / expected"]), abs=0.006)
        if "Time frame" in want:
            assert (cluster.start, cluster.end) == years_of(want["Time frame"])
        if "Relative risk" in want:
            assert cluster.relative_risk == pytest.approx(float(want["Relative risk"]), abs=0.006)
        if "Coordinates / radius" in want:
            assert {names[zone] for zone in cluster.zones} == set(want["Location IDs included"].split(", "))
            assert cluster.radius == pytest.approx(float(want["Coordinates / radius"].split("/ ")[1][:-3]), abs=0.006)
        p = float(want["P-value"])
        error = math.sqrt(max(p * (1 - p), 1e-5) * (1 / RUNS + 1 / 99_999))
        assert abs(cluster.pvalue - p) < DEVIATIONS * error + 1 / (RUNS + 1)


def test_recurrence_is_in_years_of_the_study():
    wanted = json.loads(reference("epi/scan/nm_reference.json").read_text())["nm_prospective_poisson"]["clusters"]
    for cluster, want in zip(scanned("nm_prospective_poisson").clusters, wanted, strict=False):
        years = float(want["Recurrence interval"].split()[0])
        assert cluster.recurrence == pytest.approx(1 / cluster.pvalue)
        assert abs(1 / cluster.recurrence - 1 / years) < 0.01 + 4 * math.sqrt(1 / years / RUNS)


def test_gumbel_and_monte_carlo_agree():
    result = scanned("nm_spacetime_poisson")
    assert result.clusters[0].gumbel_pvalue == pytest.approx(0.01106, abs=0.008)
