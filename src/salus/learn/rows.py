"""From table rows to what crosses the edge."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from salus.decide.expecting import expected_from_json
from salus.learn.models import Outcome
from salus.learn.schemas import Effect, Observed, OutcomeRow


def outcome_row(row: Outcome) -> OutcomeRow:
    """Return an outcome as its schema."""
    return OutcomeRow(
        id=row.id,
        decision_id=row.decision_id,
        zone_ids=tuple(UUID(text) for text in row.zone_ids),
        expected=expected_from_json(row.expected),
        observed=_observed(row.observed),
        effect=_effect(row.effect),
        verdict=row.verdict,
        reasons=tuple(row.reasons),
        counterfactual_note=row.counterfactual_note,
        preliminary=row.preliminary,
        measured_known_at=row.measured_known_at,
        comment=row.comment,
        created_at=row.created_at,
        recorded_at=row.recorded_at,
    )


def _observed(kept: dict[str, Any]) -> Observed | None:
    if not kept:
        return None
    points = tuple((date.fromisoformat(day), value) for day, value in kept["points"])
    return Observed(kept["mean_per_day"], kept["days"], kept["missing"], kept["estimated_days"], points)


def _effect(kept: dict[str, Any]) -> Effect | None:
    if not kept:
        return None
    (likely_low, likely_high), (low, high) = kept["likely"], kept["range"]
    return Effect(kept["mid"], (likely_low, likely_high), (low, high))
