"""Reproduction numbers against EpiEstim 2.2-4."""

from __future__ import annotations

import numpy as np
import pytest

from salus.epi import SerialInterval, discretised_serial_interval, estimate_rt
from tests.baseline.epi.shared import table

CASES = {"Flu2009": (2.6, 1.5, 0), "Measles1861": (14.9, 3.9, 7)}


@pytest.mark.parametrize("name", CASES)
def test_discretised_serial_interval(name):
    mean, sd, _ = CASES[name]
    expected = table(f"epi/rt/{name}_si_parametric_discretised.csv")[:, 1]
    days = len(table(f"epi/rt/{name}_incidence.csv"))
    found = discretised_serial_interval(mean, sd, days=days)
    np.testing.assert_allclose(found, expected[:days], rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["parametric", "nonparametric"])
@pytest.mark.parametrize("name", CASES)
def test_estimate_rt_equals_the_reference(name, kind):
    mean, sd, leading = CASES[name]
    cases = table(f"epi/rt/{name}_incidence.csv")[:, -1]
    interval = SerialInterval(mean, sd) if kind == "parametric" else table(f"epi/rt/{name}_si_distr.csv")[:, 1]
    expected = table(f"epi/rt/{name}_R_{kind}_weekly.csv")
    result = estimate_rt(cases, interval)
    ends = expected[:, 1].astype(int) - 1
    found = np.column_stack([result.mean, result.sd, result.quantiles])
    np.testing.assert_allclose(found[ends], expected[:, 2:], rtol=0, atol=1e-9)
    assert np.isnan(expected[:, 2]).sum() == leading
    assert result.undefined[: ends[0]].all()
