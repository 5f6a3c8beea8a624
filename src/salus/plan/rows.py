"""From table rows to what crosses the edge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from salus.plan.models import Measure, Playbook, Proposal
from salus.plan.schemas import (
    CLOSE_LINES,
    OPEN_SITES,
    SITE_KINDS,
    Baseline,
    ExpectedChange,
    MeasureRow,
    MoveRow,
    OptionRow,
    PlaybookLevel,
    PlaybookRow,
    Projected,
    ProposalRow,
    ServiceTemplate,
    TaskTemplate,
)


def measure_row(row: Measure) -> MeasureRow:
    """Return a measure as its schema."""
    return MeasureRow(
        id=row.id,
        code=row.code,
        title=row.title,
        public_text=row.public_text,
        category=row.category,
        sides=row.sides,
        task_templates=tuple(_template(kept) for kept in row.task_templates),
        expected=_expected(row.expected),
        response_type=row.response_type,
        pack=row.pack,
        withdrawn=row.withdrawn,
        recorded_at=row.recorded_at,
        services=tuple(service_of(kept) for kept in row.services),
    )


def service_of(kept: Mapping[str, Any]) -> ServiceTemplate:
    """Return a change of service as a pack states it; one that cannot be meant is a `ValueError`."""
    if kept.get("close") == "lines":
        return ServiceTemplate(CLOSE_LINES, modes=tuple(kept.get("modes", ())))
    if kept.get("open") not in SITE_KINDS:
        raise ValueError(f"{dict(kept)} neither closes lines nor opens a site of the kinds {', '.join(SITE_KINDS)}")
    usual = ServiceTemplate(OPEN_SITES)
    return ServiceTemplate(
        OPEN_SITES,
        site=str(kept["open"]),
        at=tuple(kept.get("at", ())),
        per_day_per_1000=float(kept.get("per_day_per_1000", 0.0)),
        weekdays=tuple(int(day) for day in kept.get("weekdays", usual.weekdays)),
        opens=str(kept.get("opens", usual.opens)),
        closes=str(kept.get("closes", usual.closes)),
    )


def _template(kept: dict[str, Any]) -> TaskTemplate:
    return TaskTemplate(kept["key"], kept["title"], kept.get("detail", {}), kept["role"], int(kept["due_hours"]))


def _expected(kept: dict[str, Any]) -> ExpectedChange | None:
    if not kept:
        return None
    return ExpectedChange(
        role=kept["role"],
        horizon_days=int(kept["horizon_days"]),
        low=float(kept["change_low"]),
        mid=float(kept["change_mid"]),
        high=float(kept["change_high"]),
        basis=kept.get("basis", {}),
    )


def playbook_row(row: Playbook) -> PlaybookRow:
    """Return a playbook as its schema."""
    levels = tuple(
        PlaybookLevel(
            kept["level"],
            kept["name"],
            kept.get("meaning", {}),
            tuple(kept.get("what_to_do", ())),
            tuple(kept["measures"]),
        )
        for kept in row.levels
    )
    return PlaybookRow(row.id, row.code, row.title, levels, row.phrases, row.pack, row.version, row.recorded_at)


def baseline_from_json(kept: dict[str, Any]) -> Baseline | None:
    """Return a baseline as it was kept with a proposal or a decision."""
    if not kept:
        return None
    return Baseline(
        series=kept["series"],
        role=kept["role"],
        unit=kept.get("unit", ""),
        zone_numbers=tuple(kept["zone_numbers"]),
        from_on=date.fromisoformat(kept["from_on"]),
        until_on=date.fromisoformat(kept["until_on"]),
        quantiles={level: float(value) for level, value in kept["quantiles"].items()},
        made_at=datetime.fromisoformat(kept["made_at"]),
        estimate_ids=tuple(UUID(text) for text in kept["estimate_ids"]),
        share=float(kept.get("share", 1.0)),
    )


def projected_from_json(kept: dict[str, Any] | None) -> Projected | None:
    """Return a projection as it was kept with an option."""
    return Projected(**kept) if kept else None


def _option(kept: dict[str, Any]) -> OptionRow:
    return OptionRow(
        key=kept["key"],
        title=kept["title"],
        measures=tuple(kept["measures"]),
        projected=projected_from_json(kept["projected"]),
        sides={side: tuple(texts) for side, texts in kept["sides"].items()},
        task_count=kept["task_count"],
        note=kept.get("note", {}),
    )


def _move(zone_id: str, kept: dict[str, Any]) -> MoveRow:
    return MoveRow(UUID(zone_id), kept["from"], kept["to"], UUID(kept["risk_level"]))


def proposal_row(row: Proposal) -> ProposalRow:
    """Return a proposal as its schema."""
    return ProposalRow(
        id=row.id,
        title=row.title,
        reason=row.reason,
        zone_ids=tuple(UUID(text) for text in row.zone_ids),
        moves=tuple(_move(zone_id, kept) for zone_id, kept in row.moves.items()),
        level_from=row.level_from,
        level_to=row.level_to,
        assessment_id=row.assessment_id,
        outcome_id=row.outcome_id,
        pinned_at=row.pinned_at,
        baseline=baseline_from_json(row.baseline),
        options=tuple(_option(kept) for kept in row.options),
        status=row.status,
        status_reason=row.status_reason,
        decision_id=row.decision_id,
        playbook=row.playbook_code,
        created_at=row.created_at,
        recorded_at=row.recorded_at,
    )
