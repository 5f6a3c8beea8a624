"""From table rows to what crosses the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from salus.decide.expecting import expected_from_json
from salus.decide.models import Alert, Decision
from salus.decide.schemas import AlertRow, DecisionOption, DecisionRow, EvidenceRef
from salus.plan.rows import projected_from_json


def _ref(kept: dict[str, Any]) -> EvidenceRef:
    return EvidenceRef(
        kind=kept["kind"],
        id=UUID(kept["id"]),
        title=kept["title"],
        digest=kept["digest"],
        known_at=datetime.fromisoformat(kept["known_at"]),
        key=kept.get("key", {}),
    )


def _option(kept: dict[str, Any]) -> DecisionOption:
    return DecisionOption(
        key=kept["key"],
        title=kept["title"],
        measures=tuple(kept["measures"]),
        projected=projected_from_json(kept["projected"]),
        sides={side: tuple(texts) for side, texts in kept["sides"].items()},
        task_count=kept["task_count"],
        why_rejected=kept["why_rejected"],
    )


_DECISION = (
    "id number proposal_id title level_to option_key rationale dissent accountable_id accountable_role author_id "
    "approver_id created_at submitted_at approved_at ended_at in_force_from in_force_until public_text public_reason "
    "status status_reason recorded_at recorded_by version"
).split()


def decision_row(row: Decision) -> DecisionRow:
    """Return a decision as its schema."""
    pinned = row.evidence.get("known_at")
    return DecisionRow(
        **{name: getattr(row, name) for name in _DECISION},
        zone_ids=tuple(UUID(text) for text in row.zone_ids),
        options=tuple(_option(kept) for kept in row.options),
        measures=tuple(row.measures),
        evidence_known_at=datetime.fromisoformat(pinned) if pinned else None,
        evidence=tuple(_ref(kept) for kept in row.evidence.get("refs", ())),
        expected=expected_from_json(row.expected),
    )


_ALERT = (
    "id decision_id identifier message_type cap_status sender sent_at effective_at expires_at headline severity urgency "
    "certainty refers_to xml xml_sha256 status release_number created_at recorded_at"
).split()


def alert_row(row: Alert) -> AlertRow:
    """Return an alert as its schema."""
    return AlertRow(
        **{name: getattr(row, name) for name in _ALERT},
        languages=tuple(row.languages),
        zone_ids=tuple(UUID(text) for text in row.zone_ids),
    )
