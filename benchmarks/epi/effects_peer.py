"""Runs pycausalimpact and pysyncon. Runs in the peers' Python on a file of JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from causalimpact import CausalImpact
from pysyncon import Dataprep, Synth
from statsmodels.tsa.statespace.mlemodel import MLEResults


def tolerate_alpha() -> None:
    """Let pycausalimpact 0.1.1 run on a statsmodels that no longer ignores a forecast's `alpha`."""
    for name in ("get_forecast", "get_prediction"):
        method = getattr(MLEResults, name)

        def call(self, *given, _method=method, **named):
            named.pop("alpha", None)
            return _method(self, *given, **named)

        setattr(MLEResults, name, call)


def impact(given: dict) -> dict:
    """The example of CausalImpact."""
    start = time.process_time()
    table = CausalImpact(pd.DataFrame({"y": given["y"], "x": given["x"]}), [0, 69], [70, 99]).summary_data
    cumulative = table["cumulative"]
    ends = {"lower": cumulative["abs_effect_lower"], "upper": cumulative["abs_effect_upper"]}
    seconds = time.process_time() - start
    return {
        "effect": float(cumulative["abs_effect"]),
        **{k: float(v) for k, v in ends.items()},
        "impact_seconds": seconds,
    }


def control(given: dict) -> dict:
    """The simulated panel."""
    outcomes, predictors = np.array(given["outcomes"]), np.array(given["predictors"])
    names = [f"x{k}" for k in range(len(predictors))]
    rows = [
        {"unit": f"u{j}", "time": t, "y": outcomes[t, j], **dict(zip(names, predictors[:, j], strict=True))}
        for j in range(outcomes.shape[1])
        for t in range(len(outcomes))
    ]
    prepared = Dataprep(
        foo=pd.DataFrame(rows),
        predictors=names,
        predictors_op="mean",
        dependent="y",
        unit_variable="unit",
        time_variable="time",
        treatment_identifier="u0",
        controls_identifier=[f"u{j}" for j in range(1, outcomes.shape[1])],
        time_predictors_prior=range(given["start"]),
        time_optimize_ssr=range(given["start"]),
    )
    start = time.process_time()
    synth = Synth()
    synth.fit(dataprep=prepared, optim_method="Nelder-Mead", optim_initial="equal")
    return {"mspe": float(synth.mspe()), "control_seconds": time.process_time() - start}


if __name__ == "__main__":
    file = Path(sys.argv[1])
    content = json.loads(file.read_text())
    tolerate_alpha()
    file.write_text(json.dumps(impact(content) | control(content)))
