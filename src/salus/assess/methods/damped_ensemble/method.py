"""Damped-trend ensemble with the 23 quantiles of the forecast hubs."""

from __future__ import annotations

import numpy as np

from salus.assess.methods.contracts import CannotSay, Parameters
from salus.epi.arrays import FloatArray
from salus.epi.errors import EpiError
from salus.epi.forecasting import QUANTILES, Forecast, forecast


def run(
    history: FloatArray,
    uncertain: FloatArray | None,
    horizon: int,
    step_days: int,
    parameters: Parameters,
    rng: np.random.Generator,
) -> Forecast:
    """Forecast S series; `uncertain` are draws of the last steps."""
    try:
        return forecast(
            history,
            horizon=horizon,
            rng=rng,
            quantiles=QUANTILES,
            period=7 if step_days == 1 else 1,
            last_uncertain=uncertain,
            samples=0,
        )
    except EpiError as error:
        raise CannotSay("too_short") from error
