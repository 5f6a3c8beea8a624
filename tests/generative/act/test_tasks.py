"""Whatever people do with a task, in whatever order, its rules hold and its past stays."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salus.act.models import HandOver, Task
from salus.act.selectors import task_get
from salus.act.services import (
    hand_over_decline,
    hand_over_withdraw,
    task_cancel,
    task_create,
    task_done,
    task_hand_over,
    task_take,
    task_update,
)
from salus.base import clock
from salus.base.errors import SalusError
from salus.trust.actors import system_viewer
from tests.fixtures.town import NOW, Town

SYSTEM = system_viewer("tests")
MOVES = ("take", "begin", "block", "done", "cancel", "offer", "decline", "withdraw")
steps = st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from(["olga", "henri", "luis"])), max_size=10)


def move(kind: str, name: str, task: UUID, town: Town) -> None:
    """One thing that a person tries."""
    by, other = town.viewer(name), town.people["olga" if name != "olga" else "henri"]
    if kind == "take":
        task_take(task=task, by=by)
    elif kind == "begin":
        task_update(task=task, status="doing", progress=30, by=by)
    elif kind == "block":
        task_update(task=task, status="blocked", note="Waiting.", by=by)
    elif kind == "done":
        task_done(task=task, by=by)
    elif kind == "cancel":
        task_cancel(task=task, reason="No need.", by=by)
    elif kind == "offer":
        task_hand_over(task=task, to_person=other, reason="Busy.", by=by)
    elif kind == "decline":
        hand_over_decline(task=task, reason="No.", by=by)
    else:
        hand_over_withdraw(task=task, by=by)


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=steps)
def test_the_rules_hold_after_every_step(town: Town, steps: list[tuple[str, str]]) -> None:
    task = task_create(title={"en": "x"}, due_at=NOW, zone_ids=[town.zones["E1"]], role="logistics_lead", by=SYSTEM).id
    seen: list[tuple[datetime, str]] = [(NOW, "open")]
    for hour, (kind, name) in enumerate(steps, 1):
        moment = NOW + timedelta(hours=hour)
        with clock.fixed_at(moment):
            with contextlib.suppress(SalusError):
                move(kind, name, task, town)
            row = task_get(viewer=SYSTEM, task=task)
            seen.append((moment, row.status))
            check(row.status, row.progress, task)
    for moment, status in seen:
        assert task_get(viewer=SYSTEM, task=task, known_at=moment).status == status


def check(status: str, progress: int, task: UUID) -> None:
    """What must hold of a task at any moment."""
    offers = HandOver.objects.known().filter(task_id=task, status="offered").count()
    assert offers <= 1 and Task.objects.known().filter(id=task).count() == 1
    if status == "done":
        assert progress == 100
    if status in ("done", "cancelled"):
        assert offers == 0
