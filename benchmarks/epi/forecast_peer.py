"""Run in the peers' Python: forecasts of statsforecast's models for tables given in a file."""

from __future__ import annotations

import sys
import time

import numpy as np


def main(source: str, target: str) -> None:
    from statsforecast.models import AutoARIMA, AutoETS, DynamicOptimizedTheta

    given = np.load(source)
    levels, horizon = given["levels"], int(given["horizon"])
    wide = [round(100 * abs(2 * level - 1), 6) for level in levels if level > 0.5]
    out: dict[str, np.ndarray] = {}
    for name, make in (("AutoARIMA", AutoARIMA), ("AutoETS", AutoETS), ("Theta", DynamicOptimizedTheta)):
        begun = time.process_time()
        for key in [each for each in given.files if each.startswith("table")]:
            table = given[key]
            found = np.empty((horizon, table.shape[1], levels.size))
            for place in range(table.shape[1]):
                known = np.log1p(table[~np.isnan(table[:, place]), place])
                told = make(season_length=1).forecast(known, h=horizon, level=wide)
                found[:, place] = np.stack([_at(told, level) for level in levels], axis=-1)
            out[f"{name} {key}"] = np.maximum(np.expm1(found), 0.0)
        out[f"{name} seconds"] = np.array(time.process_time() - begun)
    np.savez(target, **out)


def _at(told: dict[str, np.ndarray], level: float) -> np.ndarray:
    if abs(level - 0.5) < 1e-9:
        return told["mean"]
    side = "lo" if level < 0.5 else "hi"
    share = 100 * abs(2 * level - 1)
    name = min((key for key in told if key.startswith(side)), key=lambda key: abs(float(key.split("-")[1]) - share))
    return told[name]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
