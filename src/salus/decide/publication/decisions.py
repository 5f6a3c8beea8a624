"""A decision as the public reads it: what, where, why, what else stood open, and what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from salus.city.schemas import CITY_LEVEL
from salus.decide.models import Release
from salus.decide.publication.common import Scene, moment, projected
from salus.decide.publication.sealing import Draft
from salus.decide.releases.envelope import as_row
from salus.decide.schemas import DecisionOption, DecisionRow, Expected
from salus.plan.phrases import days, fill, ranges
from salus.plan.schemas import ends


def decision(row: DecisionRow, known_at: datetime, outcome: Mapping[str, Any] | None = None) -> Draft:
    """Return a decision as a release, ready to be sealed."""
    scene = Scene(known_at)
    level = scene.playbook.level(row.level_to)
    body = {
        **scene.start("decision"),
        "number": row.number,
        "title": dict(row.title),
        "status": _status(row, known_at),
        "zones": scene.named(row.zone_ids),
        "whole_city": any(scene.zones[z].level == CITY_LEVEL for z in row.zone_ids if z in scene.zones),
        "level": {"value": level.level, "name": dict(level.name)} if level else None,
        "text": dict(row.public_text),
        "reason": dict(row.public_reason),
        "measures": [_measure(scene, code) for code in row.measures if code in scene.measures],
        "options": [_option(scene, row, option) for option in row.options],
        "dissent": bool(row.dissent.strip()),
        "expected": _expected(scene, row.expected),
        "outcome": dict(outcome) if outcome else _earlier_outcome(row),
        "accountable": {"role": dict(scene.posts.get(row.accountable_role, {}))},
        "approved_at": moment(row.approved_at),
        "from": moment(row.in_force_from),
        "until": moment(row.in_force_until),
        "ended_at": moment(row.ended_at),
        "evidence": _evidence(row),
    }
    return Draft("decision", str(row.number), row.title, body, (), known_at)


def _status(row: DecisionRow, known_at: datetime) -> str:
    if row.status == "ended" or (row.in_force_until is not None and row.in_force_until <= known_at):
        return "ended"
    return "in_force" if row.in_force(known_at) else "planned"


def _measure(scene: Scene, code: str) -> dict[str, Any]:
    found = scene.measures[code]
    return {
        "code": code,
        "title": dict(found.title),
        "text": dict(found.public_text),
        "category": found.category,
        "sides": {side: dict(text) for side, text in found.sides.items()},
    }


def _option(scene: Scene, row: DecisionRow, option: DecisionOption) -> dict[str, Any]:
    # Why another option was not taken is written for colleagues; it was approved together with the
    # decision for everybody to read, as the page where it is written says.
    return {
        "key": option.key,
        "title": dict(option.title),
        "measures": list(option.measures),
        "chosen": option.key == row.option_key,
        "why_rejected": option.why_rejected,
        "projected": projected(option.projected, row.expected, scene.languages),
    }


def _expected(scene: Scene, found: Expected | None) -> dict[str, Any] | None:
    if found is None:
        return None
    words = scene.playbook.phrases
    low, mid, high = ends(found.baseline)
    return {
        "sentence": fill(
            words["expected_sentence"],
            baseline=ranges(low, high, words),
            expected=ranges(found.low, found.high, words),
            day=days(found.due_on, words),
        ),
        "series": found.series,
        "unit": dict.fromkeys(scene.languages, found.unit),
        "from_on": found.from_on,
        "until_on": found.until_on,
        "due_on": found.due_on,
        "share": round(found.share, 4),
        "baseline": [round(value, 1) for value in (low, mid, high)],
        "change": [round(value, 4) for value in (found.change_low, found.change_mid, found.change_high)],
        "expected": [round(value, 1) for value in (found.low, found.mid, found.high)],
    }


def _earlier_outcome(row: DecisionRow) -> dict[str, Any] | None:
    """The outcome that the public was already told of, so that a later release does not take it back."""
    newest = Release.objects.filter(kind="decision", subject=str(row.number)).order_by("-number").first()
    return as_row(newest).body.get("outcome") if newest else None


def _evidence(row: DecisionRow) -> dict[str, Any]:
    # Titles and digests: enough to hold the city to what it knew, and nothing of what was not public.
    return {
        "known_at": moment(row.evidence_known_at),
        "refs": [{"kind": ref.kind, "title": ref.title, "digest": ref.digest} for ref in row.evidence],
    }
