"""Wakes decide: when the city was assessed, when something was published, and when a day begins."""

from __future__ import annotations

from salus.assess.events import COMPLETED
from salus.base import clock, outbox
from salus.base.outbox import Happened
from salus.base.services import job_start
from salus.decide.events import RELEASE_PUBLISHED
from salus.decide.jobs import SITUATION
from salus.decide.models import Decision
from salus.decide.selectors.settings import situation_autopublish
from salus.decide.services import decision_end
from salus.trust.actors import system_viewer

DAY_BEGAN = "base.day_began"
PERIOD_OVER = "The period that was decided on is over."


@outbox.subscribe("decide.autopublish", topics=[COMPLETED, RELEASE_PUBLISHED])
def autopublish(event: Happened) -> None:
    """Publish the day's situation once it was assessed, and again when a decision or an alert went out."""
    if event.topic == RELEASE_PUBLISHED and event.payload["kind"] not in ("decision", "alert"):
        return
    viewer = system_viewer("publisher")
    if situation_autopublish(viewer=viewer).on:
        args: dict[str, object] = {"daily": event.topic == COMPLETED}
        job_start(kind=SITUATION, args=args, dedupe_key=event.topic, by=viewer)


@outbox.subscribe("decide.periods", topics=[DAY_BEGAN])
def periods(event: Happened) -> None:
    """End the decisions whose period is over."""
    rows = Decision.objects.known().filter(status="approved", in_force_until__lte=clock.now())
    for decision in rows.values_list("id", flat=True):
        decision_end(decision=decision, reason=PERIOD_OVER, by=system_viewer("decide"))
