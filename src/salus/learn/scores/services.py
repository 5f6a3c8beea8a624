"""Having scores made, and keeping them."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited, note
from salus.base.errors import Conflict, Invalid
from salus.base.services import job_start
from salus.base.versioned import record_create, record_revise
from salus.learn import events
from salus.learn.permissions import SCORE_MAKE
from salus.learn.scores.documents import to_json
from salus.learn.scores.models import RunScore
from salus.learn.scores.places import folder_of, name_of
from salus.learn.scores.schemas import Making, ScoreSheet
from salus.trust import policy
from salus.trust.schemas import Viewer

KIND, SCORE = "learn.score", "score"
MOST_SEEDS = 1000


@audited("score.make")
def score_make(*, run: str | None = None, exercise_run: UUID | None = None, seeds: int = 20, by: Viewer) -> Making:
    """Have a run scored; one that is being scored already is not scored twice at once."""
    policy.require(by, SCORE_MAKE)
    if not 0 <= seeds <= MOST_SEEDS:
        raise Invalid(
            _("%(seeds)s seeds cannot be played.") % {"seeds": seeds},
            remedy=_("Ask for %(most)s at most; without any the sheet has no ranges.") % {"most": MOST_SEEDS},
        )
    name = name_of(folder_of(run=run, exercise_run=exercise_run, viewer=by))
    note(run=name, seeds=seeds)
    args: dict[str, object] = {
        "run": run,
        "exercise_run": str(exercise_run) if exercise_run else None,
        "seeds": seeds,
        "asked_by": str(by.id),
    }
    return Making(job_start(kind=KIND, args=args, dedupe_key=name, by=by).id, name, seeds)


@audited("score.keep")
def score_keep(*, sheet: ScoreSheet, by: Viewer) -> RunScore:
    """Keep a score; made again, it is a new version."""
    policy.require(by, SCORE_MAKE)
    summary = {
        "emergency": dict(sheet.emergency),
        "days": sheet.days,
        "seeds": sheet.seeds,
        "infections": sheet.outcome("infections").played,
        "deaths": sheet.outcome("deaths").played,
    }
    fields = {"sheet": to_json(sheet), "summary": summary, "exercise_run_id": sheet.exercise_run}
    kept = RunScore.objects.known().filter(run=sheet.run).first()
    if kept is not None and kept.summary["days"] > sheet.days:
        raise Conflict(
            _("A later score of this run is kept already."), remedy=_("Branch the run to score its past anew.")
        )
    made = record_revise(kept, by=by, **fields) if kept else record_create(RunScore, by=by, run=sheet.run, **fields)
    payload = {"run": sheet.run, "exercise_run": str(sheet.exercise_run or "")}
    outbox.publish(topic=events.SCORE_MADE, record_kind=SCORE, record_id=made.id, payload=payload, by=by)
    return made
