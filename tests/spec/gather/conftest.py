"""A small city at a fixed moment, in a data folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from salus.base import clock
from tests.spec.gather import support


@pytest.fixture
def place(tmp_path: Path, settings: Any, db: None) -> Iterator[Path]:
    """A city with a live source, its clock held; gives a folder for files."""
    settings.SALUS_DATA_DIR = tmp_path / "data"
    with clock.fixed_at(support.NOW):
        support.make_city()
        support.make_source()
        yield tmp_path
