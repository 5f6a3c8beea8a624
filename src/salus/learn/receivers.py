"""Wakes learn: once a day, and when a run of an exercise has ended."""

from __future__ import annotations

from salus.base import outbox
from salus.base.outbox import Happened
from salus.base.services import job_start
from salus.learn.jobs import MEASURE, waiting
from salus.learn.scores.ending import score_at_the_end
from salus.learn.trainees.of_runs import attest_at_the_end
from salus.learn.trainees.reminding import training_remind
from salus.plan.exercises.events import RUN_CHANGED
from salus.trust.actors import system_viewer

DAY_BEGAN = "base.day_began"


@outbox.subscribe("learn.day_began", topics=[DAY_BEGAN])
def day_began(event: Happened) -> None:
    """Look at the decisions that may be judged by now, and at the trainings that soon end."""
    if waiting():
        job_start(kind=MEASURE, dedupe_key=MEASURE, by=system_viewer("learn"))
    training_remind()


@outbox.subscribe("learn.run_ended", topics=[RUN_CHANGED])
def run_ended(event: Happened) -> None:
    """Attest to those who played that they took part, and have the run scored."""
    if event.payload.get("state") == "ended":
        attest_at_the_end(event.record_id)
        score_at_the_end(event.record_id)
