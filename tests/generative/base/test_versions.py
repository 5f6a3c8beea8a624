"""Whatever is done to a record, its past stays as it was."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salus.base import clock
from salus.base.errors import Conflict
from salus.base.versioned import record_create, record_revise
from salus.trust.selectors import system_viewer

START = datetime(2021, 1, 1, tzinfo=UTC)
numbers = itertools.count(1)
steps = st.lists(st.tuples(st.integers(0, 72), st.text(max_size=12)), min_size=1, max_size=12)


def _model() -> type:
    from salus.act.models import Task

    return Task


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=steps)
def test_every_moment_shows_the_last_version_recorded_by_then(steps: list[tuple[int, str]]) -> None:
    by = system_viewer("test")
    model = _model()
    moment, told = START, []
    with clock.fixed_at(moment):
        row = record_create(model, title={"en": "first"}, number=next(numbers), due_at=moment, by=by)
    told.append((moment, "first"))
    for hours, title in steps:
        moment += timedelta(hours=hours)
        with clock.fixed_at(moment):
            row = record_revise(row, title={"en": title}, by=by)
        told.append((moment, title))
    check_history(model, row.id, told)


def check_history(model: type, record: UUID, told: list[tuple[datetime, str]]) -> None:
    for at, _ in told:
        expected = [title for when, title in told if when <= at][-1]
        assert model.objects.one(record, at).title["en"] == expected  # type: ignore[attr-defined]
        assert model.objects.known(at).filter(id=record).count() == 1  # type: ignore[attr-defined]
    assert not model.objects.known(START - timedelta(seconds=1)).filter(id=record).exists()  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_of_two_who_change_the_same_version_the_second_is_told() -> None:
    by = system_viewer("test")
    first = record_create(_model(), title={"en": "first"}, number=next(numbers), due_at=START, by=by)
    record_revise(first, title={"en": "mine"}, by=by)
    with pytest.raises(Conflict):
        record_revise(first, title={"en": "yours"}, by=by)
