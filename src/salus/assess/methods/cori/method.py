"""Reproduction number after Cori et al., mixed over the nowcast's draws."""

from __future__ import annotations

import numpy as np

from salus.assess.methods.contracts import CannotSay, Parameters
from salus.epi.errors import EpiError
from salus.epi.generation import SerialInterval
from salus.epi.nowcasting import Nowcast
from salus.epi.reproduction import RtResult, estimate_rt_from_nowcast

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)


def run(nowcast: Nowcast, parameters: Parameters, rng: np.random.Generator) -> RtResult:
    """Estimate R on a nowcast."""
    interval = SerialInterval(float(parameters["serial_interval_mean"]), float(parameters["serial_interval_sd"]))
    try:
        return estimate_rt_from_nowcast(
            nowcast,
            interval,
            rng=rng,
            window=int(parameters.get("window", 7)),
            quantiles=QUANTILES,
        )
    except EpiError as error:
        raise CannotSay("no_estimate") from error
