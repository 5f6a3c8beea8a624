"""Wakes learn once a day."""

from __future__ import annotations

from salus.base import outbox
from salus.base.outbox import Happened
from salus.base.services import job_start
from salus.learn.jobs import MEASURE, waiting
from salus.trust.actors import system_viewer

DAY_BEGAN = "base.day_began"


@outbox.subscribe("learn.day_began", topics=[DAY_BEGAN])
def day_began(event: Happened) -> None:
    """Look at the decisions that may be judged by now."""
    if waiting():
        job_start(kind=MEASURE, dedupe_key=MEASURE, by=system_viewer("learn"))
