"""Interrupted time series against R's glm on the Sicilian smoking ban (Lopez Bernal 2017)."""

from __future__ import annotations

import numpy as np
import pytest

from salus.epi import interrupted_time_series
from tests.baseline.epi.shared import reference, table

MODELS = {
    "1_poisson": {"quasi": False},
    "2_quasi": {},
    "3_quasi_harmonic": {"harmonics": 2},
    "4_quasi_harmonic_slope": {"harmonics": 2, "slope": True},
}
NAMES = {"smokban": "level", "smokban:I(time - 36)": "slope"}


@pytest.mark.parametrize("model", MODELS)
def test_smoking_ban(model):
    data = table("epi/intervention/sicily_aces.csv", "month", "aces", "stdpop")
    found = interrupted_time_series(data[:, 1], start=36, population=data[:, 2], season=data[:, 0], **MODELS[model])
    lines = reference("epi/intervention/sicily_its_reference.csv").read_text().splitlines()[1:]
    rows = [line.split(",") for line in lines if line.startswith(model)]
    assert len(rows) == len(found.terms)
    for _, term, value, error, ratio, lower, upper in rows:
        place = found.terms.index(NAMES.get(term, term))
        assert found.coefficients[place] == pytest.approx(float(value), abs=1e-8)
        assert found.errors[place] == pytest.approx(float(error), abs=1e-8)
        if term == "smokban":
            wanted = [float(ratio), float(lower), float(upper)]
            np.testing.assert_allclose([found.ratio, found.lower, found.upper], wanted, rtol=0, atol=1e-8)
    assert found.averted_lower < found.averted < found.averted_upper
    # The ban's effect is larger than that of nearly every false date before it.
    assert found.placebo_share < 0.1
