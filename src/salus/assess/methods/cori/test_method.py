"""R on a nowcast that grows evenly: for growth r it is one over the transform of the interval."""

import numpy as np
import pytest

from salus.assess.methods.cori import method
from salus.assess.methods.registry import get
from salus.epi.generation import discretised_serial_interval
from salus.epi.nowcasting import Nowcast


def _nowcast(values: np.ndarray) -> Nowcast:
    table = np.round(values)[:, None]
    samples = np.repeat(table[-3:, :, None], 50, axis=2)
    dates = np.arange(len(values))
    return Nowcast(
        dates, table[..., None], np.array([0.5]), table, table, samples, dates >= len(values) - 3, "test", {}, {}
    )


def test_fixture() -> None:
    """The newest R is that of Wallinga and Lipsitch's formula."""
    case = get("cori").fixture
    rate = case["growth_per_day"]
    counts = 500 * np.exp(rate * np.arange(case["days"]))
    weights = discretised_serial_interval(4.1, 2.7)
    exact = 1 / (weights * np.exp(-rate * np.arange(weights.size))).sum()
    found = method.run(_nowcast(counts), case["parameters"], np.random.default_rng(1))
    middle = found.quantiles[-1, 0, list(method.QUANTILES).index(0.5)]
    low, high = case["newest_between"]
    assert low <= middle <= high
    assert middle == pytest.approx(exact, abs=0.02)


def test_nobody_ill_is_undefined() -> None:
    """Without a case there is no R, not an R of zero."""
    case = get("cori").fixture
    found = method.run(_nowcast(np.zeros(60)), case["parameters"], np.random.default_rng(1))
    assert found.undefined.all()
