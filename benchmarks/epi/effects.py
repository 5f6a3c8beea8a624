"""Measures effects of measures beside pysyncon and pycausalimpact: agreement, CPU seconds and coverage without effect."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from benchmarks.epi.claims import ROOT, Row, claim, keep, peer, timed
from salus.epi.effects import StructuralEffect, SyntheticControl, structural_effect, synthetic_control

DATA = ROOT / "tests" / "baseline" / "epi" / "data"


def worlds(seed: int) -> np.ndarray:
    """A panel of sixteen places that share two wandering factors, with no effect anywhere."""
    rng = np.random.default_rng(seed)
    factors = np.cumsum(rng.normal(size=(35, 2)), axis=0)
    return factors @ rng.uniform(0, 1, (2, 17)) + rng.normal(size=(35, 17)) * 0.5 + rng.normal(size=17)


def impact_rows(found: StructuralEffect, seconds: float, beside: dict[str, float]) -> list[Row]:
    """CausalImpact's example, ours and theirs."""
    apart = [
        abs(found.cumulative / 316 - 1),
        abs(found.cumulative_lower / 295 - 1),
        abs(found.cumulative_upper / 337 - 1),
    ]
    return [
        claim(
            "CausalImpact's example: summed effect and 95 % interval",
            f"{found.cumulative:.1f} [{found.cumulative_lower:.1f}, {found.cumulative_upper:.1f}]",
            f"R: 316 [295, 337]; pycausalimpact {beside['effect']:.1f} [{beside['lower']:.1f}, {beside['upper']:.1f}]",
            f"off by {apart[0]:.2%}, {apart[1]:.2%}, {apart[2]:.2%}",
            "effect within .5 %, ends within 2 %",
            apart[0] <= 0.005 and max(apart[1:]) <= 0.02,
        ),
        claim(
            "the same, CPU seconds, eight placebos included",
            f"{seconds:.3f}",
            f"pycausalimpact {beside['impact_seconds']:.2f} (no placebo)",
            f"{beside['impact_seconds'] / seconds:.0f} times faster",
            "at most .2",
            seconds <= 0.2,
        ),
    ]


def control_rows(mixed: SyntheticControl, spent: float, beside: dict[str, float]) -> list[Row]:
    """A simulated panel, ours and pysyncon's."""
    return [
        claim(
            "synthetic control, simulated panel with four predictors: error before the measure",
            f"{mixed.mspe:.5f}",
            f"pysyncon {beside['mspe']:.5f}",
            f"{mixed.mspe / beside['mspe']:.3f}",
            "at most 1.02 times",
            mixed.mspe <= 1.02 * beside["mspe"],
        ),
        claim(
            "the same, CPU seconds, twelve placebos included",
            f"{spent:.3f}",
            f"pysyncon {beside['control_seconds']:.2f} (no placebo)",
            f"{beside['control_seconds'] / spent:.0f} times faster",
            "at most .1",
            spent <= 0.1,
        ),
    ]


def coverage_row() -> Row:
    """How often the interval holds the truth where there is no effect."""
    runs = [synthetic_control(worlds(seed), start=20) for seed in range(200)]
    inside = float(np.mean([run.lower <= 0 <= run.upper for run in runs]))
    what = "synthetic control, 200 panels without effect: 95 % interval holds 0"
    return claim(what, f"{inside:.3f}", "truth .95", "", ".90 to .98", 0.90 <= inside <= 0.98)


def main() -> None:
    """Compare, draw and keep."""
    series = np.genfromtxt(DATA / "causal_impact_example.csv", delimiter=",", names=True)
    panel = json.loads(Path(DATA / "synthetic_control_reference.json").read_text())
    given = {"y": series["y"].tolist(), "x": series["x1"].tolist(), **panel}
    beside = peer("benchmarks.epi.effects_peer", given)

    def impact() -> StructuralEffect:
        return structural_effect(series["y"], controls=series["x1"], start=70, rng=np.random.default_rng(1))

    def control() -> SyntheticControl:
        return synthetic_control(panel["outcomes"], start=20, predictors=panel["predictors"])

    impact(), control()
    found, seconds = timed(impact)
    mixed, spent = timed(control)
    rows = [*impact_rows(found, seconds, beside), *control_rows(mixed, spent, beside)]
    rows.append(coverage_row())
    keep("effects", rows)
    picture = {
        "y": series["y"].tolist(),
        "without": found.counterfactual.tolist(),
        "band": found.quantiles[:, [0, -1]].tolist(),
        "treated": [row[0] for row in panel["outcomes"]],
        "control": mixed.counterfactual.tolist(),
        "control_band": mixed.quantiles[:, [0, -1]].tolist(),
    }
    peer("benchmarks.epi.effects_picture", picture)


if __name__ == "__main__":
    main()
