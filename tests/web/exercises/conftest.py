"""One desk for all tests of a module; each test's own changes are taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from salus.base import clock
from salus.web.ops.pages import forget_pages
from tests.web.exercises.desk import NOW, Desk, made


@pytest.fixture(scope="module")
def opened(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk, opened once and taken back at the end; its folder is one of the test's own."""
    kept = settings.SALUS_DATA_DIR
    settings.SALUS_DATA_DIR = tmp_path_factory.mktemp("desk")
    try:
        with django_db_blocker.unblock(), transaction.atomic(), clock.fixed_at(NOW):
            yield made()
            transaction.set_rollback(True)
    finally:
        settings.SALUS_DATA_DIR = kept


@pytest.fixture
def desk(opened: Desk, db: None, tmp_path: Path) -> Iterator[Desk]:
    """The desk a day later, with nothing kept from another test; the stages' folders are put back."""
    data = Path(settings.SALUS_DATA_DIR)
    shutil.copytree(data / "stages", tmp_path / "stages")
    cache.clear()
    forget_pages()
    with clock.fixed_at(NOW.replace(hour=21)):
        yield opened
    shutil.rmtree(data / "stages")
    shutil.copytree(tmp_path / "stages", data / "stages")
    cache.clear()
    forget_pages()
