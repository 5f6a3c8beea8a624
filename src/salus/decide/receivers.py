"""Wakes decide: when the city was assessed, when something was published, and when a day begins."""

from __future__ import annotations

from salus.assess.events import COMPLETED
from salus.base import clock, outbox
from salus.base.outbox import Happened
from salus.base.services import job_start
from salus.decide.events import DECISION_APPROVED, RELEASE_PUBLISHED, SERVICE_CHANGED
from salus.decide.following import ask_again, drop_all_covered, drop_if_covered
from salus.decide.jobs import SITUATION
from salus.decide.models import Decision
from salus.decide.rows import decision_row
from salus.decide.selectors import situation_autopublish
from salus.decide.services import decision_end
from salus.plan.events import PROPOSAL_RAISED
from salus.trust.actors import system_viewer

DAY_BEGAN = "base.day_began"
PERIOD_OVER = "The period that was decided on is over."


@outbox.subscribe("decide.autopublish", topics=[COMPLETED, RELEASE_PUBLISHED, SERVICE_CHANGED])
def autopublish(event: Happened) -> None:
    """Publish the day's situation once it was assessed, and again when something new is to be told."""
    if event.topic == RELEASE_PUBLISHED and event.payload["kind"] not in ("decision", "alert"):
        return
    viewer = system_viewer("publisher")
    if situation_autopublish(viewer=viewer).on:
        args: dict[str, object] = {"daily": event.topic == COMPLETED, "since": event.recorded_at.isoformat()}
        job_start(kind=SITUATION, args=args, dedupe_key=event.topic, by=viewer)


@outbox.subscribe("decide.covered", topics=[PROPOSAL_RAISED, DECISION_APPROVED])
def covered(event: Happened) -> None:
    """Drop proposals whose areas already have the measures of their level, so that nobody is asked twice."""
    if event.topic == PROPOSAL_RAISED:
        drop_if_covered(event.record_id)
    else:
        drop_all_covered()


@outbox.subscribe("decide.periods", topics=[DAY_BEGAN])
def periods(event: Happened) -> None:
    """End the decisions whose period is over."""
    rows = Decision.objects.known().filter(status="approved", in_force_until__lte=clock.now())
    for row in list(rows):
        decision_end(decision=row.id, reason=PERIOD_OVER, by=system_viewer("decide"))
        ask_again(decision_row(row))
