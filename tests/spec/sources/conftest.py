"""Cities loaded once for a module and taken back at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from salus.base import clock
from salus.gather.sources.loading import LoadReport, load
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer

NYC = Path(__file__).parents[3].parent / "shared" / "data" / "nyc"
REPLAY = datetime(2021, 11, 15, 12, tzinfo=UTC)
DEMO = datetime(2026, 5, 31, 12, tzinfo=UTC)


@pytest.fixture
def loader() -> Viewer:
    return system_viewer("load")


@contextmanager
def _loaded(blocker: Any, at: datetime, slug: str, path: Path | None) -> Iterator[LoadReport]:
    with blocker.unblock(), clock.fixed_at(at), transaction.atomic():
        yield load(slug=slug, path=path, by=system_viewer("load"))
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def real_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[LoadReport]:
    if not NYC.is_dir():
        pytest.skip("New York's data are not beside the repository (../shared/data/nyc)")
    with _loaded(django_db_blocker, REPLAY, "nyc", NYC) as report:
        yield report


@pytest.fixture(scope="module")
def port_alma(django_db_setup: None, django_db_blocker: Any) -> Iterator[LoadReport]:
    with _loaded(django_db_blocker, DEMO, "builtin_city", None) as report:
        yield report
