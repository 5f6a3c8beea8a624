"""Judging a run."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited
from salus.base.errors import Conflict, Invalid
from salus.base.versioned import record_create, record_revise
from salus.learn import events
from salus.learn.models import Debrief
from salus.learn.trainees.schemas import REACHED
from salus.plan.exercises.permissions import EXERCISE_DIRECT
from salus.plan.exercises.selectors import run_design, run_get
from salus.trust import policy
from salus.trust.schemas import Viewer

LONGEST = 10_000


@audited("exercise_run.judge")
def debrief_write(
    *, run: UUID, reached: Sequence[str], why: Sequence[str] = (), lessons: str = "", by: Viewer
) -> Debrief:
    """Write how each objective of a run's design was reached, and what is to be learnt; judged again, a new version."""
    policy.require(by, EXERCISE_DIRECT)
    if run_get(viewer=by, run=run).state not in ("running", "paused", "ended"):
        raise Conflict(_("This run has not been played."), remedy=_("Judge it once the teams have played."))
    titles = run_design(viewer=by, run=run).objectives
    if len(reached) != len(titles):
        raise Invalid(_("Each objective needs one judgement."), remedy=_("Reload the page and judge each."))
    if wrong := [word for word in reached if word not in REACHED]:
        raise Invalid(
            _("'%(word)s' is no way to reach an objective.") % {"word": wrong[0][:40]},
            remedy=_("Choose one of %(value)s.") % {"value": ", ".join(REACHED[:-1])},
        )
    if len(lessons) > LONGEST:
        raise Invalid(_("That is too long."), remedy=_("Keep it under %(n)s letters.") % {"n": f"{LONGEST:,}"})
    words = [*why, *[""] * len(titles)]
    judged = [
        {"title": dict(title), "reached": reached[place], "why": words[place].strip()[:LONGEST]}
        for place, title in enumerate(titles)
    ]
    kept: Debrief | None = Debrief.objects.known().filter(run_id=run).first()
    fields = {"objectives": judged, "lessons": lessons.strip()}
    row = record_revise(kept, by=by, **fields) if kept else record_create(Debrief, by=by, run_id=run, **fields)
    outbox.publish(topic=events.RUN_JUDGED, record_kind="exercise_run", record_id=run, by=by)
    return row
