"""Designs and runs as pages show them: a summary, the teams, the injects, the tree of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.base.texts import pick
from salus.plan.exercises.schemas import ExerciseDraft, RunRow
from salus.trust import policy
from salus.trust.permissions import ROLE_VIEW
from salus.trust.selectors import role_list
from salus.web.ops.exercises.sheet import run_name
from salus.web.ops.exercises.words import (
    kind_word,
    role_word,
    run_word,
    say,
    titles_of,
    when_words,
    where_words,
)
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ui.components import Column, Pair, Table
from salus.web.ui.formats import plain


def summary(row: ExerciseDraft) -> list[Pair]:
    """Return what is played, where and how fast."""
    own = row.emergency_text.strip()
    return [
        Pair(_("Emergency"), _("One of your own, written out in the design") if own else role_word(row.emergency)),
        Pair(_("City"), _("%(n)s people, seed %(seed)s") % {"n": plain(row.people), "seed": row.city_seed}),
        Pair(_("Chance"), _("Seed %(seed)s") % {"seed": row.seed}),
        Pair(_("First day of the exercise"), row.start_on),
        Pair(_("Days that have happened before"), row.lead_in_days),
        Pair(_("Days of the exercise"), row.days),
        Pair(_("Speed"), row.speed),
        Pair(_("Roles that nobody takes"), _("Are played by machines") if row.crew else _("Stay empty")),
    ]


def role_names(request: HttpRequest) -> dict[str, str]:
    """Return what the roles are called, for whoever may know."""
    viewer, language = request.viewer, get_language() or "en"  # type: ignore[attr-defined]
    if not policy.may_somewhere(viewer, ROLE_VIEW):
        return {}
    return {row.code: pick(row.name, language) for row in role_list(viewer=viewer, known_at=known_at(request))}


def team_rows(request: HttpRequest, row: ExerciseDraft) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each team with its members: what they are, and who."""
    names = role_names(request)
    return [
        (
            say(team.name),
            [(names.get(one.role, role_word(one.role)), one.name or one.username) for one in team.members],
        )
        for team in row.teams
    ]


def inject_table(row: ExerciseDraft, measures: dict[str, str]) -> Table:
    """Return the injects of a design; `measures` names those that an inject may wait for."""
    titles = {**measures, **titles_of(row.injects)}
    teams = {team.key: say(team.name) for team in row.teams}
    rows: list[dict[str, Any]] = [
        {
            "title": titles[one.key],
            "kind": kind_word(one.kind),
            "when": when_words(one.when, titles),
            "where": where_words(one) or _("The whole city"),
            "days": _("To the end") if one.days is None else one.days,
            "team": teams.get(one.to_team, ""),
        }
        for one in row.injects
    ]
    columns = [
        Column("title", _("Inject"), sortable=False),
        Column("kind", _("What happens"), sortable=False),
        Column("when", _("When"), sortable=False),
        Column("where", _("Where"), sortable=False),
        Column("days", _("Days"), sortable=False),
        Column("team", _("Told to"), sortable=False),
    ]
    return Table(_("Injects of the design"), columns, rows, hide_caption=True)


@dataclass
class Twig:
    """A run in the tree, with those that were branched from it."""

    row: RunRow
    name: str
    href: str
    word: str
    tone: str
    here: bool
    after: list[Twig] = field(default_factory=list)


def run_tree(request: HttpRequest, runs: Sequence[RunRow], here: UUID | None = None) -> list[Twig]:
    """Return runs as a tree: each under the one from which it was branched."""
    twigs = {
        row.id: Twig(
            row,
            run_name(row),
            keep_moment(request, reverse("ops:run", args=[row.id])),
            *run_word(row.state),
            row.id == here,
        )
        for row in sorted(runs, key=lambda row: row.number)
    }
    roots: list[Twig] = []
    for twig in twigs.values():
        trunk = twigs.get(twig.row.branched_from) if twig.row.branched_from else None
        (trunk.after if trunk else roots).append(twig)
    return roots
