"""The world of an exercise hears what was published, and nothing else of the city's government."""

from __future__ import annotations

from datetime import timedelta

import pytest

from salus.base import clock
from salus.config.processes.world import published_orders
from salus.decide.selectors import decision_get
from tests.spec.loop.conftest import START, SYSTEM, World

pytestmark = pytest.mark.django_db


def test_measures_of_a_published_decision_are_orders_from_the_day_on_which_they_hold(world: World) -> None:
    assert world.decision is not None
    assert world.decided_at is not None
    decision = decision_get(viewer=SYSTEM, decision=world.decision)
    with clock.fixed_at(world.ended_at):
        orders = published_orders()
    assert decision.in_force_from is not None
    begun = decision.in_force_from.astimezone(clock.city_zone()).date()
    first = [order for order in orders if order.start == begun]
    assert {order.measure for order in first} <= set(decision.measures)
    assert all(order.holds_on(order.start) for order in orders)


def test_before_anything_was_published_the_world_hears_nothing(world: World) -> None:
    with clock.fixed_at(START - timedelta(days=2)):
        assert published_orders() == []
