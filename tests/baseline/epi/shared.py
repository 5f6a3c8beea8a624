"""Where the reference cases are; they live beside the repository, not in it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("SALUS_SHARED", ROOT.parent / "shared")) / "data"


def reference(name: str) -> Path:
    """Path of a reference file; skips the test when it is not here."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"reference data {name} not found: set SALUS_SHARED to the folder that holds data/")
    return path


def table(name: str, *columns: str) -> npt.NDArray[np.float64]:
    """Columns of a CSV as floats, text and NA as NaN."""
    data = np.genfromtxt(reference(name), delimiter=",", names=True)
    fields = data.dtype.names
    assert fields is not None
    return np.column_stack([data[column] for column in (columns or fields)])
