"""What a decision is expected to do, kept with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from salus.decide.releases.canonical import plain
from salus.decide.schemas import Expected
from salus.plan.projection import project
from salus.plan.schemas import Baseline, MeasureRow


def expected_for(baseline: Baseline | None, measures: Sequence[MeasureRow], pinned_at: datetime) -> dict[str, Any]:
    """Return the expected effect of measures on a pinned forecast; without a forecast there is nothing to measure."""
    if baseline is None:
        return {}
    changes = [m.expected for m in measures if m.expected is not None and m.expected.role == baseline.role]
    projected = asdict(project(baseline, changes))
    return {
        "role": baseline.role,
        "series": baseline.series,
        "unit": baseline.unit,
        "zone_numbers": list(baseline.zone_numbers),
        "share": baseline.share,
        "from_on": baseline.from_on.isoformat(),
        "until_on": baseline.until_on.isoformat(),
        "due_on": baseline.until_on.isoformat(),
        "horizon_days": (baseline.until_on - pinned_at.date()).days,
        "baseline": dict(baseline.quantiles),
        "made_at": baseline.made_at.isoformat(),
        "estimate_ids": [str(one) for one in baseline.estimate_ids],
        **projected,
    }


def expected_to_json(found: Expected | None) -> dict[str, Any]:
    """Return an expected effect as it is kept."""
    kept: dict[str, Any] = plain(asdict(found)) if found else {}
    return kept


def expected_from_json(kept: dict[str, Any]) -> Expected | None:
    """Return the expected effect as it was kept."""
    if not kept:
        return None
    return Expected(
        due_on=date.fromisoformat(kept["due_on"]),
        role=kept["role"],
        series=kept["series"],
        unit=kept["unit"],
        zone_numbers=tuple(kept["zone_numbers"]),
        share=kept["share"],
        from_on=date.fromisoformat(kept["from_on"]),
        until_on=date.fromisoformat(kept["until_on"]),
        horizon_days=kept["horizon_days"],
        baseline={level: float(value) for level, value in kept["baseline"].items()},
        change_low=kept["change_low"],
        change_mid=kept["change_mid"],
        change_high=kept["change_high"],
        low=kept["low"],
        mid=kept["mid"],
        high=kept["high"],
        made_at=datetime.fromisoformat(kept["made_at"]),
        estimate_ids=tuple(UUID(text) for text in kept["estimate_ids"]),
    )
