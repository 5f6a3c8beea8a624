"""What injects say to the people who play: tasks in their operations room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from salus.act.selectors import task_list
from salus.act.services import task_create
from salus.base import clock
from salus.plan.exercises.inject_rules import SPOKEN
from salus.trust.actors import system_viewer
from salus.trust.selectors import organisation_list

DIRECTOR = "director"
ANSWER_WITHIN = timedelta(hours=24)
# Who hears where no team is named.
HEARD_BY = {"press_calls": "communications_lead", "rumour": "communications_lead"}
DUTY = "duty_officer"


def tell(row: dict[str, Any]) -> UUID | None:
    """Give those whom a fired inject concerns a task with its words; once, however often this is called."""
    inject = row["inject"]
    if not inject["to_team"] and inject["kind"] not in SPOKEN:
        return None
    by, mark = system_viewer(DIRECTOR), f"inject:{inject['key']}"
    there = next((task for task in task_list(viewer=by, limit=100_000) if task.template == mark), None)
    if there is not None:
        return there.id
    team = _organisation(inject["to_team"])
    made = task_create(
        title=inject["title"],
        detail=inject["words"],
        due_at=clock.now() + ANSWER_WITHIN,
        template=mark,
        organisation=team,
        role="" if team else HEARD_BY.get(inject["kind"], DUTY),
        by=by,
    )
    return made.id


def _organisation(team: str) -> UUID | None:
    rows = organisation_list(viewer=system_viewer(DIRECTOR)) if team else []
    return next((row.id for row in rows if row.code == team), None)
