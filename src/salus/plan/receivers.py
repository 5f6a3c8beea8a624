"""Wakes plan when levels rise or fall."""

from __future__ import annotations

from salus.assess.events import COMPLETED, LEVEL_RAISED
from salus.base import outbox
from salus.base.outbox import Happened
from salus.plan.raising import drop_where_level_fell, raise_for


@outbox.subscribe("plan.level_raised", topics=[LEVEL_RAISED])
def level_raised(event: Happened) -> None:
    """Raise one proposal for all areas that the same assessment raised to the same level."""
    if event.payload["to"] is None or event.payload["to"] < 1:
        return
    raise_for(event)


@outbox.subscribe("plan.assessed", topics=[COMPLETED])
def assessed(event: Happened) -> None:
    """Drop the open proposals whose areas have all fallen below the level again."""
    if event.payload.get("levels_lowered"):
        drop_where_level_fell()
