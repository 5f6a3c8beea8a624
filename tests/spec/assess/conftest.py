"""The planted city in the database."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from salus.base import clock
from tests.spec.assess import support


@pytest.fixture
def town(db: None) -> Iterator[datetime]:
    """The city with its people, series and rules, and the clock at NOW; no facts yet."""
    with clock.fixed_at(support.NOW):
        support.build_city()
        yield support.NOW
