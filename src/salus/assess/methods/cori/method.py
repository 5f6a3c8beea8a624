"""Reproduction number after Cori et al., mixed over the nowcast's draws."""

from __future__ import annotations

import numpy as np

from salus.assess.methods.contracts import CannotSay, Parameters
from salus.assess.methods.cori.uncertain import estimate_rt_uncertain_on
from salus.epi.errors import EpiError
from salus.epi.generation import SerialInterval
from salus.epi.nowcasting import Nowcast
from salus.epi.reproduction import RtResult, estimate_rt_from_nowcast
from salus.epi.uncertain import UncertainSerialInterval

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)


# Half of a range that holds the truth with 95 %, in standard deviations.
_HALF = 1.96


def interval_of(parameters: Parameters) -> UncertainSerialInterval | None:
    """Return what the serial interval may be, or None where it is held to be certain."""
    moments = []
    for name in ("serial_interval_mean", "serial_interval_sd"):
        if f"{name}_low" not in parameters:
            return None
        low, high = float(parameters[f"{name}_low"]), float(parameters[f"{name}_high"])
        spread = max((high - low) / (2 * _HALF), 1e-6)
        moments.append((float(parameters[name]), spread, (max(low - spread, 0.0), high + spread)))
    (mean, mean_sd, (least, most)), (sd, sd_sd, sd_range) = moments
    limits = (max(least, 1.05), max(most, 1.1))
    return UncertainSerialInterval(mean, mean_sd, limits, sd, sd_sd, (max(sd_range[0], 0.1), max(sd_range[1], 0.2)))


def run(nowcast: Nowcast, parameters: Parameters, rng: np.random.Generator) -> RtResult:
    """Estimate R on a nowcast."""
    window = int(parameters.get("window", 7))
    try:
        uncertain = interval_of(parameters)
        if uncertain is not None:
            return estimate_rt_uncertain_on(nowcast, uncertain, rng=rng, window=window, quantiles=QUANTILES)
        interval = SerialInterval(float(parameters["serial_interval_mean"]), float(parameters["serial_interval_sd"]))
        return estimate_rt_from_nowcast(
            nowcast,
            interval,
            rng=rng,
            window=window,
            quantiles=QUANTILES,
        )
    except EpiError as error:
        raise CannotSay("no_estimate") from error
