"""Right-truncation nowcast from the versions that the store keeps."""

from __future__ import annotations

import numpy as np

from salus.assess.methods.contracts import CannotSay, Parameters
from salus.epi.errors import EpiError
from salus.epi.nowcasting import Nowcast, nowcast
from salus.epi.triangles import ReportingTriangle

# The interface draws bands of 50 and 90 %; the ends serve scores.
QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)


def run(triangle: ReportingTriangle, parameters: Parameters, rng: np.random.Generator) -> Nowcast:
    """Correct the newest counts of S series."""
    try:
        return nowcast(
            triangle,
            rng=rng,
            max_delay=int(parameters.get("max_delay", 40)),
            window=int(parameters.get("window", 182)),
            quantiles=QUANTILES,
            samples=int(parameters.get("samples", 500)),
        )
    except EpiError as error:
        raise CannotSay("no_delay_history") from error
