"""Training records of a run, made from its teams when it ends."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.audit import audited, note
from salus.base.errors import Conflict, NotFound, Refused
from salus.learn.debriefs.selectors import debrief_get
from salus.learn.models import TrainingRecord
from salus.learn.permissions import TRAINING_ATTEST
from salus.learn.trainees.schemas import Trained
from salus.learn.trainees.services import training_attest
from salus.plan.exercises.schemas import ExerciseRow, MemberDraft, RunRow, TeamDraft
from salus.plan.exercises.selectors import run_design, run_get
from salus.trust import policy
from salus.trust.actors import system_viewer
from salus.trust.schemas import Viewer
from salus.trust.selectors import person_list, viewer_for


@audited("training.attest_run")
def training_attest_run(*, run: UUID, expires_on: date | None = None, by: Viewer) -> list[TrainingRecord]:
    """Attest everybody of a run's teams who has an account here by the same sign-in name, but not oneself."""
    policy.require(by, TRAINING_ATTEST)
    row, design = run_get(viewer=by, run=run), run_design(viewer=by, run=run)
    if row.state != "ended" or row.started_at is None:
        raise Conflict(_("This run has not been played to its end."), remedy=_("End it first."))
    accounts = {one.username: one.id for one in person_list(viewer=by) if not one.erased}
    found = [
        _attested(accounts[one.username], row, design, team, one, expires_on, by)
        for team in design.teams
        for one in team.members
        if accounts.get(one.username) not in (None, by.id)
    ]
    note(people=len(found))
    return found


def _attested(
    person: UUID,
    row: RunRow,
    design: ExerciseRow,
    team: TeamDraft,
    member: MemberDraft,
    expires_on: date | None,
    by: Viewer,
) -> TrainingRecord:
    judged = debrief_get(viewer=by, run=row.id).objectives
    ended = (row.ended_at or clock.now()).astimezone(clock.city_zone()).date()
    return training_attest(
        person=person,
        title=design.title,
        completed_on=ended,
        expires_on=expires_on,
        run=row.id,
        team=next((text for text in (team.name.get("en"), *team.name.values()) if text), team.key),
        role=member.role,
        objectives=[Trained(one.title, one.reached) for one in judged],
        by=by,
    )


def attest_at_the_end(run: UUID) -> None:
    """Attest a run that has just ended in the name of whoever ended it, or designed it; else it is left to be done."""
    machine = system_viewer("learn")
    row, design = run_get(viewer=machine, run=run), run_design(viewer=machine, run=run)
    for person in (row.recorded_by, design.recorded_by):
        try:
            training_attest_run(run=run, by=viewer_for(person=person))
        except (Conflict, NotFound, Refused):
            continue
        return
