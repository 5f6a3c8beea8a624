"""One story for all tests of a module; each test's own changes are taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from salus.base import clock
from salus.web.ops.pages import forget_pages
from tests.web.ops.story import Story, tell_the_story


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The story, told once and taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield tell_the_story(tmp_path_factory.mktemp("story"))
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _at_the_end(story: Story) -> Iterator[None]:
    """A day after the story ended, with nothing kept from another test."""
    cache.clear()
    forget_pages()
    with clock.fixed_at(story.ended_at.replace(hour=21)):
        yield
    cache.clear()
    forget_pages()
