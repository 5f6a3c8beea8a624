"""What a design of an exercise must keep to; every fault is told in plain words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Invalid
from salus.base.texts import LocalText
from salus.plan.exercises.emergencies import faults_of
from salus.plan.exercises.inject_rules import inject_defects
from salus.plan.exercises.schemas import Defect, ExerciseDraft, Targets, TeamDraft

# Bounds of a city that can be built, and of an exercise that people can play.
PEOPLE = (2_000, 12_000_000)
LEAD_IN = (0, 180)
DAYS = (1, 730)
SEEDS = (0, 2_147_483_647)

USERNAME = re.compile(r"^[a-z0-9][a-z0-9._-]{1,63}$")
KEY = re.compile(r"^[a-z0-9][a-z0-9_-]{0,47}$")


class Contradiction(Invalid):
    """A design cannot be played; `defects` names every fault with its field."""

    def __init__(self, defects: list[Defect]) -> None:
        first = defects[0]
        more = len(defects) - 1
        words = first.message if not more else f"{first.message} {_('(and %(more)d more)') % {'more': more}}"
        super().__init__(words, remedy=first.remedy)
        self.defects = tuple(defects)


def defects(
    draft: ExerciseDraft,
    targets: Targets | None = None,
    measures: frozenset[str] | None = None,
    roles: frozenset[str] | None = None,
) -> list[Defect]:
    """Return every fault of a design; what is not given (a city, the measures, the roles) is not looked up."""
    found = [*_about(draft), *_numbers(draft), *faults_of(draft), *_teams(draft, roles)]
    return found + list(inject_defects(draft, targets, measures))


def said(text: LocalText) -> bool:
    """Return whether a text says anything in any language."""
    return any(str(words).strip() for words in text.values())


def _about(draft: ExerciseDraft) -> Iterator[Defect]:
    if not said(draft.title):
        yield Defect("title", _("An exercise needs a title."), _("Say in a few words what is played."))
    for number, text in enumerate(draft.objectives):
        if not said(text):
            yield Defect(f"objectives.{number}", _("An objective is empty."), _("Write it, or leave it out."))
    try:
        clock.parse_speed(draft.speed)
    except Invalid as refusal:
        yield Defect("speed", refusal.message, refusal.remedy)


def _numbers(draft: ExerciseDraft) -> Iterator[Defect]:
    bounds = {
        "people": (_("people of the city"), PEOPLE),
        "city_seed": (_("seed of the city"), SEEDS),
        "seed": (_("seed of the run"), SEEDS),
        "lead_in_days": (_("days before the exercise"), LEAD_IN),
        "days": (_("days of the exercise"), DAYS),
    }
    for name, (words, (low, high)) in bounds.items():
        value = getattr(draft, name)
        if not low <= value <= high:
            told = {"name": words, "value": f"{value:,}", "low": f"{low:,}", "high": f"{high:,}"}
            yield Defect(name, _("%(name)s: %(value)s cannot be.") % told, _("Choose from %(low)s to %(high)s.") % told)


def _teams(draft: ExerciseDraft, roles: frozenset[str] | None) -> Iterator[Defect]:
    for key, count in Counter(team.key for team in draft.teams).items():
        if count > 1:
            yield Defect("teams", _("Two teams are called '%(key)s'.") % {"key": key}, _("Give each its own key."))
    names = Counter(member.username for team in draft.teams for member in team.members if member.username)
    for name, count in names.items():
        if count > 1:
            words = _("'%(name)s' is named %(count)d times.") % {"name": name, "count": count}
            yield Defect("teams", words, _("Name each person once, with one role, in one team."))
    for number, team in enumerate(draft.teams):
        yield from _team(f"teams.{number}", team, roles)


def _team(field: str, team: TeamDraft, roles: frozenset[str] | None) -> Iterator[Defect]:
    if not KEY.match(team.key):
        words = _("'%(key)s' cannot be the key of a team.") % {"key": team.key}
        yield Defect(f"{field}.key", words, _("Use up to 48 letters a to z, digits, hyphens or underscores."))
    if not said(team.name):
        yield Defect(f"{field}.name", _("A team needs a name."), _("Write how it is called."))
    if not team.members:
        yield Defect(f"{field}.members", _("A team has nobody in it."), _("Name a person or a role."))
    for place, member in enumerate(team.members):
        where = f"{field}.members.{place}"
        if member.username and not USERNAME.match(member.username):
            words = _("'%(name)s' is not a sign-in name.") % {"name": member.username}
            yield Defect(where, words, _("Use 2 to 64 letters a to z, digits, dots, hyphens or underscores."))
        if not member.role or (roles is not None and member.role not in roles):
            words = _("There is no role '%(role)s'.") % {"role": member.role}
            yield Defect(where, words, _("Choose one of the roles of this installation."))
