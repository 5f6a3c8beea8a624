"""EARS C2 on the newest step of each series."""

from __future__ import annotations

import numpy as np

from salus.assess.methods.contracts import Detection, Parameters
from salus.epi.aberration import ears
from salus.epi.arrays import FloatArray

BASELINE, LAG = 7, 2
# Steps that are needed to judge the last one.
steps = BASELINE + LAG + 1


def run(counts: FloatArray, parameters: Parameters) -> Detection:
    """Judge the last row of counts (T, S); all NaN where there are too few steps."""
    table = counts[-steps:]
    if table.shape[0] < steps or not table.shape[1]:
        nothing = np.full(table.shape[1], np.nan)
        none = np.zeros(table.shape[1], dtype=bool)
        return Detection(nothing, nothing, nothing, none, ~none)
    found = ears(
        table,
        method="C2",
        baseline=BASELINE,
        alpha=float(parameters.get("alpha", 0.001)),
        min_sigma=float(parameters.get("min_sigma", 0.0)),
    )
    parts = (found.expected, found.upper, found.score, found.alarm, found.undefined)
    return Detection(*(part[-1] for part in parts))
