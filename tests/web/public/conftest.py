"""A small city that has published one release of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from salus.base import clock
from tests.web.public import samples


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def published(db: None) -> Iterator[None]:
    """Five releases: two situations (the second corrects the first), a decision, an alert, a data set."""
    with clock.fixed_at(samples.AT):
        samples.publish_all()
        yield
