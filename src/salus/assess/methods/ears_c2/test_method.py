"""The detector on its fixture: the two newest days before the judged one are left out."""

import numpy as np

from salus.assess.methods.ears_c2 import method
from salus.assess.methods.registry import get


def test_fixture() -> None:
    """Bounds are those of the seven days before the gap, worked out by hand."""
    case = get("ears_c2").fixture
    said = method.run(np.array(case["counts"], dtype=float), case["parameters"])
    np.testing.assert_allclose(said.expected, case["expected"])
    np.testing.assert_allclose(said.upper, case["upper"], atol=5e-4)
    assert said.alarm.tolist() == case["alarm"]


def test_too_short_is_undefined() -> None:
    """Nine days are one too few."""
    said = method.run(np.ones((9, 2)), {})
    assert said.undefined.all()
    assert not said.alarm.any()
