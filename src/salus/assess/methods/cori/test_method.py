"""R on a nowcast that grows evenly: for growth r it is one over the transform of the interval."""

import numpy as np
import pytest

from salus.assess.methods.cori import method
from salus.assess.methods.registry import get
from salus.epi.generation import discretised_serial_interval
from salus.epi.nowcasting import Nowcast
from salus.epi.reproduction import RtResult
from salus.epi.uncertain import estimate_rt_uncertain


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


UNCERTAIN = {
    "serial_interval_mean": 6.0, "serial_interval_mean_low": 4.0, "serial_interval_mean_high": 8.0,
    "serial_interval_sd": 2.5, "serial_interval_sd_low": 1.5, "serial_interval_sd_high": 3.5,
}  # fmt: skip


def _widths(found: RtResult, row: int) -> tuple[float, float]:
    low, high = (found.quantiles[row, 0, list(method.QUANTILES).index(level)] for level in (0.025, 0.975))
    return float(low), float(high)


def test_an_uncertain_interval_widens_r_as_the_reference_does() -> None:
    """On settled days the mixture is that of `estimate_rt_uncertain`."""
    rng = np.random.default_rng(3)
    counts = rng.poisson(60 * np.exp(0.06 * np.arange(70)))
    nowcast = _nowcast(counts)
    found = method.run(nowcast, UNCERTAIN, np.random.default_rng(1))
    interval = method.interval_of(UNCERTAIN)
    assert interval is not None
    reference = estimate_rt_uncertain(counts, interval, rng=np.random.default_rng(2), quantiles=method.QUANTILES)
    for row in (-10, -1):
        assert _widths(found, row) == pytest.approx(
            [reference.quantiles[row, place] for place in (0, -1)], rel=0.06
        )  # fmt: skip
        certain = {name: value for name, value in UNCERTAIN.items() if not name.endswith(("low", "high"))}
        plain = _widths(method.run(nowcast, certain, np.random.default_rng(1)), row)
        assert _widths(found, row)[0] < plain[0]
        assert _widths(found, row)[1] > plain[1]


def test_an_interval_known_to_the_day_gives_the_plain_answer() -> None:
    """With ranges of no width the mixture is of one."""
    counts = np.random.default_rng(4).poisson(80, 60)
    certain = {"serial_interval_mean": 6.0, "serial_interval_sd": 2.5}
    sure = {**certain, **{f"{name}_{end}": value for name, value in certain.items() for end in ("low", "high")}}
    found, plain = (method.run(_nowcast(counts), given, np.random.default_rng(1)) for given in (sure, certain))
    assert _widths(found, -10) == pytest.approx(_widths(plain, -10), rel=0.03)
    assert (found.undefined == plain.undefined).all()


def test_one_series_is_told_as_it_is_among_many() -> None:
    """A nowcast without the axis of series gives an R without it, and the same one."""
    many = _nowcast(np.random.default_rng(3).poisson(60, 70))
    one = Nowcast(
        many.dates, many.quantiles[:, 0], many.quantile_levels, many.mean[:, 0], many.reported[:, 0],
        many.samples[:, 0], many.is_estimate, "test", {}, {}
    )  # fmt: skip
    alone, among = (method.run(each, UNCERTAIN, np.random.default_rng(1)) for each in (one, many))
    assert alone.quantiles.shape == (70, len(method.QUANTILES))
    assert np.array_equal(alone.quantiles, among.quantiles[:, 0], equal_nan=True)
