"""Effects against CausalImpact's example, pysyncon's weights and an independent solver."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from salus.epi.effects import structural_effect, synthetic_control
from tests.baseline.epi.shared import reference

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_example_of_causal_impact(seed):
    data = np.genfromtxt(DATA / "causal_impact_example.csv", delimiter=",", names=True)
    found = structural_effect(data["y"], controls=data["x1"], start=70, rng=np.random.default_rng(seed))
    assert found.cumulative == pytest.approx(316, rel=0.005)
    assert found.cumulative_lower == pytest.approx(295, rel=0.02)
    assert found.cumulative_upper == pytest.approx(337, rel=0.02)
    assert found.effect == pytest.approx(10.53, rel=0.005)
    assert found.tail_probability == 0


def panel() -> dict[str, object]:
    return json.loads((DATA / "synthetic_control_reference.json").read_text())


def test_weights_on_outcomes_are_those_of_an_independent_solver():
    outcomes = np.array(panel()["outcomes"])
    found = synthetic_control(outcomes, start=20)
    before, donors = outcomes[:20, 0], outcomes[:20, 1:]
    solved = minimize(
        lambda w: ((before - donors @ w) ** 2).sum(),
        np.full(12, 1 / 12),
        jac=lambda w: -2 * donors.T @ (before - donors @ w),
        bounds=[(0, 1)] * 12,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    assert found.mspe * 20 <= solved.fun * (1 + 1e-9)
    np.testing.assert_allclose(found.weights, solved.x, atol=1e-4)


def test_weights_on_predictors_are_those_of_pysyncon():
    case = panel()
    found = synthetic_control(case["outcomes"], start=20, predictors=case["predictors"])
    np.testing.assert_allclose(found.weights, case["pysyncon_weights"], atol=0.025)
    assert found.mspe <= case["pysyncon_mspe"] * 1.02
    # The true effect was -1.5, and no donor shows one as large.
    assert found.lower < -1.5 < found.upper < 0
    assert found.placebo_share == pytest.approx(1 / 13)


def test_the_basque_country():
    """Abadie and Gardeazabal 2003: the data belong to others and are not in the repository."""
    table = np.genfromtxt(
        reference("epi/intervention/basque.csv"), delimiter=",", names=True, dtype=None, encoding="utf8"
    )
    names = list(dict.fromkeys(table["regionname"]))
    years = np.unique(table["year"])

    def mean(column: str, wanted: list[int]) -> np.ndarray:
        return np.array(
            [
                np.nanmean(table[column][(table["regionname"] == name) & np.isin(table["year"], wanted)])
                for name in names
            ]
        )

    outcomes = np.column_stack([table["gdpcap"][table["regionname"] == name] for name in names])
    school = ["schoolillit", "schoolprim", "schoolmed", "schoolhigh", "schoolposthigh", "invest"]
    sector = ["agriculture", "energy", "industry", "construction", "servicesventa", "servicesnonventa"]
    rows = [mean(column, list(range(1964, 1970))) for column in school]
    rows += [mean("gdpcap", list(range(1960, 1970))), mean("popdens", [1969])]
    rows += [mean(f"sec{column}", list(range(1961, 1970, 2))) for column in sector]
    treated = next(place for place, name in enumerate(names) if name.startswith("Basque"))
    found = synthetic_control(outcomes, start=int((years < 1975).sum()), treated=treated, predictors=rows, fit=(5, 15))
    weight = {names[donor]: share for donor, share in zip(found.donors, found.weights, strict=True)}
    assert found.mspe <= 0.00887
    assert weight["Cataluna"] == pytest.approx(0.851, abs=0.001)
    assert next(w for name, w in weight.items() if name.startswith("Madrid")) == pytest.approx(0.149, abs=0.001)
