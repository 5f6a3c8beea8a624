"""Common sources against the Oswego church supper and R's exact tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import fisher_exact

from salus.epi.common_source import attack_rates, dose_response, mantel_haenszel, two_by_two

DATA = Path(__file__).parent / "data"
# Admissions to Berkeley by department, which R ships as UCBAdmissions.
BERKELEY = np.array(
    [
        [[512, 313], [89, 19]],
        [[353, 207], [17, 8]],
        [[120, 205], [202, 391]],
        [[138, 279], [131, 244]],
        [[53, 138], [94, 299]],
        [[22, 351], [24, 317]],
    ]
)


def oswego() -> tuple[np.ndarray, np.ndarray, list[str]]:
    text = np.genfromtxt(DATA / "oswego_1940.csv", delimiter=",", dtype=str)
    values = np.where(text[1:] == "Y", 1.0, np.where(text[1:] == "N", 0.0, np.nan))
    return values[:, 1], values[:, 2:], list(text[0, 2:])


def test_oswego_attack_rates_as_published():
    found = attack_rates(*oswego())
    assert found.exposures[0] == "vanilla.ice.cream"
    cream = found.tables[0]
    np.testing.assert_array_equal(cream.table, [[43, 11], [3, 18]])
    assert (round(100 * cream.attack_exposed), round(100 * cream.attack_unexposed)) == (80, 14)
    assert found.explained[0] == pytest.approx(43 / 46)
    # Every food's ill and total among those who ate, from the published table of the supper.
    published = {
        "baked.ham": (29, 46), "spinach": (26, 43), "mashed.potato": (23, 37), "cabbage.salad": (18, 28),
        "jello": (16, 23), "rolls": (21, 37), "brown.bread": (18, 27), "milk": (2, 4), "coffee": (19, 31),
        "water": (13, 24), "cakes": (27, 40), "chocolate.ice.cream": (25, 47), "fruit.salad": (4, 6),
    }  # fmt: skip
    for name, table in zip(found.exposures[1:], found.tables[1:], strict=True):
        assert (table.table[0, 0], table.table[0].sum()) == published[name], name


def test_oswego_ratios_as_epi_info_prints_them():
    cream = two_by_two([[43, 11], [3, 18]])
    assert [round(v, 2) for v in cream.risk_ratio] == [5.57, 1.94, 16.03]
    assert [round(v, 2) for v in cream.odds_ratio] == [23.45, 5.84, 94.18]
    assert [round(v, 2) for v in cream.exact_odds_ratio] == [22.15, 5.22, 138.39]
    assert [round(v, 2) for v in cream.mid_p_odds_ratio] == [22.15, 5.93, 109.15]
    assert round(cream.chi_square, 2) == 27.22
    assert round(cream.chi_square_mantel, 2) == 26.86
    assert round(cream.chi_square_yates, 2) == 24.54
    # R: fisher.test
    assert cream.fisher_two_sided == pytest.approx(2.59745069183728e-07, rel=1e-10)


def test_strata_as_r_tests_them():
    found = mantel_haenszel(BERKELEY)
    # R: mantelhaen.test(UCBAdmissions, correct = FALSE), and exact = TRUE.
    np.testing.assert_allclose(found.odds_ratio, [0.904696828258623, 0.77190736175935, 1.06032976443666], rtol=1e-7)
    assert found.chi_square == pytest.approx(1.52460666044344, rel=1e-10)
    # R stops its root search at 1e-4; ours goes on.
    np.testing.assert_allclose(found.exact_odds_ratio, [0.905076194, 0.769714041, 1.063416993], rtol=1e-4)
    assert found.fisher_two_sided == pytest.approx(0.227762526798206, rel=1e-9)
    assert found.crude_odds_ratio == pytest.approx(1.84108, rel=1e-5)
    # Breslow and Day's statistic of this set is 18.83 on 5 degrees of freedom.
    assert found.heterogeneity == pytest.approx(18.8255, abs=1e-3)


@pytest.mark.parametrize("table", [[[5, 3], [2, 9]], [[0, 5], [4, 3]], [[12, 1], [3, 4]], [[7, 7], [7, 7]]])
def test_fisher_is_scipys(table):
    assert two_by_two(table).fisher_two_sided == pytest.approx(fisher_exact(table).pvalue, rel=1e-10)


def test_trend_is_the_correlation_of_dose_and_illness():
    ill, well, dose = np.array([10, 15, 20]), np.array([30, 25, 10]), np.array([0.0, 1.0, 3.0])
    found = dose_response(ill, well, doses=dose)
    doses = np.repeat(np.tile(dose, 2), np.concatenate([ill, well]))
    sick = np.repeat([1.0, 0.0], [ill.sum(), well.sum()])
    assert found.trend == pytest.approx((sick.size - 1) * np.corrcoef(doses, sick)[0, 1] ** 2)
