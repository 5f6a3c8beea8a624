"""The forecast on an even series with quiet weekends."""

import numpy as np
import pytest

from salus.assess.methods.contracts import CannotSay
from salus.assess.methods.damped_ensemble import method
from salus.assess.methods.registry import get


def _history() -> np.ndarray:
    case = get("damped_ensemble").fixture
    days = np.arange(case["days"])
    noise = np.random.default_rng(3).normal(0, case["noise"], days.size)
    level = np.where(days % 7 >= 5, case["weekend"], 1.0) * case["level"] + noise
    return np.repeat(level[:, None], 2, axis=1)


def test_fixture() -> None:
    """All 23 quantiles rise, the middle stays where the series is, weekends stay quiet."""
    case = get("damped_ensemble").fixture
    found = method.run(_history(), None, case["horizon"], 1, {}, np.random.default_rng(1))
    assert found.quantiles.shape == (case["horizon"], 2, 23)
    assert (np.diff(found.quantiles, axis=-1) >= 0).all()
    low, high = case["median_between"]
    assert ((found.median >= low) & (found.median <= high)).all()
    first = case["days"]
    weekend = np.array([(first + step) % 7 >= 5 for step in range(case["horizon"])])
    assert found.median[weekend].mean() < 0.8 * found.median[~weekend].mean()


def test_too_short_is_said() -> None:
    """Two days teach nothing."""
    with pytest.raises(CannotSay):
        method.run(np.ones((2, 1)), None, 7, 1, {}, np.random.default_rng(1))
