"""Reads of assessments and of what they assess."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.assess.models import Assessment, Estimate
from salus.assess.permissions import ASSESSMENT_VIEW
from salus.assess.schemas import SIGNAL_TIER, AssessedSeries, AssessmentRow
from salus.assess.shaping import rows as shaped
from salus.base import clock
from salus.base.errors import NotFound
from salus.gather import selectors as gather
from salus.trust import policy
from salus.trust.schemas import Viewer


def _newest(known_at: datetime | None) -> Assessment | None:
    """Return the newest assessment that was there at a moment."""
    rows = Assessment.objects.filter(recorded_at__lte=known_at or clock.now())
    return rows.order_by("-known_at", "-recorded_at").first()


def assessment_latest(*, viewer: Viewer, known_at: datetime | None = None) -> AssessmentRow | None:
    """Return the newest assessment, or None where the city was not assessed yet."""
    policy.require_somewhere(viewer, ASSESSMENT_VIEW, tier=SIGNAL_TIER)
    row = _newest(known_at)
    return shaped.assessment_row(row) if row is not None else None


def assessment_get(*, viewer: Viewer, assessment: UUID, known_at: datetime | None = None) -> AssessmentRow:
    """Return one assessment."""
    policy.require_somewhere(viewer, ASSESSMENT_VIEW, tier=SIGNAL_TIER)
    rows = Assessment.objects.filter(id=assessment, recorded_at__lte=known_at or clock.now())
    row = rows.first()
    if row is None:
        raise NotFound(_("There is no such assessment."), remedy=_("It may not have been made at that moment."))
    return shaped.assessment_row(row)


def assessment_list(*, viewer: Viewer, limit: int = 30, known_at: datetime | None = None) -> list[AssessmentRow]:
    """Return the newest assessments first."""
    policy.require_somewhere(viewer, ASSESSMENT_VIEW, tier=SIGNAL_TIER)
    rows = Assessment.objects.filter(recorded_at__lte=known_at or clock.now())
    return [shaped.assessment_row(row) for row in rows.order_by("-known_at", "-recorded_at")[:limit]]


def assessment_series(*, viewer: Viewer, known_at: datetime | None = None) -> list[AssessedSeries]:
    """Return the series that the newest assessment read, with the estimates that there are of each."""
    policy.require_somewhere(viewer, ASSESSMENT_VIEW, tier=SIGNAL_TIER)
    row = _newest(known_at)
    if row is None:
        return []
    made: dict[str, tuple[set[str], set[int]]] = {}
    estimates = Estimate.objects.filter(assessment_id=row.id, undefined="")
    for code, kind, number in estimates.values_list("series", "kind", "zone_number"):
        kinds, numbers = made.setdefault(code, (set(), set()))
        kinds.add(kind)
        numbers.add(number)
    read = {entry["series"] for entry in row.inputs if entry["rows"]}
    return [
        AssessedSeries(
            code=series.code,
            name=series.name,
            role=series.role,
            unit=series.unit,
            period=series.period,
            zone_level=series.zone_level,
            kinds=tuple(sorted(made.get(series.code, (set(), set()))[0])),
            zone_numbers=tuple(sorted(made.get(series.code, (set(), set()))[1])),
        )
        for series in gather.series_list(viewer=viewer, known_at=known_at)
        if series.code in read
    ]
