"""A city that has published, served by a real server to a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from pytest_django.live_server_helper import LiveServer

from salus.base import clock
from tests.web.public import samples


@pytest.fixture
def site(live_server: LiveServer) -> Iterator[str]:
    """The address of a site with one release of each kind, and the newest of all its situation."""
    cache.clear()
    with clock.fixed_at(samples.AT):
        samples.publish_all()
        samples.publish(samples.decision(4, samples.AT - timedelta(days=1)), "4")
    yield live_server.url
    cache.clear()
