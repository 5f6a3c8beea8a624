"""Who played in a run, and whether that has been attested."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from salus.learn.selectors import training_list
from salus.plan.exercises.schemas import ExerciseDraft, RunRow
from salus.trust import policy
from salus.trust.permissions import PERSON_VIEW
from salus.trust.selectors import person_list
from salus.web.ops.exercises.shown import role_names
from salus.web.ops.exercises.words import role_word, say
from salus.web.ops.moment import known_at


@dataclass(frozen=True)
class Player:
    """Somebody of a team, with their account here where they have one."""

    place: str
    team: str
    role: str
    role_name: str
    name: str
    person: UUID | None
    record: UUID | None


def players_of(request: HttpRequest, row: RunRow, design: ExerciseDraft) -> list[Player]:
    """Return everybody of the teams; who has the same sign-in name here is taken for the same person."""
    viewer = request.viewer  # type: ignore[attr-defined]
    sees = policy.may_somewhere(viewer, PERSON_VIEW)
    accounts = {one.username: one.id for one in person_list(viewer=viewer)} if sees else {}
    kept = {one.person_id: one.id for one in training_list(viewer=viewer, run=row.id, known_at=known_at(request))}
    names = role_names(request)
    found = []
    for number, team in enumerate(design.teams):
        for at, one in enumerate(team.members):
            person = accounts.get(one.username) if one.username else None
            found.append(
                Player(
                    f"{number}-{at}",
                    say(team.name),
                    one.role,
                    names.get(one.role, role_word(one.role)),
                    one.name or one.username,
                    person,
                    kept.get(person) if person else None,
                )
            )
    return found
