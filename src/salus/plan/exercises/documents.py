"""Designs as JSON: in the tables, and in the folder of a stage."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from salus.plan.exercises.schemas import ExerciseDraft, InjectDraft, MemberDraft, TeamDraft, When

NAMES = tuple(item.name for item in fields(ExerciseDraft))


def inject_to(row: InjectDraft) -> dict[str, Any]:
    """Return an inject as JSON."""
    return {**asdict(row), "title": dict(row.title), "words": dict(row.words), "zones": list(row.zones)}


def inject_from(row: Mapping[str, Any]) -> InjectDraft:
    """Return an inject from JSON."""
    return InjectDraft(**{**row, "when": When(**row.get("when", {})), "zones": tuple(row.get("zones", ()))})


def team_to(row: TeamDraft) -> dict[str, Any]:
    """Return a team as JSON."""
    return {"key": row.key, "name": dict(row.name), "members": [asdict(member) for member in row.members]}


def team_from(row: Mapping[str, Any]) -> TeamDraft:
    """Return a team from JSON."""
    return TeamDraft(row["key"], row["name"], tuple(MemberDraft(**member) for member in row.get("members", ())))


def to_fields(draft: ExerciseDraft) -> dict[str, Any]:
    """Return a design as the fields of its table."""
    plain = {name: getattr(draft, name) for name in NAMES}
    return {
        **plain,
        "title": dict(draft.title),
        "also": list(draft.also),
        "objectives": [dict(text) for text in draft.objectives],
        "teams": [team_to(row) for row in draft.teams],
        "injects": [inject_to(row) for row in draft.injects],
    }


def parts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a design from its fields or from JSON."""
    start = row["start_on"]
    teams: Sequence[Mapping[str, Any]] = row["teams"]
    return {
        # What a plan of an older version does not say is as it was then.
        **{name: row[name] for name in NAMES if name in row},
        "also": tuple(row.get("also", ())),
        "start_on": start if isinstance(start, date) else date.fromisoformat(start),
        "objectives": tuple(row["objectives"]),
        "teams": tuple(team_from(team) for team in teams),
        "injects": tuple(inject_from(inject) for inject in row["injects"]),
    }


def to_json(draft: ExerciseDraft) -> dict[str, Any]:
    """Return a design as JSON."""
    return {**to_fields(draft), "start_on": draft.start_on.isoformat()}


def from_json(row: Mapping[str, Any]) -> ExerciseDraft:
    """Return a design from JSON."""
    return ExerciseDraft(**parts(row))


def dump(content: Any) -> bytes:
    """Return JSON in its own letters."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
